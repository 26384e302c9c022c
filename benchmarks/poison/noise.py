"""Random bytes and mutated containers through the real command: each is read or in quarantine, with its neighbours as in a calm run."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fuzz.mutations import ENCODINGS, MAGIC
from benchmarks.poison.deeds import _different, text
from schemas.ids import doc_id, file_id
from tests.laws.command import Command
from tests.tasks.ingest.packed import mutants

PATIENCE = 3600.0  # seconds
KINDS = ("random bytes", "behind a mark of a format", "a text in some encoding, cut off", "a text with bytes at random")


def noises(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """(kind, bytes) of 0 to 200,000 bytes, mostly small."""
    rng = random.Random(seed)
    for n in range(count):
        size = int(rng.choice((rng.randrange(100), rng.randrange(5000), rng.randrange(50_000), rng.randrange(200_000))))
        said = text(n) * (size // 1500 + 1)
        match n % 4:
            case 0:
                data = rng.randbytes(size)
            case 1:
                data = rng.choice(MAGIC) + (rng.randbytes(size) if n % 8 < 4 else said.encode()[:size])
            case 2:
                data = said.encode(rng.choice(ENCODINGS), "ignore")[:size]
            case _:
                spoilt = bytearray(said.encode(rng.choice(ENCODINGS), "ignore")[:size])
                for _ in range(len(spoilt) // 50):
                    spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
                data = bytes(spoilt)
        yield KINDS[n % 4], data


def run(folder: Path, home: Path, url: str, files: int, containers: int, neighbours: int, seed: int) -> list[str]:
    """What is wrong; the table is printed."""
    seeds, alone = folder / "seeds", folder / "alone"
    seeds.mkdir(parents=True)
    alone.mkdir()
    kinds: dict[str, str] = {}
    size = 0
    for n, (kind, data) in enumerate(noises(files, seed)):
        (seeds / f"noise{n}.bin").write_bytes(data)
        kinds[file_id(data)] = kind
        size += len(data)
    for n, (kind, _, data) in enumerate(mutants(seed, containers)):
        (seeds / f"mutant{n}.bin").write_bytes(data)
        kinds[file_id(data)] = f"mutated containers: {kind}" if containers <= 50 else "mutated containers"
        size += len(data)
    good = set()
    for n in range(neighbours):
        data = text(n).encode()
        good.add(doc_id(file_id(data), 1))
        for where in (seeds, alone):
            (where / f"n{n}.txt").write_bytes(data)
    noisy, calm = Command(folder / "noisy", home, url), Command(folder / "calm", home, url)
    begun = time.monotonic()
    with noisy.start("ingest", seeds, "--json", TAOJIN_MAX_REFUSED_SHARE="1") as process:
        _, complaint = process.communicate(timeout=PATIENCE)
    took = time.monotonic() - begun
    if process.returncode != 0:
        return [f"exit code {process.returncode}: {complaint[-400:]}"]
    calm("ingest", alone, "--quiet")
    read = dict(noisy.ask("select file_id, count(*) from documents group by all"))
    held = dict(noisy.ask("select file_id, count(*) from quarantine_open group by all"))
    passed = dict(noisy.ask("select file_id, media_type from seed_files"))
    print(f"{'kind':<40} {'files':>6} {'read':>6} {'part':>6} {'held':>6} {'empty':>6}")
    wrong = []
    for kind in dict.fromkeys(kinds.values()):
        ids = [f for f, k in kinds.items() if k == kind]
        both = sum(f in read and f in held for f in ids)
        nothing = [f for f in ids if f not in read and f not in held]
        whole, refused = (sum(f in table for f in ids) - both for table in (read, held))
        print(f"{kind:<40} {len(ids):>6,} {whole:>6,} {both:>6,} {refused:>6,} {len(nothing):>6,}")
        wrong += [f"{f} is not known at all" for f in ids if f not in passed]
    reasons = noisy.ask("select check_id, count(*) from quarantine_open group by all order by 2 desc")
    print("in quarantine: " + ", ".join(f"{n} {c}" for c, n in reasons))
    if bad := [r for r, _ in reasons if r in ("crashed", "raised")]:
        wrong.append(f"a stage failed on some: {noisy.ask('select check_id, reason from quarantine_open')[:3]} {bad}")
    if different := _different(noisy, calm, good):
        wrong.append(f"neighbours differ in {different}")
    if (verify := noisy("verify")).code != 0:
        wrong.append(f"verify: {verify.out[-300:]}{verify.err[-300:]}")
    said = verify.out.strip().splitlines()[-1] if verify.out.strip() else verify.code
    print(f"{len(kinds):,} contents, {size / 1e6:,.1f} MB, {took:,.0f} s; {len(good)} neighbours "
          f"{'DIFFER' if different else 'complete and equal'}; verify: {said}", flush=True)  # fmt: skip
    return wrong
