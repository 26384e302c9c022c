"""People's data in a text: phone numbers, identity and bank cards, e-mail addresses, accounts to be reached at.

A number counts by what proves it: a mobile number by its first digits and length, an identity card by its date and check
digit (GB 11643-1999, ISO 7064 MOD 11-2), a bank card by its issuer and check digit (ISO/IEC 7812, Luhn) or by the word
before it, an account by the name of its service. The text stays as it is; what is found is listed, masked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from schemas.catalog import TABLES

_NARROW = {0xFF10 + d: str(d) for d in range(10)} | {0xFF20: "@", 0xFF0D: "-", 0x2013: "-", 0x2014: "-", 0xFF0B: "+", 0xFF0E: ".",
                                                      0xFF08: "(", 0xFF09: ")", 0xFF1A: ":", 0x3000: " ", 0xA0: " "}  # fmt: skip
_WORTH_A_LOOK = re.compile(r"[0-9０-９]{5}|[0-9０-９]{3}\D{1,3}[0-9０-９]{3,4}\D?[0-9０-９]{2}|[@＠]|微信|[Qq][Qq]|[Ww]e[Cc]hat")

_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,18}(?![A-Za-z0-9])")
_ID_CARD = re.compile(r"(?<![0-9A-Za-z])[1-8][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])")
_OLD_ID_CARD = re.compile(r"(?<![0-9A-Za-z])[1-8][0-9]{14}(?![0-9A-Za-z])")
_BANK_CARD = re.compile(r"(?<![0-9A-Za-z.-])(?:[0-9]{16,19}|[0-9]{4}(?: [0-9]{4}){3}(?: [0-9]{1,3})?)(?![0-9A-Za-z-])")
_ISSUERS = re.compile(r"62|4[0-9]|5[1-5]|2[2-7]|35|3[47]|6[05]|9[0-9]")
_ACCOUNT = re.compile(  # possessive: blanks without end are passed over once
    r"(?:银行账号|银行帐号|账\s*+号|帐\s*+号|卡\s*+号|账户|帐户)\s*+(?:为|是)?+\s*+:?+\s*+([0-9](?:[ -]?[0-9]){8,29})(?![0-9])"
)
_MOBILE = re.compile(r"(?<![0-9A-Za-z.])(?:(?:\+|00)86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9A-Za-z]|\.[0-9])")
_LANDLINE = re.compile(
    r"(?<![0-9A-Za-z.-])"
    r"(?:(?:\+86[ -]?)?(?:\(0[1-9][0-9]{1,2}\)|0[1-9][0-9]{1,2})[ -]{0,2}[2-8][0-9]{6,7}|[48]00[ -]?[0-9]{3}[ -]?[0-9]{4})"
    r"(?:(?: ?转 ?|-)[0-9]{1,6})?(?![0-9A-Za-z]|-[0-9])"
)
_CALLED = re.compile(
    r"(?:电话|手机|热线|传真|座机|联系方式|联系人[^\n]{0,12}|TEL|Tel|tel|Fax|FAX)[^0-9\n]{0,6}([2-8][0-9]{6,7})(?![0-9A-Za-z]|\.[0-9])"
)
_CONTACT = re.compile(
    r"(?:微信(?:号码|号|ID)?|WeChat(?: ?ID)?|V信|QQ(?:群号|群|号码|号)?)\s*+(?:为|是|:)?+\s*+"
    r"([A-Za-z][A-Za-z0-9_-]{5,19}|[1-9][0-9]{4,11})(?![A-Za-z0-9@])",
    re.IGNORECASE,
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_THIS_CENTURY = 2100  # years after it are no dates of birth


class Datum(NamedTuple):
    """One private datum: where it stands and how it may be shown."""

    start: int
    stop: int
    kind: str
    masked: str


def find_private(articles: pa.Table) -> pa.Table:
    """PRIVATE_DATA rows of articles (article_id, text), by article in the order of the input, by place within."""
    rows: dict[str, list] = {name: [] for name in ("article_id", "start", "stop", "kind", "masked")}
    for article, text in zip(articles["article_id"].to_pylist(), articles["text"].to_pylist(), strict=True):
        for datum in private_in(text):
            for name, value in zip(rows, (article, *datum), strict=True):
                rows[name].append(value)
    schema = TABLES["private_data"].stage_arrow
    return pa.table([pa.array(rows[f.name], f.type) for f in schema], schema=schema)


def private_in(text: str) -> list[Datum]:
    """Private data of one text, none overlapping another, in order."""
    if not _WORTH_A_LOOK.search(text):
        return []
    plain = text.translate(_NARROW)  # one character for one, so places hold
    taken: list[Datum] = []  # in order, so that only the two beside a place can overlap it
    for kind, found in _KINDS:
        fresh = []
        for start, stop in found(plain):
            after = bisect_left(taken, start, key=lambda datum: datum.start)
            if (after == 0 or taken[after - 1].stop <= start) and (after == len(taken) or stop <= taken[after].start):
                fresh.append(Datum(start, stop, kind, mask(kind, plain[start:stop])))
        taken = sorted(taken + fresh)
    return taken


def mask(kind: str, datum: str) -> str:
    """A datum with its middle hidden; what is left tells two data apart and reaches nobody."""
    if kind == "email":
        name, _, host = datum.partition("@")
        return f"{name[0]}***@{host}"
    digits = re.sub(r"[ ()-]", "", datum)
    before, after = {"phone": (3, 4), "id_card": (3, 2), "bank_card": (0, 4), "contact": (2, 1)}[kind]
    if len(digits) < before + after + 4:  # a short one would be mostly shown
        before, after = min(before, 2), min(after, 2)
    return digits[:before] + "*" * max(4, len(digits) - before - after) + digits[len(digits) - after :]


def _spans(pattern: re.Pattern[str], proof: Callable[[str], bool] = bool, group: int = 0) -> Callable[[str], Iterator[tuple[int, int]]]:
    def found(text: str) -> Iterator[tuple[int, int]]:
        for m in pattern.finditer(text):
            if proof(m[group]):
                yield m.span(group)

    return found


def is_id_card(number: str) -> bool:
    """Eighteen digits whose date is one and whose check digit is right."""
    if not _is_birthday(number[6:14]):
        return False
    return _CHECK[sum(w * int(d) for w, d in zip(_WEIGHTS, number, strict=False)) % 11] == number[17].upper()


def _is_old_id_card(number: str) -> bool:
    return _is_birthday("19" + number[6:12])


def _is_birthday(text: str) -> bool:
    try:
        return 1880 < date(int(text[:4]), int(text[4:6]), int(text[6:])).year < _THIS_CENTURY
    except ValueError:
        return False


def is_bank_card(number: str) -> bool:
    """Sixteen to nineteen digits of a known kind of issuer whose check digit is right."""
    digits = [int(d) for d in number if d != " "]
    if not _ISSUERS.match(number) or len(set(digits)) < 4:
        return False
    doubled = [d if k % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for k, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


# In this order: what is proven by more goes first, and no datum takes another's characters.
_KINDS: tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    ("email", _spans(_EMAIL)),
    ("id_card", _spans(_ID_CARD, is_id_card)),
    ("bank_card", _spans(_BANK_CARD, is_bank_card)),
    ("bank_card", _spans(_ACCOUNT, group=1)),
    ("contact", _spans(_CONTACT, group=1)),
    ("phone", _spans(_MOBILE)),
    ("phone", _spans(_LANDLINE)),
    ("phone", _spans(_CALLED, group=1)),
    ("id_card", _spans(_OLD_ID_CARD, _is_old_id_card)),
)
