"""Clean text to soil: paragraphs of statutes and of real pages, and our own look-alikes."""

from __future__ import annotations

import json
import random
from pathlib import Path

from benchmarks.soil.pages import Clean, law_source, specimens, statutes


def page_bodies(corpus: Path) -> list[Clean]:
    """Paragraphs of the real pages, as their gold prints them; pages without prose are left out."""
    found = []
    path = corpus / "data" / "pages" / "pages.jsonl"
    for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
        page = json.loads(line)
        gold = page["gold"] if isinstance(page["gold"], str) else "\n".join(page["gold"])
        prose = [
            p.strip() for p in gold.split("\n") if len(p.strip()) >= 25 and p.strip()[-1] in "。！？”" and p.isprintable() and " " not in p
        ]
        if len(prose) >= 4:
            found.append(Clean(page.get("h1") or "", tuple(prose[:25]), "page"))
    return found


def bodies(count: int, seed: str, short: bool = False) -> list[Clean]:
    """`count` clean texts; short ones have one to four paragraphs."""
    rng = random.Random(seed)
    source = law_source()
    found = page_bodies(source.parent.parent) + list(statutes(source, rng, count))
    rng.shuffle(found)
    found = found[:count]
    if not short:
        return found
    cut = []
    for body in found:
        size = rng.randint(1, 4)
        at = rng.randint(0, max(0, len(body.paragraphs) - size))
        cut.append(Clean(body.title, body.paragraphs[at : at + size], body.kind))
    return cut


def keepers() -> list[Clean]:
    return specimens()
