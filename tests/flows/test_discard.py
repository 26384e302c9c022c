"""quarantine discard: a case that somebody lets go is no longer open, and who, when and why is on record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.commands.quarantine import run_discard, run_list, run_retry, run_show
from flows.discard import discard
from flows.ingest import ingest
from tasks.errors import UsageError
from tasks.storage.reader import open_published
from tasks.storage.verify import verify


def test_a_discarded_case_is_closed_recorded_and_stays_closed(settings, seeds, quick, capsys):
    (seeds / "大.txt").write_text("大" * 400)
    strict = replace(settings, record_limit_bytes=1_000)
    assert ingest(strict, [seeds]).status == "done"
    with open_published(settings.warehouse) as db:
        [(run, number)] = db.execute("SELECT run_id, quarantine_no FROM quarantine_open").fetchall()
        before = db.execute("SELECT count(*) FROM articles").fetchall()
    with pytest.raises(UsageError, match="Not open in quarantine: 7-7"):
        discard(settings, [(run, number), (7, 7)], "")
    for wrong in (([], None), ([f"{run}-{number}"], run)):
        with pytest.raises(UsageError, match="Name the cases"):
            run_discard(settings, wrong[0], "", False, wrong[1])
    assert run_discard(settings, [], "", quiet=False, run=99) == 0 and "Nothing of run 99" in capsys.readouterr().out
    assert run_discard(settings, [], "ein Versuch", quiet=False, run=run) == 0
    assert "Discarded 1" in capsys.readouterr().out
    assert run_show(settings.warehouse, f"{run}-{number}", as_json=False) == 0
    shown = capsys.readouterr().out
    assert "discarded (ein Versuch)" in shown and "try again" not in shown
    with open_published(settings.warehouse) as db:
        assert db.execute("SELECT count(*) FROM quarantine_open").fetchall() == [(0,)]
        assert db.execute("SELECT count(*) FROM articles").fetchall() == before
        [(action, outcome, reason, by)] = db.execute("SELECT action, outcome, reason, acted_by FROM quarantine_actions").fetchall()
        assert (action, outcome, reason, bool(by)) == ("discard", "discarded", "ein Versuch", True)
        assert db.execute("SELECT flow, status FROM runs ORDER BY run_id").fetchall()[-1] == ("discard", "done")
    assert run_list(settings.warehouse, as_json=False) == 0 and "Nothing is in quarantine." in capsys.readouterr().out
    assert ingest(strict, [seeds]).status == "nothing-new"
    assert verify(settings.warehouse) == []


@pytest.mark.slow
def test_a_file_that_was_never_read_is_read_on_retry_while_it_is_there(settings, seeds, quick, capsys):
    big = seeds / "大.txt"
    big.write_text("今年汛期来得早。\n" * 100)
    assert ingest(replace(settings, record_limit_bytes=1_000), [seeds]).status == "done"
    with open_published(settings.warehouse) as db:
        [(run, number)] = db.execute("SELECT run_id, quarantine_no FROM quarantine_open").fetchall()
    big.rename(seeds.parent / "fort.txt")
    assert run_retry(settings, [], None, quiet=True, as_json=False) == 0
    assert f"taojin quarantine discard {run}-{number}" in capsys.readouterr().err
    (seeds.parent / "fort.txt").rename(big)
    assert run_retry(settings, [], None, quiet=True, as_json=False) == 0
    with open_published(settings.warehouse) as db:
        assert db.execute("SELECT count(*) FROM quarantine_open").fetchall() == [(0,)]
        assert db.execute("SELECT count(*) FROM documents").fetchall() == [(4,)]
    assert run_show(settings.warehouse, f"{run}-{number}", as_json=False) == 0 and "it passed since" in capsys.readouterr().out
