"""rules: every version of a cleaning rule that edits may name."""

from __future__ import annotations

from schemas.contract import TEXT, Column, NotEmpty, Table
from schemas.edits import RULE_ID, RULE_VERSION
from schemas.shared import WORD

RULES = Table(
    name="rules",
    grain="one version of a cleaning rule",
    key=("rule_id", "rule_version"),
    stage="publish",
    columns=(
        RULE_ID,
        RULE_VERSION,
        Column("label", TEXT, "Class of dirt that the rule takes out.", checks=(WORD,)),
        Column("why", TEXT, "Why the rule exists.", checks=(NotEmpty(),)),
        Column("stage", TEXT, "Stage that applies it.", checks=(WORD,)),
    ),
)
