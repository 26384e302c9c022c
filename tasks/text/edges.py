"""Head and foot of a page, counted in lines that show something: how mined boilerplate says where it stands.

Mining and cleaning must count alike, so both ask here. Lines are stripped; nothing is folded, since mined rules match exactly.
"""

from __future__ import annotations

import re

from tasks.text.dates import DATE, HAN_DATE
from tasks.text.lines import NUMBERED, SENTENCE_END

HEAD, FOOT, BODY = "head", "foot", "body"
PLACES = (HEAD, FOOT, BODY)
REACH = 12  # lines from the edge of a page within which a line stands at its head or foot
CONTEXT_REACH = 20  # lines from the edge of the text as it came among which a site is known again
RUNNING = 8  # characters of a line that may be running text

_THANKS = re.compile(r"(?:最后[，,]?)?(?:再次)?(?:谢谢|感谢|谢谢你们)(?:大家|各位|同志们|您|你们)?\W*|此致\W*敬礼\W*")


def is_running(line: str) -> bool:
    """A line that an author may have written: long enough, with a sentence's end. Wider than prose, because doubt keeps."""
    return len(line) >= RUNNING and ("。" in line or SENTENCE_END.search(line) is not None)


def is_authors(line: str) -> bool:
    """Lines that authors write alike in every text: what is numbered or dated, salutations, thanks, two or three characters."""
    if len(line) < 4 or line[-1] in ":：" or NUMBERED.match(line) is not None:
        return True
    return _THANKS.fullmatch(line) is not None or DATE.search(line) is not None or HAN_DATE.search(line) is not None


def edge_lines(text: str) -> set[str]:
    """The first and the last lines of a text as it came, by which pages of one site are known."""
    if len(text) > 40_000:  # enough for the lines asked for, but for files without line breaks
        text = text[:20_000] + text[-20_000:]
    lines = [line for raw in text.split("\n") if (line := raw.strip())]
    return {*lines[:CONTEXT_REACH], *lines[-CONTEXT_REACH:]}


def host_of(url: str | None) -> str | None:
    """The host of a URL, in lower case and without its port."""
    if not url or "://" not in url:
        return None
    host = url.partition("://")[2]
    for sign in "/?#":
        host = host.partition(sign)[0]
    return host.rpartition("@")[2].partition(":")[0].lower() or None
