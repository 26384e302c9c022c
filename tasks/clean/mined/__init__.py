"""mined: boilerplate of single sites, found by `taojin rules mine`, reviewed and committed by a person.

    *.toml here  +  ledger (after furniture)  ->  the same ledger with marks of lines and blocks that a site repeats

A file holds rules of one or more sites. Those with `accepted = true` act; the others are remembered as refused, so that they
are not proposed again. The files are part of the clean stage's fingerprint: committing one makes batches stale, and the
next `taojin ingest` does them again.

    [[rule]]
    id = "mined.5f0c2a91"          # from site, place and lines: never reused
    accepted = true
    label = "nav"                  # class of dirt in `edits`
    site = "news.example.cn"       # documents.site or the host of documents.url; "" where pages have neither
    context = ["河口在线 首页"]      # lines at the edges of such pages: two of them, or the only one, stand for the site
    place = "foot"                 # head | foot | body, counted in lines that show something after furniture has left
    reach = 3                      # the block's outer line is less than this many lines from that edge; 0 in the body
    lines = ["关注河口在线，每天读一篇好文"]
    stays_in = ""                  # running text stays in this document, so that one copy is never lost
    documents = 41                 # evidence: different articles that showed it ...
    of = 44                        # ... of so many pages of the site
    why = "..."

Law: a rule cuts whole lines that equal its own, on pages of its site only; on one page mined rules together never take more
than half of its running text; what is running text stays in the document that `stays_in` names.
"""

from tasks.clean.mined.apply import mark_mined
from tasks.clean.mined.rules import KNOWN, MINED, RULES, MinedRule, read_rules

__all__ = ["KNOWN", "MINED", "RULES", "MinedRule", "mark_mined", "read_rules"]
