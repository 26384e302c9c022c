"""Every regular expression of `tasks`, pumped: each of its repetitions many times over, and then something that does not fit.

An expression that needs four times as long for twice the text is quadratic, and one that needs a thousand times as long can hang a
worker. The attack is drawn from the expression itself (its parse tree), so a new rule is attacked without anybody writing a text for it.
"""

from __future__ import annotations

import importlib
import multiprocessing
import pkgutil
import random
import re
import time
from collections.abc import Iterator
from re import _constants as codes
from re import _parser as parser

import tasks

ENDS = ("\x01", "渡", "9", "a", "\n")
SOME = "渡9a ，(（.:"


def patterns() -> dict[str, re.Pattern[str]]:
    """All compiled patterns of all modules, by module and name; one that stands in several is told once."""
    found: dict[tuple[str, int], tuple[str, re.Pattern[str]]] = {}
    for module in pkgutil.walk_packages(tasks.__path__, "tasks."):
        if ".task" in module.name or module.name in ("tasks.validate.expectations", "tasks.validate.runner", "tasks.validate.process"):
            continue  # they import what takes seconds
        try:
            loaded = importlib.import_module(module.name)
        except ImportError:
            continue  # of an extra that is not installed
        for name, value in vars(loaded).items():
            for place, pattern in _inside(value, f"{module.name}.{name}", 0, set()):
                if isinstance(pattern.pattern, str):
                    found.setdefault((pattern.pattern, pattern.flags), (place, pattern))
    return dict(found.values())


def _inside(value: object, place: str, depth: int, seen: set[int]) -> Iterator[tuple[str, re.Pattern]]:
    if isinstance(value, re.Pattern):
        yield place, value
    if depth > 4 or id(value) in seen or isinstance(value, str | bytes | int):
        return
    seen.add(id(value))
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, tuple | list | set | frozenset):
        for n, inner in enumerate(value):
            if n < 2000:
                yield from _inside(inner, f"{place}[{n}]", depth + 1, seen)
    elif type(value).__module__.startswith("tasks.") and not isinstance(value, type):
        for name in getattr(value, "__slots__", None) or getattr(value, "__dict__", {}):
            yield from _inside(getattr(value, name, None), f"{place}.{name}", depth + 1, seen)
    elif callable(value) and getattr(value, "__closure__", None):
        for n, cell in enumerate(value.__closure__):
            yield from _inside(cell.cell_contents, f"{place}({n})", depth + 1, seen)


def attacks(pattern: re.Pattern[str], size: int, seed: int = 0) -> Iterator[str]:
    """Texts of about `size` characters: for each repetition, what leads to it, much of what it repeats, and an end that fails."""
    rng = random.Random(seed)
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    for before, repeated in _repeats(tree, "", rng):
        for unit in {_sample(repeated, rng) for _ in range(4)} - {""}:
            pumped = unit * (size // len(unit) + 1)
            for end in ENDS[:2]:
                yield before + pumped + end
            yield (before + unit) * (size // len(before + unit) + 1)
    whole = "".join(_sample(tree, rng) for _ in range(3))
    if whole:
        yield whole * (size // len(whole) + 1)
        yield (whole[:-1] or whole) * (size // max(1, len(whole) - 1) + 1)


def _repeats(tree: object, before: str, rng: random.Random) -> Iterator[tuple[str, object]]:
    for op, argument in tree:
        if op in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            _, most, inner = argument
            if most > 8:
                yield before, inner
            yield from _repeats(inner, before, rng)
        elif op is codes.SUBPATTERN:
            yield from _repeats(argument[3], before, rng)
        elif op is codes.ATOMIC_GROUP:
            yield from _repeats(argument, before, rng)
        elif op is codes.BRANCH:
            for branch in argument[1]:
                yield from _repeats(branch, before, rng)
        elif op in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _repeats(argument[1], before, rng)
        before += _sample([(op, argument)], rng)


def _sample(tree: object, rng: random.Random) -> str:
    """Some text that the tree matches, look-around aside."""
    out = ""
    for op, argument in tree:
        match op:
            case codes.LITERAL:
                out += chr(argument)
            case codes.NOT_LITERAL:
                out += next(c for c in SOME if ord(c) != argument)
            case codes.ANY:
                out += rng.choice(SOME)
            case codes.IN:
                out += _one_of(argument, rng)
            case codes.BRANCH:
                out += _sample(rng.choice(argument[1]), rng)
            case codes.SUBPATTERN:
                out += _sample(argument[3], rng)
            case codes.ATOMIC_GROUP:
                out += _sample(argument, rng)
            case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
                least, most, inner = argument
                out += "".join(_sample(inner, rng) for _ in range(max(int(least), min(int(most), rng.choice((0, 1, 2))))))
            case _:
                pass  # anchors, look-around and back-references add nothing
    return out


def _one_of(items: list, rng: random.Random) -> str:
    wanted = True
    choices: list[str] = []
    excluded: list = []
    for op, argument in items:
        match op:
            case codes.NEGATE:
                wanted = False
            case codes.LITERAL:
                choices.append(chr(argument))
            case codes.RANGE:
                choices += [chr(argument[0]), chr(argument[1]), chr((argument[0] + argument[1]) // 2)]
            case codes.CATEGORY:
                choices += {codes.CATEGORY_DIGIT: ["7"], codes.CATEGORY_SPACE: [" ", "\u3000"], codes.CATEGORY_WORD: ["渡", "a"],
                            codes.CATEGORY_NOT_SPACE: ["渡", "a"], codes.CATEGORY_NOT_DIGIT: ["渡"],
                            codes.CATEGORY_NOT_WORD: ["，", " "]}.get(argument, ["渡"])  # fmt: skip
        excluded.append((op, argument))
    if wanted:
        return rng.choice(choices or ["渡"])
    return next((c for c in SOME + "}~" if c not in choices), "\x02")


def _seconds(pattern: re.Pattern[str], text: str) -> float:
    begun = time.process_time()
    for _ in zip(pattern.finditer(text), range(100_000), strict=False):
        pass
    return time.process_time() - begun


def worst(pattern: re.Pattern[str], size: int, bearable: float) -> tuple[float, float, str] | None:
    """The worst attack of more than `bearable` seconds at `size`: (seconds, ratio to half the size, its beginning)."""
    found = None
    for small, text in zip(attacks(pattern, size // 2), attacks(pattern, size), strict=False):
        took = _seconds(pattern, text)
        if took > bearable:
            ratio = took / max(1e-6, _seconds(pattern, small))
            if found is None or took > found[0]:
                found = took, ratio, text[:40]
    return found




def _one(item: tuple[str, re.Pattern[str], int, float]) -> tuple[str, str, tuple[float, float, str] | None]:
    place, pattern, size, bearable = item
    for shorter in (400, 1500, size):  # the exponential ones show early: at full size their search would not return to be stopped
        found = worst(pattern, shorter, bearable)
        if found and (found[1] > 6 or shorter == size):
            return place, pattern.pattern, (found[0], found[1], f"{shorter} x {found[2]!r}")
    return place, pattern.pattern, None


def measure(size: int = 6000, bearable: float = 0.05, patience: float = 60.0) -> list[str]:
    """Attack all; what is steep is printed and returned."""
    all_of = patterns()
    steep = []
    spawn = multiprocessing.get_context("spawn")
    pool = spawn.Pool(1)
    for place, pattern in all_of.items():
        try:
            _, shown, found = pool.apply_async(_one, ((place, pattern, size, bearable),)).get(patience)
        except multiprocessing.TimeoutError:
            pool.terminate()
            pool = spawn.Pool(1)
            shown, found = pattern.pattern, (patience, float("inf"), "did not end")
        if found:
            seconds, ratio, attack = found
            steep.append(place)
            print(f"{place}: {seconds:.2f} s, {ratio:.1f} times half of it, {attack}: {shown[:120]!r}", flush=True)
    pool.terminate()
    print(f"{len(all_of):,} expressions, each of their repetitions pumped to {size:,} characters: {len(steep)} took more than {bearable} s")
    return steep
