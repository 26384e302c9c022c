"""What a browser would make of a page, by the standard library's parser: elements, attributes, text; and what is wrong with it.

`faults` is the check that every page passes without a browser: nothing that runs, nothing that loads from elsewhere, and what a screen
reader needs (names, labels, landmarks, order of headings, headers of tables, ids that exist and are unique).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from html.parser import HTMLParser

from dashboard.literal import HIDDEN

OURS = frozenset(
    "html head meta title link script body a header svg path circle form input label button div span nav p ul ol li main section strong "
    "progress footer h1 h2 h3 table caption thead tbody tr th td dl dt dd details summary article aside mark sup del ins b code pre time "
    "select option textarea figure figcaption rect line polyline polygon text kbd style".split()
)
VOID = frozenset("meta link input".split())
ATTRIBUTES = frozenset(
    "lang charset name content rel href type src defer class action method role value for id placeholder maxlength autocomplete hreflang "
    "tabindex data-theme data-live data-on data-off data-act data-none data-complete "
    "viewbox d cx cy r x y x1 x2 y1 y2 width height points scope colspan download title "
    "max open selected size inputmode rows spellcheck autocapitalize datetime hidden focusable preserveaspectratio text-anchor "
    "http-equiv".split()
)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def all(self, *tags: str) -> list[Element]:
        found = []
        for c in self.children:
            if isinstance(c, Element):
                found += [c] * (not tags or c.tag in tags) + c.all(*tags)
        return found

    def within(self, *tags: str) -> bool:
        return self.parent is not None and (self.parent.tag in tags or self.parent.within(*tags))


class Tree(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("", {}, None)
        self.stray: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs}, self.at)
        if len(element.attributes) < len(attrs):
            self.stray.append(f"<{tag}> names an attribute twice")
        self.at.children.append(element)
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self.at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # it opened nothing, so nothing is to be closed

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            self.stray.append(f"</{tag}> closes nothing")
            return
        if self.at.tag != tag:
            self.stray.append(f"</{tag}> closes <{self.at.tag}>")
            return
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)

    def handle_comment(self, data: str) -> None:
        self.stray.append("a comment")


def faults(html: str) -> list[str]:
    """Each fault as a sentence."""
    tree = Tree(html)
    root = tree.root
    found = list(tree.stray)
    found += [f"a hidden character U+{ord(c):04X} is on the page" for c in set(HIDDEN.findall(html)) - {"\r"}]
    elements = root.all()
    found += [f"<{e.tag}> is no element of ours" for e in elements if e.tag not in OURS]
    for e in elements:
        found += [f"<{e.tag}> has the attribute {n}" for n in e.attributes if n not in ATTRIBUTES and not n.startswith("aria-")]
        for name in ("href", "src", "action"):
            value = e.attributes.get(name)
            if (value is not None and not value.startswith(("/", "#", "http://127.0.0.1:4200/"))) or (value or "").startswith("//"):
                found.append(f"<{e.tag} {name}={value!r}> leads elsewhere")
    found += _for_readers(root, elements)
    return found


def _for_readers(root: Element, elements: list[Element]) -> list[str]:
    found = []
    ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
    found += [f"the id {i} is there twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    for e in elements:
        for name in ("aria-labelledby", "for"):
            if name in e.attributes and e.attributes[name] not in ids:
                found.append(f"{name}={e.attributes[name]} names nothing")
        if e.tag in ("a", "button", "summary") and not (e.text.strip() or e.attributes.get("aria-label")):
            found.append(f"<{e.tag} {e.attributes.get('href', '')}> has no name")
        if (
            e.tag in ("input", "select", "textarea")
            and e.attributes.get("type") != "hidden"
            and not e.within("label")
            and not any(x.attributes.get("for") == e.attributes.get("id") for x in elements if x.tag == "label")
        ):
            found.append(f"<{e.tag} {e.attributes.get('name')}> has no label")
        if e.tag == "svg" and not (e.attributes.get("aria-hidden") == "true" or e.attributes.get("aria-label")):
            found.append("an svg has no name")
        if e.tag == "th" and "scope" not in e.attributes:
            found.append("a th has no scope")
        if e.tag == "nav" and "aria-label" not in e.attributes:
            found.append("a nav has no name")
    levels = [int(e.tag[1]) for e in elements if e.tag in ("h1", "h2", "h3")]
    if levels.count(1) != 1:
        found.append(f"{levels.count(1)} headings of level 1")
    found += [f"a heading of level {b} follows one of level {a}" for a, b in itertools.pairwise(levels) if b > a + 1]
    html = next(e for e in elements if e.tag == "html")
    if html.attributes.get("lang") not in ("en", "zh-Hans"):
        found.append("the page has no language")
    if len(root.all("main")) != 1 or not any(e.text.strip() for e in root.all("title")):
        found.append("no main or no title")
    return found
