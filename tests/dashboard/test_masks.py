"""With mask_private no page and no file shows a private datum, wherever it stands; without it they are as they were."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from dashboard.app import environment
from dashboard.generations import Generations
from dashboard.masks import Mask, veiled
from dashboard.report import html_report
from dashboard.words import Words
from tasks.enrich.private import private_in
from tests.dashboard import warehouses
from tests.dashboard.conftest import client_of
from tests.dashboard.markup import Tree, faults
from tests.dashboard.warehouses import HOSTILE, PATHS, RUNS
from tests.schemas.rows import ARTICLE, DOC, row

MOBILE, FOOT, MAIL, ACCOUNT = "13962845607", "13871934526", "lanyun.wei@mill.example", "weilanyun_66"
TEXT = f"渠水很清。请找魏师傅，电话{MOBILE}，微信号：{ACCOUNT}。\n{HOSTILE.replace(chr(0), ' ')}来信寄{MAIL}。"
SECRETS = (MOBILE, MOBILE[3:8], FOOT, FOOT[3:8], MAIL, MAIL.partition("@")[0], ACCOUNT)
FILES = (
    f"/articles/{ARTICLE}/clean.txt",
    f"/articles/{ARTICLE}/hans.txt",
    f"/articles/{ARTICLE}/raw.txt",
    f"/articles/{ARTICLE}/article.json",
    f"/articles/{ARTICLE}/article.md",
    "/articles.csv",
    "/facts.csv",
    "/facts.json",
    "/quarantine.json",
    "/private.csv",
    "/private.json",
    "/checks.csv",
)


def _rows() -> dict[str, list[dict]]:
    """The ordinary rows, the first article's text and all that hangs on it replaced by one that holds private data, half cut away."""
    rows = warehouses.ordinary()
    head = f"热线：{FOOT}\n"
    document = head + TEXT
    at = len(head)
    rows["documents"][0] |= {"text": document, "char_count": len(document)}
    rows["articles"] = rows["articles"][:1]
    rows["articles"][0] |= {"text": TEXT, "text_hans": TEXT, "char_count": len(TEXT), "title": f"联系{MOBILE}"}
    number = TEXT.index(MOBILE)
    middle = at + number + 5  # a repaired character splits the number in the document
    rows["edits"] = [
        row("edits", start=0, stop=at, action="cut", rule_id="page.crumb", label="nav", before=head, after="", article_id=None,
            article_start=None, repaired_text=head),
        row("edits", start=middle, stop=middle + 1, action="replace", rule_id="page.links", label="x", before=MOBILE[5], after=MOBILE[5],
            article_start=number + 5),
    ]  # fmt: skip
    rows["kept"] = [
        row("kept", start=at, stop=middle, article_start=0),
        row("kept", start=middle + 1, stop=len(document), article_start=number + 6),
    ]
    rows["private_data"] = [row("private_data", start=d.start, stop=d.stop, kind=d.kind, masked=d.masked) for d in private_in(TEXT)]
    rows["sentences"] = [row("sentences", start=5, stop=40, text=TEXT[5:40])]
    rows["facts"] = [row("facts", fact_no=1, start=number, stop=number + 11, value_text=MOBILE, normalized_value=float(MOBILE))]
    rows["mentions"] = [row("mentions", start=TEXT.index(ACCOUNT), stop=TEXT.index(ACCOUNT) + 9, surface=ACCOUNT[:9])]
    rows["keywords"] = [row("keywords", term=ACCOUNT[:9])]
    rows["sections"] = [row("sections", heading=f"找{MOBILE}", start=0, stop=len(TEXT))]
    rows["duplicate_pairs"], rows["terms"], rows["phrases"], rows["time_expressions"] = [], [], [], []
    for r in (rows["check_examples"][0], rows["quarantine"][0]):
        r["row_json"] = json.dumps({"article_id": ARTICLE, "title": f"电话{FOOT} {HOSTILE}", "start": 1, "stop": 3})
    rows["flags"][0] |= {"detail": f"见{MOBILE}"}
    return rows


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("private")
    warehouses.publish(made, 1, _rows())
    return made


@pytest.fixture(scope="module")
def hiding(root: Path) -> Iterator[TestClient]:
    yield from client_of(root, mask_private=True)


@pytest.fixture(scope="module")
def showing(root: Path) -> Iterator[TestClient]:
    yield from client_of(root)


def _shown(text: str) -> list[str]:
    return [s for s in SECRETS if s in text]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", [p for p in PATHS if "q=" not in p])
def test_no_page_shows_a_private_datum(hiding: TestClient, path: str, language: str):
    answer = hiding.get(path, headers={"accept-language": language})
    assert answer.status_code != 500 and faults(answer.text) == []
    assert _shown(answer.text) == [] and _shown(Tree(answer.text).root.text) == []


def test_the_same_pages_show_them_without_the_setting(showing: TestClient):
    """Otherwise nothing would be proven."""
    for path in (f"/articles/{ARTICLE}", f"/articles/{ARTICLE}?view=raw", f"/documents/{DOC}", "/facts", f"/quarantine/{RUNS}/1"):
        assert _shown(Tree(showing.get(path).text).root.text), path


@pytest.mark.parametrize("path", FILES)
def test_no_file_holds_one(hiding: TestClient, path: str):
    answer = hiding.get(path)
    assert answer.status_code == 200 and _shown(answer.text) == []


def test_parquet_holds_none_either(hiding: TestClient):
    table = pq.read_table(io.BytesIO(hiding.get("/articles.parquet").content))
    assert table.num_rows == 1 and _shown(str(table.to_pylist())) == []


def test_a_masked_text_keeps_its_length_and_the_rest_of_it(hiding: TestClient):
    text = hiding.get(f"/articles/{ARTICLE}/clean.txt").text.removesuffix("\n")
    assert len(text) == len(TEXT) and "139****5607" in text and text.startswith("渠水很清。请找魏师傅，电话")


@pytest.mark.parametrize("language, word", [("en", "mask_private"), ("zh", "遮盖")])
def test_sql_and_bytes_are_off_and_say_why(hiding: TestClient, language: str, word: str):
    for path in ("/sql?sql=select+text+from+articles", "/sql.csv?sql=select+text+from+articles", f"/documents/{DOC}/bytes"):
        answer = hiding.get(path, headers={"accept-language": language})
        assert answer.status_code == 403 and word in answer.text and _shown(answer.text) == []


def test_the_report_holds_none(root: Path):
    generations = Generations(root, masks=True)
    with generations.hold() as g:
        assert _shown(html_report(environment(), g, Words("en"))) == []
    generations.close()


def test_overlapping_and_cut_spans_leave_nothing_readable():
    assert veiled("ab12345cd", [(2, 7, "1***5"), (4, 9, "3***d")]) == "ab1****" + "*d"
    assert veiled("345cd", [(2, 7, "1***5")], at=4) == "***cd"
    assert veiled("1\n2", [(0, 3, "1*2")]) == "1\n2"


def test_a_piece_of_a_datum_at_the_end_of_a_snippet_is_hidden():
    listed = [{"article_id": "a" * 32, "doc_id": "d", "start": 0, "stop": 11, "masked": "139****5607", "datum": MOBILE}]
    mask = Mask(lambda sql, params=(): listed)
    assert mask.rows([{"article_id": "a" * 32, "snippet": f"电话{MOBILE[:8]}…"}])[0]["snippet"] == "电话********…"


def test_a_datum_that_only_its_article_proves_is_hidden_elsewhere_too():
    """No finder knows these digits by themselves, and its parts are too short to stand for it."""
    listed = [{"article_id": "a" * 32, "doc_id": "d", "start": 0, "stop": 10, "masked": "02******78", "datum": "021-66-778"}]
    mask = Mask(lambda sql, params=(): listed)
    assert mask.rows([{"article_id": "a" * 32, "title": "请拨021-66-778。"}])[0]["title"] == "请拨**********。"
