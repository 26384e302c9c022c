"""What the lines around an article say about it: title, subtitle, author, date, source, lead; editors at its foot.

Titles, dates and names are taken by position and shape; a value is only ever a span of a line that the page prints. Lines of
credits leave the text; what a dateline says (新华社北京3月5日电) is read where it stands and stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from tasks.split.compose import Aside
from tasks.split.datelines import read_closing_names, read_dateline
from tasks.split.series import title_page
from tasks.text.credits import LABELLED, PLACED, SHAPED, read_credits, read_names
from tasks.text.dates import read_moment
from tasks.text.heads import NOT_A_NAME, SUBTITLE, credits_of, date_line, folded, is_name, is_word, title_like, title_line
from tasks.text.lines import HAN, Found, bigrams, is_known_name, is_outlet, is_prose

HEAD_LINES = 30  # non-blank lines in which the first paragraph of running text must come for a head to be told from a body
HEAD_WITHOUT_PROSE = 12
FOOT_LINES = 15
LEAD_LENGTH = range(30, 301)
LEAD_OVERLAP = 0.8  # share of a lead's bigrams that one of the next paragraphs repeats
LONGEST_ABSTRACT = 800

TITLE_OVER_DATE, TITLE_ALONE = 0.95, 0.85  # how often such a line was the title of invented and of real pages

_CREDITS = re.compile(
    "[一二三初复終终]\\s?[审審]|校[对對]|[监監]制|排版|[审審][核校签]|统筹"
    "|策划|值班主任|[发發]布[人者]|[编編]|作者|笔者|記者|记者|[来來]源|版[)）]?$"
    "|摄|https?:|通讯员"
)
_BIO = re.compile(
    rf"[（(]\s*(?:本文)?(?:作者|笔者)(?:(?:单位|简介|现任|现为|系|为|是)\s*[:：]?|[:：])\s*(?:(?P<name>[{HAN}·]{{2,4}})[,，\s]\s*(?:系|为|是|现任|现为)?\s*)?(?P<role>[^。]{{2,80}}?)[。.]?\s*[)）]"
)
_BARE_BIO = re.compile(r"(?:本文)?作者(?:简介|单位)\s*[:：]\s*(?P<role>.{2,120}?)。?")
_ORIGINAL = re.compile(r"[（(]?\s*原\s*标?\s*题\s*[:：]\s*(?P<title>.{2,80}?)\s*[)）]?")
_ABSTRACT = re.compile(
    r"[\[【〔（(]?\s*(?:内容)?(?:摘\s{0,2}要|提\s{0,2}要|核心提示|导\s{0,2}读|内容简介|内容导读|文章摘要|编前提示)\s*(?:[\]】〕）)]\s*[:：]?|[:：])\s*(?P<said>.{10,})"
)
_LABEL_TITLE = re.compile(r"(?P<label>副\s?标?\s?题|引\s?题|肩\s?题)\s*[:：]\s*(?P<said>.{2,60})")
_AFFILIATION = re.compile(
    rf"[（(]\s*(?:1[.．、]\s?)?(?P<role>[{HAN}A-Za-z·]{{4,40}}?)(?:[,，\s]+[{HAN}]{{2,8}}){{0,3}}[,，\s]*\d{{"
    rf"6}}\s*[)）]"
)
# Where authors work, in brackets or numbered, with post codes.
_PLACES = re.compile(rf"[(（]?\s*(?:1\s?[.．、]\s?)?[{HAN}]{{4,}}[^。]{{0,300}}\d{{6}}\s*[)）]?")
_MARKED = re.compile(r"[□■◎●◆▲★☆△▪○◇◤▎]\s*(?P<names>.{2,40})")
_CARRIER = re.compile(f"[{HAN}]{{4,10}}")
_PEN_NAME = re.compile(rf"[□■◇◎○]\s*(?P<names>[{HAN}]{{2,4}})")
_NAME_PIECE = re.compile(rf"[{HAN}·•]\s[{HAN}](?![{HAN}])|[^\s、，,]+")
_EPAPER = re.compile(
    rf"[（(]?\s*(?P<source>《\s*[{HAN}]{{2,12}}\s*》|[{HAN}]{{2,10}}(?:报|周刊|月刊|杂志))\s*[（(]?\s*(?P<when>(?:19|20)\d\d\s?[年./-].{{3,9}}?日?)\s*"
    rf"[,，]?\s*(?:第\s?)?(?P<edition>[A-Za-z]?\d{{1,3}}|[一二三四五六七八九十]{{1,3}})\s?版\s*[{HAN}：:]{{0,10}}[)）]?"
)
_VOUCHING = frozenset(("published_at", "author", "source", "document_no", "index_no", "issuer", "subtitle"))
_OPEN_FIELDS = frozenset(
    (
        "author",
        "source",
        "editor",
        "author_role",
        "photographer",
        "translator",
        "interviewee",
        "document_no",
        "index_no",
        "issuer",
        "edition",
        "keywords",
        "updated_at",
        "written_on",
        "url",
        "source_url",
        "original_title",
        "published_at",
        "title",
    )
)


@dataclass(slots=True)
class Reading:
    """Roles of lines and the values they prove, each with its line; places are offsets in the stripped line."""

    asides: dict[int, Aside] = field(default_factory=dict)
    values: list[tuple[int, Found]] = field(default_factory=list)

    def take(self, line: int, label: str, rule: str, found: list[Found], confidence: float = 1.0) -> None:
        """Give a line away: its values are metadata, its rest is a cut."""
        placed = [f for f in found if f.stop > f.start]
        self.asides[line] = Aside(label, rule, tuple(placed), confidence)
        self.values += [(line, f) for f in placed]

    def split_page(self) -> None:
        """On a page that calls itself one of several, the number behind the title is the page's."""
        for i, (line, f) in enumerate(self.values):
            if f.field != "title" or (found := title_page(f.value)) is None or f.stop - f.start != len(f.value):
                continue
            at, number = found
            title = replace(f, stop=f.start + at, value=f.value[:at])
            page = Found(f.start + at, f.stop, "page_no", str(number), SHAPED)
            self.values[i : i + 1] = [(line, title), (line, page)]
            self.asides[line] = replace(self.asides[line], values=(title, page))
            return

    def has(self, name: str) -> bool:
        return any(f.field == name for _, f in self.values)


def read_head(lines: list[tuple[int, str]], page_furniture: str, opened: bool, claimed: frozenset[str] = frozenset()) -> Reading:
    """
    Read the head of an article.

    Args:
        lines: the article's first non-blank lines (number, stripped text), some way into its body.
        page_furniture: what navigation and footers of the page said; a bare name that stands there is the site's.
        opened: whether the first line is known to open the article (a part's heading) and is no candidate.
        claimed: titles that the page's markup states, without blanks.
    """
    reading = Reading()
    prose = _first_prose(lines)
    end = min(len(lines), HEAD_WITHOUT_PROSE) if prose is None else prose
    head = [folded(line) for _, line in lines[:end]]
    credits = credits_of(head)
    if opened:
        credits.pop(0, None)
    dated = date_line(head, credits, bool(page_furniture))
    body = set().union(*(bigrams(line) for _, line in lines[end : end + 12] if is_prose(line))) if 0 < end < len(lines) else set()
    named = next((i for i, found in credits.items() if any(f.field == "title" for f in found)), None)
    if named is not None and (prose is None or not any(f.field in _VOUCHING for i, of in credits.items() if i != named for f in of)):
        credits.pop(named)  # 名称：… opens other things, too
        named = None
    title = None if opened or named is not None else title_line(head, credits, dated, prose is not None, body, claimed)
    top = title if title is not None else 0 if opened else -1
    if title is not None:
        _take_title(reading, lines[title], dated is not None, claimed)
    elif named is not None:
        _title_again(reading, lines, head, credits, named)
    if dated is not None:
        _take_credits(reading, lines[dated], credits[dated], page_furniture, " ".join(head[:dated]))
    if (
        0 <= top < end - 1
        and top + 1 not in credits
        and SUBTITLE.match(head[top + 1])
        and len(head[top + 1]) <= 80
        and "。" not in head[top + 1]
    ):
        no, line = lines[top + 1]
        reading.take(no, "subtitle", "split.subtitle", [Found(0, len(line), "subtitle", line, SHAPED)])
    for i in range(end):
        if i != dated and i != title and (not opened or i):
            _byline(reading, lines, head, credits, i, dated, max(top, named if named is not None else -1), prose)
    if dated is not None:
        _paper_above(reading, lines, head, dated)
        _lead(reading, lines, dated)
    first = next((at for at in lines[end:] if at[0] not in reading.asides), None)
    if first is not None:
        _dateline(reading, first)
    return reading


def _first_prose(lines: list[tuple[int, str]]) -> int | None:
    """
    Where running text begins, behind a labelled abstract. A title that reads like a sentence (it calls out, it has a comma)
    stands right above a date line.
    """
    found = (
        i
        for i, (_, line) in enumerate(lines[:HEAD_LINES])
        if is_prose(line) and not _ABSTRACT.match(folded(line)) and not _BARE_BIO.fullmatch(folded(line))
    )
    first = next(found, None)
    if first is None or len(lines[first][1]) > 60 or "。" in lines[first][1] or (second := next(found, None)) is None:
        return first
    below = (read_credits(folded(line)) for _, line in lines[first + 1 : first + 3])
    return second if any(credits and any(f.field == "published_at" for f in credits) for credits in below) else first


def _take_title(reading: Reading, at: tuple[int, str], over_date: bool, claimed: frozenset[str]) -> None:
    no, line = at
    sure = LABELLED if "".join(folded(line).split()) in claimed else TITLE_OVER_DATE if over_date else TITLE_ALONE
    reading.take(no, "title", "split.title", [Found(0, len(line), "title", re.sub(r"\s+", " ", line), sure)], sure)


def _title_again(reading: Reading, lines: list[tuple[int, str]], head: list[str], credits: dict[int, list[Found]], named: int) -> None:
    """The title that a label states stands once more above the text."""
    said = next("".join(f.value.split()) for f in credits[named] if f.field == "title")
    for i, line in enumerate(head):
        if i not in credits and "".join(line.split()) == said:
            no, printed = lines[i]
            reading.take(no, "title", "split.title", [Found(0, len(printed), "title", re.sub(r"\s+", " ", printed), LABELLED)])
            return


def _take_credits(reading: Reading, at: tuple[int, str], found: list[Found], page_furniture: str, above: str) -> None:
    """The date line. A bare name is the site's where the page's furniture says it, a column's where the title does, else a source."""
    no, line = at
    values, columns = [], False
    for f in found:
        kind, value = f.field, f.value if f.field.endswith(("_at", "_on")) else line[f.start : f.stop]
        labelled = f.confidence >= LABELLED
        if kind in ("source", "author", "unnamed") and not labelled and len(value) >= 3 and value in page_furniture:
            kind = "site"
        if kind == "author" and value in NOT_A_NAME:
            continue
        if kind == "unnamed":
            if any(o.field in ("source", "author") and o is not f for o in found) or not re.search(f"[{HAN}A-Za-z]{{2}}", value):
                continue  # beside names that are known as such it is anything
            columns = columns or f.value in above
            if columns:
                continue
            kind = "source"
        values.append(Found(f.start, f.stop, kind, value, f.confidence))
    reading.take(no, "date_source", "split.date-line", values)


def _byline(
    reading: Reading,
    lines: list[tuple[int, str]],
    head: list[str],
    credits: dict[int, list[Found]],
    i: int,
    dated: int | None,
    top: int,
    prose: int | None,
) -> None:
    """A line at the head that names author, source, editor or numbers, or the title that the page had before."""
    no, printed = lines[i]
    line = head[i]
    if no in reading.asides:
        return
    if original := _ORIGINAL.fullmatch(line):
        a, b = original.span("title")
        reading.take(no, "title", "split.original-title", [Found(a, b, "original_title", printed[a:b], LABELLED)])
        return
    if said := _LABEL_TITLE.fullmatch(line):
        a, b = said.span("said")
        kind = "subtitle" if said["label"].startswith("副") else "kicker"
        reading.take(no, "subtitle", "split.subtitle", [Found(a, b, kind, printed[a:b], LABELLED)])
        return
    if said := _ABSTRACT.fullmatch(line):
        a, b = said.span("said")
        if len(printed) <= LONGEST_ABSTRACT and prose is not None and i < prose:
            reading.take(no, "abstract", "split.labelled-abstract", [Found(a, b, "abstract", printed[a:b], LABELLED)])
        return
    if bio := _BARE_BIO.fullmatch(line):
        a, b = bio.span("role")
        reading.take(no, "author_bio", "split.author-bio", [Found(a, b, "author_role", printed[a:b], LABELLED)])
        return
    found = credits.get(i)
    if found is not None:
        _named_line(reading, no, printed, found, dated, i, top)
        return
    if i == 0 and top < 0 and prose is not None and len(head) > 1 and is_name(line) and _PLACES.fullmatch(head[1]):
        if names := _names(line, printed, 0):
            reading.take(no, "byline", "split.byline", names, 0.9)
        return
    if i <= top or (top < 0 and dated is None and not (i == 1 and is_name(head[0]) and lines[0][0] in reading.asides)):
        return
    if (place := _AFFILIATION.fullmatch(line)) and reading.has("author"):
        a, b = place.span("role")
        reading.take(no, "byline", "split.byline", [Found(a, b, "author_role", printed[a:b], SHAPED)])
        return
    near_date = dated is not None and abs(i - dated) <= 1
    beside = i == top + 1 or near_date or lines[i - 1][0] in reading.asides
    if marked := _MARKED.fullmatch(line):
        names = read_names(line, marked.start("names"), len(line)) or (_names(line, printed, marked.start("names")) if beside else None)
        pen = _PEN_NAME.fullmatch(line) if not names and i == top + 1 and prose is not None else None
        if pen and not is_word(pen["names"]) and pen["names"] not in NOT_A_NAME:
            names = [Found(*pen.span("names"), "author", pen["names"], PLACED)]
        if names:
            reading.take(no, "byline", "split.byline", [replace(f, value=printed[f.start : f.stop]) for f in names])
        return
    if beside and prose is not None and _is_lone_name(line):
        reading.take(no, "byline", "split.byline", _names(line, printed, 0) or [], 0.9)


def _named_line(reading: Reading, no: int, printed: str, found: list[Found], dated: int | None, i: int, top: int) -> None:
    """A credit line that is not the date line: taken where a label or a role vouches for it."""
    values = [f for f in found if f.field in _OPEN_FIELDS]
    if found and not any(f.confidence >= LABELLED or f.field in ("author_role", "edition", "document_no") for f in found):
        return
    if any(f.field == "unnamed" for f in found) and not (i > top and any(f.confidence >= LABELLED for f in found)):
        return
    if dated is not None:
        values = [f for f in values if f.field != "published_at"]
    elif any(f.field == "published_at" for f in values):
        return
    if (
        any(f.field == "unnamed" for f in found)
        and not any(f.field == "source" for f in values)
        and any(f.field == "author" for f in values)
    ):
        values += [replace(f, field="source", confidence=PLACED) for f in found if f.field == "unnamed"][:1]
    values = [f if f.field.endswith(("_at", "_on")) else replace(f, value=printed[f.start : f.stop]) for f in values]
    if any(f.field == "title" for f in values) and reading.has("title"):
        values = [f for f in values if f.field != "title"]
    kind = "editor_credit" if values and all(f.field == "editor" for f in values) else "byline"
    reading.take(
        no, kind if i > top else "date_source", "split.byline" if i > top else "split.date-line", sorted(values, key=lambda f: f.start)
    )


def _is_lone_name(line: str) -> bool:
    """A line below a title that can only be its author's name: of three characters, or of two with a blank between."""
    pieces = [m[0] for m in _NAME_PIECE.finditer(line)]
    if not 1 <= len(pieces) <= 4 or len(line) > 24:
        return False
    return all(is_known_name(re.sub(r"\s", "", p)) and p not in NOT_A_NAME and not is_word(p) for p in pieces)


def _names(line: str, printed: str, start: int) -> list[Found] | None:
    pieces = list(_NAME_PIECE.finditer(line, start))
    if not pieces or not all(is_known_name(re.sub(r"\s", "", m[0])) for m in pieces):
        return None
    return [Found(m.start(), m.end(), "author", printed[m.start() : m.end()], PLACED) for m in pieces]


def _paper_above(reading: Reading, lines: list[tuple[int, str]], head: list[str], dated: int) -> None:
    """The name of a paper, or between title and date of whoever carries the article, alone on the line above the date."""
    if dated < 1 or reading.has("source"):
        return
    no, printed = lines[dated - 1]
    if no in reading.asides or len(printed) > 10:
        return
    between = dated >= 2 and any(n == lines[dated - 2][0] and f.field == "title" for n, f in reading.values)
    carrier = between and _CARRIER.fullmatch(head[dated - 1]) is not None and not is_word(head[dated - 1])
    if is_outlet(head[dated - 1]) or carrier:
        sure = PLACED if carrier else SHAPED
        reading.take(no, "date_source", "split.date-line", [Found(0, len(printed), "source", printed, sure)])


def _lead(reading: Reading, lines: list[tuple[int, str]], dated: int) -> None:
    """The first paragraph below the date line is the page's abstract where one of the next paragraphs says it again."""
    if reading.has("abstract"):
        return
    at = next((i for i in range(dated + 1, len(lines)) if lines[i][0] not in reading.asides), len(lines))
    if at > dated + 3 or at + 1 >= len(lines):
        return
    no, line = lines[at]
    grams = bigrams(line)
    if not LEAD_LENGTH.start <= len(line) < LEAD_LENGTH.stop or not grams:
        return
    for _, later in lines[at + 1 : at + 4]:
        if len(later) > len(line) and len(grams & bigrams(later)) >= LEAD_OVERLAP * len(grams):
            reading.take(no, "abstract", "split.lead", [Found(0, len(line), "abstract", line, SHAPED)], 0.9)
            return


def _dateline(reading: Reading, at: tuple[int, str]) -> None:
    """Agency and reporters that the first paragraph opens with; what the head says itself goes first."""
    no, printed = at
    for f in read_dateline(folded(printed[:120])):
        if f.field in ("author", "author_role") and reading.has("author") and not any(n == no for n, _ in reading.values):
            continue
        if f.field == "source" and reading.has("source"):
            continue
        reading.values.append((no, replace(f, value=printed[f.start : f.stop])))


def read_foot(lines: list[tuple[int, str]], named: bool = False) -> Reading:
    """
    Credits below an article: editors, the author's office, a source. `lines` are its last non-blank lines; `named` says that
    its head names an author already.
    """
    reading = Reading()
    for no, printed in lines:
        if len(printed) > 160 or not _CREDITS.search(printed):
            continue
        line = folded(printed)
        if bio := _BIO.fullmatch(line):
            values = [Found(*bio.span("role"), "author_role", printed[slice(*bio.span("role"))], LABELLED)]
            if bio["name"] and is_known_name(bio["name"]) and not named:
                values.insert(0, Found(*bio.span("name"), "author", printed[slice(*bio.span("name"))], LABELLED))
            reading.take(no, "author_bio", "split.author-bio", values)
            continue
        if (paper := _EPAPER.fullmatch(line)) and (when := read_moment(line, paper.start("when"))):
            source = "".join(printed[slice(*paper.span("source"))].split())
            values = [
                Found(*paper.span("source"), "source", source, SHAPED),
                Found(when[0], when[1], "published_at", when[2].iso, SHAPED),
                Found(*paper.span("edition"), "edition", paper["edition"], LABELLED),
            ]
            reading.take(no, "date_source", "split.foot-credit", values)
            continue
        if line[0] in "(（" and line[-1] in ")）" and (names := read_names(line, 1, len(line) - 1)):
            values = [] if named else [replace(f, value=printed[f.start : f.stop]) for f in names]
            reading.take(no, "byline", "split.foot-credit", values)
            continue
        found = read_credits(line)
        sure = found and any(f.confidence >= LABELLED for f in found)
        if sure and all(
            f.field in ("editor", "source", "author", "photographer", "translator", "url", "source_url", "author_role") for f in found
        ):
            values = [replace(f, value=printed[f.start : f.stop]) for f in found]
            label = "editor_credit" if any(f.field == "editor" for f in found) else "byline"
            reading.take(no, label, "split.foot-credit", values)
    last = next(((no, line) for no, line in reversed(lines) if no not in reading.asides), None)
    if last is not None and not named and not reading.has("author"):
        no, printed = last
        reading.values += [(no, replace(f, value=printed[f.start : f.stop])) for f in read_closing_names(folded(printed))]
    return reading


__all__ = ["FOOT_LINES", "Reading", "read_foot", "read_head", "title_like"]
