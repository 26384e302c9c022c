"""Published warehouses for the pages' tests, made from the contracts: an ordinary one, and one whose every text is hostile."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from schemas.catalog import PUBLISHED
from schemas.contract import Matches, OneOf
from schemas.derive.ddl import create_table
from tasks.storage import assets
from tests.schemas.rows import ARTICLE, DOC, FILE, OTHER, row

# What a page could be fooled by: markup, handlers, schemes, Markdown, templates, terminals, formulas, characters that hide or turn text.
HOSTILE = (
    '=HYPERLINK("http://127.0.0.1:9/f")<script>window.PWN=1</script><img src="http://127.0.0.1:9/i.png" onerror="window.PWN=2">'
    "<svg/onload=window.PWN=3>![m](http://127.0.0.1:9/m.png)[l](javascript:window.PWN=4)\u202egpj.exe\u202c\x00\x1b[31m\u200b\ue000"
    "{{7*7}}{% raw %}' onfocus=window.PWN=5 autofocus x='\"></textarea></title></style><style>*{display:none}</style>&lt;b&gt;"
    '<base href="http://127.0.0.1:9/"><meta http-equiv=refresh content="0;url=http://127.0.0.1:9/"><iframe src="http://127.0.0.1:9/">'
)
RUNS = 9
BEGAN = datetime(2026, 11, 1, 6, 0)
SIGNATURE = (
    "CREATE TABLE _publication (generation BIGINT, manifest BIGINT, manifest_digest VARCHAR, schema_version INTEGER, contracts VARCHAR, "
    "live_rows BIGINT, dead_rows BIGINT, mode VARCHAR, published_at TIMESTAMP)"
)
PLAIN = "河湾村修好了水渠。\n今年共投入３万元，比去年增加２％。\n一、村民代表"
TRADITIONAL = "山坡上的茶園豐收了。\n來年再種。"


def publish(root: Path, generation: int, rows: dict[str, list[dict[str, Any]]]) -> Path:
    """A generation of these rows, announced as publication does it."""
    root.mkdir(parents=True, exist_ok=True)
    path = root / f"warehouse-{generation:06d}.duckdb"
    with duckdb.connect(str(path)) as con:
        for table in PUBLISHED.values():
            for statement in create_table(table):
                con.execute(statement)
            if rows.get(table.name):
                con.register("fresh", pa.Table.from_pylist(rows[table.name], schema=table.arrow))
                con.execute(f'INSERT INTO "{table.name}" BY NAME SELECT * FROM fresh')
                con.unregister("fresh")
        con.execute(SIGNATURE)
        con.execute(
            "INSERT INTO _publication VALUES (?, 1, 'd', 1, 'c', 1, 0, 'full', ?)", [generation, BEGAN + timedelta(days=generation)]
        )
        assets.install(con)
    link = root / ".current.tmp"
    link.unlink(missing_ok=True)
    os.symlink(path.name, link)
    os.replace(link, root / "current")
    return path


def ordinary(articles: int = 3, runs: int = RUNS) -> dict[str, list[dict[str, Any]]]:
    """One file with a document of two articles, and what was found in them; checks of several runs; one refused document."""
    text = f"首页 > 乡村\n水渠\n{PLAIN}\n相关链接\n{TRADITIONAL}\n"
    at, second = text.index(PLAIN), text.index(TRADITIONAL)
    article = {
        "text": PLAIN,
        "text_hans": PLAIN,
        "char_count": len(PLAIN),
        "paragraph_count": 3,
        "title": "水渠",
        "site": "village.example",
        "source": "乡村报",
        "run_id": 1,
    }
    other = {
        "article_id": OTHER,
        "article_no": 2,
        "text": TRADITIONAL,
        "text_hans": "山坡上的茶园丰收了。\n来年再种。",
        "script": "Hant",
        "char_count": len(TRADITIONAL),
        "paragraph_count": 2,
        "title": "茶園",
        "published_at": None,
        "run_id": 1,
    }
    breaks = [at + i for i, c in enumerate(PLAIN) if c == "\n"]
    edits = [
        row(
            "edits",
            start=0,
            stop=8,
            action="cut",
            label="nav",
            rule_id="page.crumb",
            before=text[:8],
            after="",
            article_id=None,
            article_start=None,
        ),
        row(
            "edits",
            start=8,
            stop=at,
            action="meta",
            label="title",
            rule_id="split.title",
            before=text[8:at],
            after="",
            article_id=None,
            article_start=None,
        ),
        *(row("edits", start=b, stop=b + 1, before="\n", after="\n", article_start=b - at) for b in breaks),
        row(
            "edits",
            start=at + len(PLAIN),
            stop=second,
            action="cut",
            label="related_link",
            rule_id="page.links",
            before=text[at + len(PLAIN) : second],
            after="",
            article_id=None,
            article_start=None,
        ),
        row(
            "edits",
            start=second + TRADITIONAL.index("\n"),
            stop=second + TRADITIONAL.index("\n") + 1,
            before="\n",
            after="\n",
            article_id=OTHER,
            article_start=TRADITIONAL.index("\n"),
        ),
        row(
            "edits",
            start=len(text) - 1,
            stop=len(text),
            action="cut",
            label="newline",
            rule_id="split.newline",
            before="\n",
            after="",
            article_id=None,
            article_start=None,
        ),
    ]
    taken = {p for e in edits for p in range(e["start"], e["stop"])}
    kept = [
        row("kept", start=a, stop=b, article_id=i, article_start=a - base)
        for i, base, size in ((ARTICLE, at, len(PLAIN)), (OTHER, second, len(TRADITIONAL)))
        for a, b in _free(base, base + size, taken)
    ]
    refused = "d" * 32
    rows = {
        "runs": [
            row("runs", run_id=r, generation=r, started_at=BEGAN + timedelta(days=r), finished_at=BEGAN + timedelta(days=r, seconds=9))
            for r in range(1, runs + 1)
        ],
        "rules": [
            row("rules", rule_id=i, label=label)
            for i, label in (
                ("page.crumb", "nav"),
                ("split.title", "title"),
                ("page.links", "related_link"),
                ("paragraph", "newline"),
                ("split.newline", "newline"),
            )
        ],
        "seed_files": [row("seed_files")],
        "arrivals": [row("arrivals")],
        "documents": [row("documents", text=text, char_count=len(text), line_count=text.count("\n") + 1, site="village.example")],
        "decodings": [row("decodings", stop=len(text), byte_stop=len(text.encode()), raw=None)],
        "articles": [row("articles", **article), row("articles", **other)],
        "article_metadata": [row("article_metadata", start=8, stop=10)],
        "kept": kept,
        "edits": edits,
        "flags": [row("flags", detail="masked")],
        "sections": [
            row("sections", section_no=1, parent_no=None, level=1, heading="村民代表", start=PLAIN.index("一、"), stop=len(PLAIN))
        ],
        "sentences": [row("sentences", text=PLAIN[:9], stop=9)],
        "terms": [row("terms", positions=[6])],
        "keywords": [row("keywords")],
        "mentions": [row("mentions")],
        "facts": [
            row("facts", fact_no=n + 1, start=PLAIN.index("３"), stop=PLAIN.index("３") + 3, normalized_value=10.0**n)
            for n in range(articles)
        ],
        "phrases": [row("phrases")],
        "time_expressions": [row("time_expressions")],
        "links": [row("links")],
        "private_data": [row("private_data")],
        "duplicate_pairs": [row("duplicate_pairs", article_id=min(ARTICLE, OTHER), other_id=max(ARTICLE, OTHER))],
        "checks": [
            row(
                "checks",
                run_id=r,
                table_name=t,
                check_id=c,
                severity=s,
                scope=k,
                status=status,
                unexpected=n,
                evaluated=9,
                observed_value=str(n),
                baseline=5.0 if k == "history" else None,
                lower_bound=2.0 if k == "history" else None,
                upper_bound=9.0 if k == "history" else None,
                dimension=d,
            )
            for r in range(1, runs + 1)
            for t, c, s, k, status, n, d in (
                ("articles", "key-unique", "critical", "table", "passed", 0, ""),
                ("articles", "title-present", "critical", "row", "failed" if r == runs else "passed", int(r == runs), ""),
                ("documents", "site-known", "warning", "row", "errored", None, ""),
                ("articles", "articles-length", "warning", "history", "learning" if r < 7 else "passed", 4 + r % 3, "village.example"),
            )
        ],
        "check_examples": [
            row(
                "check_examples",
                run_id=runs,
                check_id="title-present",
                key=ARTICLE,
                column_name="title",
                value=None,
                row_json=f'{{"article_id":"{ARTICLE}","title":null,"start":1,"stop":3}}',
            )
        ],
        "stage_timings": [
            row("stage_timings", run_id=r, stage=s) for r in range(1, runs + 1) for s in ("start", "process", "clean", "publish")
        ],
        "quarantine": [row("quarantine", run_id=runs, doc_id=refused, row_json='{"doc_id":"x","start":1,"stop":2,"title":null}')],
        "quarantine_actions": [row("quarantine_actions", quarantine_run_id=runs)],
        "vocabulary": [row("vocabulary")],
        "corpus_stats": [row("corpus_stats"), row("corpus_stats", name="mean_terms", value=9.0)],
        "traditional_map": [row("traditional_map")],
    }
    return rows


def hostile() -> dict[str, list[dict[str, Any]]]:
    """The ordinary rows, every text that no format or closed list binds replaced; offsets stay inside their texts."""
    rows = ordinary()
    for name, found in rows.items():
        for column in PUBLISHED[name].columns:
            bound = any(isinstance(p, Matches | OneOf) for p in column.checks)
            if column.type != pa.string() or bound or column.name.endswith("_id") or column.json:
                continue
            if (name, column.name) in {
                ("edits", "after"),
                ("corpus_stats", "name"),
                ("checks", "dimension"),
                ("traditional_map", "hant"),
                ("traditional_map", "hans"),
                ("quarantine", "table_name"),
                ("checks", "table_name"),
                ("check_examples", "table_name"),
                ("private_data", "masked"),
                ("stage_timings", "stage"),
            }:
                continue
            for r in found:
                keep = r[column.name] if column.name in ("text", "text_hans", "before") else None
                r[column.name] = _overwritten(keep) if keep is not None else HOSTILE
    rows["private_data"][0]["masked"] = HOSTILE
    rows["check_examples"][0]["row_json"] = json.dumps({"title": HOSTILE, "article_id": ARTICLE})
    rows["quarantine"][0]["row_json"] = json.dumps({"title": HOSTILE, HOSTILE: HOSTILE})
    for c in rows["checks"]:
        c["dimension"] = HOSTILE if c["scope"] == "history" else ""
        c["observed_value"] = HOSTILE if c["status"] == "errored" else c["observed_value"]
    rows["runs"][-1]["error"] = HOSTILE
    return rows


def _overwritten(text: str) -> str:
    """Hostile characters in place of ordinary ones, line ends kept, so that lengths and paragraphs stay."""
    source = HOSTILE.replace("\n", " ") * (len(text) // len(HOSTILE) + 1)
    return "".join("\n" if c == "\n" else source[i] for i, c in enumerate(text))


def _free(start: int, stop: int, taken: set[int]) -> list[tuple[int, int]]:
    spans, at = [], start
    for p in range(start, stop + 1):
        if p == stop or p in taken:
            if p > at:
                spans.append((at, p))
            at = p + 1
    return spans


PATHS = (
    "/",
    "/?days=30",
    "/checks",
    "/checks?all=1",
    "/checks?status=failed&severity=critical",
    "/checks/articles/title-present",
    "/checks/documents/site-known",
    "/checks/articles/articles-length",
    "/quarantine",
    "/quarantine?state=passed",
    "/quarantine?state=again&stage=clean",
    f"/quarantine/{RUNS}/1",
    "/runs",
    "/runs?status=done",
    f"/runs/{RUNS}",
    "/articles",
    "/articles?q=水渠",
    "/articles?q=不存在的词&site=x",
    "/articles?sort=-quality&flagged=1&dup=hide",
    "/articles/values/site",
    f"/articles/{ARTICLE}",
    f"/articles/{ARTICLE}?view=split",
    f"/articles/{ARTICLE}?view=raw",
    f"/articles/{ARTICLE}?view=hans",
    f"/articles/{OTHER}?view=hans",
    f"/articles/{ARTICLE}?hl=mentions,facts,time,phrases,flags&from=2&to=5",
    f"/documents/{DOC}",
    f"/documents/{DOC}?from=3&to=12",
    f"/documents/{DOC}?view=bytes",
    "/facts",
    "/facts?unit=CNY&min=1",
    "/duplicates",
    f"/duplicates/{min(ARTICLE, OTHER)}",
    "/dirt",
    "/dirt?group=rule",
    "/dirt?group=site&action=cut",
    "/dirt/page.crumb",
    "/encodings",
    "/encodings?encoding=utf-8&flag=mask",
    "/private",
    "/private?kind=phone",
    "/sql",
    "/sql?sql=select+*+from+articles",
    "/sql?sql=select+titel+from+articles",
    "/sql?sql=select+title,+char_count+from+articles&chart=bar",
    "/sql?sql=select+$word",
    "/dictionary",
    "/dictionary/articles",
    "/health",
    "/about",
    "/nothing/here",
    "/articles/0123456789ab",
    "/dirt/no-such-rule",
    "/runs/999",
    "/quarantine/99/9",
    "/?gen=77",
)
FILE_ID = FILE
