"""Which pages continue one another: an id made from evidence inside each page, so that no page needs to see another.

A page belongs to a series where it says that it is one of several (第2页, 【2】, 1 2 3 下一页). The id is that of the address
without its page's number, else of the site and the title without theirs; a page that states neither has none.
"""

from __future__ import annotations

import re
from hashlib import sha256

_PAGE_IN_URL = re.compile(r"[-_](?P<n>\d{1,3})(?P<end>\.[a-z]{3,5})$|/(?P<n2>\d{1,2})/?$", re.IGNORECASE)
_PAGE_IN_QUERY = re.compile(r"(?P<sign>[?&])(?:page|p|pn|pageno|currentpage)=\d{1,4}(?=&|$)", re.IGNORECASE)
_PAGE_IN_TITLE = re.compile(r"\s*(?:[【\[（(〔]\s*\d{1,3}\s*[】\]）)〕]|[（(]?第\s?\d{1,3}\s?页[)）]?|[（(]\d{1,3}[/／]\d{1,3}[)）])\s*$")


def series_id(url: str | None, site: str | None, title: str | None, page_no: int | None) -> str | None:
    """The id that the pages of one article share; the caller knows that the page is one of several."""
    if url:
        evidence = f"url\n{_stem(url, page_no)}"
    elif title and (stem := "".join(_PAGE_IN_TITLE.sub("", title).split())):
        evidence = f"title\n{site or ''}\n{stem}"
    else:
        return None
    return sha256(f"series\n{evidence}".encode()).hexdigest()[:32]


def title_page(title: str) -> tuple[int, int] | None:
    """Where a title says which page it stands on, and that page: 【2】, (2), 第2页."""
    m = _PAGE_IN_TITLE.search(title)
    number = re.search(r"\d+", m[0]) if m else None
    return None if number is None or m.start() == 0 else (m.start(), int(number[0]))


def _stem(url: str, page_no: int | None) -> str:
    """The address without scheme, fragment and its page's number. A number that is not the page's own belongs to the article."""
    address = url.partition("://")[2].partition("#")[0] or url
    address = _PAGE_IN_QUERY.sub(lambda m: "?" if m["sign"] == "?" else "", address).replace("?&", "?").rstrip("?")
    m = _PAGE_IN_URL.search(address)
    if m and page_no is not None and page_no > 1 and int(m["n"] or m["n2"]) in (page_no, page_no - 1):
        address = address[: m.start()] + (m["end"] or "")
    return address
