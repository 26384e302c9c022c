"""Every rule that cleaning may name, repair's first, rules of single sites last."""

from __future__ import annotations

from tasks.clean.furniture import RULES as FURNITURE
from tasks.clean.furniture.votes import RULES as VOTES
from tasks.clean.mined import RULES as MINED
from tasks.clean.repair import RULES as REPAIR
from tasks.text.rule import Rule

RULES: tuple[Rule, ...] = (*REPAIR, *FURNITURE, *VOTES, *MINED)
VERSIONS: dict[str, int] = {rule.id: rule.version for rule in RULES}
