"""soil: clean documents made dirty in known ways, and what the stages leave of both.

    wordings.py   how Chinese pages word their furniture: per class a list of templates, in two halves
    pages.py      clean paragraphs -> a soiled page, its bytes, and the truth about each piece
    score.py      the page through decode, clean and split: clean characters in unbroken paragraphs, dirt that is left

Rules may be written while reading half A; half B is held out: its figures say what words that nobody tuned for would give.
"""
