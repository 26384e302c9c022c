"""relate: work across documents.

    documents + kept + what cleaning cut  ->  proposed rules: lines and blocks that pages of one site repeat

    pages.py        a page as mining sees it: its lines as they stand after cleaning, and which of them are kept text
    sites.py        which pages belong to one site: by site or host, else by lines that their edges share
    boilerplate.py  what recurs at one place and cannot be an author's
    proposals.py    proposals as TOML that a person reviews

Nothing here cuts. What a person accepts and commits among tasks/clean/mined acts from the next run on.
"""
