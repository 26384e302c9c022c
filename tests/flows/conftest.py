"""Flows in tests: checks by our own SQL unless a test wants both engines."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import flows.ingest
import flows.rebuild
import flows.runner
from flows.server import PrefectServer
from flows.settings import Settings, load
from tasks.validate.request import CheckRequest, ValidationResult
from tasks.validate.runner import validate
from tasks.workers import Workers

FINGERPRINTS = {"decode": "d", "clean": "c", "enrich": "e", "validate": "v"}  # so that work on the code does not disturb a test


class OwnSql:
    """Stands for the validator's process: the same checks in this process, without Great Expectations."""

    def __init__(self, change: Callable[[ValidationResult], ValidationResult] = lambda result: result) -> None:
        self.change = change

    def start(self) -> OwnSql:
        return self

    def check(self, request: CheckRequest) -> ValidationResult:
        return self.change(validate(request))

    def close(self) -> None:
        pass


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs check by our own SQL; `quick(change)` lets a test change what the checks say; `module` is what the workers run."""

    def use(change: Callable[[ValidationResult], ValidationResult] = lambda result: result, module: str = "tasks.work") -> None:
        for flow in (flows.ingest, flows.rebuild):
            monkeypatch.setattr(flow, "Validator", partial(OwnSql, change))
            monkeypatch.setattr(flow, "fingerprints", lambda settings: FINGERPRINTS)
        monkeypatch.setattr(flows.runner, "Workers", partial(Workers, module=module))

    use()
    return use


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Three small files."""
    folder = tmp_path / "种子 seeds"
    folder.mkdir()
    for n in (1, 2, 3):
        (folder / f"第{n}页.txt").write_text(f"第{n}号通知\n\n今年共有{n}00名职工参加培训，比去年增长{n}%。\n")
    return folder


@pytest.fixture
def settings(tmp_path: Path, prefect_server: PrefectServer) -> Settings:
    return load(
        environ={}, warehouse=tmp_path / "warehouse", workers=1, prefect_home=prefect_server.settings.prefect_home,
        prefect_api_url=prefect_server.url,
    )  # fmt: skip
