"""dashboard: web pages over the published warehouse, for people.

    published generation (read-only)  ->  pages, files to download, /healthz, /metrics

A page is a pure reading of one generation: the same address over the same generation gives the same page. Everything works
without JavaScript, nothing asks another machine for anything, and crawled text is literal everywhere: it is escaped on its
way into every template, and characters that would hide or turn text are shown as codes.

    app.py          routes, and what every answer has in common
    guard.py        which requests are refused, which headers every answer bears
    generations.py  which generation answers; what is computed once for each
    view.py         what a page is given: its generation, language, parameters, addresses
    words.toml      every word of ours that people read, in English and Chinese
    literal.py      crawled text made harmless: for pages, for spreadsheets
    marks.py        edits and mentions laid over text, by code point
    charts.py       charts as SVG, drawn by classes of the one style sheet
    lists.py        lists: filters, order, next page, download
    workbench.py    a query in a child process that is killed at its limit (child.py)
    pages/          one module for each page
"""
