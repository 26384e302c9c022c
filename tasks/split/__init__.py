"""split: from a document and what cleaning decided about it to its articles.

    documents + marks + flags  ->  articles + article_metadata + kept + edits + flags

A line of a document is a paragraph unless something proves that it is metadata, belongs to no article, or is blank.
Law A holds for every input: each character of documents.text stands in exactly one row of kept or edits, and kept spans
plus what edits put in, placed by article_start, are the articles' texts.

    layout.py      lines of a document as they read after the marks
    head.py        title, date line, author, breadcrumb … at the head of an article, credits at its foot
    datelines.py   agency and reporters where running text opens or ends with them
    claims.py      what the page's markup claims beside its text (documents.record_meta)
    evidence.py    what the marks of cleaning tell: pages, the site's name, licences, addresses
    parts.py       several articles on one page, numbered
    stories.py     several articles on one page, each with its own head; entries of a diary
    series.py      pages that continue one another
    compose.py     lines and their roles into kept spans and edits (law A)
    rows.py        the columns of kept and edits, built in bulk
    rules.py       what an edit of this stage means; specimens.py shows each

Confidence of a value (article_metadata.confidence): 0.98 where a label says what it is or a date has a clock, 0.95 for a title
above a date line, 0.9 where its shape says it (a paper's name, a role before a name), 0.85 for a title that only stands first,
0.75 where only its place says it (a bare name beside a date); 0.7 to 0.9 for what the markup claims (start and stop are NULL);
a claim that agrees with the text leaves only the doubt of both.

What the gold calls by its place on the page stands in edits under the field that it fills:
    title -> title, subtitle · section_title -> title · breadcrumb -> site · date_source -> published_at, source, site, author
    byline -> author · editor_credit -> editor · author_bio -> author_role · icp_licence -> licence
    related_links_header -> site_keywords · other (the standfirst) -> abstract
"""
