"""A path as a uri that any table can hold, and back.

    file:///data/网页/第 3 页.txt

Letters of all scripts and spaces stand as they are, because people read and search these names. Escaped (%XX, by byte) are
only what would not come back: '%' itself, control characters, and bytes that are not UTF-8, which file systems allow.
Law: path_of(uri_of(path)) == path for every absolute path.

What lies elsewhere has the uri by which it is reached, without secrets (tasks/ingest/remote/address.py).
"""

from __future__ import annotations

import os
import re
from urllib.parse import unquote_to_bytes

SCHEME = "file://"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?::|::.*:)//", re.DOTALL)
_UNSAFE = re.compile("[%\x00-\x1f\x7f\x80-\x9f\ud800-\udfff\u2028\u2029]")


def uri_of(path: str) -> str:
    """The uri of an absolute path, always valid Unicode."""
    return SCHEME + escaped(path)


def path_of(uri: str) -> str:
    """The path that a uri of ours names."""
    return os.fsdecode(unquote_to_bytes(uri.removeprefix(SCHEME)))


def escaped(name: str) -> str:
    """A name with all that could not be stored or read back written as %XX."""
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in os.fsencode(found[0])), name) if _UNSAFE.search(name) else name


def is_url(text: str) -> bool:
    """Whether a person means a URL and no path: `s3://…`, also chained `simplecache::s3://…`."""
    return _URL.match(text) is not None


def is_local(uri: str) -> bool:
    """Whether a uri of ours names a file of this machine."""
    return uri.startswith(SCHEME)


def shown(uri: str) -> str:
    """A uri as people type it: the path of a local file, else the uri."""
    return path_of(uri) if is_local(uri) else uri


def base_name(uri: str) -> str:
    """The last part of a uri that says anything."""
    return uri.rstrip("/").rsplit("/", 1)[-1]
