"""The command line of benchmarks.poison: prints a table each, and exits 1 where something is wrong."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.poison import deeds, noise, patterns, slow
from flows.server import PrefectServer, configure
from flows.settings import load

TOO_STEEP = 8.0  # ratio of the times of 4 n and n, where linear is 4 and sorting a little more


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("deeds", "noise", "slow", "patterns"))
    parser.add_argument("--only", nargs="*", default=[], help="deeds, slow: names that contain one of these words")
    parser.add_argument("--neighbours", type=int, default=40)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--containers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bytes", type=int, default=250_000, help="slow: n")
    parser.add_argument("--patience", type=float, default=300.0, help="slow: seconds for one text")
    options = parser.parse_args()
    if options.what == "slow":
        return _slow(options)
    if options.what == "patterns":
        return int(bool(patterns.measure()))
    wrong = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        settings = load(environ={}, prefect_home=folder / "prefect")
        configure(settings)
        with PrefectServer(settings).start() as server:
            server.wait()
            if options.what == "noise":
                counts = options.files, options.containers, options.neighbours, options.seed
                wrong = noise.run(folder / "n", settings.prefect_home, server.url, *counts)
            else:
                print(f"{'scenario':<40} {'neighbours':>10} {'poisons':>6} {'refused':>7} {'took':>8} {'bound':>8}")
                for n, scenario in enumerate(deeds.scenarios(options.neighbours, options.records)):
                    if not options.only or any(word in scenario.name for word in options.only):
                        wrong += deeds.run(scenario, folder / str(n), settings.prefect_home, server.url)
    for sentence in wrong:
        print("WRONG:", sentence)
    return int(bool(wrong))


def _slow(options: argparse.Namespace) -> int:
    names = [n for n in slow.ADVERSARIES if not options.only or any(word in n for word in options.only)]
    print(f"CPU seconds of all stages at n = {options.bytes:,} bytes and at 4 n")
    print(f"{'text':<30} {'n':>8} {'4n':>8} {'ratio':>6}  most in")
    rows = slow.measure(names, options.bytes, options.patience)
    steep = [r["name"] for r in rows if r["ratio"] is None or (r["ratio"] > TOO_STEEP and r["4n"] > 2)]
    wrong = [f"{r['name']}: {w}" for r in rows for w in r["wrong"]]
    print(f"{len(rows)} texts; steeper than {TOO_STEEP:g}: {', '.join(steep) or 'none'}; faults: {'; '.join(wrong) or 'none'}")
    return int(bool(steep or wrong))


if __name__ == "__main__":
    sys.exit(main())
