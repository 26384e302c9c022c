"""All tables, parents first. Published ones make the warehouse; internal ones are contracts between parts of taojin."""

from __future__ import annotations

from schemas.arrival_events import ARRIVAL_EVENTS
from schemas.arrivals import ARRIVALS
from schemas.article_metadata import ARTICLE_METADATA
from schemas.articles import ARTICLES
from schemas.blocks import BLOCKS
from schemas.check_examples import CHECK_EXAMPLES
from schemas.checks import CHECKS
from schemas.contents import CONTENTS
from schemas.contract import Table
from schemas.decodings import DECODINGS
from schemas.documents import DOCUMENTS
from schemas.duplicate_pairs import DUPLICATE_PAIRS
from schemas.edits import EDITS
from schemas.facts import FACTS
from schemas.flags import FLAGS
from schemas.kept import KEPT
from schemas.keywords import KEYWORDS
from schemas.links import LINKS
from schemas.marks import MARKS
from schemas.mentions import MENTIONS
from schemas.phrases import PHRASES
from schemas.private_data import PRIVATE_DATA
from schemas.quarantine import QUARANTINE
from schemas.quarantine_actions import QUARANTINE_ACTIONS
from schemas.records import RECORDS
from schemas.rules import RULES
from schemas.runs import RUNS
from schemas.sections import SECTIONS
from schemas.seed_files import SEED_FILES
from schemas.sentences import SENTENCES
from schemas.signatures import SIGNATURES
from schemas.stage_timings import STAGE_TIMINGS
from schemas.terms import TERMS
from schemas.time_expressions import TIME_EXPRESSIONS
from schemas.vocabulary import CORPUS_STATS, TRADITIONAL_MAP, VOCABULARY

SCHEMA_VERSION = 2  # raised with a migration (tasks/storage/migrate.py) when rows or manifests of before would be misread

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        RUNS, RULES, SEED_FILES, CONTENTS, ARRIVALS, ARRIVAL_EVENTS,
        RECORDS, DOCUMENTS, DECODINGS, BLOCKS, MARKS, LINKS,
        ARTICLES, ARTICLE_METADATA, KEPT, EDITS, FLAGS,
        SECTIONS, SENTENCES, TERMS, KEYWORDS, MENTIONS, FACTS, PHRASES, TIME_EXPRESSIONS, PRIVATE_DATA,
        SIGNATURES, DUPLICATE_PAIRS,
        CHECKS, CHECK_EXAMPLES, STAGE_TIMINGS, QUARANTINE, QUARANTINE_ACTIONS,
        VOCABULARY, CORPUS_STATS, TRADITIONAL_MAP,
    )
}

PUBLISHED: dict[str, Table] = {name: table for name, table in TABLES.items() if not table.internal}

# Law D speaks of these: two runs over the same bytes agree in them but for volatile columns.
DATA: dict[str, Table] = {
    name: table for name, table in PUBLISHED.items() if "run_id" in table.volatile or table.stage == "publish"
}
