"""html: markup to lines of text, with what the tags say about each line.

    decoded characters  ->  text (one block a line)  +  blocks (one a line: tag, place, links)  +  what the head says of itself

    sniff.py    is it markup at all: structure decides, a mentioned tag does not
    tags.py     which tags break lines, which hide what they hold
    hidden.py   what a style hides
    parse.py    the parser's events, bounded in depth
    render.py   events to lines
    head.py     title, meta, canonical address: evidence, not text

The parser is lxml's (libxml2), read as events: no tree, so memory is the text's, and time is linear. selectolax (lexbor) was
tried beside it: its tree is nearer to a browser's, but deep nesting, repeated <font> and nested <option> cost it quadratic time.

Pure: the same characters give the same rendering. `NAME` changes with every change of what is rendered.
"""

from tasks.decode.html.render import NAME, Block, Rendered, render
from tasks.decode.html.sniff import is_html

__all__ = ["NAME", "Block", "Rendered", "is_html", "render"]
