"""The parts of pages by themselves: literal text, cells of files, marks, charts, words, colours."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import charts
from dashboard.app import HERE, number
from dashboard.export import as_bytes
from dashboard.literal import HIDDEN, cell, chips, field, hidden_count, shown, visible
from dashboard.marks import Mark, aligned, differing, edited, folded, laid, paragraphs
from dashboard.words import CATALOGUE, Words, choose
from tests.dashboard.markup import Tree
from tests.dashboard.warehouses import HOSTILE, ordinary
from tests.schemas.rows import ARTICLE

ANY = st.text(st.characters(codec=None), max_size=80)


@given(ANY)
def test_shown_text_is_one_text_without_hidden_characters(text: str):
    for html in (str(shown(text)), str(chips(text))):
        assert not HIDDEN.search(html)
        assert Tree(f"<p>{html}</p>").root.text == visible(text)
    assert hidden_count(text) == visible(text).count("⟨U+") - text.count("⟨U+")


def test_ordinary_text_stays_as_it_is():
    text = "《求是》2016年第1期 “双引号” ① 𠮷 é ❤️ 〇"
    assert visible(text) == text


@given(ANY)
def test_a_field_gives_its_value_back(text: str):
    tree = Tree(f'<input value="{field(text)}">')
    wanted = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", text)
    assert tree.root.all("input")[0].attributes["value"] == wanted


@pytest.mark.parametrize("value", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1+x", "＠a"])
def test_a_formula_in_a_cell_is_text(value: str):
    assert cell(value)[0] in "'⟨"


@pytest.mark.parametrize("value", ["-3", "+1.5", "-1e-9", "水渠", "1-2", "", "a=b"])
def test_numbers_and_words_in_cells_stay(value: str):
    assert cell(value) == value


def test_a_file_of_hostile_values():
    table = pa.table({"=name": [HOSTILE, None, "-1"], "list": [["=1", "b"], [], None], "number": [float("nan"), float("inf"), -1.5]})
    rows = list(csv.reader(io.StringIO(as_bytes(table, "csv").decode())))
    assert rows[0] == ["'=name", "list", "number"]
    assert rows[1][0].startswith("'=HYPERLINK") and "\x00" not in rows[1][0] and "⟨U+202E⟩" in rows[1][0]
    assert rows[1][1] == '["=1", "b"]' and rows[2][:2] == ["", "[]"] and rows[3] == ["-1", "", "-1.5"]
    assert as_bytes(table, "csv", bom=True)[:3] == b"\xef\xbb\xbf"
    found = json.loads(as_bytes(table, "json"))
    assert found[0]["=name"] == HOSTILE and found[0]["number"] is None and found[2]["number"] == -1.5


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted), max_size=8)


@given(st.text(max_size=30), SPANS)
def test_pieces_with_marks_join_to_the_text(text: str, spans: list[list[int]]):
    marks = [Mark(a, b, "fact") for a, b in spans]
    pieces = laid(text, marks)
    assert "".join(p.text for p in pieces) == text
    for p in pieces:
        assert {(m.start, m.stop) for m in p.marks} == {
            (a, b) for a, b in map(tuple, spans) if a < b and a <= p.start and b >= p.start + len(p.text) and a < p.start + len(p.text)
        }


@given(st.text(min_size=1, max_size=40), st.sets(st.integers(0, 40), max_size=8), st.integers(0, 20), st.integers(1, 40))
def test_pieces_with_edits_join_to_the_text(text: str, cuts: set[int], begin: int, size: int):
    ends = sorted(c for c in cuts if c <= len(text))
    edits = [{"start": a, "stop": b, "action": "cut"} for a, b in zip(ends[::2], ends[1::2], strict=False)]
    part = text[begin : begin + size]
    pieces = edited(part, edits, begin)
    assert "".join(t for t, _ in pieces) == part
    assert "".join(t for run in folded(pieces, 3) for t, _ in run.pieces) == part
    at = begin
    for t, e in pieces:
        inside = [x for x in edits if x["start"] <= at and at + len(t) <= x["stop"]]
        assert (e is not None) == bool(inside)
        at += len(t)


def test_paragraphs_stand_beside_what_they_came_from():
    rows = ordinary()
    text, article = rows["documents"][0]["text"], rows["articles"][0]["text"]
    found = aligned(len(text), rows["edits"], rows["kept"], ARTICLE, article)
    assert next((r.raw_start, r.raw_stop) for r in found) == (0, text.index(article))
    assert found[-1].raw_stop == len(text) and found[-1].start is None
    assert [a.raw_stop == b.raw_start for a, b in itertools.pairwise(found)] == [True] * (len(found) - 1)
    beside = [(text[r.raw_start : r.raw_stop].strip("\n"), article[r.start : r.stop]) for r in found if r.start is not None]
    assert [a for a, _ in beside] == [b for _, b in beside] == [p for _, p in paragraphs(article)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=20))
def test_two_texts_of_one_length_are_parted_where_they_differ(pairs: list[tuple[str, str]]):
    one, other = "".join(a for a, _ in pairs), "".join(b for _, b in pairs)
    found = list(differing(one, other))
    assert "".join(a for a, _, _ in found) == one and "".join(b for _, b, _ in found) == other
    assert all(all((x != y) == differs for x, y in zip(a, b, strict=True)) for a, b, differs in found)


def test_charts_escape_names_and_fit_their_box():
    names = [HOSTILE, "<b>", "水渠" * 30]
    for svg in (
        charts.line(names, [1, None, 3], HOSTILE, [(0, 2), (None, None), (1, 4)], ["failed"]),
        charts.columns(names, [1, 2, 3], HOSTILE),
        charts.stacked(names, [(HOSTILE, [1, 2, 3]), ("b", [0, 0, 1])], HOSTILE),
        charts.waterfall([(HOSTILE, 0, 1), ("b", 1, 2)], HOSTILE),
        charts.spark([1, 2, None, 3], HOSTILE),
        charts.bar(0.5),
        charts.relations({HOSTILE: [], "b": [HOSTILE], "c": ["b", "absent"], "d": ["e"], "e": ["d"], "<i>": []}, lambda n: "/x", HOSTILE),
    ):
        tree = Tree(svg)
        assert tree.stray == [] and not HIDDEN.search(svg) and "style=" not in svg
        known = {"svg", "g", "rect", "line", "polyline", "polygon", "circle", "text", "title", "div", "a", "path"}
        assert {e.tag for e in tree.root.all()} <= known
        wide, high = map(float, tree.root.all("svg")[0].attributes["viewbox"].split()[2:])
        for e in tree.root.all("rect", "circle"):
            x, y = float(e.attributes.get("x", e.attributes.get("cx", 0))), float(e.attributes.get("y", e.attributes.get("cy", 0)))
            assert -1 <= x <= wide and -1 <= y <= high


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e12)), max_size=12))
def test_charts_take_any_numbers(values: list[float | None]):
    xs = [str(i) for i in range(len(values))]
    charts.line(xs, values, "x")
    charts.spark(values, "x")
    charts.columns(xs, [v or 0 for v in values], "x")
    known = [v for v in values if v is not None]
    if known and max(known) > 1e-9:
        scale = charts.ticks(max(known))
        assert scale[0] == 0 and scale[-1] >= max(known) * (1 - 1e-9) and len(scale) <= 6


def test_numbers_read_as_numbers():
    assert [number(v) for v in (None, 5, 12345, 0.371667123, 1.5e8, 1e30)] == ["", "5", "12,345", "0.371667", "150,000,000", f"{1e30:,.0f}"]


def test_the_catalogue_is_whole():
    holes = re.compile(r"\{(\w+)\}")
    for name, pair in CATALOGUE.items():
        assert len(pair) == 2 and all(p.strip() for p in pair), name
        english, chinese = (set(holes.findall(p)) for p in pair)
        assert english == chinese, name
        assert all(len(set(map(str, map(sorted, map(holes.findall, p.split("|")))))) == 1 for p in pair if "|" in p), name


def test_every_word_is_used_and_every_word_used_is_there():
    source = "".join(p.read_text("utf-8") for p in [*HERE.rglob("*.html"), *HERE.rglob("*.py")])
    named = set(re.findall(r"""\bt(?:\.marked)?\(\s*f?["']([a-z_]+\.[a-z_0-9]+)["']""", source))
    assert {n for n in named if not n.endswith("_")} - set(CATALOGUE) == set()
    begun = tuple(re.findall(r"""\bt\(\s*f?["']([a-z_]+\.[a-z_]*)["'{]""", source))  # names that are put together
    parts = set(re.findall(r"""\bknown\(\s*["']([a-z_]+)["']""", source)) | {
        "severity",
        "status",
        "scope",
        "fact",
        "mention",
        "phrase",
        "time",
    }
    prefixes = (
        {f"{a}." for a in parts}
        | {b for b in begun if b.endswith((".", "_"))}
        | {"time.", "col.", "verdict.", "nav.", "keys.", "error.status_"}
    )
    unused = {n for n in CATALOGUE if f"'{n}'" not in source and f'"{n}"' not in source and not n.startswith(tuple(prefixes))}
    assert unused == set()


def test_singular_and_plural_and_numbers():
    t = Words("en")
    assert t("runs.lead", n=1) == "1 run" and t("runs.lead", n=1234) == "1,234 runs" and Words("zh")("runs.lead", n=1) == "1 次运行"
    assert t.known("label", "nav") == "navigation" and t.known("label", "never-heard") == "never-heard" and t.known("label", None) == ""


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "language"),
    [
        (None, None, "", "en"),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, None, "de,en;q=0.5,zh;q=0.7", "zh"),
        (None, "zh", "en", "zh"),
        ("en", "zh", "zh", "en"),
        ("xx", "yy", "fr", "en"),
        (None, None, "zh;q=x," * 100, "en"),
    ],
)
def test_the_language_is_chosen(asked: str | None, kept: str | None, accepted: str, language: str):
    assert choose(asked, kept, accepted) == language


def _palettes() -> list[dict[str, str]]:
    css = (HERE / "static" / "app.css").read_text("utf-8")
    blocks = re.findall(r":root[^{]*\{([^}]*)\}", css)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", b)) for b in blocks]


def _light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_words_stand_out_from_their_ground_in_light_and_dark():
    palettes = _palettes()
    assert len(palettes) == 3 and palettes[1] == palettes[2]  # dark by choice and dark by the system are one
    for p in palettes:
        pairs = [(ink, ground) for ink in ("ink", "soft", "link", "gold", "bad", "good", "look") for ground in ("ground", "paper")]
        pairs += [
            ("good", "good-ground"),
            ("bad", "bad-ground"),
            ("look", "look-ground"),
            ("calm", "calm-ground"),
            ("gold", "gold-ground"),
            ("ink", "mute-ground"),
            ("soft", "mute-ground"),
            ("ink", "mark"),
            ("cut", "cut-ground"),
            ("ink", "meta-ground"),
            ("good", "new-ground"),
            ("link", "mute-ground"),
            ("link", "gold-ground"),
            ("bad", "mute-ground"),
            ("paper", "gold"),
        ]
        for ink, ground in pairs:
            a, b = sorted((_light(p[ink]), _light(p[ground])))
            assert (b + 0.05) / (a + 0.05) >= 4.5, (ink, ground, p[ink], p[ground])


def test_pages_are_light():
    sizes = {f.name: f.stat().st_size for f in (HERE / "static").iterdir()}
    assert sizes["app.js"] < 15_000 and sizes["app.css"] < 32_000
    for f in [*HERE.rglob("*.html")]:
        text = f.read_text("utf-8")
        assert "style=" not in text and not re.search(r"<script(?! src=)", text) and not re.search(r"\son[a-z]+=", text), f.name
        assert "http" not in text.replace("http-equiv", ""), f.name


@settings(max_examples=20)
@given(st.text(max_size=200))
def test_coloured_sql_is_the_sql(text: str):
    from dashboard.pages.sql import coloured

    assert Tree(f"<pre>{coloured(text)}</pre>").root.text == visible(text) or "\r" in text


def test_the_project_names_no_page_elsewhere():
    for f in Path(HERE).rglob("*.py"):
        for address in re.findall(r"https?://[^\s\"'`)]+", f.read_text("utf-8")):
            assert address.startswith("http://127.0.0.1"), (f.name, address)
