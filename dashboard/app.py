"""Routes, and what every answer has in common: language, theme, generation, entity tag, errors as pages.

    app = make_app(Path("warehouse/data"))        # a Starlette application; flows/commands/dashboard.py runs it on uvicorn

Handlers are plain functions: Starlette calls each in a thread, and DuckDB and Jinja do their work there.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard import charts, literal
from dashboard.generations import Generation, Generations, Gone
from dashboard.guard import Guard
from dashboard.live import progress
from dashboard.metrics import Metrics
from dashboard.pages import (
    about,
    article,
    articles,
    checks,
    dictionary,
    dirt,
    documents,
    duplicates,
    encodings,
    facts,
    health,
    overview,
    private,
    quarantine,
    runs,
    sql,
)
from dashboard.sentences import ENGLISH, in_chinese, in_language
from dashboard.summary import gather
from dashboard.view import Missing, Page, Unfit, View
from dashboard.words import LANGUAGES, Words, choose
from dashboard.workbench import SECONDS, Workbench
from tasks.errors import TaojinError, UsageError

HERE = Path(__file__).parent
THEMES = ("auto", "light", "dark")
YEAR = 365 * 86400
SUFFIXES = (".csv", ".json", ".parquet", ".txt", ".md", "/bytes")  # of what is no page
LEAST_SQUEEZED = 1_000  # bytes of a page below which compressing gains nothing
LIVE_SECONDS = 0.5  # the progress file is looked at no more often than this
log = logging.getLogger("taojin.dashboard")

# path, page, name in the navigation's groups
PAGES: tuple[tuple[str, Callable[[View], Page | Response]], ...] = (
    ("/", overview.page),
    ("/report", overview.report),
    ("/checks", checks.page),
    ("/checks.{fmt}", checks.file),
    ("/checks/{table}/{check}", checks.one),
    ("/quarantine", quarantine.page),
    ("/quarantine.{fmt}", quarantine.file),
    ("/quarantine/{run:int}/{no:int}", quarantine.one),
    ("/runs", runs.page),
    ("/runs.{fmt}", runs.file),
    ("/runs/{run:int}", runs.one),
    ("/articles", articles.page),
    ("/articles.{fmt}", articles.file),
    ("/articles/values/{facet}", articles.values),
    ("/articles/{article_id}", article.page),
    ("/articles/{article_id}/{what}", article.file),
    ("/documents/{doc_id}", documents.page),
    ("/documents/{doc_id}/bytes", documents.file),
    ("/facts", facts.page),
    ("/facts.{fmt}", facts.file),
    ("/duplicates", duplicates.page),
    ("/duplicates.{fmt}", duplicates.file),
    ("/duplicates/{cluster}", duplicates.one),
    ("/dirt", dirt.page),
    ("/dirt.{fmt}", dirt.file),
    ("/dirt/{rule_id}", dirt.one),
    ("/encodings", encodings.page),
    ("/encodings.{fmt}", encodings.file),
    ("/private", private.page),
    ("/private.{fmt}", private.file),
    ("/sql", sql.page),
    ("/sql.{fmt}", sql.file),
    ("/dictionary", dictionary.page),
    ("/dictionary/{table}", dictionary.one),
    ("/health", health.page),
    ("/about", about.page),
)
WITHOUT_DATA = (
    overview.page,
    overview.report,
    checks.page,
    runs.page,
    runs.one,
    dictionary.page,
    dictionary.one,
    health.page,
    about.page,
    dirt.one,
)  # pages with something to say before the first publication
NAVIGATION = (
    ("quality", (("overview", "/"), ("checks", "/checks"), ("quarantine", "/quarantine"), ("runs", "/runs"))),
    ("text", (("articles", "/articles"), ("facts", "/facts"), ("duplicates", "/duplicates"), ("private", "/private"))),
    ("cleaning", (("dirt", "/dirt"), ("encodings", "/encodings"))),
    ("tools", (("sql", "/sql"), ("dictionary", "/dictionary"), ("health", "/health"), ("about", "/about"))),
)


def make_app(
    warehouse: Path,
    hosts: Iterable[str] = (),
    prefect_ui: str = "",
    specimens: Mapping[str, tuple[list[str], list[str]]] | None = None,
    seconds: float = SECONDS,
    mask_private: bool = False,
) -> Starlette:
    """
    The whole application over one warehouse.

    `hosts` are names beside the loopback's by which it may be asked, `specimens` what each rule takes out and leaves alone, `seconds` the
    time of a query on the SQL page; `mask_private` hides private data on all pages and turns the SQL page off.
    """
    assets = _assets()
    state = {
        "generations": Generations(warehouse, _warm, mask_private),
        "workbench": Workbench(warehouse, seconds=seconds),
        "metrics": Metrics(),
        "templates": environment(assets),
        "prefect_ui": prefect_ui.rstrip("/"),
        "specimens": specimens,
        "live": _Live(Path(warehouse)),
        "version": hashlib.sha256(b"".join(data for data, _ in assets.values()) + _code()).hexdigest()[:12],
    }

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.generations.start()
        yield
        app.state.workbench.close()
        app.state.generations.close()

    routes = [Route(path, _endpoint(page, path), methods=["GET"], name=path) for path, page in PAGES]
    routes += [
        Route("/static/{name}", partial(_asset, assets), methods=["GET"]),
        Route("/live", _live, methods=["GET"]),
        Route("/healthz", health.healthz, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
        Route("/robots.txt", lambda request: PlainTextResponse("User-agent: *\nDisallow: /\n"), methods=["GET"]),
        Route("/favicon.ico", partial(_asset, assets, name="icon.svg"), methods=["GET"]),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Guard, hosts=tuple(hosts))],
        exception_handlers={HTTPException: _http_error},
        lifespan=lifespan,
    )
    for name, value in state.items():
        setattr(app.state, name, value)
    return app


def environment(assets: dict[str, tuple[bytes, str]] | None = None) -> Environment:
    """Jinja as every page uses it: what is printed goes through `shown`, and a missing name is an error, not a blank."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=literal.shown,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=False,
    )
    names = {name.partition(".")[0] + "." + name.rpartition(".")[2]: name for name in assets or {}}
    env.globals |= {
        "charts": charts,
        "asset": lambda name: f"/static/{names[name]}",
        "navigation": NAVIGATION,
        "languages": LANGUAGES,
        "themes": THEMES,
    }
    env.filters |= {
        "field": literal.field,
        "chips": literal.chips,
        "said": said,
        "told": told,
        "plainly": plainly,
        "num": number,
        "pct": lambda v, digits=1: "" if v is None else f"{100 * v:.{digits}f} %",
        "when": lambda v: "" if v is None else v.isoformat(sep=" ", timespec="seconds"),
        "iso": lambda v: "" if v is None else v.isoformat(timespec="seconds") + "Z",
        "dated": dated,
        "mb": megabytes,
        "headline": headline,
        "short": lambda v, n=80: v if v is None or len(v) <= n else v[: n - 1] + "…",
    }
    return env


def number(value: float | None) -> str:
    """Grouped; a fraction to six digits, never as a power."""
    if value is None:
        return ""
    if isinstance(value, int) or (abs(value) >= 1e6 and value - value == 0):
        return f"{value:,.0f}"
    return f"{value:,.6g}"


def dated(at: Any, precision: str | None) -> str:
    """`published_at` as far as the page printed it, without a zone."""
    if at is None:
        return ""
    cut = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M", "hour": "%Y-%m-%d %H:%M"}
    return at.strftime(cut.get(precision or "", "%Y-%m-%d %H:%M:%S"))


def said(sentence: str | None, t: Words) -> Markup:
    """A sentence of the contracts in the page's language, or in English, marked so, where it has no Chinese."""
    other = in_chinese(sentence) if sentence and t.language == "zh" else None
    text = literal.ticks(other or sentence)
    return text if other or not sentence or t.language == "en" else Markup('<span lang="en">{}</span>').format(text)


def told(sentence: str | None, t: Words, longest: int = 0) -> str | Markup:
    """As `said` for a sentence that was recorded with values in it: they may be anything, so back ticks mean nothing."""
    other = in_chinese(sentence) if sentence and t.language == "zh" else None
    text = other or sentence or ""
    text = text if not longest or len(text) <= longest else text[: longest - 1] + "…"
    if other or t.language == "en" or not ENGLISH.search(text):
        return text
    return Markup('<span lang="en">{}</span>').format(literal.shown(text))


def plainly(sentence: str | None, t: Words) -> str:
    """As `said`, without markup: for a tip, or inside another sentence."""
    return in_language(sentence, t.language)


def headline(row: Mapping[str, Any] | None, t: Words) -> str:
    """An article's title, or how its text begins where it has none."""
    row = row or {}
    return row.get("title") or (row["opening"].strip() + "…" if (row.get("opening") or "").strip() else t("articles.untitled"))


def megabytes(size: float | None) -> str:
    if size is None:
        return ""
    for unit, by in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if size >= by:
            return f"{size / by:,.1f} {unit}"
    return f"{size:,.0f} B"


class _Live:
    """The progress of a running ingest, read from the disk at most twice a second."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._at = 0.0
        self._last: dict | None = None
        self._lock = threading.Lock()

    def __call__(self) -> dict | None:
        with self._lock:
            if time.monotonic() - self._at > LIVE_SECONDS:
                self._last = progress(self.root)
                self._at = time.monotonic()
            return self._last


def _endpoint(page: Callable[[View], Page | Response], path: str) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        began = time.perf_counter()
        state = request.app.state
        t = Words(choose(request.query_params.get("lang"), request.cookies.get("lang"), request.headers.get("accept-language", "")))
        asked = request.query_params.get("theme", request.cookies.get("theme", "auto"))
        theme = asked if asked in THEMES else "auto"
        response: Response
        try:
            number = _pinned(request, t)
            with state.generations.hold(number) as g:
                view = View(request, g, t, theme, number is not None, state.live())
                tag = _tag(view)
                if tag and request.headers.get("if-none-match") in (tag, f"W/{tag}"):
                    response = Response(status_code=304, headers={"etag": tag})
                else:
                    response = _answer(view, page, began)
                    if tag and response.status_code == 200 and response.headers.get("x-keep") != "no":
                        response.headers["etag"] = tag
                        response.headers["cache-control"] = "private, no-cache"
        except Gone as error:
            response = _problem(request, t, theme, 410, error)
        except Missing as error:
            response = _problem(request, t, theme, 404, error)
        except (Unfit, UsageError) as error:
            response = _problem(request, t, theme, 400, error)
        except TaojinError as error:
            response = _problem(request, t, theme, 503, error)
        except Exception:
            name = secrets.token_hex(4)
            log.exception("error %s at %s", name, literal.visible(str(request.url))[:500])
            fault = TaojinError(t("error.internal"), t("error.internal_hint", name=name))
            response = _problem(request, t, theme, 500, fault)
        if "x-keep" in response.headers:
            del response.headers["x-keep"]
        for name in ("lang", "theme"):
            given = request.query_params.get(name)
            if given in (LANGUAGES if name == "lang" else THEMES):
                response.set_cookie(name, given, max_age=YEAR, samesite="lax", httponly=True)
        response = _squeezed(request, response)
        state.metrics.observe(path, response.status_code, time.perf_counter() - began)
        return response

    return answer


def _warm(g: Generation) -> None:
    """What first pages ask for, so that nobody waits for it."""
    gather(g)
    for part in (articles, encodings, facts):
        part.warm(g)


def _squeezed(request: Request, response: Response) -> Response:
    """Pages leave compressed, by the thread that made them; downloads as they are."""
    body = getattr(response, "body", b"")  # a stream has none yet
    if len(body) < LEAST_SQUEEZED or not response.headers.get("content-type", "").startswith("text/html"):
        return response
    if "gzip" in request.headers.get("accept-encoding", "") and "content-disposition" not in response.headers:
        response.body = gzip.compress(body, compresslevel=5, mtime=0)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
    response.headers["vary"] = "Accept-Encoding, Cookie, Accept-Language"
    return response


def _answer(view: View, page: Callable[[View], Page | Response], began: float) -> Response:
    if not view.has_data and page not in WITHOUT_DATA:
        return _render(view, Page("empty.html", {"title": view.t("empty.title")}), began)
    made = page(view)
    return _render(view, made, began) if isinstance(made, Page) else made


def _render(view: View, made: Page, began: float) -> HTMLResponse:
    template = view.state.templates.get_template(made.template)
    html = template.render(
        v=view, t=view.t, g=view.g, live=view.live, took=lambda: int(1000 * (time.perf_counter() - began)), **made.values
    )
    headers = {} if made.keep else {"x-keep": "no"}
    return HTMLResponse(html, made.status, headers=headers)


def _problem(request: Request, t: Words, theme: str, status: int, error: TaojinError) -> Response:
    """An error as a page: what, and the next step; a file or a figure that was asked for gets one line of text."""
    if request.url.path.endswith(SUFFIXES):
        return PlainTextResponse(literal.visible(str(error)) + "\n", status)
    view = View(request, None, t, theme, False, None)
    near = [(text, href) for text, href in getattr(error, "near", [])]
    template = request.app.state.templates.get_template("error.html")
    html = template.render(
        v=view, t=t, g=None, live=None, took=lambda: 0, status=status, error=error, near=near, title=t(f"error.status_{status}")
    )
    return HTMLResponse(html, status)


async def _http_error(request: Request, error: Exception) -> Response:
    """What no route answers."""
    status = getattr(error, "status_code", 404)
    t = Words(choose(request.query_params.get("lang"), request.cookies.get("lang"), request.headers.get("accept-language", "")))
    if status == 405:
        return PlainTextResponse(t("error.reading_only") + "\n", 405, headers={"allow": "GET, HEAD"})
    known = Missing(t("error.no_page"), t("error.no_page_hint"))
    return _problem(request, t, "auto", status if status in (400, 404) else 404, known)


def _pinned(request: Request, t: Words) -> int | None:
    asked = request.query_params.get("gen", "")
    if not asked:
        return None
    if not asked.isascii() or not asked.isdigit() or len(asked) > 12:
        raise Unfit(t("error.generation"))
    return int(asked)


def _tag(view: View) -> str:
    """The same address over the same generation, in the same language and minute, is the same page."""
    if not view.has_data or view.path.startswith("/sql"):
        return ""
    live = tuple(sorted((view.live or {}).items(), key=str))
    parts = (
        view.state.version,
        view.g.identity,
        str(view.request.url.query),
        view.path,
        view.t.language,
        view.masks,
        view.theme,
        live,
        int(time.time() // 60),
    )
    return '"' + hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:24] + '"'


def _assets() -> dict[str, tuple[bytes, str]]:
    """The static files under names that hold a hash of their content, so that browsers may keep them for good."""
    kinds = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
    found = {}
    for path in sorted((HERE / "static").iterdir()):
        if path.suffix in kinds:
            data = path.read_bytes()
            found[f"{path.stem}.{hashlib.sha256(data).hexdigest()[:12]}{path.suffix}"] = (data, kinds[path.suffix])
    return found


def _code() -> bytes:
    files = sorted([*HERE.rglob("*.py"), *HERE.rglob("*.html"), HERE / "words.toml"])
    return b"".join(p.read_bytes() for p in files)


def _asset(assets: dict[str, tuple[bytes, str]], request: Request, name: str = "") -> Response:
    wanted = request.path_params.get("name", "")
    if name:
        wanted = next(n for n in assets if n.startswith(name.partition(".")[0] + ".") and n.endswith(name.rpartition(".")[2]))
    if wanted not in assets:
        return PlainTextResponse("There is no such file.\n", 404)
    data, kind = assets[wanted]
    return Response(data, media_type=kind, headers={"cache-control": f"public, max-age={YEAR}, immutable"})


def _live(request: Request) -> Response:
    """The strip at the head of each page while an ingest runs, alone, for the script that renews it."""
    t = Words(choose(request.query_params.get("lang"), request.cookies.get("lang"), request.headers.get("accept-language", "")))
    view = View(request, None, t, "auto", False, request.app.state.live())
    html = request.app.state.templates.get_template("live.html").render(v=view, t=t, live=view.live)
    return HTMLResponse(Markup(html), headers={"cache-control": "no-store"})
