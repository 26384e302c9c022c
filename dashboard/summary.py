"""The figures of the overview, and the sentence that judges them: for the first page, for the report, for a run's artifact."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

from dashboard.generations import Generation
from dashboard.log import told
from dashboard.sentences import in_language
from dashboard.view import now
from dashboard.words import Words

RUNS = 60  # in the small charts
SITES = 20
DAYS = (7, 30, 90)  # spans that the overview offers beside all
STALE_FLOOR = 86_400  # seconds: input younger than a day is never called stale


def newest(g: Generation | None) -> int:
    """The last run that the generation knows; 0 where there is none."""
    return g.once("newest run", lambda: g.value("select max(run_id) from runs")) or 0 if g else 0


def unpublished(root: Path, since: int) -> dict[str, Any] | None:
    """The latest entry of the run log of a run after `since`."""
    later = [e for e in told(root) if "status" in e and isinstance(e.get("run_id"), int) and e["run_id"] > since]
    return later[-1] if later else None


def gather(g: Generation, days: int = 0) -> dict[str, Any]:
    """
    All figures of the overview: computed once for each generation, but for the age of its input, which grows while nothing arrives.

    `days` leaves out the runs that began longer ago; checks, quarantine and what the warehouse holds are those of now all the same.
    """
    since = _since(g, days) if days else 0
    o = g.once(("overview", since), lambda: _gather(g, since))
    age = (now() - o["newest"]).total_seconds() if o["newest"] else None
    stale = bool(o["gap"] and age is not None and age > max(3 * o["gap"], STALE_FLOOR))
    return o | {"age": age, "stale": stale}


def verdict(o: dict[str, Any], t: Words, last: dict[str, Any] | None = None) -> tuple[str, str]:
    """(good | look | bad, the sentence that comes first)."""
    run = o["run"]
    if last and last.get("status") == "failed":
        return "bad", t("verdict.failed", run=last["run_id"], error=_ended(in_language(last.get("error"), t.language)))
    if run and run["status"] == "blocked":
        return "bad", t("verdict.blocked", run=run["run_id"], error=_ended(in_language(run["error"], t.language)))
    critical = [c for c in o["failing"] if c["severity"] == "critical"]
    facts = {"articles": o["articles"], "checks": o["statuses"].get("passed", 0)}
    if o["statuses"].get("errored"):
        return "bad", t("verdict.errored", n=o["statuses"]["errored"])
    if o["open"] or critical:
        return "look", t("verdict.held", n=o["open"], **facts)
    if o["stale"]:
        return "look", t("verdict.stale", **facts)
    if o["failing"]:
        return "look", t("verdict.warned", n=len(o["failing"]), **facts)
    return "good", t("verdict.good", **facts)


def _ended(error: str | None) -> str:
    """What went wrong as a sentence: some errors are a name and a colon."""
    said = (error or "").strip().rstrip(":：")
    return said if not said or said[-1] in ".!?。！？" else said + "."


def next_place(o: dict[str, Any], last: dict[str, Any] | None = None) -> tuple[str, str, dict[str, str]] | None:
    """(word of the catalogue, path, parameters) of where to look after reading the verdict; None where nothing calls."""
    run = o["run"]
    if last and last.get("status") == "failed":
        return "overview.go_failed", f"/runs/{last['run_id']}", {}
    if run and run["status"] == "blocked":
        return "overview.go_failed", f"/runs/{run['run_id']}", {}
    if o["statuses"].get("errored"):
        return "overview.go_checks", "/checks", {"status": "errored"}
    if o["open"]:
        return "overview.go_held", "/quarantine", {}
    if o["stale"] and not any(c["severity"] == "critical" for c in o["failing"]):
        return "overview.go_runs", "/runs", {}
    return ("overview.go_checks", "/checks", {"status": "failed"}) if o["failing"] else None


def _since(g: Generation, days: int) -> int:
    """The first run of the last so many days; a number after the last one where there was none."""
    begins = g.once("begins", lambda: g.rows_as_pairs("select run_id, started_at from runs order by 1"))
    first = now() - dt.timedelta(days=days)
    return next((run for run, at in begins if at >= first), begins[-1][0] + 1 if begins else 0)


def _gather(g: Generation, since: int) -> dict[str, Any]:
    every = g.rows(f"select * from runs where status in ('done', 'blocked') order by run_id desc limit {RUNS}")[::-1]
    run = every[-1] if every else None
    runs = [r for r in every if r["run_id"] >= since]
    checked = g.value("select max(run_id) from checks")
    by_run = g.rows(
        "select run_id, count(*) filter (where status = 'passed') as passed, count(*) filter (where status in ('passed', "
        "'failed', 'errored')) "
        f"as judged from checks where run_id in (select distinct run_id from checks where run_id >= ? order by 1 desc limit {RUNS}) "
        "group by 1 order by 1",
        [since],
    )
    totals = g.rows(
        "select (select count(*) from articles_current) as articles, (select coalesce(sum(char_count), 0)::bigint from "
        "articles_current) as kept, "
        "(select count(*) from documents) as documents, (select coalesce(sum(char_count), 0)::bigint from documents) as characters, "
        "(select count(*) from seed_files) as files, (select coalesce(sum(size_bytes), 0)::bigint from seed_files) as bytes, "
        "(select count(*) from quarantine_open) as open, (select max(seen_at) from arrivals where state = 'current') as newest"
    )[0]
    cut = g.rows(
        f"select {g.arrived} as run_id, sum(characters) filter (where action = 'cut')::bigint as cut, sum(characters) filter (where "
        f"action = 'replace')::bigint as repaired from dirt_daily where {g.arrived} >= ? group by 1 order by 1",
        [since],
    )
    per_run = {
        r["run_id"]: r
        for r in g.rows(
            "select f.run_id, sum(d.char_count)::bigint as characters, count(*) as documents from documents as d join seed_files as f "
            "using (file_id) where f.run_id >= ? group by 1"
            if g.arrived != "run_id"
            else "select run_id, sum(char_count)::bigint as characters, count(*) as documents from documents where run_id >= ? group by 1",
            [since],
        )
    }
    shares = [(c["run_id"], (c["cut"] or 0) / max(per_run[c["run_id"]]["characters"] or 1, 1)) for c in cut if c["run_id"] in per_run]
    o = totals | {
        "generation": g.number,
        "published_at": g.published_at,
        "run": run,
        "runs": runs,
        "checked": checked,
        "statuses": dict(g.rows_as_pairs("select status, count(*) from checks where run_id = ? group by 1", [checked])),
        "failing": g.rows(
            "select table_name, check_id, dimension, severity, status, scope, unexpected, evaluated, try_cast(observed_value as double) as "
            "observed, lower_bound, upper_bound from checks where run_id = ? and status in "
            "('failed', 'errored') order by severity = 'critical' desc, status = 'errored' desc, severity = 'warning' desc, "
            "unexpected desc "
            "nulls last",
            [checked],
        ),
        "pass_by_run": [(r["run_id"], r["passed"] / r["judged"] if r["judged"] else None) for r in by_run],
        "cut": sum(c["cut"] or 0 for c in cut),
        "repaired": sum(c["repaired"] or 0 for c in cut),
        "cut_by_run": shares[-RUNS:],
        "dirty": g.shelf("select count(*) as n from articles where residual_dirt > 0")[0]["n"],
        "flags": g.rows(
            "select kind, count(*) as n, count(distinct doc_id) as documents from flags join documents using (doc_id) join seed_files as f "
            "using (file_id) where f.run_id >= ? group by 1 order by 2 desc, 1",
            [since],
        ),
        "labels": g.rows(
            "select label, sum(edits)::bigint as edits, sum(characters)::bigint as characters from dirt_daily where action <> 'meta' "
            f"and {g.arrived} >= ? group by 1 order by 3 desc, 1 limit 8",
            [since],
        ),
        "new_rules": g.rows(
            "select rule_id, sum(edits)::bigint as edits from dirt_daily group by 1 having min(run_id) = ? and ? > "
            "(select min(run_id) from dirt_daily) order by 2 desc, 1 limit 12",
            [run["run_id"] if run else 0] * 2,
        ),
        "sites": _sites(g, since),
        "new_articles": sum(r["articles_new"] or 0 for r in runs),
        "runs_in_range": len(runs),
    }
    judged = sum(n for s, n in o["statuses"].items() if s in ("passed", "failed", "errored"))
    o["pass_rate"] = o["statuses"].get("passed", 0) / judged if judged else None
    came = sum(r["characters"] or 0 for r in per_run.values())
    o["cut_share"] = o["cut"] / came if came else None
    o["gap"] = _usual_gap([r["started_at"] for r in every if r["files_new"]])
    return o


def _usual_gap(times: list[dt.datetime]) -> float | None:
    """Median of the gaps between runs that brought files; None where there were fewer than four such runs."""
    gaps = sorted((b - a).total_seconds() for a, b in itertools.pairwise(times))
    return gaps[len(gaps) // 2] if len(gaps) >= 3 else None


def _sites(g: Generation, since: int) -> list[dict[str, Any]]:
    """The sites with most documents: when they were last seen, what was cut, what was refused."""
    return g.rows(
        f"""
        with docs as (
            select coalesce(site, '') as site, count(*) as documents, sum(char_count)::bigint as characters, max(f.run_id) as last_run,
                   min(f.run_id) as first_run
            from documents join seed_files as f using (file_id) where f.run_id >= ? group by 1
        ), cuts as (
            select coalesce(site, '') as site, sum(characters) filter (where action = 'cut')::bigint as cut from dirt_daily
            where {g.arrived} >= ? group by 1
        ), came as (
            select distinct coalesce(site, '') as site, f.run_id from documents join seed_files as f using (file_id) where f.run_id >= ?
        ), gaps as (
            select site, epoch(started_at - lag(started_at) over (partition by site order by run_id)) as gap
            from came join runs using (run_id)
        ), usual as (
            select site, median(gap) as gap from gaps group by 1 having count(gap) >= 3
        )
        select d.*, coalesce(c.cut, 0) as cut, r.started_at as last_seen, u.gap
        from docs as d left join cuts as c using (site) left join usual as u using (site) left join runs as r on r.run_id = d.last_run
        order by d.documents desc, d.site limit {SITES}
        """,
        [since, since, since],
    )
