"""What a query may call: names are found as DuckDB finds them, and of its functions only those that read are left."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.storage.reading import ACTING, READING, called, refused_functions


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select count(*) from runs", {"count"}),
        ("from \"Enable_Logging\" /* ( */ (1)", {"enable_logging"}),
        ("from a.b.c -- x(\n(1)", {"c"}),
        ("select 'f(' || \"g(\" from h", set()),
        ("select $$ f( $$, $x$ g( $x$", set()),
        ("select E'\\'' , f(1), 'x'", {"f"}),
        ("select 'x'.f()", {"f"}),
        ("from f\u2003()", {"f"}),
        ("from f\u200b ()", {"f"}),
        ("select \x00 f()", {"f"}),
        ("from \"a\"\"b\"()", {'a"b'}),
        ("select 水渠(1)", {"水渠"}),
        ("", set()),
        ("'", set()),
    ],
)
def test_names_before_a_parenthesis(sql: str, names: set[str]):
    assert called(sql) == names


@given(st.text(max_size=60))
def test_any_text_can_be_asked(sql: str):
    called(sql)


def test_functions_that_act_are_refused_and_those_that_read_are_not():
    refused = refused_functions(duckdb.connect())
    assert {"enable_logging", "query", "json_execute_serialized_sql", "read_csv", "read_text", "glob", "arrow_scan", "write_log"} <= refused
    assert not refused & (READING | {"count", "sum", "upper", "regexp_matches", "version", "current_date", "list_transform", "unnest"})
    assert refused >= ACTING
