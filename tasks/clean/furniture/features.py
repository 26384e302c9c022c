"""What the model of lines sees of each line of a page: its shape, its words, and what stands around it.

Every feature has a sentence in NAMES that says what it measures. Nothing here knows a word of any page: words count by the
family they belong to (signs.py), and so do the kinds that the anchors found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from functools import cache

import numpy as np

from tasks.clean.furniture import signs
from tasks.clean.furniture.regions import Page, is_item, running_text
from tasks.text.lines import HAN, LONGEST_PARAGRAPH, NUMBERED, ends_sentence, is_prose

_HAN = re.compile(f"[{HAN}]")
_FUNCTION = frozenset("的了是在和有不这也就都而及与着或我他她它们说把被让对从到为以将等于其之会要能可并但还那没很再已因所由当则应")
_PAUSES = frozenset("，、；,;")
_BARS = frozenset("|｜丨·•/_┊┆>»→—-")
_DATE_TAIL = re.compile(
    r"(?:\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}:\d\d(?::\d\d)?|(?<!\d)\d++\s*+(?:秒|分钟|小时|天|周|个?月|年)前|昨天|今天|前天)\s*[\])）】]?$"
)
_DATE = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}|\d{1,2}:\d\d|前$")
_COUNT = re.compile(
    r"[\u4e00-\u9fff]\s*+[:：(（\[]?+\s*+[\d.]++\s*+[万wWkK+]?+\s*+[次人条个赞]?+\s*+[)）\]]?$|^\d+\s*+[\u4e00-\u9fff]{1,4}$"
)
_ADDRESS = re.compile(r"https?:|www\.|\.(?:com|cn|net|org)\b|@|\d{3,4}-\d{7,8}|(?<![A-Za-z])[A-Za-z]{2,}+\d{2,}|1\d{10}")
_ARROW = re.compile("[>»→↓↑←＞▼▲►▶☟👇⬇]|[×✕]$|\\.\\.\\.$|…$")
_LABEL = re.compile("^[^，。；:：]{1,10}[:：]")
_RANK = re.compile(r"^\s*(?:\d{1,3}\s*[\u4e00-\u9fff“\"《【]|[·•●◆■►▪※☆★-]\s*)")
_CALL = re.compile("|".join(signs.CALLS))
_BRACKETED = re.compile(r"^[\[【（(〔《<].{1,60}[\]】）)〕》>]$")
_WHOLE_QUOTE = re.compile("[“”\"「」]")

_BASE = {
    "length": "logarithm of the line's length",
    "tiny": "six characters at most",
    "short": "seven to sixteen characters",
    "middling": "seventeen to forty characters",
    "long": "eighty characters and more",
    "sentence": "ends a sentence",
    "clause": "ends in a colon or semicolon",
    "full stop": "has a full stop",
    "calls": "has a question or exclamation mark",
    "pauses": "commas and enumeration commas by length",
    "function words": "share of characters that only running text has",
    "digits": "share of digits",
    "latin": "share of Latin letters",
    "blanks": "blanks inside the line",
    "bars": "signs that join links by length",
    "date tail": "ends in a date, a clock or an age",
    "date": "holds a date or a clock",
    "count": "a word with a number behind it",
    "address": "an address, a number to call, a name of an account",
    "arrow": "an arrow, or dots that cut the line short",
    "label": "opens with a label and a colon",
    "rank": "opens with a rank or a bullet",
    "numbered": "numbered as authors number",
    "item": "a numbered item that ends a clause",
    "bracketed": "stands in brackets as a whole",
    "quotes": "holds quotation marks",
    "own words": "share of its pairs of characters that the page's running text has",
    "repeated": "stands more than once on the page",
    "no han": "has no Han character",
    "running": "is running text",
    "call": "speaks to the reader or of the site itself",
    "page words": "share of characters that words of pages own",
    "page words, count": "how many words of pages it has",
    "sure kind": "an anchor found a kind that only pages have",
    "weak kind": "an anchor found a kind that authors write too",
    "listed": "a path, a dated link, a farm of links or a repeated phrase",
    "credits": "reads as credits: date, source, names",
    "closes": "closes an article",
    **{f"words of {name}": f"share of characters that words of the family {name} own" for name in signs.NAMES},
}
_NEAR = ("length", "short", "sentence", "running", "function words", "page words", "date tail", "own words", "call")
_CONTEXT = {
    **{f"{name}, above": f"{_BASE[name]}: the line above" for name in _NEAR},
    **{f"{name}, below": f"{_BASE[name]}: the line below" for name in _NEAR},
    **{f"{name}, around": f"{_BASE[name]}: mean of four lines on each side" for name in _NEAR},
    "furniture, above": "the line above is proven furniture",
    "furniture, below": "the line below is proven furniture",
    "furniture, around": "share of proven furniture among four lines on each side",
    "furniture, wide": "share of proven furniture among twelve lines on each side",
    "furniture since text": "proven furniture between the running text above and the line, logarithm",
    "furniture till text": "proven furniture between the line and the running text below, logarithm",
    "furniture above": "proven furniture above, logarithm",
    "furniture below": "proven furniture below, logarithm",
    "since closing": "nearness of a line above that closes an article",
    "text above": "share of the page's running text above",
    "text below": "share of the page's running text below",
    "gap above": "lines since the running text above, logarithm",
    "gap below": "lines until the running text below, logarithm",
    "from top": "lines above, logarithm",
    "from bottom": "lines below, logarithm",
    "like above": "as long as the line above, and neither ends a sentence",
    "like below": "as long as the line below, and neither ends a sentence",
    "page furniture": "proven furniture of the page, logarithm",
}
NAMES: dict[str, str] = _BASE | _CONTEXT
_COLUMN = {name: k for k, name in enumerate(_BASE)}
REACH = 4
WIDE = 12
FAR = 50


def matrix(page: Page, unread: Set[int] = frozenset()) -> np.ndarray:
    """One row a line, one column for each of NAMES; the words of lines in `unread` are as if they stood in no list."""
    base = _base(page, unread)
    return np.hstack((base, _context(page, base)))


def _base(page: Page, unread: Set[int]) -> np.ndarray:
    """The columns of _BASE, each over all lines at once; patterns are asked only of lines that have their characters."""
    lines = page.lines
    times = Counter(lines)
    prose = np.array([is_prose(line) for line in lines], bool)
    counted = [signs.NOTHING if i in unread else owned for i, owned in enumerate(page.owned())]
    chars = _characters(lines)
    n = np.array([len(line) for line in lines])
    size = np.clip(n, 1, 120)
    words = np.array([count for _, _, count in counted])
    kinds = page.kinds
    sure = [kind is not None and kind.sure for kind in kinds]
    digits, latin, han = chars["digits"], chars["latin"], chars["han"]
    spelt = ((digits > 0) | (latin > 0)).tolist()
    columns: dict[str, np.ndarray | list] = {
        "length": np.log1p(n),
        "tiny": n <= 6,
        "short": (n >= 7) & (n <= 16),
        "middling": (n >= 17) & (n <= 40),
        "long": n >= 80,
        "sentence": [ends_sentence(line) for line in lines],
        "clause": [line[-1] in "：:；;" for line in lines],
        "full stop": ["。" in line for line in lines],
        "calls": ["？" in line or "！" in line or "!" in line or "?" in line for line in lines],
        "pauses": 10 * chars["pauses"] / n,
        "function words": chars["function"] / np.maximum(1, han),
        "digits": digits / n,
        "latin": latin / n,
        "blanks": np.minimum([len(line.split()) - 1 for line in lines], 8) / 2,
        "bars": 10 * chars["bars"] / n,
        "date tail": [_may_end_date(line[-1]) and _DATE_TAIL.search(line) is not None for line in lines],
        "date": [(d > 0 or line[-1] == "前") and _DATE.search(line) is not None for line, d in zip(lines, digits.tolist(), strict=True)],
        "count": [len(line) <= 40 and _COUNT.search(line) is not None for line in lines],
        "address": [(s or "@" in line) and _ADDRESS.search(line) is not None for line, s in zip(lines, spelt, strict=True)],
        "arrow": [_ARROW.search(line) is not None for line in lines],
        "label": [_LABEL.match(line) is not None for line in lines],
        "rank": [_RANK.match(line) is not None for line in lines],
        "numbered": [NUMBERED.match(line) is not None for line in lines],
        "item": [is_item(line) for line in lines],
        "bracketed": [_BRACKETED.match(line) is not None for line in lines],
        "quotes": [_WHOLE_QUOTE.search(line) is not None for line in lines],
        "own words": _own(lines, prose),
        "repeated": [times[line] > 1 for line in lines],
        "no han": han == 0,
        "running": [running_text(line) > 0 for line in lines],
        "call": [w > 0 and _CALL.search(line) is not None for line, w in zip(lines, words.tolist(), strict=True)],
        "page words": np.array([union for _, union, _ in counted]) / size,
        "page words, count": np.minimum(words, 8),
        "sure kind": sure,
        "weak kind": [kind is not None and not kind.sure for kind in kinds],
        "listed": [
            page.crumbs[i] is not None or i in page.listed or i in page.farms or i in page.periodic for i in range(len(lines))
        ],
        "credits": [credits is not None for credits in page.credits],
        "closes": [page.closes(i) for i in range(len(lines))],
    }
    shape = np.column_stack([columns[name] for name in _BASE if name in columns]).astype(float)
    return np.hstack((shape, np.array([counts for counts, _, _ in counted], float) / size[:, None]))


def _may_end_date(char: str) -> bool:
    return char in "日前天])）】" or char.isdigit() or char.isspace()


def _own(lines: list[str], prose: np.ndarray) -> np.ndarray:
    """
    Share of each line's pairs of Han characters (without repetition, as lines.bigrams has them) that stand in running text of
    the page; for running text itself, of those that stand in two of its paragraphs.
    """
    cut = [line[:LONGEST_PARAGRAPH] for line in lines]
    points = _points("".join(cut))
    line_of = np.repeat(np.arange(len(cut)), [len(line) for line in cut])
    is_han = (_classes()[np.minimum(points, ASTRAL)] & _BITS["han"] > 0) | _is_astral_han(points)
    points, line_of = points[is_han].astype(np.int64), line_of[is_han]
    points[points >= 0x20000] -= 0x10000  # 18 bits are enough
    beside = line_of[1:] == line_of[:-1]
    pairs = np.sort((line_of[:-1] << 36 | points[:-1] << 18 | points[1:])[beside])
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs
    line_of, pairs = pairs >> 36, pairs & (1 << 36) - 1
    in_prose = prose[line_of]
    said = np.sort(pairs[in_prose])
    if not len(said):
        return np.zeros(len(lines))
    firsts = np.flatnonzero(np.append(True, said[1:] != said[:-1]))
    topic, times = said[firsts], np.diff(firsts, append=len(said))
    at = np.minimum(np.searchsorted(topic, pairs), len(topic) - 1)
    shared = (topic[at] == pairs) & (~in_prose | (times[at] > 1))
    return np.bincount(line_of[shared], minlength=len(lines)) / np.maximum(1, np.bincount(line_of, minlength=len(lines)))


ASTRAL = 0x10000  # one row of the table for all characters beyond the first plane
_BITS = {name: 1 << k for k, name in enumerate(("pauses", "function", "digits", "latin", "bars", "han"))}


@cache
def _classes() -> np.ndarray:
    """For each code point up to U+FFFF, and one for all beyond, the classes of _BITS that it counts in."""
    chars = [chr(o) for o in range(ASTRAL)]
    table = np.zeros(ASTRAL + 1, np.uint8)
    for name, holds in (
        ("pauses", _PAUSES.__contains__),
        ("function", _FUNCTION.__contains__),
        ("digits", str.isdigit),
        ("latin", lambda c: "a" <= c.lower() <= "z"),
        ("bars", _BARS.__contains__),
        ("han", _HAN.match),
    ):
        table[:-1] |= np.array([bool(holds(c)) for c in chars], np.uint8) * _BITS[name]
    return table


def _points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _is_astral_han(points: np.ndarray) -> np.ndarray:
    return (points >= 0x20000) & (points < 0x40000)


def _characters(lines: list[str]) -> dict[str, np.ndarray]:
    """How many pauses, function words, digits, Latin letters, bars and Han characters each line has."""
    points = _points("".join(lines))
    classes = _classes()[np.minimum(points, ASTRAL)]
    ends = np.cumsum([len(line) for line in lines])
    found = {name: (classes & bit) != 0 for name, bit in _BITS.items()}
    found["han"] |= _is_astral_han(points)
    return {name: np.diff(np.cumsum(holds, dtype=np.int64)[ends - 1], prepend=0) for name, holds in found.items()}


def _context(page: Page, base: np.ndarray) -> np.ndarray:
    n = len(base)
    proofs = np.array([page.proves(i) or page.is_editor(i) for i in range(n)], float)
    columns: dict[str, np.ndarray] = {}
    near = np.column_stack((base[:, [_COLUMN[name] for name in _NEAR]], proofs))
    around = _mean(near, REACH)
    for k, name in enumerate((*_NEAR, "furniture")):
        columns[f"{name}, above"] = np.append(0, near[:-1, k])
        columns[f"{name}, below"] = np.append(near[1:, k], 0)
        columns[f"{name}, around"] = around[:, k]
    columns["furniture, wide"] = _mean(proofs[:, None], WIDE)[:, 0]
    running = np.array([running_text(line) for line in page.lines], float)
    total = max(1.0, running.sum())
    so_far, proven = np.cumsum(running), np.cumsum(proofs)
    before, after = _last(running > 0), _next(running > 0)
    here = np.arange(n)
    columns["furniture since text"] = np.log1p(proven - proofs - np.where(before >= 0, proven[before], 0))
    columns["furniture till text"] = np.log1p(np.where(after < n, proven[np.minimum(after, n - 1)], proven[-1]) - proven)
    columns["furniture above"], columns["furniture below"] = np.log1p(proven - proofs), np.log1p(proven[-1] - proven)
    closing = _last(base[:, _COLUMN["closes"]] > 0)
    columns["since closing"] = np.where(closing >= 0, np.exp(-(here - closing) / 15), 0)
    columns["text above"], columns["text below"] = (so_far - running) / total, (so_far[-1] - so_far) / total
    columns["gap above"], columns["gap below"] = np.log1p(np.minimum(here - before, FAR)), np.log1p(np.minimum(after - here, FAR))
    columns["from top"], columns["from bottom"] = np.log1p(here), np.log1p(n - 1 - here)
    open_end = base[:, _COLUMN["sentence"]] == 0
    size = base[:, _COLUMN["length"]]
    like = (np.abs(np.diff(size)) < 0.35) & open_end[1:] & open_end[:-1]
    columns["like above"], columns["like below"] = np.append(False, like), np.append(like, False)
    columns["page furniture"] = np.full(n, np.log1p(proofs.sum()))
    return np.column_stack([columns[name] for name in _CONTEXT]).astype(float)


def _mean(values: np.ndarray, reach: int) -> np.ndarray:
    """Means of columns over the lines within reach on both sides, without the line itself."""
    n = len(values)
    sums = np.vstack((np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)))
    low, high = np.maximum(np.arange(n) - reach, 0), np.minimum(np.arange(n) + reach + 1, n)
    return (sums[high] - sums[low] - values) / np.maximum(1, high - low - 1)[:, None]


def _last(holds: np.ndarray) -> np.ndarray:
    """For each line the last line above it where something holds; -1 for none."""
    found = np.maximum.accumulate(np.where(holds, np.arange(len(holds)), -1))
    return np.append(-1, found[:-1])


def _next(holds: np.ndarray) -> np.ndarray:
    """For each line the first line below it where something holds; the line count for none."""
    n = len(holds)
    return n - 1 - _last(holds[::-1])[::-1]
