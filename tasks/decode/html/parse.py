"""The parser's events, bounded: deep nesting, endless attributes and broken markup cost time in proportion to their length."""

from __future__ import annotations

import re
from typing import Protocol

from lxml import etree

from tasks.decode.html.tags import BLOCKS, KNOWN

DEEPEST = 600  # open elements; browsers stop at 512. An end tag without a beginning is looked for in all of them
_CHUNK = 1 << 16  # bytes fed at once: what goes wrong stops soon
# Control characters have no place in markup, and browsers drop NUL; written as references they are dropped by the renderer.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ufeff]")
_UNSHOWN = re.compile(r"<(?:(!--)|(script|style|title|textarea|noscript|template)\b)", re.IGNORECASE)
_NO_BREAK = re.compile("<(?!br>)")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)\b[^<>]*>")


class Target(Protocol):
    """Who listens to the parser."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, data: str) -> None: ...
    def comment(self, text: str) -> None: ...
    def close(self) -> object: ...


class TooDeep(Exception):
    """More elements are open than any page has; the target raises it."""


def feed(markup: str, target: Target) -> None:
    """Send one page's events to the target. Raises what the target raises, and nothing for the markup's sake."""
    data = _CONTROLS.sub("", markup).encode("utf-8", "replace")
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    try:
        for at in range(0, len(data), _CHUNK):
            parser.feed(data[at : at + _CHUNK])
        if data:
            parser.close()
    except etree.LxmlError:  # an empty page, or one that the parser gives up: what came so far counts
        return


def flattened(markup: str) -> str:
    """Markup without any nesting: tags that break lines become <br>, all others go."""

    def flat(tag: re.Match[str]) -> str:
        name = tag[1].lower()
        return "<br>" if name in BLOCKS or name == "br" else "" if name in KNOWN else tag[0]

    return "<body>" + _TAG.sub(flat, without_unshown(markup))


def literal(markup: str) -> str:
    """Flattened markup in which all but line breaks is text."""
    return "<body>" + _NO_BREAK.sub("&lt;", markup.removeprefix("<body>"))


def without_unshown(markup: str, cut_short: bool = False) -> str:
    """
    Markup without comments, scripts, titles and what else is never shown as text.

    Of markup that was cut short, an element without an end reaches to the cut. Linear also where an
    opening has no end: each kind's end is looked for only as long as one follows.
    """
    out, at, missing = [], 0, set()
    lower = markup.lower() if len(markup.lower()) == len(markup) else markup
    while found := _UNSHOWN.search(markup, at):
        end = "-->" if found[1] else f"</{found[2].lower()}"
        stop = -1 if end in missing else lower.find(end, found.end())
        if stop < 0:
            missing.add(end)
            if cut_short:
                return "".join([*out, markup[at : found.start()]])
            out.append(markup[at : found.end()].replace("<", " ") if end != "-->" else markup[at : found.start()])
            at = found.end()
            continue
        out.append(markup[at : found.start()])
        close = markup.find(">", stop)
        at = len(markup) if close < 0 else close + 1
    out.append(markup[at:])
    return "".join(out)
