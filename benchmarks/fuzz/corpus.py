"""What fuzzing starts from, and where its finds lie.

    DIR/inputs/    what showed something new            DIR/findings/    bytes and, beside them, what is wrong with them
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fuzz.judge import PROJECT, Fault

MOST = 20_000  # bytes of an input


def starting(folders: list[Path]) -> Iterator[bytes]:
    """The specimens of the project, the specimens of all rules, and whatever the folders hold; each cut to what an input may be."""
    from tasks.clean.rules import RULES
    from tasks.split.rules import RULES as SPLITTING

    for folder in (PROJECT / "seeds" / "specimens", PROJECT / "tests" / "fuzz_findings", *folders):
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in (".md", ".json")):
            data = path.read_bytes()
            yield data[:MOST]
            if len(data) > MOST:
                yield data[len(data) // 2 : len(data) // 2 + MOST // 2]
    for rule in (*RULES, *SPLITTING):
        yield "\n".join(re.sub("[⟦⟧]", "", s) for s in (*rule.cuts, *rule.keeps)).encode()[:MOST]


def prepare(corpus: Path, folders: list[Path]) -> None:
    """Make the folders, and write what fuzzing starts from."""
    (corpus / "inputs").mkdir(parents=True, exist_ok=True)
    (corpus / "findings").mkdir(exist_ok=True)
    for data in starting(folders):
        keep(corpus, data)


def keep(corpus: Path, data: bytes) -> None:
    """Among the inputs from now on."""
    (corpus / "inputs" / hashlib.sha1(data).hexdigest()).write_bytes(data)


def found(corpus: Path, data: bytes, fault: Fault) -> bool:
    """Whether this mistake is new, or this input a smaller one that shows it; it is written then."""
    name = hashlib.sha1(fault.signature.encode()).hexdigest()[:12]
    path = corpus / "findings" / f"{fault.kind.replace(' ', '-')}-{name}.bin"
    said = path.with_suffix(".json")
    times = json.loads(said.read_text("utf-8"))["times"] if said.exists() else 0
    better = not path.exists() or len(data) < path.stat().st_size
    if better:
        path.write_bytes(data)
    said.write_text(json.dumps({"kind": fault.kind, "signature": fault.signature, "sentence": fault.sentence, "times": times + 1},
                               ensure_ascii=False, indent=1), "utf-8")  # fmt: skip
    return better


def findings(corpus: Path) -> list[tuple[Path, dict]]:
    """All that was found, with what is wrong."""
    return [(p, json.loads(p.with_suffix(".json").read_text("utf-8"))) for p in sorted((corpus / "findings").glob("*.bin"))]
