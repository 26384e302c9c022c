"""Private data shown masked: what exports and pages call when `mask_private` is set.

    masked(article["text"], [(row["start"], row["stop"], row["masked"]) for row in private_data of the article])

Spans point into articles.text (text_hans has the same offsets). The warehouse itself keeps the text as it is: a masked text has
other offsets, so nothing that points into it may be shown beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

HIDDEN = "****"  # of a datum of which only a part stands in the piece: its masked form would show what the piece does not hold


def masked(text: str, spans: Iterable[tuple[int, int, str]], offset: int = 0) -> str:
    """
    Text with each private datum replaced by its masked form.

    Args:
        text: an article's text or a piece of it (a sentence, a snippet).
        spans: (start, stop, masked) of the article's private_data, in any order; of overlapping ones nothing stays readable.
        offset: where the piece begins in the article's text.

    Returns the text itself where no span touches it. Length may change.
    """
    pieces, done, end = [], 0, len(text)
    for start, stop, shown in sorted(spans):
        first, last = max(start - offset, done), min(stop - offset, end)
        if first >= last:
            continue
        whole = first == start - offset and last == stop - offset
        pieces += [text[done:first], shown if whole else HIDDEN]
        done = last
    return "".join([*pieces, text[done:]]) if pieces else text
