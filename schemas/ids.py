"""Identifiers: content hashes, so that a row has the same name on every machine and in any order of arrival."""

from __future__ import annotations

from hashlib import sha256

ID_LENGTH = 32  # hex digits: 128 bits; two of 10**15 contents meet with a chance of about 1e-9
ID_PATTERN = "[0-9a-f]{32}"


def file_id(data: bytes) -> str:
    """The name of a content: where and when it arrived does not matter."""
    return sha256(data).hexdigest()[:ID_LENGTH]


def doc_id(file: str, record_no: int) -> str:
    """The name of a record in a content; a plain file has one record, number 1."""
    return _hash(f"{file}:{record_no}")


def article_id(doc: str, article_no: int) -> str:
    """The name of an article in a document, counted from 1."""
    return _hash(f"{doc}:{article_no}")


def batch_id(file_ids: list[str]) -> str:
    """The name of a batch: the set of its contents, in whatever order they were found."""
    return _hash("\n".join(sorted(file_ids)))


def text_sha256(text: str) -> str:
    """The whole digest of a text in UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _hash(name: str) -> str:
    return sha256(name.encode("utf-8")).hexdigest()[:ID_LENGTH]
