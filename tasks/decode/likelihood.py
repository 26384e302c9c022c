"""How much a decoded text looks like Chinese: log-probabilities of single characters, in nats.

The shares of Han characters are data, characters.txt (made by counted.py); the table is built from it once per process, and
only when a file is not plain UTF-8 (some milliseconds).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np

ASCII, CONTROL, PUNCTUATION, SYMBOL, RARE, FOREIGN, PRIVATE = -3.5, -22.0, -4.5, -9.0, -16.0, -20.0, -22.0
_MARKS = "，。、；：？！“”‘’（）《》【】—…·\u3000％￥"


@cache
def table() -> np.ndarray:
    """float32[65536]: nats of each character of the basic plane; the last entry also stands for all other planes."""
    nats = np.full(0x10000, FOREIGN, dtype=np.float32)
    nats[:0x20] = CONTROL
    nats[[0x09, 0x0A, 0x0D]] = ASCII
    nats[0x20:0x7F] = ASCII
    nats[0x7F:0xA0] = CONTROL
    for low, high in ((0xA0, 0x100), (0x2000, 0x2700), (0x3000, 0x3130), (0xFF00, 0xFFF0)):
        nats[low:high] = SYMBOL
    nats[0x3400:0xA000] = RARE
    nats[0xD800:0xF900] = PRIVATE  # surrogates and private use
    nats[[0xFFFD, 0xFFFE]] = PRIVATE
    for line in files(__package__).joinpath("characters.txt").read_text("utf-8").splitlines():
        value, characters = line.split(" ")
        nats[code_points(characters)] = float(value)
    nats[[ord(c) for c in _MARKS]] = PUNCTUATION
    nats[0xFFFF] = RARE
    return nats


def code_points(text: str) -> np.ndarray:
    """The text as uint32, one per character; lone surrogates pass."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def nats_of(points: np.ndarray) -> np.ndarray:
    return table()[np.minimum(points, 0xFFFF)]
