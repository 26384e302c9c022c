"""The dictionary in the repository is the one that the contracts give."""

from __future__ import annotations

import pytest

from schemas.catalog import PUBLISHED
from schemas.derive.dictionary import WAREHOUSE, description, dictionary


def test_the_dictionary_is_not_stale():
    written = (WAREHOUSE / "DICTIONARY.md").read_text("utf-8")
    assert written == dictionary(), "run `python -m schemas.derive.dictionary`"


def test_it_names_every_column_view_and_macro():
    text = dictionary()
    for table in PUBLISHED.values():
        assert f"### {table.name}\n" in text
        assert all(f"| `{c.name}` |" in text for c in table.columns)
    for path in (*WAREHOUSE.glob("views/*.sql"), *WAREHOUSE.glob("macros/*.sql")):
        assert f"### {path.stem}\n" in text


def test_sql_without_a_comment_is_refused():
    assert description("-- One.\n-- Two.\nSELECT 1") == "One. Two."
    with pytest.raises(ValueError, match=r"x\.sql"):
        description("SELECT 1", "x.sql")
