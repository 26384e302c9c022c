"""Every rule that cleaning may name, repair's first."""

from __future__ import annotations

from importlib.util import find_spec

from tasks.clean.repair import RULES as REPAIR
from tasks.text.rule import Rule

if find_spec("tasks.clean.furniture.furnish"):
    from tasks.clean.furniture import RULES as FURNITURE
else:
    FURNITURE = ()

RULES: tuple[Rule, ...] = (*REPAIR, *FURNITURE)
VERSIONS: dict[str, int] = {rule.id: rule.version for rule in RULES}
