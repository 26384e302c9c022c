"""Fingerprints: what a stage's results depend on, beside its input. A batch is done again from the first one that changed.

    decode -> clean (with split) -> enrich      chained: each holds the one before it
    validate                                    apart: contracts and their checks

A fingerprint is a digest of the syntax trees of a stage's modules and of all our modules that they import (without
docstrings, comments, positions), of the data files beside these modules, of the shapes of the tables it writes, of the
settings it reads, of the versions of the libraries it uses and of Python's Unicode tables. So a comment costs nothing,
and a rule costs what it must.

Modules are parsed, never imported. Contracts count by their columns and types only: a promise that is worded anew
changes no row, and `validate` holds the promises. `tasks.work`, which hands tables from stage to stage, is left out, since
it holds all stages: what it computes itself stands in modules named here.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from schemas.catalog import TABLES
from tasks.storage.layout import PROJECT
from tasks.storage.records import STAGES, BatchRecord

OURS = ("schemas", "tasks")
SKIPPED = ("schemas.catalog",)  # reaches every contract; the shapes of a stage's own tables stand for it


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage declares: where its code begins, which tables it writes, what else decides on its results."""

    entries: tuple[str, ...]
    tables: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()  # distributions
    settings: tuple[str, ...] = ()


DECLARED = {
    "decode": Stage(
        ("tasks.ingest.records", "tasks.decode.stage"),
        ("records", "documents", "decodings", "blocks"),
        ("chardetng-py", "charset-normalizer", "jieba", "lxml", "opencc"),
        ("record_limit_bytes", "fields"),
    ),
    "clean": Stage(
        ("tasks.clean.stage", "tasks.clean.residue", "tasks.split.stage"),
        ("marks", "links", "flags", "article_metadata", "kept", "edits"),
        ("opencc", "pypinyin", "jieba"),
    ),
    "enrich": Stage(
        ("tasks.enrich.stage", "tasks.enrich.flags", "tasks.enrich.private", "tasks.relate.signatures"),
        ("articles", "sections", "sentences", "terms", "keywords", "mentions", "facts", "phrases", "time_expressions", "private_data",
         "signatures"),
        ("rjieba", "jieba", "opencc"),
        ("cutter",),
    ),
    "validate": Stage(("tasks.validate.stage", "schemas.catalog")),
}
PLAIN = ("numpy", "pyarrow")  # carry data and decide nothing: a new version of them makes nothing stale


def fingerprints(settings: Mapping[str, object] | None = None, project: Path = PROJECT) -> dict[str, str]:
    """The fingerprint of each stage, as the code stands in `project` at this moment."""
    found: dict[str, str] = {}
    before = ""
    for name in STAGES:
        before = found[name] = _fingerprint(DECLARED[name], settings or {}, project, before, SKIPPED)
    found["validate"] = _fingerprint(DECLARED["validate"], {}, project, "", ())
    return found


def stale_from(batch: BatchRecord, current: Mapping[str, str]) -> str | None:
    """
    The stage from which a batch is to be done again; None if it is up to date.

    A batch with refused documents begins at decode whatever changed, checks included: their rows are in none of its files.
    """
    if batch.refused and any(batch.fingerprints.get(s) != current[s] for s in (*STAGES, "validate")):
        return STAGES[0]
    return next((s for s in STAGES if batch.fingerprints.get(s) != current[s]), None)


def modules_of(entries: tuple[str, ...], project: Path = PROJECT, skipped: tuple[str, ...] = SKIPPED) -> dict[str, Path]:
    """Our modules that some modules import, directly or not, themselves included; packages on the way count."""
    found: dict[str, Path] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name in found or name in skipped:
            continue
        path = _file_of(name, project)
        if path is None:
            continue
        found[name] = path
        waiting += [".".join(name.split(".")[:i]) for i in range(1, name.count(".") + 1)]
        waiting += [n for n in _parsed(path, *_stamp(path)).imports if n.split(".")[0] in OURS]
    return found


def imported_by(modules: Mapping[str, Path]) -> set[str]:
    """Top-level names of everything else that some modules import."""
    return {n.split(".")[0] for p in modules.values() for n in _parsed(p, *_stamp(p)).imports} - set(OURS)


@dataclass(frozen=True, slots=True)
class _Module:
    digest: str
    imports: tuple[str, ...]


def _fingerprint(stage: Stage, settings: Mapping[str, object], project: Path, before: str, skipped: tuple[str, ...]) -> str:
    modules = modules_of(stage.entries, project, skipped)
    parts = [before, f"unicode {unicodedata.unidata_version}"]
    parts += [f"{name} {_parsed(path, *_stamp(path)).digest}" for name, path in sorted(modules.items())]
    parts += [f"{path.relative_to(project)} {sha256(path.read_bytes()).hexdigest()}" for path in _data_beside(modules)]
    parts += [f"{t} {f.name} {f.type}" for t in stage.tables for f in TABLES[t].stage_arrow]
    parts += [f"{name} {_version(name)}" for name in stage.libraries]
    parts += [f"{name} {settings.get(name)!r}" for name in stage.settings]
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def _file_of(name: str, project: Path) -> Path | None:
    """The file of a module; None for a name inside a module."""
    base = project.joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def _data_beside(modules: Mapping[str, Path]) -> list[Path]:
    """Rule data: files that are no code, in the folders of some modules and in folders below that are no packages."""
    found: list[Path] = []
    waiting = sorted({p.parent for p in modules.values()})
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            if path.name.startswith((".", "__pycache__")) or path.name.endswith("~"):
                continue
            if path.is_dir():
                waiting += [] if (path / "__init__.py").exists() else [path]
            elif path.suffix != ".py":
                found.append(path)
    return sorted(set(found))


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "absent"


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=1024)
def _parsed(path: Path, mtime_ns: int, size: int) -> _Module:
    tree = ast.parse(path.read_bytes())
    pieces: list[str] = []
    _write(tree, pieces)
    imports: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports.update(a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports.add(node.module)
            imports.update(f"{node.module}.{a.name}" for a in node.names)
    return _Module(sha256("".join(pieces).encode("utf-8", "surrogatepass")).hexdigest(), tuple(sorted(imports)))


def _write(node: object, out: list[str]) -> None:
    """A tree as text: names of nodes, their fields that say something, constants; equal on every version of Python we run on."""
    if isinstance(node, ast.AST):
        out.append(f"({type(node).__name__}")
        for name in node._fields:
            value = getattr(node, name, None)
            if name == "body" and isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                value = _without_docstring(value)
            if value is None or value == [] or name in ("ctx", "kind", "type_comment"):
                continue
            out.append(f" {name}=")
            _write(value, out)
        out.append(")")
    elif isinstance(node, list):
        out.append("[")
        for item in node:
            _write(item, out)
            out.append(",")
        out.append("]")
    else:
        out.append(repr(node))


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return body[1:]
    return body
