"""Poison through the real command: it alone is held back, its replay works, containers lose one record; and texts made to be slow."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path

import pytest

from benchmarks.poison import deeds, noise, patterns, slow
from flows.server import PrefectServer
from schemas.ids import doc_id, file_id
from tasks import poison


@pytest.mark.slow
def test_poison_among_neighbours_is_held_back_alone_and_replayed(tmp_path: Path, prefect_server: PrefectServer):
    good = {f"n{n}.txt": deeds.text(n).encode() for n in range(6)}
    lines = [deeds.text(7), "poison:segfault@clean\n", deeds.text(8)]
    data = "".join(json.dumps({"text": line}, ensure_ascii=False) + "\n" for line in lines).encode()
    scenario = deeds._files("several", good, ["kill@enrich", "eat@split", "recurse@decode"])
    poisons = scenario.poisons | {doc_id(file_id(data), 2): "segfault@clean"}
    scenario = deeds.Scenario("several", scenario.files | {"r.jsonl": data}, poisons)
    assert deeds.run(scenario, tmp_path, prefect_server.settings.prefect_home, prefect_server.url) == []


@pytest.mark.slow
def test_noise_is_read_or_held_back(tmp_path: Path, prefect_server: PrefectServer):
    wrong = noise.run(tmp_path, prefect_server.settings.prefect_home, prefect_server.url, 40, 26, 5, seed=2)
    assert wrong == []


def test_unarmed_poison_is_a_text():
    assert not poison.ARMED


@pytest.mark.parametrize("name", [
    "masks", "a messenger, then blanks", "an account, then blanks", "phone numbers", "nested brackets", "HTML tables nested",
    "glosses never closed", "one long url", "UTF-8 read as CP1252", "dots of names", "entities of blanks",
])  # fmt: skip
def test_time_grows_as_texts_do(name: str):
    """These were or may be the steepest. CPU time, and a wide margin: what is quadratic has a ratio of 16."""
    slow.seconds(name, 2000)
    took = [sum(slow.seconds(name, size)[0].values()) for size in (15_000, 60_000)]
    assert took[1] < max(0.5, 10 * took[0])
    assert slow.seconds(name, 15_000)[1] == []


def test_attacks_find_what_is_steep_and_leave_the_rest():
    assert patterns.worst(re.compile(r"(?:\d+|x)+y"), 16, 0.001)[1] > 3
    assert patterns.worst(re.compile(r"\d+\s*年"), 4000, 0.01) is not None, "a quadratic one"
    assert patterns.worst(re.compile(r"(?<!\d)\d++年"), 4000, 0.1) is None


def test_attacks_draw_texts_that_the_expression_knows():
    rng = random.Random(0)
    for source in (r"[a-c]{3}|第[一二]+章", r"(?:守|塔)\d{2,4}", r"[^a]b"):
        tree = patterns.parser.parse(source)
        assert all(re.fullmatch(source, patterns._sample(tree, rng)) for _ in range(50))


def test_no_expression_takes_for_ever():
    """Exponential ones only: a few characters are enough to see them. Quadratic ones are told by the benchmark."""
    found = patterns.patterns()
    assert len(found) > 200
    begun = time.process_time()
    steep = []
    for place, pattern in found.items():
        before = time.process_time()
        for text in patterns.attacks(pattern, 22):
            for _ in pattern.finditer(text):
                pass
        if time.process_time() - before > 1:
            steep.append(place)
    assert steep == [] and time.process_time() - begun < 30
