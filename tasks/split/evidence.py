"""What the marks of cleaning tell about the articles of a page: pages, cuts by the site, the site's own name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.text.ledger import CUT, META, Mark

_PAGE_OF = re.compile(r"共\s*(?P<count>\d{1,4})\s*[页頁].{0,6}?第\s*(?P<no>\d{1,4})\s*[页頁]")
_PAGE_NO = re.compile(r"[【\[（(〔]\s*(?P<no>\d{1,3})\s*[】\]）)〕]|第\s*(?P<no2>\d{1,4})\s*[页頁]")
_OWNER = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,12}(?:网|網|网站|在线|報|报|社|新闻|新聞))\s*版\s*[权權]\s*所\s*有"
    r"|版\s*[权權]\s*所\s*有\s*[:：]?\s*(?P<name2>[\u4e00-\u9fff]{2,12}(?:网|網|网站|在线))(?![\u4e00-\u9fff])"
)
Value = tuple[str, str, int, int, float]  # field, value, start, stop, confidence
LONGEST_STATEMENT = 400  # characters of a cut in which terms are looked for
_STATEMENTS = frozenset(("copyright", "nav", "promo_contact", "other"))
_PAGERS, LONGEST_PAGER = frozenset(("pagination", "nav")), 60
_SEVERAL = re.compile(r"下一?[页頁]|[后後][页頁]|末[页頁]|尾[页頁]|共\s*(?:[2-9]|[1-9]\d+)\s*[页頁]|1\D{1,4}2(?!\d)")
_ADDRESS = r"(?P<said>https?://[^\s，。；、）)】\]》\u4e00-\u9fff]{4,300})"
_TERMS = (
    (
        "url",
        re.compile(
            rf"(?:本文|文章|永久|固定|本[页頁]|[页頁]面)的?(?:永久|固定)?(?:地址"
            rf"|[链鏈][接結]|[网網]址|URL)\s*[:：]\s*{_ADDRESS}"
        ),
        0.95,
    ),
    (
        "source_url",
        re.compile(
            rf"(?:原文|[转轉][载載]|[来來]源|出[处處])的?(?:地址|[链鏈][接結]"
            rf"|[网網]址|出[处處])?\s*[:：]\s*{_ADDRESS}"
        ),
        0.95,
    ),
    (
        "licence",
        re.compile(
            r"CC(?:[ -]BY(?:-(?:NC|SA|ND)){0,2}|0)(?:\s?[1-4]\.\d)?|知[识識]共享[\u4e00-\u9fffA-Za-z0-9（）() .·-]{"
            r"0,30}(?:[许許]可[协協][议議]|[许許]可)"
        ),
        0.95,
    ),
    (
        "rights",
        re.compile(
            r"未[经經][^。；;，,]{0,24}(?:授[权權]|[许許]可|允[许許]|同意)[^。；;]{0,30}(?:不得|禁止|[严嚴]禁|[谢謝][绝絕])[^。；;]{0,24}"
            r"|(?:禁止|[严嚴]禁|[谢謝][绝絕])[^。；;]{0,8}[转轉][载載]|[转轉][载載][^。；;，,]{0,6}[请請須须][^。；;！!]{0,4}注明[^。；"
            r";！!]{0,12}"
        ),
        0.9,
    ),
)
_SITE_LABELS = frozenset(("nav", "breadcrumb", "copyright", "icp_licence"))


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Evidence of one document.

    `values` are metadata that cleaning found: (field, value, start, stop, confidence). `furniture` is what navigation and
    footers said; '' where the page has none. `paged` tells that the page calls itself one of several.
    """

    values: list[Value]
    furniture: str
    page_no: int | None
    page_count: int | None
    cut_short: bool
    paged: bool = False

    def truncated(self, page_no: int | None, first: bool, last: bool) -> bool:
        """Whether the page breaks off the article: a later page lacks the beginning, an earlier one the end."""
        if page_no is not None and page_no > 1 and first:
            return True
        return last and (self.cut_short or (page_no is not None and self.page_count is not None and page_no < self.page_count))


OWNER = 0.9  # whoever owns a page's copyright is its site


NONE = Evidence([], "", None, None, False)


def gather(text: str, marks: list[Mark]) -> Evidence:
    """Read the marks of one document."""
    if not marks:
        return NONE
    values, furniture = [], []
    page_no = page_count = None
    cut_short = paged = False
    for m in marks:
        said = m.repaired_text or text[m.start : m.stop]
        if m.action == META and m.value:
            values += _values(m, text)
        if m.label in _SITE_LABELS or m.action == META:
            furniture.append(said)
        if m.action == CUT and m.label in _STATEMENTS and len(said) <= LONGEST_STATEMENT:
            values += _terms(m, text)
        paged = paged or (m.action == CUT and m.label in _PAGERS and len(said) <= LONGEST_PAGER and _SEVERAL.search(said) is not None)
        if m.label == "pagination":
            if whole := _PAGE_OF.search(said):
                page_no, page_count = int(whole["no"]), int(whole["count"])
                values += [
                    ("page_no", whole["no"], m.start, m.stop, m.confidence),
                    ("page_count", whole["count"], m.start, m.stop, m.confidence),
                ]
            elif page_no is None and (page := _PAGE_NO.fullmatch(said.strip())):
                page_no = int(page["no"] or page["no2"])
                values.append(("page_no", str(page_no), m.start, m.stop, m.confidence))
        elif m.label in ("paywall_notice", "elision"):
            cut_short = True
    _name_site(values, marks, text)
    paged = paged or (page_no or 1) > 1 or (page_count or 1) > 1
    return Evidence(values, "\n".join(furniture), page_no, page_count, cut_short, paged)


def _terms(mark: Mark, text: str) -> list[Value]:
    """Address, licence and terms of reprinting in what a page states below its article; each once, as printed."""
    found = []
    for name, pattern, confidence in _TERMS:
        if m := pattern.search(text, mark.start, mark.stop):
            group = "said" if "said" in m.groupdict() else 0
            found.append((name, m[group], *m.span(group), confidence))
    return found


def _values(mark: Mark, text: str) -> list[Value]:
    if mark.label != "site_keywords":
        return [(mark.label, mark.value, mark.start, mark.stop, mark.confidence)]
    return [
        (mark.label, m[0], mark.start + m.start(), mark.start + m.end(), mark.confidence)
        for m in re.finditer(r"\S+", text[mark.start : mark.stop])
    ]


def _name_site(values: list[Value], marks: list[Mark], text: str) -> None:
    """Whoever owns the copyright of a page is its site; the breadcrumb's path follows the name where it lacks it."""
    for m in marks:
        if m.label not in ("copyright", "icp_licence") or m.action == META:
            continue
        owner = _OWNER.search(text, m.start, m.stop)
        if owner is None:
            continue
        group = "name" if owner["name"] else "name2"
        name, (start, stop) = owner[group], owner.span(group)
        path = next((i for i, v in enumerate(values) if v[0] == "site"), None)
        if path is None:
            values.append(("site", name, start, stop, OWNER))
        elif name not in values[path][1]:
            values[path] = ("site", f"{name} {values[path][1]}", *values[path][2:4], OWNER)
            values.insert(path + 1, ("site", name, start, stop, OWNER))
        return
