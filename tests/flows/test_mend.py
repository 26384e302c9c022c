"""Damage met by the real flows: ingest makes again what it misses, `verify --mend` all that is at fault."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

import flows.mend
from flows.commands import verify as command
from flows.ingest import ingest
from flows.settings import Settings
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.reader import open_published
from tasks.storage.verify import verify
from tasks.workers import Workers
from tests.flows.conftest import FINGERPRINTS, OwnSql


@pytest.fixture
def mending(quick, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.mend, "Validator", OwnSql)
    monkeypatch.setattr(flows.mend, "Workers", partial(Workers, module="tasks.work"))
    monkeypatch.setattr(flows.mend, "fingerprints", lambda settings: FINGERPRINTS)


def rows(settings: Settings) -> list[tuple]:
    with open_published(settings.warehouse) as db:
        return db.execute("SELECT article_id, text, (SELECT sum(tf) FROM terms AS t WHERE t.article_id = a.article_id) FROM articles AS a "
                          "ORDER BY 1").fetchall()


def file_of(settings: Settings, table: str) -> Path:
    layout = Layout.of(settings.warehouse)
    return next(layout.path(f) for f in load_state(layout).files() if f.table == table)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 16
    path.write_bytes(data)


@pytest.mark.slow
def test_damage_is_mended_and_told(settings: Settings, seeds: Path, mending: None, capsys):
    ingest(settings, [seeds])
    whole = rows(settings)

    file_of(settings, "terms").unlink()  # missing: the next run makes it again by itself
    told: list[str] = []
    result = ingest(settings, [seeds], lambda stage, done, total, detail: told.append(detail) if stage == "mend" else None)
    assert result.status == "done" and result.recomputed == {"enrich": 1} and any("computed again" in t for t in told)
    assert rows(settings) == whole and verify(settings.warehouse) == []
    assert any("mended" in e for e in runlog.entries(Layout.of(settings.warehouse)))

    flip(file_of(settings, "documents"))  # of the same size: found by reading everything
    assert command.run(settings, quiet=False, as_json=False) == 1
    assert command.run(settings, quiet=False, as_json=False, mend=True) == 0
    assert "Mended." in capsys.readouterr().out and rows(settings) == whole

    flip(file_of(settings, "contents"))
    assert command.run(settings, quiet=False, as_json=False, mend=True) == 0
    assert "Mended." in capsys.readouterr().out and verify(settings.warehouse) == []
