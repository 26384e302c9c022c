"""Whose fault a death is: steps that get smaller, and documents that are refused only when that is sure."""

from __future__ import annotations

import random

import pytest

from tasks.care import FEW, MANY, MANY_OF_FILE, PARTS, ROOM, Care, Limits, Step, Trail, cut


def run(docs: list[str], deadly: set[str], place: str = "clean", certain: bool = False, most: int = 1 << 30) -> tuple[Care, int]:
    """Batches until one comes to its end; what they ended with, and how many steps were taken by the longest."""
    care = Care()
    while True:
        left = [d for d in docs if d not in care.refused]
        for start, stop, _ in cut(left, [1] * len(left), care.rounds if place == "write" else care.parts, most):
            if deadly.intersection(left[start:stop]):
                care = care.after(Step(place, tuple(left[start:stop]), 1), "it died", certain)
                break
        else:
            return care, care.deaths
        assert care.deaths < 5000, "it never ends"


@pytest.mark.parametrize("place", ["decode", "write"])
@pytest.mark.parametrize("count", [1, 2, 63, 64, 65, 2000])
@pytest.mark.parametrize("certain", [True, False])
def test_the_deadly_ones_are_found_and_nobody_else_is(count: int, certain: bool, place: str):
    docs = [f"d{n}" for n in range(count)]
    for seed in range(5):
        deadly = {*random.Random(seed).sample(docs, min(count, 4)), docs[0], docs[-1]}
        care, deaths = run(docs, deadly, place, certain)
        assert set(care.refused) == deadly
        assert all(b.stage == place and b.reason == f"{place}: it died" for b in care.refused.values())
        assert deaths <= 2 + len(deadly) * (2 if certain else 3)


def test_a_flood_of_deadly_documents_ends_soon():
    docs = [f"d{n}" for n in range(2000)]
    deadly = set(docs[::2])
    care, deaths = run(docs, deadly, certain=True, most=100)
    assert deadly <= set(care.refused), "all are refused"
    assert any(b.together > 1 for b in care.refused.values())
    assert deaths <= 2 * MANY + PARTS + 20 * (FEW + 1)


def test_one_death_of_a_lone_document_may_be_chance_a_hang_is_not():
    lone = Step("split", ("d",), 1)
    assert Care().after(lone, "it died", certain=False).refused == {}
    assert Care().after(lone, "it died", False).after(lone, "it died", False).refused["d"].stage == "split"
    assert "d" in Care().after(lone, "it hung", certain=True).refused


def read_file(deadly: set[int], together: int = 1, blind: int = 0, certain: bool = False, count: int = 300) -> Care:
    """
    Batches until a file of records is read to its end or to where care says; what they ended with.

    Args:
        deadly: records over which the reader dies.
        together: so many records are unpacked at once, and die at once.
        blind: a record over which the reader dies before it knows the record's number; 0 for none.
    """
    care = Care()
    while True:
        mine, wide = care.unread.get("f", {}), care.beyond.get("f", frozenset())
        end = care.files["f"].number if "f" in care.files else count
        number = 0
        while number < end:
            coming, block = number + 1, number // together
            if coming == blind or (coming in deadly and coming not in mine):
                break
            if together > 1 and number % together == 0 and coming not in wide and deadly.intersection(range(coming, coming + together)):
                break
            number = (block + 1) * together if coming in wide else coming
        else:
            return care
        care = care.after(Step("ingest", (), 1, "f", number), "it died", certain)
        assert care.deaths < 200, "it never ends"


@pytest.mark.parametrize("certain", [True, False])
def test_records_that_kill_their_reader_are_passed_over_alone(certain: bool):
    deadly = {1, 2, 7, 150, 299, 300}
    care = read_file(deadly, certain=certain)
    assert set(care.unread["f"]) == deadly and care.files == {} and care.beyond == {}
    assert care.unread["f"][7].reason == "reading record 7: it died" and care.unread["f"][7].stage == "ingest"
    assert care.deaths == len(deadly) * (1 if certain else 2)


def test_what_is_unpacked_together_is_passed_over_together():
    care = read_file({70, 75}, together=64)
    assert set(care.unread["f"]) == {65} and care.beyond == {"f": {65}} and care.files == {}


def test_where_nothing_leads_on_a_file_is_read_up_to_there():
    care = read_file({3}, blind=8)
    assert set(care.unread["f"]) == {3} and care.files["f"].number == 7 and "on from record 7" in care.files["f"].reason


def test_a_file_of_nothing_but_killers_ends_soon():
    care = read_file(set(range(100, 200)), certain=True)
    assert len(care.unread["f"]) == MANY_OF_FILE and care.files["f"].number == 99 + MANY_OF_FILE
    assert care.deaths == MANY_OF_FILE + 1


def test_a_file_that_kills_whoever_opens_it_is_left_out():
    opening = Step("open", (), 1, "f")
    care = Care().after(opening, "it died", False).after(opening, "it died", False)
    assert care.files["f"].stage == "open" and care.unread.get("f", {}) == {}


def test_deaths_without_a_step_are_counted():
    assert Care().after(None, "?", False).after(Step("pack"), "?", True).blind == 2


def test_a_trail_tells_the_last_step_and_survives_being_torn():
    memory = bytearray(ROOM)
    trail = Trail(memoryview(memory))
    assert trail.read() == (0, None)
    step = Step("enrich", tuple(f"{n:032x}" for n in range(4000)), 12, "", 3)
    trail.write(step)
    count, seen = Trail(memoryview(memory)).read()
    assert seen == step and count > 0
    trail.write(Step("clean", tuple(f"{n:032x}" for n in range(20_000)), 5))
    assert trail.read()[1] == Step("clean", (), 5), "what has no room is told without its documents"
    memory[8:12] = (99).to_bytes(4, "little")
    assert trail.read()[1] is None
    trail.clear()
    assert trail.read()[0] > count and trail.read()[1] is None


def test_steps_hold_what_they_may_and_parts_go_alone():
    assert cut([], [], {}, 10) == []
    assert cut(list("abcd"), [5, 5, 50, 1], {}, 10) == [(0, 2, 10), (2, 3, 50), (3, 4, 1)]
    assert cut(list("abcd"), [1, 1, 1, 1], {"b": 1, "c": 1}, 10) == [(0, 1, 1), (1, 3, 2), (3, 4, 1)]
    assert cut(list("abcd"), [1, 1, 1, 1], dict(zip("abcd", range(4), strict=True)), 10) == [(n, n + 1, 1) for n in range(4)]
    assert max(b - a for a, b, _ in cut([str(n) for n in range(10_000)], [0] * 10_000, {}, 10)) == 4000
    assert PARTS > FEW > 1


def test_time_follows_bytes():
    limits = Limits(900, 60)
    assert limits.of(0) == 60 and limits.of(1 << 20) == pytest.approx(112.4, 0.01) and limits.of(1 << 30) == 900
