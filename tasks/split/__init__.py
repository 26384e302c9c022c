"""split: from a document and what cleaning decided about it to its articles.

    documents + marks + flags  ->  articles + article_metadata + kept + edits + flags

A line of a document is a paragraph unless something proves that it is metadata, belongs to no article, or is blank.
Law A holds for every input: each character of documents.text stands in exactly one row of kept or edits, and kept spans
plus what edits put in, placed by article_start, are the articles' texts.

    layout.py      lines of a document as they read after the marks
    head.py        title, date line, author, breadcrumb … at the head of an article, credits at its foot
    parts.py       several articles on one page
    compose.py     lines and their roles into kept spans and edits (law A)
    rows.py        the columns of kept and edits, built in bulk
    rules.py       what an edit of this stage means
"""
