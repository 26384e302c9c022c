"""What the marks of cleaning tell about the articles of a page: pages, cuts by the site, the site's own name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.text.ledger import META, Mark

_PAGE_OF = re.compile(r"共\s*(?P<count>\d{1,4})\s*[页頁].{0,6}?第\s*(?P<no>\d{1,4})\s*[页頁]")
_PAGE_NO = re.compile(r"[【\[（(〔]\s*(?P<no>\d{1,3})\s*[】\]）)〕]|第\s*(?P<no2>\d{1,4})\s*[页頁]")
_OWNER = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,12}(?:网|網|网站|在线|報|报|社|新闻|新聞))\s*版\s*[权權]\s*所\s*有"
    r"|版\s*[权權]\s*所\s*有\s*[:：]?\s*(?P<name2>[\u4e00-\u9fff]{2,12}(?:网|網|网站|在线))(?![\u4e00-\u9fff])"
)
Value = tuple[str, str, int, int, float]  # field, value, start, stop, confidence
_SITE_LABELS = frozenset(("nav", "breadcrumb", "copyright", "icp_licence"))


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Evidence of one document.

    `values` are metadata that cleaning found: `furniture` is what navigation and footers
    said; '' where the page has none.
    """

    values: list[Value]
    furniture: str
    page_no: int | None
    page_count: int | None
    cut_short: bool

    def truncated(self, first: bool, last: bool) -> bool:
        """Whether the page breaks off the article: a later page lacks the beginning, an earlier one the end."""
        if self.page_no is not None and self.page_no > 1 and first:
            return True
        return last and (self.cut_short or (self.page_no is not None and self.page_count is not None and self.page_no < self.page_count))


OWNER = 0.9  # whoever owns a page's copyright is its site


NONE = Evidence([], "", None, None, False)


def gather(text: str, marks: list[Mark]) -> Evidence:
    """Read the marks of one document."""
    if not marks:
        return NONE
    values, furniture = [], []
    page_no = page_count = None
    cut_short = False
    for m in marks:
        said = m.repaired_text or text[m.start : m.stop]
        if m.action == META and m.value:
            values += _values(m, text)
        if m.label in _SITE_LABELS or m.action == META:
            furniture.append(said)
        elif m.label == "pagination":
            if whole := _PAGE_OF.search(said):
                page_no, page_count = int(whole["no"]), int(whole["count"])
                values += [("page_no", whole["no"], m.start, m.stop, m.confidence), ("page_count", whole["count"], m.start, m.stop, m.confidence)]
            elif page_no is None and (page := _PAGE_NO.fullmatch(said.strip())):
                page_no = int(page["no"] or page["no2"])
                values.append(("page_no", str(page_no), m.start, m.stop, m.confidence))
        elif m.label in ("paywall_notice", "elision"):
            cut_short = True
    _name_site(values, marks, text)
    return Evidence(values, "\n".join(furniture), page_no, page_count, cut_short)


def _values(mark: Mark, text: str) -> list[Value]:
    if mark.label != "site_keywords":
        return [(mark.label, mark.value, mark.start, mark.stop, mark.confidence)]
    return [(mark.label, m[0], mark.start + m.start(), mark.start + m.end(), mark.confidence) for m in re.finditer(r"\S+", text[mark.start : mark.stop])]


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
