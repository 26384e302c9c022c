"""Pages through decode, clean and split, against their truths."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from benchmarks.soil.pages import Page
from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.split.stage import split


@dataclass
class Score:
    """Counts over pages; `broken` and `left` hold the cases themselves."""

    clean: int = 0
    kept: int = 0
    pieces: Counter[str] = field(default_factory=Counter)
    left: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    broken: list[tuple[str, str]] = field(default_factory=list)

    @property
    def share_kept(self) -> float:
        return self.kept / max(1, self.clean)

    @property
    def share_left(self) -> float:
        return sum(map(len, self.left.values())) / max(1, self.pieces.total())


def articles_of(data: list[bytes]) -> list[str]:
    """The text of all articles of each input, joined by line breaks."""
    contents = pa.table(
        {"file_id": [file_id(d + b"%d" % i) for i, d in enumerate(data)], "data": pa.array(data, pa.large_binary())},
        TABLES["contents"].stage_arrow,
    )
    documents = decode(contents)["documents"]
    cleaned = clean(documents)
    articles = split(documents, cleaned["marks"], cleaned["flags"])["articles"]
    texts: dict[str, list[str]] = defaultdict(list)
    for doc_id, text in zip(articles["doc_id"].to_pylist(), articles["text"].to_pylist(), strict=True):
        texts[doc_id].append(text)
    return ["\n".join(texts[doc_id]) for doc_id in documents["doc_id"].to_pylist()]


def score(pages: Iterable[Page]) -> Score:
    """
    A clean paragraph is kept where it is a line of an article just as it was; a piece of dirt is left where its string
    stands in a line that is no clean paragraph.
    """
    found, pages = Score(), list(pages)
    for page, text in zip(pages, articles_of([page.data for page in pages]), strict=True):
        lines = Counter(text.split("\n"))
        wanted = Counter(" ".join(p.split()) for p in page.paragraphs)
        shown = Counter(" ".join(line.split()) for line in lines.elements())
        for paragraph, times in wanted.items():
            found.clean += len(paragraph) * times
            found.kept += len(paragraph) * min(times, shown[paragraph])
            if shown[paragraph] < times:
                found.broken.append((page.kind, paragraph))
        rest = "\n" + "\n".join(line for line in text.split("\n") if " ".join(line.split()) not in wanted) + "\n"
        for name, piece in page.dirt:
            found.pieces[name] += 1
            needle = piece.strip()
            if needle and (f"\n{needle}\n" if len(needle) < 4 else needle) in rest:
                found.left[name].append(needle)
    return found
