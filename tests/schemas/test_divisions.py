"""The contract's codes of divisions are those that enrichment knows."""

from __future__ import annotations

from pathlib import Path

from schemas.mentions import CODES


def test_the_codes_are_those_of_the_table_of_divisions():
    rows = (Path(__file__).parents[2] / "tasks/enrich/divisions.tsv").read_text("utf-8").splitlines()
    known = {row.split("\t")[0] for row in rows if not row.startswith("#")}
    assert CODES.split() == sorted(known)
