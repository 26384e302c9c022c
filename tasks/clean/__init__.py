"""clean: what is wrong with a decoded text, and what in it is not the author's.

    documents  ->  marks (spans that leave or change)  +  links (related links among them)  +  flags (what stays, though odd)

Repair comes first, because furniture is told by what it says. The text itself is not touched here.
"""
