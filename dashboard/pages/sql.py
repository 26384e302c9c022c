"""SQL: a query in the address, its answer as a table, a chart or a file. It runs in a child process (workbench.py)."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from pygments import lex
from pygments.lexers import SqlLexer
from pygments.token import Comment, Keyword, Name, Number, String, Token
from starlette.responses import PlainTextResponse, Response

from dashboard.export import FORMATS
from dashboard.files import file_response
from dashboard.lists import format_of
from dashboard.literal import chips, hidden_count
from dashboard.view import Page, View
from dashboard.workbench import LONGEST, Answer, Query
from schemas.catalog import PUBLISHED

LIMITS = (100, 1_000, 5_000)
FILE_ROWS = 100_000
FILE_SECONDS = 20.0
CHARTS = ("none", "line", "bar")
POINTS = 400
QUERIES = Path(__file__).resolve().parents[2] / "warehouse" / "queries"
_LINKS = {
    "article_id": "/articles/",
    "other_id": "/articles/",
    "canonical_id": "/articles/",
    "doc_id": "/documents/",
    "run_id": "/runs/",
    "rule_id": "/dirt/",
    "cluster_id": "/duplicates/",
}  # columns whose values have a page
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NUMERIC = re.compile(r"U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?$|FLOAT|DOUBLE|DECIMAL", re.IGNORECASE)
_CANDIDATE = re.compile(r'"([^"]+)"')
_FITS = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_LINE = re.compile(r"LINE (\d+):")
_MISSING = re.compile(r'(?:Referenced column "(?P<column>[^"]*)"|Table with name (?P<table>\S+)) (?:was )?(?:not found|does not exist)')
_KINDS = ((Comment, "k-comment"), (Keyword, "k-word"), (String, "k-text"), (Number, "k-number"), (Name.Builtin, "k-word"))


def page(view: View) -> Page:
    """The editor and, where the address holds a query, its answer. A link from another site fills the editor and does not run."""
    if view.masks:
        return Page("hidden.html", {"title": "SQL", "why": view.t("sql.masked"), "next_step": view.t("sql.masked_hint")}, 403, keep=False)
    text = view.request.query_params.get("sql", "").replace("\r\n", "\n").strip()
    foreign = view.request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
    answer = _run(view, text) if text and not foreign else None
    shown = {
        "title": "SQL",
        "text": text,
        "answer": None,
        "error": None,
        "foreign": foreign and bool(text),
        "longest": LONGEST,
        "limits": LIMITS,
        "limit": _limit(view),
        "charts_known": CHARTS,
        "hidden": hidden_count(text),
        "coloured": coloured(text),
        "tables": _tables(view),
        "macros": view.g.once("sql macros", lambda: _macros(view)),
        "examples": examples(view.t.language),
        "values": _values(view),
        "formats": tuple(FORMATS),
        "names": [],
        "needs": [],
        "drawn": None,
        "query": _query(view),
        "cli": _cli(text),
        "seconds": view.state.workbench.seconds,
    }
    if answer is not None:
        shown["names"] = answer.head.get("names", [])
        shown["needs"] = answer.head.get("needs", [])
        if answer.error:
            shown["error"] = _explained(view, answer)
        elif not shown["needs"]:
            shown["answer"] = answer.head | {
                "links": [_LINKS.get(c, "") for c in answer.head["columns"]],
                "fits": _FITS.fullmatch,
                "numeric": [_NUMERIC.match(str(t)) is not None for t in answer.head["types"]],
            }
            shown["drawn"] = _chart(view, answer.head)
    return Page("sql.html", shown, 200 if not shown["error"] else 400, keep=False)


def file(view: View) -> Response:
    """The answer as a file, with more rows and more time than the page."""
    fmt = format_of(view)
    if view.masks:
        return PlainTextResponse(view.t("sql.masked") + "\n", 403)
    if view.request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return PlainTextResponse(view.t("sql.foreign") + "\n", 403)
    text = view.request.query_params.get("sql", "").strip()
    query = Query(text, _values(view), FILE_ROWS, FILE_SECONDS, fmt, view.get("bom") == "1")
    answer = view.state.workbench.run(view.g.path, query)
    if answer.error or answer.head.get("needs"):
        said = _explained(view, answer)["sentence"] if answer.error else view.t("sql.needs") + " " + ", ".join(answer.head["needs"])
        return PlainTextResponse(said + "\n", 400)
    more = {"x-taojin-rows": str(answer.head["count"]), "x-taojin-whole": str(not answer.head["more"]).lower()}
    return file_response(answer.data, f"taojin-query-gen{view.g.number}.{fmt}", FORMATS[fmt], more)


def examples(language: str) -> list[dict[str, str]]:
    """Saved queries: each file opens with its title in English and in Chinese, and goes on with the reason to ask it in both."""
    found = []
    for path in sorted(QUERIES.glob("*.sql")):
        lines = path.read_text("utf-8").splitlines()
        titles = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
        sql = "\n".join(line for line in lines if not line.startswith("--")).strip()
        title = titles[1 if language == "zh" and len(titles) > 1 else 0]
        whys = {"zh": [w for w in titles[2:] if _HAN.search(w)], "en": [w for w in titles[2:] if not _HAN.search(w)]}
        found.append({"name": path.stem, "title": title, "why": " ".join(whys[language] or whys["en"]), "sql": sql})
    return found


def coloured(text: str) -> Markup:
    """SQL with its words in classes; text that hides is shown."""
    parts = []
    for kind, value in lex(text, SqlLexer(stripnl=False, ensurenl=False)) if text else ():
        name = next((n for k, n in _KINDS if kind in k and kind is not Token), "")
        parts.append(Markup('<span class="{}">{}</span>').format(name, chips(value)) if name else chips(value))
    return Markup("").join(parts)


def _run(view: View, text: str) -> Answer:
    return view.state.workbench.run(view.g.path, Query(text, _values(view), _limit(view), view.state.workbench.seconds))


def _limit(view: View) -> int:
    return view.number("limit", 1_000, 1, LIMITS[-1])


def _values(view: View) -> dict[str, str]:
    """Parameters: `p_name=value` for $name."""
    return {k[2:]: v[:400] for k, v in view.request.query_params.items() if k.startswith("p_")}


def _query(view: View) -> str:
    """The address' parameters that make the query, for links to its files."""
    kept = [(k, v) for k, v in view.request.query_params.items() if k in ("sql", "gen") or k.startswith("p_")]
    return urlencode(kept)


def _cli(text: str) -> str:
    return "taojin sql '" + text.replace("'", "'\"'\"'") + "'" if text else ""


def _tables(view: View) -> list[dict[str, Any]]:
    """Tables and views with the comments of their columns."""

    def make() -> list[dict[str, Any]]:
        kinds = view.g.rows(
            "select table_name as name, comment, 'table' as kind, estimated_size as size from duckdb_tables() where not "
            "internal and not starts_with(table_name, '_') union all select view_name, comment, 'view', null from "
            "duckdb_views() where not internal order by 3, 1"
        )
        columns: dict[str, list[dict[str, Any]]] = {}
        for c in view.g.rows(
            "select table_name, column_name, data_type, comment from duckdb_columns() where not internal order by table_name, column_index"
        ):
            columns.setdefault(c["table_name"], []).append(c)
        order = {n: i for i, n in enumerate(PUBLISHED)}
        return sorted(({**k, "columns": columns.get(k["name"], [])} for k in kinds), key=lambda k: order.get(k["name"], 99))

    return view.g.once("sql tables", make)


def _macros(view: View) -> list[dict[str, Any]]:
    """Macros with the names of what they are given."""
    return view.g.rows(
        "select function_name as name, list_aggregate(parameters, 'string_agg', ', ') as given "
        "from duckdb_functions() where not internal and function_type in ('macro', 'table_macro') order by 1"
    )


def _explained(view: View, answer: Answer) -> dict[str, Any]:
    """An error as a sentence, the next step, and the place in the query."""
    t, name = view.t, answer.error
    if name != "engine":
        return {
            "sentence": t(f"sql.error_{name}", seconds=answer.head.get("seconds", 0), limit=LONGEST),
            "detail": "",
            "line": 0,
            "hint": t(f"sql.hint_{name}"),
            "engine": False,
        }
    message = answer.head["message"]
    line = _LINE.search(message)
    hint = ""
    if found := _MISSING.search(message):
        wanted = (found["column"] or found["table"] or "").strip('"!')
        if found["column"]:  # what the tables of the query have, as the engine says: another table's column would be no help
            known = _CANDIDATE.findall(message.partition("LINE ")[0].partition("Candidate bindings:")[2])
            near = difflib.get_close_matches(wanted, known, 3, 0.5) or known[:3]
        else:
            near = difflib.get_close_matches(wanted, sorted({k["name"] for k in _tables(view)}), 3, 0.5)
        hint = t("sql.near", names=", ".join(near)) if near else ""
    head, _, rest = message.partition("\n\n")
    return {
        "sentence": " ".join(head.split()),
        "engine": True,
        "detail": rest if "LINE" in rest else "",
        "line": int(line[1]) if line else 0,
        "hint": hint,
    }


def _chart(view: View, head: dict[str, Any]) -> dict[str, Any] | None:
    """The chart that was asked for: first column along, first column of numbers up, or those that the address names."""
    kind = view.choice("chart", CHARTS, "none")
    columns = head["columns"]
    if kind == "none" or not head["rows"] or len(columns) < 2:
        return None
    x = columns.index(view.get("x")) if view.get("x") in columns else 0
    numeric = [i for i in range(len(columns)) if i != x and any(_number(r[i]) is not None for r in head["rows"])]
    y = columns.index(view.get("y")) if view.get("y") in columns else (numeric[0] if numeric else None)
    if y is None:
        return None
    rows = head["rows"][:POINTS]
    return {
        "kind": kind,
        "x": columns[x],
        "y": columns[y],
        "names": [r[x] or "" for r in rows],
        "values": [_number(r[y]) for r in rows],
        "cut": len(head["rows"]) > POINTS,
    }


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < 1e300 else None
