"""What tags mean for lines of text, as browsers' default styles have it."""

from __future__ import annotations

BLOCKS = frozenset(
    "html body address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset "
    "h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu nav ol optgroup option p plaintext pre search section "
    "summary table caption colgroup thead tbody tfoot tr td th ul xmp button".split()
)
PRESERVED = frozenset("pre listing plaintext xmp".split())
CELLS = frozenset(("td", "th"))
# Never shown as text, or shown by a browser only inside a control.
UNSHOWN = frozenset(
    "head title script style template noscript noframes noembed iframe object applet embed audio video canvas svg math map datalist "
    "select textarea meta link base param source track".split()
)
VOID = frozenset("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split())
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# What HTML knows: a token with another name is no evidence of markup.
KNOWN = BLOCKS | UNSHOWN | VOID | frozenset(
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd label mark marquee meter nobr output progress q rb rp "
    "rt rtc ruby s samp slot small span strike strong sub sup time tt u var picture".split()
)
