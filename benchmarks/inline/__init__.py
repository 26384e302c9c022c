"""inline: clean paragraphs with one kind of dirt between their characters, in mechanisms and wordings of their own.

    kinds.py   per kind a function that soils paragraphs and says which pieces it put in
    bodies.py  clean text: statutes, paragraphs of real pages, our look-alikes

Other words than benchmarks.soil uses, so that either set checks rules written while reading the other. Kinds that keep
(verse, tables, readers, contacts in notices) put nothing in: every change of them is a fault.
"""
