"""The columns of kept and edits, built in bulk: a few lists of integers and one small table of kinds, no object per row."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from schemas.catalog import TABLES
from tasks.text.ledger import CUT, META, NEWLINE

# action, label, rule_id, rule_version, after, repaired_text, confidence
Kind = tuple[str, str, str, int, str, str | None, float]

LINE_BREAK: Kind = (NEWLINE, "newline", "split.newline", 1, "\n", None, 1.0)
LINE_END: Kind = (CUT, "newline", "split.line-end", 1, "", None, 1.0)
INDENT: Kind = (CUT, "indent", "split.indent", 1, "", None, 1.0)
TRAILING: Kind = (CUT, "trailing_space", "split.trailing-space", 1, "", None, 1.0)
STRAY: Kind = (CUT, "other", "split.stray-space", 1, "", None, 1.0)
FIXED = (LINE_BREAK, LINE_END, INDENT, TRAILING, STRAY)
BREAK_NO, END_NO, INDENT_NO, TRAILING_NO, STRAY_NO = range(len(FIXED))

NOWHERE = -1


def meta_kind(label: str, rule: str, confidence: float = 1.0) -> Kind:
    """The kind of a span that became metadata."""
    return (META, label, rule, 1, "", None, confidence)


def cut_kind(label: str, rule: str, confidence: float = 1.0) -> Kind:
    """The kind of a span that leaves."""
    return (CUT, label, rule, 1, "", None, confidence)


@dataclass(slots=True)
class Rows:
    """Rows of many documents. `*_article` and `*_at` hold NOWHERE where a row enters no article."""

    kept_doc: list[int] = field(default_factory=list)
    kept_start: list[int] = field(default_factory=list)
    kept_stop: list[int] = field(default_factory=list)
    kept_article: list[int] = field(default_factory=list)
    kept_at: list[int] = field(default_factory=list)
    edit_doc: list[int] = field(default_factory=list)
    edit_start: list[int] = field(default_factory=list)
    edit_stop: list[int] = field(default_factory=list)
    edit_article: list[int] = field(default_factory=list)
    edit_at: list[int] = field(default_factory=list)
    edit_kind: list[int] = field(default_factory=list)
    edit_before: list[str] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=lambda: list(FIXED))
    _kind_no: dict[Kind, int] = field(default_factory=lambda: {k: i for i, k in enumerate(FIXED)})

    def kind(self, kind: Kind) -> int:
        """The number of a kind."""
        no = self._kind_no.get(kind)
        if no is None:
            no = self._kind_no[kind] = len(self.kinds)
            self.kinds.append(kind)
        return no

    def kept(self, doc_ids: list[str], article_ids: list[str]) -> pa.Table:
        """Rows of kept."""
        return _table(
            "kept",
            doc_id=_named(doc_ids, self.kept_doc),
            start=self.kept_start,
            stop=self.kept_stop,
            article_id=_named(article_ids, self.kept_article),
            article_start=self.kept_at,
        )

    def edits(self, doc_ids: list[str], article_ids: list[str]) -> pa.Table:
        """Rows of edits."""
        action, label, rule_id, version, after, repaired, confidence = zip(*self.kinds, strict=True)
        kinds = pa.array(self.edit_kind, pa.int32())
        return _table(
            "edits",
            doc_id=_named(doc_ids, self.edit_doc),
            start=self.edit_start,
            stop=self.edit_stop,
            article_id=_named(article_ids, self.edit_article),
            article_start=_places(self.edit_at),
            action=pa.array(action, pa.string()).take(kinds),
            label=pa.array(label, pa.string()).take(kinds),
            rule_id=pa.array(rule_id, pa.string()).take(kinds),
            rule_version=pa.array(version, pa.int32()).take(kinds),
            before=pa.array(self.edit_before, pa.string()),
            after=pa.array(after, pa.string()).take(kinds),
            repaired_text=pa.array(repaired, pa.string()).take(kinds),
            confidence=pa.array(confidence, pa.float64()).take(kinds),
        )


def _named(ids: list[str], numbers: list[int]) -> pa.Array:
    return pa.array(ids, pa.string()).take(_places(numbers))


def _places(numbers: list[int]) -> pa.Array:
    places = pa.array(numbers, pa.int32())
    return pa.compute.if_else(pa.compute.equal(places, NOWHERE), pa.scalar(None, pa.int32()), places)


def _table(name: str, **columns: list[int] | pa.Array) -> pa.Table:
    schema = TABLES[name].stage_arrow
    return pa.table([_cast(columns[f.name], f.type) for f in schema], schema=schema)


def _cast(values: list[int] | pa.Array, kind: pa.DataType) -> pa.Array:
    return values.cast(kind) if isinstance(values, pa.Array) else pa.array(values, kind)
