"""Imports run one way: schemas <- errors <- text <- stages <- storage <- edges <- flows <- pages <- command line.

The law is one function over {path: source}, so that planted faults can show that each kind is caught, in one plain sentence.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

import pytest

from tests.conftest import PROJECT

STAGES = ("ingest", "decode", "clean", "split", "enrich", "relate", "validate", "load")
# From below to above; the first name that is the module or one of its parents, longest first, decides.
LAYERS = (
    ("contracts", ("schemas",)),
    ("derived contracts", ("schemas.derive",)),
    ("errors", ("tasks.errors",)),
    ("text", ("tasks.text", "tasks.places")),
    # Paths are made so that they outlive a power cut; stages stay pure all the same.
    ("disk", ("tasks.storage.durable",)),
    # Plain data, paths and uris that several parts hand to one another: nothing here opens a file.
    ("records", ("tasks.storage.records", "tasks.storage.layout", "tasks.validate.request", "tasks.ingest.names")),
    ("stages", tuple(f"tasks.{s}" for s in STAGES)),
    ("storage", ("tasks.storage",)),
    ("edges", ("tasks.work", "tasks.care", "tasks.poison", "tasks.workers", "tasks.runner", "tasks.cluster",
               "tasks.ingest.hashing", "tasks.ingest.fetch", "tasks.validate.expectations", "tasks.validate.runner",
               "tasks.validate.process", *(f"tasks.{s}.task" for s in STAGES))),
    ("flows", ("flows",)),
    ("pages", ("dashboard",)),
    ("command line", ("flows.__main__", "flows.commands")),
)
RANK = {name: rank for rank, (_, names) in enumerate(LAYERS) for name in names}
OURS = ("schemas", "tasks", "flows", "dashboard")
PLAIN = ("tasks", "tests")  # packages that hold only a docstring

HEAVY = {"prefect": "edges", "great_expectations": "edges", "duckdb": "storage",
         "dask": "edges", "distributed": "edges"}  # the lowest layer that may import them
# An import inside a function hides a dependency. These are late because they are slow or not always there.
LATE = {
    ("tasks.enrich.words", "rjieba"): "its dictionary costs 60 MB, which a process that only asks for settings should not pay",
    ("tasks.enrich.words", "jieba"): "slow, and it prints while it loads",
    ("tasks.enrich.words", "logging"): "only to silence jieba",
    ("tasks.validate.process", "tasks.validate.expectations"): "Great Expectations takes seconds, while others work",
    ("tasks.ingest.remote.listing", "tasks.ingest.remote.s3"): "fsspec and botocore, where a URL was given and the package is there",
    ("tasks.ingest.remote.listing", "tasks.ingest.remote.web"): "httpx, where a URL was given",
    ("tasks.ingest.remote.listing", "tasks.ingest.remote.other"): "fsspec, where a URL was given",
    ("flows.ingest", "flows.pipeline"): "imports Prefect, while the server and the workers boot",
    ("flows.ingest", "tasks.storage.publish"): "DuckDB is not needed to see that nothing is new",
    ("flows.runner", "tasks.cluster.client"): "imports Dask, which only --runner dask needs and only the extra dask brings",
    ("flows.server", "uvicorn"): "slow, and only the server's own process needs it",
    ("flows.server", "prefect.server.api.server"): "slow, and only the server's own process needs it",
}
LATE_LAYERS = ("command line",)  # a command imports what it needs, when it is called
# Processes that must start light: what they import at once, directly or not.
LIGHT = {
    "tasks.work": ("prefect", "great_expectations"),
    "tasks.cluster.worker": ("prefect", "great_expectations", "duckdb"),
    "flows.__main__": ("prefect", "great_expectations", "duckdb", "pyarrow"),
    "dashboard.app": ("prefect", "great_expectations"),  # pages only read
    "dashboard.child": ("prefect", "great_expectations", "starlette"),  # a fresh one for each query that was killed
}


class Import(NamedTuple):
    """One imported module, and whether a function does it when called."""

    name: str
    late: bool
    line: int


def rank(module: str) -> int | None:
    """The layer of one of our modules; None where it has none."""
    while module:
        if module in RANK:
            return RANK[module]
        module = module.rpartition(".")[0]
    return None


def module_name(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def imports(path: str, source: str, modules: set[str]) -> Iterator[Import]:
    """What a file imports; `from package import module` counts as the module."""
    package = module_name(path) if path.endswith("__init__.py") else module_name(path).rpartition(".")[0]

    def visit(node: ast.AST, late: bool) -> Iterator[Import]:
        match node:
            case ast.Import():
                for alias in node.names:
                    yield Import(alias.name, late, node.lineno)
            case ast.ImportFrom():
                base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
                base = ".".join(filter(None, (base, node.module)))
                for name in {f"{base}.{a.name}" if f"{base}.{a.name}" in modules else base for a in node.names}:
                    yield Import(name, late, node.lineno)
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[ast.Constant(value=str(name)), *_]) if (
                called in ("import_module", "__import__")
            ):
                yield Import(name, True, node.lineno)
        inside = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inside)

    yield from visit(ast.parse(source), False)


def faults(sources: Mapping[str, str]) -> list[str]:
    """Each breach of the law as one sentence."""
    modules = {module_name(p) for p in sources}
    found: list[str] = []
    graph: dict[str, set[str]] = {m: set() for m in modules}
    outside: dict[str, set[str]] = {m: set() for m in modules}
    for path, source in sources.items():
        me = module_name(path)
        mine = rank(me)
        if mine is None:
            if me not in PLAIN or len(ast.parse(source).body) > 1:
                found.append(f"{me} belongs to no layer")
            continue
        for name, late, line in imports(path, source, modules):
            ours = name.split(".")[0] in OURS
            if late and LAYERS[mine][0] not in LATE_LAYERS and (me, name) not in LATE:
                found.append(f"{me} hides its import of {name} inside a function (line {line})")
            if not late:
                (graph if ours else outside)[me].add(name)
            heavy = name.split(".")[0]
            if heavy in HEAVY and mine < [layer for layer, _ in LAYERS].index(HEAVY[heavy]):
                found.append(f"{me} is too pure to import {heavy} (line {line})")
            if ours:
                found += _direction(me, name, line)
    found += _cycles(graph, modules)
    found += _light(graph, outside)
    return found


def _direction(me: str, other: str, line: int) -> Iterator[str]:
    mine, theirs = rank(me), rank(other)
    if theirs is None:
        yield f"{me} imports {other}, which belongs to no layer (line {line})"
    elif theirs > mine:
        yield f"{me} ({LAYERS[mine][0]}) imports upwards: {other} ({LAYERS[theirs][0]}), line {line}"
    elif theirs == mine and LAYERS[mine][0] == "stages" and me.split(".")[1] != other.split(".")[1]:
        yield f"{me} imports sideways: {other}; stages meet only in a contract (line {line})"


def _cycles(graph: Mapping[str, set[str]], modules: set[str]) -> Iterator[str]:
    try:
        TopologicalSorter({m: (seen & modules) - {m} for m, seen in graph.items()}).prepare()
    except CycleError as error:
        yield f"imports run in a circle: {' <- '.join(error.args[1])}"


def _light(graph: Mapping[str, set[str]], outside: Mapping[str, set[str]]) -> Iterator[str]:
    for start, banned in LIGHT.items():
        way = {start: ""}
        queue = [start] if start in graph else []
        for module in queue:  # grows while it is walked
            for package in sorted({name.split(".")[0] for name in outside.get(module, ())} & set(banned)):
                yield f"{start} must start without {package}, which {module} imports"
            fresh = [m for m in graph.get(module, ()) if m not in way]
            way |= dict.fromkeys(fresh, module)
            queue += fresh


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return {
        path.relative_to(PROJECT).as_posix(): path.read_text("utf-8")
        for folder in OURS
        for path in sorted((PROJECT / folder).rglob("*.py"))
    }


def test_imports_run_one_way(sources: dict[str, str]):
    assert faults(sources) == []


def test_late_imports_on_the_list_are_still_there(sources: dict[str, str]):
    modules = {module_name(p) for p in sources}
    late = {(module_name(p), i.name) for p, s in sources.items() for i in imports(p, s, modules) if i.late}
    assert set(LATE) <= late, "strike what is no longer late from the list"


@pytest.mark.parametrize(("planted", "sentence"), [
    ({"tasks/clean/odd.py": "from tasks.split.stage import split"},
     "tasks.clean.odd imports sideways: tasks.split.stage; stages meet only in a contract (line 1)"),
    ({"tasks/text/odd.py": "import tasks.clean.stage"},
     "tasks.text.odd (text) imports upwards: tasks.clean.stage (stages), line 1"),
    ({"schemas/odd.py": "from tasks import errors"}, "schemas.odd (contracts) imports upwards: tasks.errors (errors), line 1"),
    ({"tasks/storage/odd.py": "from flows.settings import Settings"},
     "tasks.storage.odd (storage) imports upwards: flows.settings (flows), line 1"),
    ({"flows/odd.py": "from flows.commands import sql"}, "flows.odd (flows) imports upwards: flows.commands.sql (command line), line 1"),
    ({"tasks/clean/odd.py": "from . import even", "tasks/clean/even.py": "from .odd import x"}, "imports run in a circle: "),
    ({"tasks/clean/odd.py": "def f():\n    from tasks.clean import rules"},
     "tasks.clean.odd hides its import of tasks.clean.rules inside a function (line 2)"),
    ({"tasks/split/odd.py": "from importlib import import_module\nimport_module('tasks.split.stage')"},
     "tasks.split.odd hides its import of tasks.split.stage inside a function (line 2)"),
    ({"tasks/clean/odd.py": "from prefect import task"}, "tasks.clean.odd is too pure to import prefect (line 1)"),
    ({"tasks/storage/odd.py": "import great_expectations as gx"}, "tasks.storage.odd is too pure to import great_expectations (line 1)"),
    ({"tasks/enrich/odd.py": "try:\n    import duckdb\nexcept ImportError:\n    pass"},
     "tasks.enrich.odd is too pure to import duckdb (line 2)"),
    ({"tasks/work.py": "from tasks.validate import task", "tasks/validate/task.py": "import prefect.tasks"},
     "tasks.work must start without prefect, which tasks.validate.task imports"),
    ({"tasks/clean/odd.py": "from dashboard.literal import shown"},
     "tasks.clean.odd (stages) imports upwards: dashboard.literal (pages), line 1"),
    ({"dashboard/odd.py": "from flows.commands import sql"},
     "dashboard.odd (pages) imports upwards: flows.commands.sql (command line), line 1"),
    ({"dashboard/export.py": "import starlette"}, "dashboard.child must start without starlette, which dashboard.export imports"),
    ({"tasks/misc/odd.py": ""}, "tasks.misc.odd belongs to no layer"),
    ({"tasks/__init__.py": "'Stages.'\nimport os"}, "tasks belongs to no layer"),
], ids=["sideways", "upward into stages", "contract upward", "storage upward", "flow upward", "cycle", "hidden", "hidden by importlib",
        "prefect in a stage", "gx in storage", "duckdb in a stage", "heavy worker",
        "page below", "page upward", "heavy child", "no layer", "code in a bare package"])
def test_a_planted_fault_is_caught(sources: dict[str, str], planted: dict[str, str], sentence: str):
    found = [s for s in faults(sources | planted) if s not in faults(sources)]
    assert any(s.startswith(sentence) for s in found), found
