"""The process that fuzzes: its parent (`__main__`) watches over it, starts it again when an input kills it, and tells the result.

It writes each input into a shared file before it looks at it, so that the parent knows what killed or hung it. Stages are imported
late: atheris instruments what is imported under its eyes, and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import random
import resource
import signal
import struct
import sys
import time
from collections import Counter
from pathlib import Path

MOST = 20_000
MEMORY = 4 << 30  # bytes of data: an input that wants more raises MemoryError, which is a finding
TOGETHER = 500  # inputs whose tables are held against the contracts at once
CURRENT = 1 << 20  # bytes of the shared file: number of the input, its length, the input
_HEAD = struct.Struct("<QI")


class Current:
    """The shared file."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(CURRENT))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), CURRENT)

    def write(self, number: int, data: bytes) -> None:
        self._map[: _HEAD.size] = _HEAD.pack(number, len(data))
        self._map[_HEAD.size : _HEAD.size + len(data)] = data

    def read(self) -> tuple[int, bytes]:
        number, size = _HEAD.unpack(self._map[: _HEAD.size])
        return number, self._map[_HEAD.size : _HEAD.size + size]


class Fuzzer:
    """Looks at inputs and keeps books."""

    def __init__(self, corpus: Path, patience: float) -> None:
        from benchmarks.fuzz import corpus as books
        from benchmarks.fuzz import judge

        self.judge, self.books = judge, books
        self.corpus, self.patience = corpus, patience
        self.current = Current(corpus / "current")
        self.counts: Counter[str] = Counter()
        self.slowest = 0.0
        self.features: set[str] = set()
        self.held: list[tuple[bytes, dict]] = []
        self.begun = self.told = time.monotonic()

    def look(self, data: bytes) -> set[str]:
        """One input; what it showed."""
        self.counts["executions"] += 1
        self.counts["bytes"] += len(data)
        self.current.write(self.counts["executions"], data)
        seen = self.judge.examine(data, self.patience)
        for fault in seen.faults:
            self._found(data, fault)
        self.slowest = max(self.slowest, sum(seen.seconds.values()))
        if seen.tables:
            self.held.append((data, seen.tables))
        if len(self.held) >= TOGETHER:
            self.hold_against_contracts()
        if time.monotonic() - self.told > 5:
            self.tell()
        return seen.features()

    def hold_against_contracts(self) -> None:
        """The tables of the last inputs against every critical promise; what breaks one is looked at alone."""
        held, self.held = list(dict(self.held).items()), []  # one input twice would break every key
        broken = {name for name, _ in self.judge.contracts(tables for _, tables in held)} if held else set()
        for data, tables in held:
            mine = {*tables["documents"]["doc_id"].to_pylist(), *tables["articles"]["article_id"].to_pylist()}
            if broken and ("" in broken or mine & broken):
                for _, sentence in self.judge.contracts([tables]):
                    self._found(data, self.judge.Fault("contract", f"contract {sentence.split(':')[0]}", sentence))

    def tell(self) -> None:
        self.told = time.monotonic()
        said = {**self.counts, "cpu_seconds": time.process_time(), "seconds": self.told - self.begun, "slowest": self.slowest,
                "features": len(self.features), "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}  # fmt: skip
        (self.corpus / "progress.json").write_text(json.dumps(said))

    def _found(self, data: bytes, fault: object) -> None:
        self.counts[f"faults: {fault.kind}"] += 1
        if self.books.found(self.corpus, data, fault):
            print(f"FOUND {fault.signature}  ({len(data)} bytes)  {fault.sentence[:200]}", file=sys.stderr, flush=True)


def own(corpus: Path, seconds: float, seed: int) -> None:
    """Inputs that show something new are kept, and changed more often than others."""
    from benchmarks.fuzz.mutations import mutate

    fuzzer, rng = Fuzzer(corpus, 1.0), random.Random(seed)
    pool = [p.read_bytes() for p in sorted((corpus / "inputs").iterdir())]
    end = time.monotonic() + seconds
    for data in pool:
        fuzzer.features |= fuzzer.look(data)
    while time.monotonic() < end:
        recent = rng.random() < 0.4
        parent = pool[-1 - int(rng.expovariate(0.02)) % len(pool)] if recent else rng.choice(pool)
        data = mutate(rng, parent, pool, MOST)
        features = fuzzer.look(data)
        if features - fuzzer.features:
            fuzzer.features |= features
            pool.append(data)
            fuzzer.books.keep(corpus, data)
    fuzzer.hold_against_contracts()
    fuzzer.tell()


def atheris(corpus: Path, seconds: float, seed: int) -> None:
    """libFuzzer over instrumented code; ends this process."""
    import atheris

    with atheris.instrument_imports(include=["tasks"]):
        import tasks.work  # noqa: F401
    from benchmarks.fuzz.mutations import mutate

    fuzzer = Fuzzer(corpus, 4.0)  # instrumented code is slower; the parent looks again without
    pool = [p.read_bytes() for p in sorted((corpus / "inputs").iterdir())]

    def custom(data: bytes, most: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.25:
            return atheris.Mutate(data, most)
        if len(pool) < 5000 and rng.random() < 0.01:
            pool.append(data)
        return mutate(rng, data, pool, most)

    def target(data: bytes) -> None:
        fuzzer.look(data)

    arguments = [
        sys.argv[0], str(corpus / "inputs"), f"-max_total_time={int(seconds)}", f"-max_len={MOST}", f"-seed={seed}", "-timeout=100000",
        "-rss_limit_mb=0", "-malloc_limit_mb=0", "-len_control=0", f"-artifact_prefix={corpus}/", "-print_final_stats=1",
    ]  # fmt: skip
    atheris.Setup(arguments, target, custom_mutator=custom)
    atheris.Fuzz()


def main(engine: str, corpus: str, seconds: str, seed: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    {"own": own, "atheris": atheris}[engine](Path(corpus), float(seconds), int(seed))


if __name__ == "__main__":
    main(*sys.argv[1:])
