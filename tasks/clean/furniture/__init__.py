"""furniture: what a page puts around an article, found by lines, blocks and regions of plain text.

    ledger (repaired)  ->  the same ledger with marks of furniture, and the links that the page listed

Four steps, each on the text as it reads after the one before, folded to Simplified characters for matching only:

    inline.py     watermarks, page markers and elisions inside lines
    vocabulary.py the cheap test that most documents do not pass
    anchors.py    kinds of line that only page furniture has
    blocks.py     lists of links, link farms, repeated phrases
    regions.py    what lies above and below the body; cut only where anchors prove that the page has furniture there
    furnish.py    the order of the steps
    rules.py      every rule with its reason, specimens and look-alikes

Cutting an author's line is worse than leaving a line of furniture: every doubt keeps.
"""

from tasks.clean.furniture.furnish import furnish
from tasks.clean.furniture.rules import RULES

__all__ = ["RULES", "furnish"]
