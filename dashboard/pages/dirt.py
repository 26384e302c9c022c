"""Dirt: what cleaning took out, by class, rule, site and over time; for one rule why it acts, and examples drawn by a seed."""

from __future__ import annotations

import difflib
import random
from typing import Any

from starlette.responses import Response

from dashboard.generations import Generation
from dashboard.lists import download, where
from dashboard.view import Missing, Page, View

GROUPS = ("label", "rule", "site")
ACTIONS = ("cut", "replace", "meta")
_COLUMN = {"label": "label", "rule": "rule_id", "site": "coalesce(site, '')"}
RUNS = 60
SERIES = 5  # parts of the chart that have a name of their own; the others are one
EXAMPLES = 20
CONTEXT = 20  # characters on both sides of an example
FEW = 2_000  # edits of a rule that are all drawn from
WINDOWS = 20  # as many as examples, so that each may come from another document
WIDEST = 1_000  # rows of a window


def page(view: View) -> Page:
    """Sums by the chosen group, and their course."""
    group = view.choice("group", GROUPS, "label")
    conditions, chosen = _filters(view)
    key = ("dirt", group, tuple((c, str(p)) for c, p in conditions))
    found = view.g.once(key, lambda: _sums(view, group, conditions))
    title = view.t("nav.dirt")
    asked = f"select distinct {view.g.arrived} as run_id from dirt_daily order by 1"
    runs = view.g.once("dirt runs", lambda: [r["run_id"] for r in view.g.rows(asked)])
    return Page(
        "dirt.html",
        {
            "title": title,
            "group": group,
            "groups": GROUPS,
            "chosen": chosen,
            "actions": ACTIONS,
            "action": view.choice("action", ACTIONS),
            "newest": runs[-1] if len(runs) > 1 else None,
        }
        | found,
    )


def file(view: View) -> Response:
    """The same figures for every run, site, action, label and rule."""
    conditions, _ = _filters(view)
    clause, params = where(conditions)
    return download(view, "dirt", f"select * from dirt_daily{clause} order by run_id, site, action, label, rule_id", params)


def _filters(view: View) -> tuple[list[tuple[str, Any]], list[tuple[str, str, str]]]:
    conditions: list[tuple[str, Any]] = []
    chosen = []
    label, rule, site, action = view.get("label"), view.get("rule"), view.get("site"), view.choice("action", ACTIONS)
    if label:
        conditions.append(("label = ?", label))
        chosen.append(("label", view.t("col.class"), view.t.known("label", label)))
    if rule:
        conditions.append(("rule_id = ?", rule))
        chosen.append(("rule", view.t("col.rule"), rule))
    if site:
        conditions.append(("coalesce(site, '-') = ?", site))
        chosen.append(("site", view.t("col.site"), site if site != "-" else view.t("list.unknown")))
    if action:
        conditions.append(("action = ?", action))
        chosen.append(("action", view.t("col.action"), view.t.known("action", action)))
    elif not label:
        conditions.append(("action <> ?", "meta"))  # a title that became metadata is no dirt
    return conditions, chosen


def _sums(view: View, group: str, conditions: list[tuple[str, Any]]) -> dict[str, Any]:
    clause, params = where(conditions)
    column = _COLUMN[group]
    rows = view.g.rows(
        f"select {column} as name, sum(edits)::bigint as edits, sum(characters)::bigint as characters, sum(documents)::bigint "
        "as documents, "
        f"min({view.g.arrived}) as first_run, any_value(label) as label from dirt_daily{clause} group by 1 order by 3 desc, 1 limit 300",
        params,
    )
    total = view.g.rows(
        f"select coalesce(sum(edits), 0)::bigint as edits, coalesce(sum(characters), 0)::bigint as characters from dirt_daily{clause}",
        params,
    )[0]
    everything = view.g.once("document characters", lambda: view.g.value("select coalesce(sum(char_count), 0)::bigint from documents"))
    top = [r["name"] for r in rows[:SERIES]]
    course = view.g.rows(
        f"select {view.g.arrived} as run_id, {column} as name, sum(characters)::bigint as characters from dirt_daily{clause} group by all",
        params,
    )
    runs = sorted({c["run_id"] for c in course})[-RUNS:]
    at = {(c["run_id"], c["name"]): c["characters"] for c in course}
    series = [(name, [at.get((r, name), 0) for r in runs]) for name in top]
    rest = [sum(c for (run, name), c in at.items() if run == r and name not in top) for r in runs]
    if any(rest):
        series.append((None, rest))
    return {"rows": rows, "all": total, "everything": everything, "series": series, "runs": runs}


def one(view: View) -> Page:
    """One rule. Raises Missing with the rules that are spelt alike."""
    rule_id = view.part("rule_id")
    known = (
        view.g.once(
            "rules",
            lambda: view.g.rows(
                "select r.*, e.rule_id is not null as used from rules as r left join (select distinct rule_id from dirt_daily) "
                "as e using (rule_id) "
                "order by rule_id, rule_version desc"
            ),
        )
        if view.has_data
        else []
    )
    versions = [r for r in known if r["rule_id"] == rule_id]
    specimens = view.state.specimens.get(rule_id) if view.state.specimens else None
    used = view.g.once(("rule", rule_id), lambda: _used(view, rule_id)) if view.has_data else None
    if not versions and specimens is None and not (used and used["sum"]["edits"]):
        names = sorted({r["rule_id"] for r in known} | set(view.state.specimens or ()))
        near = difflib.get_close_matches(rule_id, names, 3, 0.4)
        raise Missing(view.t("dirt.unknown", rule=rule_id), "", [(n, view.url(f"/dirt/{n}")) for n in near])
    seed = view.number("seed", 1, 1, 10**6)
    examples = view.g.once(("examples", rule_id, seed), lambda: _examples(view, rule_id, seed)) if view.has_data else []
    return Page(
        "rule.html",
        {
            "title": rule_id,
            "rule_id": rule_id,
            "versions": versions,
            "specimens": specimens,
            "used": used,
            "examples": examples,
            "seed": seed,
        },
    )


def _used(view: View, rule_id: str) -> dict[str, Any]:
    g = view.g
    course = g.rows(
        f"select {g.arrived} as run_id, sum(edits)::bigint as edits, sum(characters)::bigint as characters from dirt_daily "
        f"where rule_id = ? group by 1 order by 1",
        [rule_id],
    )
    sites = g.rows(
        "select coalesce(site, '') as site, sum(edits)::bigint as edits, sum(documents)::bigint as documents from dirt_daily "
        "where rule_id = ? group by 1 order by 2 desc limit 20",
        [rule_id],
    )
    total = {"edits": sum(c["edits"] for c in course), "characters": sum(c["characters"] for c in course)}
    return {"course": course[-RUNS:], "sites": sites, "sum": total}


def _drawn(g: Generation, rule_id: str, rng: random.Random) -> list[int]:
    """
    Row numbers of some of a rule's edits. A rule with many is looked for in a few windows of row numbers, drawn at random and wide enough
    for its share, because to read them all takes a page's time.
    """
    ask = "select rowid, 0 from edits where rule_id = ? and action <> 'newline' order by rowid"
    low, high, count = g.once(
        ("rows of rule", rule_id),
        lambda: tuple(g.rows("select min(rowid) as a, max(rowid) as b, count(*) as n from edits where rule_id = ?", [rule_id])[0].values()),
    )
    if count <= FEW:
        return [r for r, _ in g.rows_as_pairs(ask, [rule_id])]
    wide = max(1, (high - low) // count * 40)
    found: list[int] = []
    for _ in range(WINDOWS):
        start = rng.randint(low, max(low, high - wide))
        near = g.rows("select rowid as r, rule_id, action from edits where rowid between ? and ?", [start, start + min(wide, WIDEST)])
        fit = [e["r"] for e in near if e["rule_id"] == rule_id and e["action"] != "newline"]
        found += fit[: 1 + EXAMPLES // WINDOWS]
    return sorted(set(found)) or [r for r, _ in g.rows_as_pairs(f"{ask} limit {FEW}", [rule_id])]


def _examples(view: View, rule_id: str, seed: int) -> list[dict[str, Any]]:
    """Edits drawn at random, the same for the same seed: first row numbers, then only those rows are read."""
    g = view.g
    rng = random.Random(f"{rule_id}/{seed}")
    ids = _drawn(g, rule_id, rng)
    drawn = sorted(rng.sample(ids, min(EXAMPLES, len(ids))))
    rows = (
        g.rows(
            "select doc_id, start, stop, action, before, after, repaired_text from edits where rowid in (select unnest(?))",
            [drawn],
        )
        if drawn
        else []
    )
    texts: dict[str, str] = {}
    names = dict(
        (r["doc_id"], r["file"])
        for r in g.shelf("select doc_id, file from articles where doc_id in (select unnest(?::varchar[]))", [[r["doc_id"] for r in rows]])
    )
    for r in rows:
        if r["doc_id"] not in texts:
            texts[r["doc_id"]] = next((d["text"] for d in g.of("documents", r["doc_id"], "text")), "")
        text = texts[r["doc_id"]]
        if g.mask:
            g.mask.edits([r], g.hidden_spans(r["doc_id"]))
        r["left_text"], r["right_text"] = text[max(r["start"] - CONTEXT, 0) : r["start"]], text[r["stop"] : r["stop"] + CONTEXT]
        r["name"] = names.get(r["doc_id"])
    return sorted(rows, key=lambda r: (r["doc_id"], r["start"]))
