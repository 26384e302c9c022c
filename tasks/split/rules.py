"""What an edit of this stage means: every rule_id that split writes, with its reason."""

from __future__ import annotations

from tasks.split.specimens import SPECIMENS
from tasks.text.rule import Rule

RULES = tuple(
    Rule(id=rule, label=label, why=why, stage="split", cuts=SPECIMENS[rule[6:]][0], keeps=SPECIMENS[rule[6:]][1])
    for rule, label, why in (
        ("split.newline", "newline", "The line break between two paragraphs of one article; one \\n stands for it in the text."),
        ("split.line-end", "newline", "A line break that separates nothing: blank lines, the ends of lines that left."),
        ("split.indent", "indent", "Blanks before a line are layout."),
        ("split.trailing-space", "trailing_space", "Blanks after a line and on blank lines are layout."),
        ("split.stray-space", "other", "A single space inside a clause between two Han characters separates nothing."),
        ("split.title", "title", "The line that names the article: before the date line, or first, without a sentence's end."),
        ("split.original-title", "title", "原标题: the title that the article had where it came from."),
        ("split.subtitle", "subtitle", "A line below the title that opens with a dash."),
        ("split.date-line", "date_source", "A line of nothing but date, source, author and counters."),
        ("split.byline", "byline", "A line of names between title and body."),
        ("split.lead", "abstract", "A paragraph below the date line that the body says again."),
        ("split.labelled-abstract", "abstract", "A paragraph between title and body that calls itself abstract, summary or core hint."),
        ("split.author-bio", "author_bio", "A line in brackets below the article that tells the author's office."),
        ("split.foot-credit", "editor_credit", "A line below the article that credits editors, source or author."),
        ("split.part-title", "title", "The heading that opens one article of a collection."),
        ("split.collection-intro", "other", "What a page says before the first article of a collection belongs to none of them."),
    )
)
