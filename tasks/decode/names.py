"""Names of encodings: what the warehouse prints (WHATWG, else IANA) and which codec of Python reads and writes them.

`big5` is read as Windows reads it (code page 950), `big5-hkscs` with Hong Kong's supplement. `gbk` is written only where
the bytes need nothing beyond it; the decoder is gb18030's in both cases, which agrees with gbk wherever gbk is defined.
"""

from __future__ import annotations

import codecs

from tasks.decode import cns

CODECS = {
    "utf-8": "utf-8",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-32le": "utf-32-le",
    "utf-32be": "utf-32-be",
    "gb18030": "gb18030",
    "gbk": "gbk",
    "big5": "cp950",
    "big5-hkscs": "big5hkscs",
    "hz-gb-2312": "hz",
    "euc-tw": cns.EUC_TW,
    "iso-2022-cn": cns.ISO_2022_CN,
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "euc-kr": "cp949",
    "iso-2022-kr": "iso2022_kr",
    "ibm866": "cp866",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "windows-874": "cp874",
    **{f"windows-{n}": f"cp{n}" for n in range(1250, 1259)},
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
}
# labels that mean a wider encoding in practice, as WHATWG rules; ASCII is read as UTF-8
_WIDER = {
    "ascii": "utf-8",
    "gb2312": "gbk",
    "big5": "big5",
    "shift_jis": "shift_jis",
    "euc_kr": "euc-kr",
    "iso8859-1": "windows-1252",
    "iso8859-9": "windows-1254",
    "iso8859-11": "windows-874",
    "tis-620": "windows-874",
    "utf-8-sig": "utf-8",
    "utf-16": "utf-16le",
    "utf-32": "utf-32le",
}
_BY_CODEC = {codecs.lookup(codec).name: name for name, codec in CODECS.items()} | _WIDER
WIDTH = {"utf-16le": 2, "utf-16be": 2, "utf-32le": 4, "utf-32be": 4}  # bytes of a code unit, where not 1
STATEFUL = frozenset({"hz-gb-2312", "iso-2022-cn", "iso-2022-jp", "iso-2022-kr"})
CHINESE = frozenset({"gbk", "gb18030", "big5", "big5-hkscs", "hz-gb-2312", "euc-tw", "iso-2022-cn"})


def name_of(label: str) -> str | None:
    """Our name for a label as pages and detectors print it, or None where no codec is known."""
    label = label.strip().lower()
    if label.removeprefix("x-") in ("euc-tw", "iso-2022-cn"):
        return label.removeprefix("x-")
    try:
        return _BY_CODEC.get(codecs.lookup(label).name)
    except (LookupError, ValueError):  # ValueError: a NUL inside the label
        return None


def family(name: str) -> str:
    """Encodings of which one is the other's subset share a family."""
    return {"gbk": "gb18030", "big5-hkscs": "big5"}.get(name, name)
