"""What a record says about itself: the charset of its markup. A claim, not a fact."""

from __future__ import annotations

import re

_HEAD = 4096  # bytes in which a claim counts; the HTML standard looks into 1,024, real pages put it later
_CLAIM = re.compile(
    rb"""(?ix) <meta\b[^>]{0,200}? charset \s*=\s* ["']? \s* ([a-z0-9_.:-]{2,40})
    | <\?xml\b[^>]{0,100}? encoding \s*=\s* ["'] ([a-z0-9_.:-]{2,40})
    | ^@charset \s+ "([a-z0-9_.:-]{2,40})"
    | ^content-type: [^\r\n]{0,100}? charset \s*=\s* "? ([a-z0-9_.:-]{2,40})""",
    re.MULTILINE,
)


def declared_charset(data: bytes) -> str | None:
    """The charset that a page claims, in lower case, known to us or not."""
    head = data[:_HEAD]
    if b"\0" in head:
        head = head.replace(b"\0", b"")  # ASCII markup in UTF-16
    if b"charset" not in head and b"encoding" not in head and b"CHARSET" not in head:
        return None
    found = _CLAIM.search(head)
    return found[found.lastindex].decode("ascii").lower() if found else None
