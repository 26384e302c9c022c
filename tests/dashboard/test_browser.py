"""Every page in a real browser over hostile rows: nothing runs, no request leaves, colours and widths are right, keys work."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from dashboard.app import make_app
from dashboard.generations import Generations
from dashboard.report import html_report
from dashboard.words import Words
from tests.dashboard import axe
from tests.dashboard.browser import Browser, Page, find
from tests.dashboard.warehouses import HOSTILE, PATHS
from tests.schemas.rows import ARTICLE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find() is None, reason="no Chromium on this machine; install one or name it in TAOJIN_CHROMIUM"),
]
INSPECT = Path(__file__).with_name("inspect.js").read_text("utf-8")
RAN = "[window.PWN, document.querySelectorAll('iframe, base, svg[onload], img').length]"
LOOKS = {"light": (1280, 800, "light"), "dark": (1280, 800, "dark"), "phone": (375, 740, "light"), "phone, dark": (375, 740, "dark")}


@contextmanager
def served(root: Path, **more) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(make_app(root, **more), log_level="critical", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with Browser() as browser, browser.page() as page:
        yield page


@pytest.fixture(scope="module")
def hostile_url(hostile_root: Path) -> Iterator[str]:
    with served(hostile_root, specimens={"page.crumb": ([f"⟦{HOSTILE}⟧"], [HOSTILE])}) as url:
        yield url


@pytest.fixture(scope="module")
def url(ordinary_root: Path) -> Iterator[str]:
    with served(ordinary_root) as url:
        yield url


def test_over_hostile_rows_nothing_runs_and_no_request_leaves(page: Page, hostile_url: str):
    page.look(*LOOKS["light"])
    for path in PATHS:
        page.open(hostile_url + path)
        assert page.value(RAN) == [None, 0], path
        assert [r for r in page.requests if not r.startswith(hostile_url + "/")] == [], path
        assert [m for m in page.messages if "status of 4" not in m] == [], path
        assert page.value("document.querySelector('main').innerText.length") > 20, path
        assert page.value("getComputedStyle(document.body).display") == "block", path


def test_over_masked_hostile_rows_nothing_runs_and_the_layout_holds(page: Page, hostile_root: Path):
    with served(hostile_root, mask_private=True, specimens={"page.crumb": ([f"⟦{HOSTILE}⟧"], [HOSTILE])}) as url:
        for look in ("light", "phone, dark"):
            page.look(*LOOKS[look])
            for path in PATHS:
                page.open(url + path)
                assert page.value(RAN) == [None, 0], path
                assert [r for r in page.requests if not r.startswith(url + "/")] == [], path
                assert [m for m in page.messages if "status of 4" not in m] == [], path
                assert page.value("document.querySelector('main').innerText.length") > 20, path
                assert page.value(INSPECT) == [], path


AXE_LOOKS = {
    "light, en": ("light", "en"),
    "phone, dark, zh": ("phone, dark", "zh"),
    "dark, zh": ("dark", "zh"),
    "phone, en": ("phone", "en"),
}


@pytest.fixture(scope="module")
def axe_script(tmp_path_factory: pytest.TempPathFactory) -> str:
    script, why = axe.find(tmp_path_factory.mktemp("axe"))
    if why:
        pytest.skip(why)
    return script


@pytest.mark.parametrize("look", AXE_LOOKS)
def test_axe_finds_nothing(page: Page, url: str, axe_script: str, look: str):
    size, language = AXE_LOOKS[look]
    page.look(*LOOKS[size])
    page.call("Network.setExtraHTTPHeaders", {"headers": {"accept-language": language}})
    faults = {}
    try:
        for path in PATHS[:: 1 if look == "light, en" else 3]:
            page.open(url + path)
            page.value(axe_script + ";1")
            found = page.value("axe.run().then(r => r.violations.map(v => `${v.impact} ${v.id}: ${v.nodes[0].html.slice(0, 120)}`))")
            if found:
                faults[path] = found
    finally:
        page.call("Network.setExtraHTTPHeaders", {"headers": {}})
    assert faults == {}


def test_axe_sees_what_is_wrong(page: Page, axe_script: str):
    page.open("about:blank")
    frame = page.call("Page.getFrameTree")["frameTree"]["frame"]["id"]
    page.call("Page.setDocumentContent", {"frameId": frame, "html": "<html><body><img src='x'><input></body></html>"})
    page.value(axe_script + ";1")
    assert {"image-alt", "label"} <= set(page.value("axe.run().then(r => r.violations.map(v => v.id))"))


def test_a_query_is_completed_and_kept_in_this_browser(page: Page, url: str):
    page.look(*LOOKS["light"])
    page.open(url + "/sql")
    page.value("localStorage.clear()")  # other tests ask, too
    write = "const s = document.getElementById('sql'); s.focus(); s.value = '{}'; s.dispatchEvent(new Event('input')); "
    shown = "[...document.querySelectorAll('#completions li')].map(e => e.textContent)"
    page.value(write.format("select a.char_c") + "1")
    assert page.value(shown) == []  # `a` is nothing yet
    page.value("{ " + write.format("select title from artic") + "1 }")
    assert page.value(shown)[0] == "articles"
    page.key("Tab")
    assert page.value("document.getElementById('sql').value") == "select title from articles"
    place = "s.selectionStart = s.selectionEnd = 13; s.dispatchEvent(new Event('input')); 1 }"
    page.value("{ " + write.format("select a.char from articles as a") + place)
    assert page.value(shown) == ["char_count"]
    page.key("ArrowDown")
    page.key("Enter")
    assert page.value("document.getElementById('sql').value") == "select a.char_count from articles as a"
    page.value("{ " + write.format("select \\' tit") + "1 }")
    assert page.value(shown) == []  # inside a string nothing is completed
    page.value("{ " + write.format("ti") + "1 }")
    page.key("Escape")
    assert page.value(shown) == [] and page.value("document.activeElement.id") == "sql"
    page.open(url + "/sql?sql=select+41%2B1+as+kept_here")
    page.open(url + "/sql")
    kept = "[...document.querySelectorAll('#history li')].map(e => e.textContent)"
    assert page.value(kept) == ["select 41+1 as kept_here"]
    page.value("document.querySelector('[data-act=keep]').click()")
    page.open(url + "/sql?sql=select+1+as+unkept")
    page.open(url + "/sql")
    assert page.value(kept) == ["None kept yet."] and page.messages == []
    page.value("localStorage.clear()")


def test_the_check_itself_sees_what_runs(page: Page, tmp_path: Path):
    page.open("about:blank")  # which has no policy
    page.call(
        "Page.setDocumentContent",
        {
            "frameId": page.call("Page.getFrameTree")["frameTree"]["frame"]["id"],
            "html": "<img src=x onerror='window.PWN=2'><p style='color:#999'>pale</p>",
        },
    )
    page.value("new Promise(done => setTimeout(done, 100))")
    assert page.value(RAN) == [2, 1]
    assert any("contrast" in f for f in page.value(INSPECT)) and any("style attribute" in f for f in page.value(INSPECT))


@pytest.mark.parametrize("look", LOOKS)
def test_pages_can_be_read_in(page: Page, url: str, look: str):
    page.look(*LOOKS[look])
    faults = {}
    for path in PATHS[:: 2 if look == "phone, dark" else 1]:
        page.open(url + path)
        faults[path] = page.value(INSPECT)
    assert {p: f for p, f in faults.items() if f} == {}


def test_hostile_rows_do_not_break_the_layout(page: Page, hostile_url: str):
    page.look(*LOOKS["phone"])
    for path in PATHS:
        page.open(hostile_url + path)
        assert [f for f in page.value(INSPECT) if "too wide" in f] == [], path


def test_keys_go_where_they_say(page: Page, url: str):
    page.look(*LOOKS["light"])
    page.open(url + "/about")
    page.key("/", "Slash")
    assert page.value("document.activeElement.id") == "find"
    page.key("Escape")
    page.key("g")
    page.events.clear()
    page.key("c")
    page.loaded()
    assert page.value("location.pathname") == "/checks"
    page.open(url + f"/articles/{ARTICLE}?view=raw")
    page.key("n")
    assert page.value("document.activeElement.className").startswith("e e-")
    card = "document.activeElement.querySelector('.card').getBoundingClientRect().width"
    assert page.value(card) > 40  # the rule's card shows for the keyboard as for the pointer
    page.key("j")


def test_a_query_runs_by_key(page: Page, url: str):
    page.open(url + "/sql")
    page.value("document.getElementById('sql').focus(), document.getElementById('sql').value = 'select 41 + 1 as answer', 1")
    page.events.clear()
    page.key("Enter", modifiers=2)
    page.loaded()
    assert "42" in page.value("document.querySelector('table.answer').innerText")


def test_without_script_all_is_there(page: Page, url: str):
    page.call("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.open_quietly(url + "/articles?q=水渠")
        root = page.call("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
        html = page.call("DOM.getOuterHTML", {"nodeId": root})["outerHTML"]
        assert "<mark>水渠</mark>" in html and "<progress" not in html
    finally:
        page.call("Emulation.setScriptExecutionDisabled", {"value": False})


def test_the_report_is_one_file_that_asks_for_nothing(page: Page, hostile_root: Path, tmp_path: Path):
    from dashboard.app import environment

    generations = Generations(hostile_root)
    with generations.hold() as g:
        html = html_report(environment(), g, Words("zh"))
    generations.close()
    file = tmp_path / "report.html"
    file.write_text(html, "utf-8")
    assert len(html.encode()) < 500_000 and "<script" not in html.replace("&lt;script", "") and "<a " not in html
    page.look(*LOOKS["light"])
    page.open(file.as_uri())
    assert page.requests == [file.as_uri()] and page.messages == [] and page.value(RAN) == [None, 0]
    assert page.value("getComputedStyle(document.querySelector('.verdict')).borderRadius") == "8px"  # its style sheet was let in
    assert [f for f in page.value(INSPECT) if "contrast" in f] == []
