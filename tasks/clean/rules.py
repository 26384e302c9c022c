"""Every rule that cleaning may name, repair's first."""

from __future__ import annotations

from tasks.clean.furniture import RULES as FURNITURE
from tasks.clean.repair import RULES as REPAIR
from tasks.text.rule import Rule

RULES: tuple[Rule, ...] = (*REPAIR, *FURNITURE)
VERSIONS: dict[str, int] = {rule.id: rule.version for rule in RULES}
