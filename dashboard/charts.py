"""Charts as inline SVG. Colours and lines come from classes of the style sheet (a strict policy ignores `style=`), so the same chart
is right in light and dark. Each says in a title what it shows; pages put the same numbers into a table beside it.

Coordinates are in units of the view box; x grows to the right, y downwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup, escape

from dashboard.literal import visible

SERIES = 6  # classes c1 .. c6 of the style sheet
WIDE, HIGH = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 10, 24


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _svg(kind: str, wide: int, high: int, title: str, parts: Sequence[str], more: str = "") -> Markup:
    head = f'<svg class="chart {kind}" viewBox="0 0 {wide} {high}" role="img" aria-label="{escape(visible(title))}"{more}>'
    drawn = head + "".join(parts) + "</svg>"
    if kind == "spark":
        return Markup(drawn)
    # On a phone a chart is wider than the page, so that its words can be read; it is scrolled by touch and by keyboard.
    return Markup(f'<div class="plot" role="region" tabindex="0" aria-label="{escape(visible(title))}">{drawn}</div>')


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" class="{kind}" text-anchor="{anchor}">{escape(visible(words))}</text>'


def short(value: float) -> str:
    """12345 as 12k: for axes."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return _brief(value / size) + sign
    return _brief(value)


def _brief(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2g}"


def ticks(high: float, most: int = 4) -> list[float]:
    """Round numbers from 0 to at least `high`."""
    if high < 1e-12 or not math.isfinite(high):  # less is nothing, on any axis
        return [0.0, 1.0]
    step = 10 ** math.floor(math.log10(high / most))
    step *= next(f for f in (1, 2, 5, 10) if high / (step * f) <= most)
    return [step * i for i in range(math.ceil(high / step - 1e-9) + 1)]


def bar(share: float, kind: str = "") -> Markup:
    """A thin bar that fills a share of its cell; the number stands beside it, so it is silent for readers."""
    width = _n(100 * min(max(share, 0.0), 1.0))
    return Markup(
        f'<svg class="bar {kind}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect class="ground" width="100" height="8"/><rect class="fill" width="{width}" height="8"/></svg>'
    )


def spark(values: Sequence[float | None], title: str) -> Markup:
    """The course of a number, without axes."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return Markup("")
    low, high = min(known), max(known)
    span = high - low or 1.0
    points = [
        f"{_n(2 + 116 * i / (len(values) - 1))},{_n(24 - 20 * ((v - low) / span if high > low else 0.5))}"
        for i, v in enumerate(values)
        if v is not None
    ]
    x, y = points[-1].split(",")
    return _svg("spark", 120, 28, title, [f'<polyline points="{" ".join(points)}"/>', f'<circle cx="{x}" cy="{y}" r="2.5"/>'])


def line(
    xs: Sequence[str],
    values: Sequence[float | None],
    title: str,
    bands: Sequence[tuple[float | None, float | None]] = (),
    marks: Sequence[str] = (),
) -> Markup:
    """A number over runs, with the band that was expected of it; `marks` are classes of the points (failed, learning …)."""
    known = [v for v in values if v is not None] + [b for band in bands for b in band if b is not None and math.isfinite(b)]
    if not known:
        return Markup("")
    scale = ticks(max(known))
    x, y = _axes(len(xs), scale[-1])
    parts = _grid(scale, y)
    upper = [(x(i), y(b[1])) for i, b in enumerate(bands) if b[0] is not None and b[1] is not None]
    lower = [(x(i), y(max(b[0], 0))) for i, b in enumerate(bands) if b[0] is not None and b[1] is not None]
    if upper:
        shape = " ".join(f"{_n(a)},{_n(b)}" for a, b in [*upper, *reversed(lower)])
        parts.append(f'<polygon class="band" points="{shape}"/>')
    drawn = [(i, v) for i, v in enumerate(values) if v is not None]
    parts.append('<polyline class="c1 path" points="' + " ".join(f"{_n(x(i))},{_n(y(v))}" for i, v in drawn) + '"/>')
    parts += [
        f'<circle class="dot {marks[i] if i < len(marks) else ""}" cx="{_n(x(i))}" cy="{_n(y(v))}" r="3.5">'
        f"<title>{escape(visible(f'{xs[i]}: {v:g}'))}</title></circle>"
        for i, v in drawn
    ]
    return _svg("line", WIDE, HIGH, title, [*parts, *_names(xs, x)])


def columns(xs: Sequence[str], values: Sequence[float], title: str) -> Markup:
    """One column for each name: histograms and counts by year."""
    if not values:
        return Markup("")
    scale = ticks(max(values))
    x, y = _axes(len(xs), scale[-1], inset=True)
    wide = max(min((WIDE - LEFT - RIGHT) / len(xs) * 0.8, 60), 1)
    parts = _grid(scale, y)
    for i, v in enumerate(values):
        top = y(max(v, 0))
        said = escape(visible(f"{xs[i]}: {v:g}"))
        parts.append(
            f'<rect class="c1 area" x="{_n(x(i) - wide / 2)}" y="{_n(top)}" width="{_n(wide)}" height="{_n(max(y(0) - top, 0))}">'
            f"<title>{said}</title></rect>"
        )
    return _svg("columns", WIDE, HIGH, title, [*parts, *_names(xs, x)])


def stacked(xs: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], title: str) -> Markup:
    """Columns of several parts, the largest part lowest; at most six parts, named in `legend`."""
    if not series or not xs:
        return Markup("")
    sums = [sum(values[i] for _, values in series) for i in range(len(xs))]
    scale = ticks(max(sums))
    x, y = _axes(len(xs), scale[-1], inset=True)
    wide = max(min((WIDE - LEFT - RIGHT) / len(xs) * 0.8, 60), 1)
    parts = _grid(scale, y)
    for i in range(len(xs)):
        floor = 0.0
        for k, (name, values) in enumerate(series):
            if values[i] <= 0:
                continue
            top, bottom = y(floor + values[i]), y(floor)
            parts.append(
                f'<rect class="c{k % SERIES + 1} area" x="{_n(x(i) - wide / 2)}" y="{_n(top)}" width="{_n(wide)}" '
                f'height="{_n(max(bottom - top, 0.3))}"><title>{escape(visible(f"{xs[i]}, {name}: {values[i]:g}"))}</title></rect>'
            )
            floor += values[i]
    return _svg("stacked", WIDE, HIGH, title, [*parts, *_names(xs, x)])


def waterfall(rows: Sequence[tuple[str, float, float]], title: str) -> Markup:
    """Steps one below the other: (name, begin, length) in seconds."""
    if not rows:
        return Markup("")
    end = max(begin + length for _, begin, length in rows) or 1.0
    left, step = 150, 24
    room = WIDE - left - 70
    parts = []
    for k, (name, begin, length) in enumerate(rows):
        top = 4 + k * step
        at, wide = left + room * begin / end, max(room * length / end, 1.5)
        parts += [
            _text(left - 8, top + 13, name, "name", "end"),
            f'<rect class="c1 area" x="{_n(at)}" y="{top + 3}" width="{_n(wide)}" height="{step - 8}"/>',
            _text(at + wide + 6, top + 13, f"{length:.2f} s"),
        ]
    return _svg("waterfall", WIDE, len(rows) * step + 8, title, parts)


def relations(parents: Mapping[str, Sequence[str]], href: Callable[[str], str], title: str) -> Markup:
    """
    Tables as boxes, each to the right of all that it refers to, with a line from each of those; tables without relations stand below.

    `parents` names for each table those that it refers to.
    """
    depth: dict[str, int] = {}

    def deep(name: str, above: tuple[str, ...] = ()) -> int:
        if name not in depth:
            known = [p for p in parents.get(name, ()) if p in parents and p not in above and p != name]
            depth[name] = 1 + max((deep(p, (*above, name)) for p in known), default=-1)
        return depth[name]

    tied = {p for found in parents.values() for p in found} | {n for n, found in parents.items() if found}
    layers: dict[int, list[str]] = {}
    for name in parents:
        if name in tied:
            layers.setdefault(deep(name), []).append(name)
    for level in sorted(layers)[1:]:  # beside their parents, so that lines cross less
        rank = {n: i for i, n in enumerate(layers[level - 1])}
        layers[level].sort(key=lambda n: min((rank.get(p, 99) for p in parents[n]), default=99))
    step, wide, tall, room = 30, 158, 22, 62
    high = max(map(len, layers.values()), default=0) * step
    at = {
        n: (level * (wide + room), (high - len(names) * step) / 2 + i * step + 4)
        for level, names in layers.items()
        for i, n in enumerate(names)
    }
    across = max(len(layers) * (wide + room) - room, wide)
    alone = [n for n in parents if n not in tied]
    per_row = max(1, (across + 14) // (wide + 14))
    at |= {n: (i % per_row * (wide + 14), high + 22 + i // per_row * step) for i, n in enumerate(alone)}
    bottom = high + (22 + -(-len(alone) // per_row) * step if alone else 0)
    parts = []
    for name, found in parents.items():
        for parent in found:
            if parent in at and name in at:
                (x1, y1), (x2, y2) = at[parent], at[name]
                a, b, c, d = x1 + wide, _n(y1 + tall / 2), x2, _n(y2 + tall / 2)
                bent = f"{_n(a + room / 2)} {b} {_n(c - room / 2)} {d}"
                parts.append(f'<path class="edge" d="M{_n(a)} {b}C{bent} {_n(c)} {d}"/>')
    for name, (x, y) in at.items():
        box = f'<rect class="box" x="{_n(x)}" y="{_n(y)}" width="{wide}" height="{tall}"/>'
        parts.append(f'<a href="{escape(href(name))}">{box}{_text(x + wide / 2, y + 15, name, "name", "middle")}</a>')
    view = f"-2 0 {_n(across + 4)} {_n(bottom + 4)}"
    head = f'<svg class="chart relations" viewBox="{view}" role="group" aria-label="{escape(visible(title))}">'
    return Markup(head + "".join(parts) + "</svg>")


def _axes(count: int, top: float, inset: bool = False) -> tuple[Callable[[float], float], Callable[[float], float]]:
    room = WIDE - LEFT - RIGHT
    each = room / max(count, 1)

    def x(i: float) -> float:
        if inset or count == 1:
            return LEFT + each * (i + 0.5)
        return LEFT + 6 + (room - 12) * i / (count - 1)

    def y(value: float) -> float:
        return TOP + (HIGH - TOP - BOTTOM) * (1 - min(value, top) / top)

    return x, y


def _grid(scale: Sequence[float], y: Callable[[float], float]) -> list[str]:
    parts = []
    for value in scale:
        at = y(value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{_n(at)}" y2="{_n(at)}"/>')
        parts.append(_text(LEFT - 6, at + 4, short(value), "axis", "end"))
    return parts


def _names(xs: Sequence[str], x: Callable[[float], float]) -> list[str]:
    """Names below the axis, as many as have room, long ones shortened."""
    shown = [_fitting(name) for name in xs]
    widest = max((_width(n) for n in shown), default=1)
    every = max(1, math.ceil(len(xs) * (widest + 12) / (WIDE - LEFT - RIGHT)))
    return [_text(x(i), HIGH - 8, name, "axis", "middle") for i, name in enumerate(shown) if i % every == 0]


def _width(text: str) -> float:
    """About how wide a name is drawn: East Asian characters fill their square."""
    return sum(11.0 if ord(c) > 0x2E7F else 6.3 for c in text)


def _fitting(name: str, room: float = 100) -> str:
    while _width(name) > room:
        name = name[: int(len(name) * room / _width(name))].removesuffix("…")[:-1] + "…"
    return name
