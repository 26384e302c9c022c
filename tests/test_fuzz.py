"""What fuzzing once found stays mended; and a short, seeded fuzz run finds nothing and can find something."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.fuzz import corpus, judge
from benchmarks.fuzz.mutations import mutate

FINDINGS = sorted((Path(__file__).parent / "fuzz_findings").glob("*.bin"))


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.stem)
def test_what_was_found_once_is_mended(path: Path):
    assert [f.sentence for f in judge.examine(path.read_bytes()).faults] == []


def test_what_was_found_keeps_the_contracts():
    assert judge.contracts([judge.examine(path.read_bytes()).tables for path in FINDINGS]) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_mutated_documents_keep_the_laws(seed: int):
    rng, pool = random.Random(seed), list(corpus.starting([]))
    tables = {}
    for _ in range(60):
        data = mutate(rng, rng.choice(pool), pool, 6000)
        seen = judge.examine(data, patience=10)
        assert [f.sentence for f in seen.faults] == []
        tables[data] = seen.tables
    assert judge.contracts(tables.values()) == []


def test_mutations_depend_on_nothing_but_their_seed():
    pool = list(corpus.starting([]))
    first, second = ([mutate(random.Random(n), pool[n], pool, 5000) for n in range(40)] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("stage", "broken", "kind"), [
    ("clean", lambda _: 1 / 0, "raised"),
    ("split", lambda made: made | {"kept": made["kept"].slice(1)}, "law A"),
    ("decode", lambda made: made | {"decodings": made["decodings"].slice(1)}, "law B"),
])  # fmt: skip
def test_each_kind_of_fault_is_seen(monkeypatch: pytest.MonkeyPatch, stage: str, broken, kind: str):
    sound = getattr(judge, stage)
    monkeypatch.setattr(judge, stage, lambda *given: broken(sound(*given)))
    assert kind in {f.kind for f in judge.examine("守塔人每夜点灯三次。\n渡船一天往返四次。\n".encode()).faults}


def test_what_takes_long_is_seen_with_its_place(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(judge, "SECONDS", 1e-3)
    faults = judge.examine("守塔人每夜点灯三次。\n".encode() * 2000).faults
    assert faults and {f.kind for f in faults} == {"slow"} and any("tasks/" in f.signature for f in faults)


def test_a_broken_contract_is_seen():
    tables = judge.examine("守塔人每夜点灯三次。\n".encode()).tables
    assert judge.contracts([tables]) == []
    assert {name for _, name in judge.contracts([tables | {"kept": tables["kept"].slice(0, 0)}])} != set()
    assert any("key-unique" in said for _, said in judge.contracts([tables, tables]))
