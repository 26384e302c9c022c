"""Clean paragraphs -> a soiled page with its truth."""

from __future__ import annotations

import json
import os
import random
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from pypinyin import Style, pinyin

from benchmarks.soil import frames, frames_d
from benchmarks.soil import wordings as W

PROJECT = Path(__file__).resolve().parents[2]
HALVES = ("A", "B")
FRAMED = {"C": frames.FRAMES, "D": frames_d.FRAMES}  # whole pages in the manner of publishers; no inline dirt
_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202c\u200e\u200f"
TAGS = ("<p>", "</p>", "<br/>", '<p style="text-indent:2em">', "</span>", "<strong>", "</strong>", "<!--pagebreak-->", "</div>", "<br>")
ENTITIES = ("&nbsp;", "&nbsp;&nbsp;", "&emsp;", "&amp;nbsp;", "&#12288;", "&ensp;")
INLINE = ("gloss", "invisible", "entity", "tag", "watermark-end", "watermark-line", "watermark-middle", "spaced", "wrapped", "mojibake")


@dataclass(frozen=True)
class Clean:
    """A clean document: its title (None where the first line is no title) and its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]
    kind: str  # law | specimen


@dataclass
class Page:
    """A soiled page. `dirt` holds (class, string): the string stands in the page and must not stand in an article."""

    kind: str
    paragraphs: list[str]
    lines: list[str] = field(default_factory=list)
    dirt: list[tuple[str, str]] = field(default_factory=list)
    encoding: str = "utf-8"

    @property
    def data(self) -> bytes:
        return "\n".join([*self.lines, ""]).encode(self.encoding)


def law_source() -> Path:
    return Path(os.environ.get("TAOJIN_CORPUS", PROJECT.parent / "shared")) / "data" / "law.tar.gz"


def statutes(source: Path, rng: random.Random, count: int) -> Iterator[Clean]:
    """Stretches of distinct statutes with their titles."""
    with tarfile.open(source) as tar:
        members = [m for m in tar if m.isfile() and m.name.endswith(".txt")]
        for member in rng.sample(members, min(count, len(members))):
            lines = [p.strip() for p in tar.extractfile(member).read().decode("utf-8").split("\n") if p.strip()]
            title, body = lines[0], lines[1:]
            size, at = rng.randint(5, 40), rng.randint(0, max(0, len(body) - 5))
            body = [re.sub(r"[\s\u200b-\u200f\ufeff\ue000-\uf8ff]+", " ", p) for p in body[at : at + size]]
            if len(body) >= 3 and sum(map(len, body)) >= 300:
                yield Clean(title, tuple(body), "law")


def specimens(names: str = "keep-*") -> list[Clean]:
    """The clean truths of our own specimens; as given, of the look-alikes: verse, interviews, notices, tables."""
    found = []
    for path in sorted((PROJECT / "tests" / "specimens").glob(f"{names}.json")):
        if path.stem == "known_failures":
            continue
        for article in json.loads(path.read_text("utf-8")).get("articles", ()):
            if article.get("text") and sum(map(len, article["text"])) >= 60:
                found.append(Clean(article.get("title") or "清源镇的来信", tuple(article["text"]), path.stem))
    return found


def pages(count: int, half: str, seed: int = 20261121, source: Path | None = None) -> Iterator[Page]:
    """`count` soiled pages in the wordings of one half; the same for the same arguments."""
    rng = random.Random(f"{seed}{half}")
    if half in FRAMED:
        yield from _framed(FRAMED[half], count, rng, source or law_source())
        return
    own = specimens()
    clean = list(statutes(source or law_source(), rng, count - count // 5))
    clean += [rng.choice(own) for _ in range(count - len(clean))]
    for document in clean:
        yield _Soiler(random.Random(rng.random()), HALVES.index(half)).soil(document)


def _framed(kinds: dict[str, str], count: int, rng: random.Random, source: Path) -> Iterator[Page]:
    """Every frame in turn around statutes and, as often, around the texts of our specimens."""
    own = specimens("*")
    for i, document in enumerate(statutes(source, rng, count)):
        clean = rng.choice(own) if i % 2 else document
        name = list(kinds)[i % len(kinds)]
        yield _Soiler(random.Random(rng.random()), 0).frame(clean, name, kinds[name])


class _Soiler:
    def __init__(self, rng: random.Random, half: int) -> None:
        self.rng, self.half = rng, half
        self.site, self.name = rng.choice(W.PLACES) + rng.choice(W.SITE_ENDS), rng.choice(W.NAMES)
        self.titles = rng.sample(W.TITLES, len(W.TITLES))

    def soil(self, clean: Clean) -> Page:
        rng = self.rng
        page = Page(clean.kind, list(clean.paragraphs))
        for name in ("search", "nav", "breadcrumb"):
            if rng.random() < 0.6:
                self._block(page, name, W.HEAD[name])
        page.lines.append(clean.title)
        page.dirt.append(("title", clean.title))
        if rng.random() < 0.85:
            self._block(page, "dateline", W.BELOW_TITLE["dateline"])
        if rng.random() < 0.4:
            self._block(page, "share", W.BELOW_TITLE["share"])
        if rng.random() < 0.15:
            self._block(page, "intro", W.INTRO)
        self._body(page, clean.paragraphs)
        tail = [name for name in W.TAIL if rng.random() < 0.4]
        for name in tail:
            self._block(page, name, W.TAIL[name])
        if rng.random() < 0.2:
            page.lines = ["　　" + line for line in page.lines]
        if rng.random() < 0.3:
            page.lines = [spaced for line in page.lines for spaced in (line, "")]
        page.encoding = rng.choice(("utf-8",) * 6 + ("gb18030",) * 3 + ("utf-16", "utf-8-sig"))
        return page

    def frame(self, clean: Clean, name: str, template: str) -> Page:
        """A page of one publisher: its lines in order, some by chance, some between paragraphs."""
        rng, page = self.rng, Page(clean.kind, list(clean.paragraphs))
        between: list[list[str]] = []
        place, block = "head", None  # block: whether the + lines here are printed
        for template_line in template.strip().split("\n"):
            signs = template_line[: len(template_line) - len(template_line.lstrip("?~+"))]
            line = template_line[len(signs) :]
            if "+" not in signs:
                block = None
            elif block is None or "?" in signs:
                block = rng.random() < 0.5
            if line == "@body":
                page.lines.append("@body")
                place = "tail"
                continue
            if block is False or ("+" not in signs and signs and rng.random() < 0.5):
                continue
            lines = self._fill(line.replace("@title", "\0")).replace("\0", clean.title).split("\n")
            if line == "@title":
                page.dirt.append(("title", clean.title))
            else:
                page.dirt += [(f"{name}/{'inside' if '~' in signs else place}", piece) for piece in lines]
            if "~" not in signs:
                page.lines += lines
            elif "+" in signs and between:
                between[-1] += lines
            else:
                between.append(lines)
        body = [[p] for p in clean.paragraphs]
        for lines in between:
            body.insert(rng.randint(1, max(1, len(body) - 1)), lines)
        at = page.lines.index("@body")
        page.lines[at : at + 1] = [line for lines in body for line in lines]
        if rng.random() < 0.3:
            page.lines = [spaced for line in page.lines for spaced in (line, "")]
        page.encoding = rng.choice(("utf-8", "utf-8", "gb18030"))
        return page

    def _body(self, page: Page, paragraphs: tuple[str, ...]) -> None:
        rng = self.rng
        kinds = set(rng.sample(INLINE, rng.choice((0, 0, 1, 1, 2))))
        mark = self._fill(self._pick(W.WATERMARKS))
        table = self._gloss_table(paragraphs) if "gloss" in kinds else {}
        middle = {rng.randrange(1, len(paragraphs)): name for name in W.MIDDLE if rng.random() < 0.25 and len(paragraphs) > 2}
        for i, text in enumerate(paragraphs):
            if i in middle:
                self._block(page, middle[i], W.MIDDLE[middle[i]])
            page.lines += self._dirty(page, text, kinds, mark, table)
            if "watermark-line" in kinds and i % 4 == 1:
                page.lines.append(mark)
                page.dirt.append(("watermark-line", mark))

    def _dirty(self, page: Page, text: str, kinds: set[str], mark: str, table: dict[str, str]) -> list[str]:
        rng, long, dirty = self.rng, len(text) >= 40, text
        if table and any(c in table for c in text):
            dirty = "".join(table.get(c, c) for c in text)
            page.dirt += [("gloss", table[c]) for c in {c for c in text if c in table}]
        elif "spaced" in kinds and 10 < len(text) < 80 and re.fullmatch("[\u4e00-\u9fff，。、；：]+", text):
            dirty = " ".join(text)
            page.dirt.append(("spaced", dirty[:12]))
        elif "wrapped" in kinds and len(text) > 90 and " " not in text:
            width = 38
            rows = [text[k : k + width] for k in range(0, len(text), width)]
            page.dirt += [("wrapped", f"{a[-4:]}\n{b[:4]}") for a, b in pairwise(rows)]
            return rows
        elif "mojibake" in kinds and rng.random() < 0.3:
            source = self._fill(self._pick(W.TAIL["comment"] + W.TAIL["app"])).split("\n")[0]
            broken = source.encode().decode("gb18030", "replace" if rng.random() < 0.5 else "ignore")
            page.dirt += [("mojibake", broken), ("mojibake", source)]
            return [dirty, broken]
        elif long and rng.random() < 0.5:
            at = rng.randint(10, len(text) - 10)
            for kind, pool in (("invisible", INVISIBLE), ("entity", ENTITIES), ("tag", TAGS)):
                if kind in kinds:
                    piece = rng.choice(pool)
                    at = 0 if kind != "invisible" else at
                    dirty = dirty[:at] + piece + dirty[at:]
                    page.dirt.append((kind, dirty[max(0, at - 3) : at + len(piece) + 3]))
                    break
            if "watermark-middle" in kinds and dirty == text and "。" in text[:-1]:
                at = text.index("。") + 1
                dirty = f"{text[:at]}{mark}{text[at:]}"
                page.dirt.append(("watermark-middle", mark))
        if "watermark-end" in kinds and rng.random() < 0.6:
            dirty = f"{dirty} {mark}"
            page.dirt.append(("watermark-end", mark))
        return [dirty]

    def _gloss_table(self, paragraphs: tuple[str, ...]) -> dict[str, str]:
        han = sorted({c for p in paragraphs for c in p if "\u4e00" <= c <= "\u9fff"})
        style = self.rng.choice((Style.TONE, Style.TONE, Style.NORMAL))
        left, right = self.rng.choice(("()", "（）"))
        chosen = self.rng.sample(han, min(len(han), 30))
        return {c: f"{c}{left}{pinyin(c, style=style)[0][0]}{right}" for c in chosen}

    def _block(self, page: Page, name: str, templates: tuple[str, ...]) -> None:
        lines = self._fill(self._pick(templates)).split("\n")
        page.lines += lines
        page.dirt += [(name, line) for line in lines]

    def _pick(self, templates: tuple[str, ...]) -> str:
        return self.rng.choice(templates[self.half :: 2])

    def _fill(self, template: str) -> str:
        return _SLOT.sub(lambda m: self._slot(m[1], m[2]), template)

    def _slot(self, name: str, kind: str | None) -> str:
        rng = self.rng
        some = rng.sample(W.CHANNELS, rng.randint(4, 10))
        year, month, day = rng.randint(2008, 2024), rng.randint(1, 12), rng.randint(1, 28)
        match name:
            case "site":
                return self.site
            case "site2":
                return rng.choice(W.PLACES) + "科技有限公司"
            case "name":
                return self.name
            case "name2":
                return rng.choice(W.NAMES)
            case "chan" | "chan2":
                return some[0]
            case "chans":
                return " ".join(some[:6])
            case "bars":
                return "|".join(some)
            case "dots":
                return " · ".join(some)
            case "lines":
                return "\n".join(some)
            case "title" | "title2":
                return rng.choice(self.titles)
            case "date":
                return f"{year}-{month:02}-{day:02}"
            case "cdate":
                return f"{year}年{month}月{day}日"
            case "time":
                return f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}"
            case "year":
                return str(year)
            case "n" | "n2":
                return str(rng.randint(3, 99))
            case "nn":
                return str(rng.randint(1000, 99999))
            case "icp":
                return str(rng.randint(10000000, 99999999))
            case "zip":
                return str(rng.randint(100000, 999999))
            case "id":
                return "".join(rng.choices("abcdefghkmnpqrstwxyz", k=5)) + str(rng.randint(10, 9999))
            case "phone":
                return f"0{rng.randint(311, 999)}-{rng.randint(2000000, 8999999)}"
            case "items":
                return "\n".join(self._items(kind))
            case "farm":
                joint = {"bar": " | ", "space": " ", "dot": " · "}[kind]
                return joint.join(rng.sample(W.FARM, rng.randint(6, 16)))
        raise ValueError(f"no slot {name}")

    def _items(self, kind: str) -> Iterator[str]:
        rng = self.rng
        for i, title in enumerate(rng.sample(self.titles, rng.randint(4, 9)), 1):
            date = self._slot("date", None)
            match kind:
                case "dash_date":
                    yield f"- {title}{date}"
                case "bullet":
                    yield f"· {title}"
                case "plain":
                    yield title
                case "before":
                    yield f"{date} {title}"
                case "bracket":
                    yield f"{title} [{date}]"
                case "md":
                    yield f"{title} {date[5:]}"
                case "views":
                    yield f"{title} {rng.randint(100, 9999)}阅读"
                case "numbered":
                    yield f"{i} {title}"
                case "zero":
                    yield f"{i:02}. {title}"
                case "hot":
                    yield f"{i}、{title} {rng.randint(10, 900)}万"
