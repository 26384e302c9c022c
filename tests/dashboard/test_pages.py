"""Every page, over ordinary, hostile and no data, in both languages: it answers, nothing runs, text is literal, readers find their way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dashboard.app import make_app
from tests.dashboard import warehouses
from tests.dashboard.conftest import BASE
from tests.dashboard.markup import Tree, faults
from tests.dashboard.warehouses import HOSTILE, PATHS, RUNS
from tests.schemas.rows import ARTICLE, DOC, row

EXPECTED = {
    "/nothing/here": 404,
    "/articles/0123456789ab": 404,
    "/dirt/no-such-rule": 404,
    "/runs/999": 404,
    "/quarantine/99/9": 404,
    "/?gen=77": 410,
    "/sql?sql=select+titel+from+articles": 400,
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_answers_and_is_sound(ordinary: TestClient, path: str, language: str):
    answer = ordinary.get(path, headers={"accept-language": language})
    assert answer.status_code == EXPECTED.get(path, 200), Tree(answer.text).root.text[-500:]
    assert faults(answer.text) == []


@pytest.mark.parametrize("path", PATHS)
def test_hostile_text_is_literal(hostile: TestClient, path: str):
    answer = hostile.get(path)
    assert answer.status_code == EXPECTED.get(path, 200), Tree(answer.text).root.text[-500:]
    assert faults(answer.text) == []


def test_hostile_text_is_shown_whole_and_its_hidden_characters_as_codes(hostile: TestClient):
    shown = Tree(hostile.get(f"/articles/{ARTICLE}").text).root.text
    assert "<script>window.PWN=1</script>" in shown and "⟨U+202E⟩gpj.exe⟨U+202C⟩⟨U+0000⟩⟨U+001B⟩[31m⟨U+200B⟩⟨U+E000⟩" in shown
    assert "{{7*7}}" in shown


@pytest.mark.parametrize("path", PATHS)
def test_an_empty_warehouse_says_what_to_do(empty: TestClient, path: str):
    answer = empty.get(path)
    assert answer.status_code in (200, 404, 400, 410)
    assert faults(answer.text) == []
    if path in ("/", "/articles", "/facts", "/quarantine", "/sql", "/runs"):
        assert answer.status_code == 200 and "./taojin ingest" in answer.text


def test_parameters_are_literal_too(ordinary: TestClient):
    for path in (
        "/articles?q={}",
        "/articles?site={}",
        "/facts?kind={}&measure={}",
        "/dirt?label={}",
        "/sql?sql={}",
        "/dirt/{}",
        "/articles/{}",
        "/checks/{}/{}",
        "/dictionary/{}",
        "/documents/{}",
        "/encodings?encoding={}&flag={}",
        "/quarantine?stage={}",
        "/duplicates/{}",
        "/runs?status={}",
        "/articles?after={}",
        "/articles?sort={}&size={}&year={}",
    ):
        from urllib.parse import quote

        answer = ordinary.get(path.replace("{}", quote(HOSTILE[:390], safe="")))
        assert answer.status_code in (200, 400, 404), path
        assert faults(answer.text) == [], path


def test_links_of_a_pinned_page_stay_in_its_generation(ordinary: TestClient):
    tree = Tree(ordinary.get("/checks?gen=1").text)
    inner = [a.attributes["href"] for a in tree.root.all("a") if a.attributes["href"].startswith("/") and "download" not in a.attributes]
    assert len(inner) > 20
    assert [h for h in inner if "gen=1" not in h and h != "/checks"] == []  # /checks alone leads back to the newest


def test_the_first_page_judges_in_one_sentence(ordinary: TestClient, hostile: TestClient):
    words = Tree(ordinary.get("/", headers={"accept-language": "en"}).text).root
    verdict = next(p for p in words.all("p") if "verdict" in p.attributes.get("class", ""))
    assert "1 check could not run" in verdict.text and "bad" in verdict.attributes["class"]


def test_checks_by_run_tell_each_state_by_a_letter(ordinary: TestClient):
    table = next(t for t in Tree(ordinary.get("/checks").text).root.all("table") if t.attributes.get("class") == "heat")
    rows = {
        r.all("th")[0].text: [c.text for c in r.all("td") if "cell" in c.attributes.get("class", "")]
        for r in table.all("tr")[1:]
        if r.all("td")
    }
    assert rows["title-present"] == ["P"] * (RUNS - 1) + ["F"]
    assert rows["articles-length"] == ["L"] * 6 + ["P"] * 3
    assert rows["site-known"] == ["E"] * RUNS


def test_edits_of_a_document_are_marked_with_their_rule(ordinary: TestClient):
    page = Tree(ordinary.get(f"/articles/{ARTICLE}?view=raw").text).root
    edits = [a for a in page.all("a") if a.attributes.get("class", "").startswith("e e-")]
    cut = next(a for a in edits if "page.crumb" in a.text)
    assert cut.attributes["href"] == "#rule-page.crumb" and "首页 > 乡村" in cut.all("del")[0].text
    raw = next(d for d in page.all("div") if d.attributes.get("class") == "raw")
    assert "河湾村修好了水渠。" in raw.text and "every character once" in page.text


def test_both_scripts_stand_side_by_side_and_differences_are_marked(ordinary: TestClient):
    other = re.search(r'href="(/articles/[0-9a-f]{32})"[^>]*>茶園', ordinary.get("/articles").text)[1]
    rows = [d for d in Tree(ordinary.get(other + "?view=hans").text).root.all("div") if d.attributes.get("class") == "side-row"]
    ours, theirs = rows[0].all("p")
    assert [m.text for m in ours.all("mark")] == ["園豐"] and [m.text for m in theirs.all("mark")] == ["园丰"]


def test_an_address_can_point_at_characters(ordinary: TestClient):
    page = Tree(ordinary.get(f"/articles/{ARTICLE}?from=4&to=6").text).root
    assert [m.text for m in page.all("mark") if "m-spot" in m.attributes["class"]] == ["好了"]
    assert any(m.attributes.get("id") == "c4" for m in page.all("mark"))


def test_the_beginning_of_an_id_leads_to_its_page(ordinary: TestClient):
    answer = ordinary.get(f"/articles/{ARTICLE[:8]}?view=raw", follow_redirects=False)
    assert answer.status_code == 307 and answer.headers["location"] == f"/articles/{ARTICLE}?view=raw"
    assert ordinary.get(f"/documents/{DOC[:8]}", follow_redirects=False).headers["location"] == f"/documents/{DOC}"


def test_filters_count_and_say_what_to_drop(ordinary: TestClient):
    page = Tree(ordinary.get("/articles?script=Hant&site=nowhere.example", headers={"accept-language": "en"}).text).root
    assert "Nothing fits these filters." in page.text and "without Site: nowhere.example" in page.text


def test_lists_turn_pages_by_key_and_miss_nothing(ordinary: TestClient):
    seen: list[str] = []
    path = "/facts?size=1&sort=value"
    for _ in range(5):
        page = Tree(ordinary.get(path).text).root
        seen += [td.text for tr in page.all("tr") for td in tr.all("td")[2:3] if "CNY" in td.text and tr.all("mark")]
        path = next((a.attributes["href"] for a in page.all("a") if a.attributes.get("rel") == "next"), "")
        if not path:
            break
    assert [s.split()[0] for s in seen] == ["1", "10", "100"]


def test_the_same_page_is_not_sent_twice(ordinary: TestClient):
    first = ordinary.get("/dictionary")
    again = ordinary.get("/dictionary", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and not again.content
    assert ordinary.get("/dictionary", headers={"if-none-match": first.headers["etag"], "accept-language": "zh"}).status_code == 200


def test_language_and_theme_are_kept_in_cookies(ordinary: TestClient):
    answer = ordinary.get("/about?lang=zh&theme=dark")
    assert 'lang="zh-Hans" data-theme="dark"' in answer.text
    assert {c.split("=")[0] for c in answer.headers.get_list("set-cookie")} == {"lang", "theme"}
    assert 'data-theme="dark"' in ordinary.get("/health").text
    ordinary.cookies.clear()


def test_health_and_figures_for_machines(ordinary: TestClient, empty: TestClient):
    found = ordinary.get("/healthz")
    assert found.json()["generation"] == 1 and found.json()["quarantine_open"] == 1
    assert empty.get("/healthz").status_code == 503 and empty.get("/healthz").json()["status"] == "empty"
    lines = ordinary.get("/metrics").text.splitlines()
    assert "taojin_generation 1" in lines and "taojin_articles_total 2" in lines and 'taojin_checks{status="errored"} 1' in lines
    assert any(line.startswith("taojin_dashboard_request_seconds_bucket{route=") for line in lines)


def test_sites_cannot_break_the_figures(hostile: TestClient):
    for line in hostile.get("/metrics").text.splitlines():
        assert re.fullmatch(r'(# TYPE .+|[a-z_]+(\{[a-z]+="(\\.|[^"\\])*"(,[a-z]+="(\\.|[^"\\])*")*\})? [0-9.e+-]+)', line), line


def test_the_overview_shows_a_figure_outside_its_band(tmp_path: Path):
    """A history check has no failing rows to count: what was seen and what is usual stand there."""
    rows = warehouses.ordinary(runs=4)
    rows["checks"].append(
        row("checks", run_id=4, check_id="articles-count", severity="warning", scope="history", status="failed", unexpected=1,
            observed_value="5.0", baseline=39.5, lower_bound=22.36, upper_bound=69.19)
    )  # fmt: skip
    warehouses.publish(tmp_path, 1, rows)
    with TestClient(make_app(tmp_path), base_url=BASE) as client:
        assert "5, usually 22.36 to 69.19" in client.get("/?lang=en").text
        assert "通常为 22.36 至 69.19" in client.get("/?lang=zh").text


def test_sentences_of_the_contracts_are_chinese_on_chinese_pages(ordinary: TestClient):
    for path in ("/checks/articles/key-unique", "/dictionary/articles", "/dictionary"):
        said = Tree(ordinary.get(path, headers={"accept-language": "zh"}).text).root.all("main")[0]
        spans = [e for e in said.all("span", "p", "td") if e.attributes.get("lang") == "en"]
        assert sum(len(e.text) for e in spans) < 60, [e.text for e in spans][:5]
        assert not re.search(r"One row is|No two rows", said.text)
    assert "No two rows share" in Tree(ordinary.get("/checks/articles/key-unique", headers={"accept-language": "en"}).text).root.text
