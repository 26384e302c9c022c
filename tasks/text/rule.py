"""A cleaning rule: what it is called, why it exists, and the specimens that hold it to its word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One reason for which a character may leave the text or change.

    `cuts` are specimens in which ⟦ ⟧ encloses exactly what the rule must mark; `keeps` are look-alikes that the
    whole clean stage must leave alone. A specimen may hold several lines. Raise `version` when the rule's meaning
    changes: edits name the version that made them.
    """

    id: str
    label: str
    why: str
    stage: str = "clean"
    version: int = 1
    cuts: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
