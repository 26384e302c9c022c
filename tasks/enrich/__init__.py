"""enrich: what the text of an article says, as tables.

    articles  ->  articles (enrichment columns set), sections, sentences, terms, keywords, mentions, facts, phrases,
                  time_expressions, flags

`stage.py` is the whole step. One module per kind of fact: `outline` (sections, faults in numbering), `sentences`,
`words` (cutting and tags, columnar), `terms`, `keywords`, `times`, `facts` (with `units` as data), `phrases`,
`mentions`, `judgement` (language, genre, dirt, quality). Analysis reads `text_hans`; offsets hold in `text` as well,
because both have the same length. Nothing here knows of files, databases or other articles.
"""
