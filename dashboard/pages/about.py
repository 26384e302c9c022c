"""About: versions, where things lie, limits, keys, and what leaves this machine."""

from __future__ import annotations

import platform
import tomllib
from importlib.metadata import PackageNotFoundError, version

from dashboard.lists import MOST_ROWS
from dashboard.view import Page, View
from dashboard.workbench import LONGEST, PROJECT

PACKAGES = ("taojin", "duckdb", "pyarrow", "starlette", "jinja2", "uvicorn", "prefect", "great-expectations")
KEYS = (
    ("/", "search"),
    ("g o", "overview"),
    ("g c", "checks"),
    ("g q", "quarantine"),
    ("g r", "runs"),
    ("g a", "articles"),
    ("g f", "facts"),
    ("g d", "dirt"),
    ("g s", "sql"),
    ("n · p", "edits"),
    ("j · k", "rows"),
    ("[ · ]", "beside"),
    ("Ctrl ⏎", "run"),
    ("Ctrl ␣", "complete"),
    ("?", "keys"),
)


def page(view: View) -> Page:
    """Static but for versions and paths."""
    return Page(
        "about.html",
        {
            "title": view.t("nav.about"),
            "versions": [(p, _version(p)) for p in PACKAGES] + [("python", platform.python_version())],
            "warehouse": str(view.state.generations.root),
            "file": str(view.g.path) if view.has_data else "",
            "keys": KEYS,
            "most": MOST_ROWS,
            "longest": LONGEST,
            "seconds": f"{view.state.workbench.seconds:g}",
        },
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from its folder, not installed
        text = (PROJECT / "pyproject.toml").read_text("utf-8") if package == "taojin" and (PROJECT / "pyproject.toml").exists() else ""
        return tomllib.loads(text)["project"]["version"] if text else "–"
