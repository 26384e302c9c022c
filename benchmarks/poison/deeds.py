"""Documents that kill, hang and eat (tasks/poison.py), through the real command, with what became of them and of their neighbours.

A scenario is right when exactly the poison is in quarantine, every row of every neighbour is that of a calm run, `verify` finds no
fault, and the run took no longer than its poisons may.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.ids import doc_id, file_id
from tests.laws.command import Command

SENTENCES = ("守塔人每夜点灯三次，风大的时候要点五次。", "渡船一天往返四次，每次可载二十人。", "集市逢五逢十开市，卖布的人最多。",
             "去年共修缮灯塔17座，比前年增加12.5%。", "今年春天雨水少，各村先修渠，后插秧。")
LIMIT, MEMORY = 10, "2GiB"  # seconds of a step, data of a worker, in these runs
DEATH = 30.0  # seconds that a worker may need to be told dead and be started again, on a loaded machine
ALL = ("segfault@decode", "sleep@clean", "eat@split", "exit@enrich", "kill@clean", "recurse@enrich", "memory@decode", "abort@split",
       "raise@clean", "spin@enrich", "eat@enrich")


@dataclass(frozen=True)
class Scenario:
    """Files by name, and the documents that must be refused."""

    name: str
    files: dict[str, bytes]
    poisons: dict[str, str]  # doc_id -> deed


def text(seed: int) -> str:
    rng = random.Random(seed)
    return f"渡口纪事之{seed}\n\n" + "".join("　　" + "".join(rng.choices(SENTENCES, k=4)) + "\n" for _ in range(6))


def scenarios(neighbours: int, records: int) -> Iterator[Scenario]:
    good = {f"n{n}.txt": text(n).encode() for n in range(neighbours)}
    for deed in ("segfault@clean", "sleep@decode", "kill@enrich"):
        yield _files(f"alone: {deed}", {}, [deed])
    yield _files("first of its batch: segfault@enrich", good, ["segfault@enrich"], place="first")
    yield _files("last of its batch: exit@clean", good, ["exit@clean"], place="last")
    yield _files(f"{len(ALL)} in one batch", good, ALL)
    deeds = {records // 3: "segfault@clean", records // 2: "sleep@enrich", records - 3: "eat@split", records - 2: "kill@decode"}
    lines = [f"poison:{deeds[n]}\n" if n in deeds else text(n) for n in range(records)]
    data = "".join(json.dumps({"text": line}, ensure_ascii=False) + "\n" for line in lines).encode()
    poisons = {doc_id(file_id(data), n + 1): deed for n, deed in deeds.items()}
    yield Scenario(f"four of {records:,} records", good | {"records.jsonl": data}, poisons)
    lines = [text(1), text(2), "poison:exit@ingest\n", text(3)]
    data = "".join(json.dumps({"text": line}, ensure_ascii=False) + "\n" for line in lines).encode()
    yield Scenario("a record whose reading kills", good | {"r.jsonl": data}, {doc_id(file_id(data), 3): "exit@ingest"})


def _files(name: str, good: dict[str, bytes], deeds: tuple[str, ...] | list[str], place: str = "") -> Scenario:
    files, poisons = dict(good), {}
    for deed in deeds:
        for n in range(100_000):
            data = f"poison:{deed}\n{n}\n".encode()
            if not place or all((file_id(data) < file_id(d)) == (place == "first") for d in good.values()):
                break
        files[f"{deed}.txt"] = data
        poisons[doc_id(file_id(data), 1)] = deed
    return Scenario(name, files, poisons)


def calm(scenario: Scenario) -> set[str]:
    """Documents that must be as in a calm run."""
    found = set()
    for data in scenario.files.values():
        count = data.count(b"\n") if data.startswith(b"{") else 1
        found |= {doc_id(file_id(data), n + 1) for n in range(count)}
    return found - set(scenario.poisons)


def run(scenario: Scenario, folder: Path, home: Path, url: str) -> list[str]:
    """What is wrong with the scenario, and one line about it."""
    seeds = folder / "seeds"
    seeds.mkdir(parents=True)
    for name, data in scenario.files.items():
        (seeds / name).write_bytes(data)
    poisoned, sound = Command(folder / "poisoned", home, url), Command(folder / "calm", home, url)
    armed = {"TAOJIN_FAULT": "poison", "TAOJIN_DOCUMENT_SECONDS": str(LIMIT), "TAOJIN_WORKER_MEMORY": MEMORY,
             "TAOJIN_MAX_REFUSED_SHARE": "1"}  # fmt: skip
    begun = time.monotonic()
    answer = poisoned("ingest", seeds, "--json", **armed)
    took = time.monotonic() - begun
    wrong = [] if answer.code == 0 else [f"exit code {answer.code}: {answer.err[-300:]}"]
    if answer.code != 0:
        return wrong
    cases = poisoned.ask("select doc_id, stage, reason, run_id || '-' || quarantine_no from quarantine_open")
    told = {doc: (stage, reason, case) for doc, stage, reason, case in cases}
    if set(told) != set(scenario.poisons):
        wrong.append(f"{len(told)} in quarantine instead of {len(scenario.poisons)}: {list(told.values())[:3]}")
    wrong += [f"{deed} was laid to {told[doc][0]}" for doc, deed in scenario.poisons.items()
              if doc in told and told[doc][0] != deed.partition("@")[2]]  # fmt: skip
    sound("ingest", seeds, "--quiet")
    wanted = calm(scenario)
    if wrong_rows := _different(poisoned, sound, wanted):
        wrong.append(f"neighbours differ: {wrong_rows}")
    if (verify := poisoned("verify")).code != 0:
        wrong.append(f"verify: {verify.out[-200:]}{verify.err[-200:]}")
    deaths = 3 * len(scenario.poisons) + 1
    bound = 60 + deaths * (LIMIT + DEATH)
    if took > bound:
        wrong.append(f"took {took:.0f} s, more than {bound:.0f}")
    case = cases[0][3] if cases else ""
    shown = poisoned("quarantine", "show", case).out if case else ""
    replay = next((x.partition("taojin ")[2] for x in shown.splitlines() if x.startswith("try again")), "")
    again = poisoned(*replay.split(), "--json") if replay else None  # nothing is armed: they are cured
    left = poisoned.ask("select count(*) from quarantine_open")[0][0]
    if not again or again.code != 0 or (left and len(cases) == 1):
        wrong.append(f"its replay ({replay!r}) ended with {again.code if again else 'nothing'}, {left} still open")
    elif not _different(poisoned, sound, wanted | set(scenario.poisons)) == []:
        wrong.append("after the replay it is not as if nothing had been")
    print(f"{scenario.name:<40} {len(wanted):>9,} {len(scenario.poisons):>7} {len(told):>7} {took:>7.0f} s {bound:>6.0f} s  "
          f"{'right' if not wrong else '; '.join(wrong)}", flush=True)  # fmt: skip
    for doc, deed in list(scenario.poisons.items())[:12]:
        print(f"    {deed:<16} {told.get(doc, ('', 'not refused', ''))[1][:110]}")
    print(f"    replay: taojin {replay}", flush=True)
    return wrong


def _different(here: Command, there: Command, docs: set[str]) -> list[str]:
    """Tables in which rows of these documents differ."""
    some = ", ".join(f"'{d}'" for d in docs) or "''"
    found = []
    for table, columns in (("documents", "doc_id, text, record_meta::varchar"), ("articles", "doc_id, text, title, quality_score"),
                           ("kept", "* exclude (run_id)"), ("edits", "* exclude (run_id)"), ("decodings", "* exclude (run_id)")):
        query = f"select {columns} from {table} where doc_id in ({some}) order by all"
        if here.ask(query) != there.ask(query):
            found.append(table)
    if here.ask(f"select count(*) from documents where doc_id in ({some})") != [(len(docs),)]:
        found.append("a document is missing")
    return found
