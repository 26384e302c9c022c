"""The prompt of taojin sql: where a statement ends, what Tab offers, what its commands do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.commands.sql_prompt import Completer, Prompt, history_path, is_complete, is_open
from flows.commands.sql_session import Limits, Session
from tasks.storage.reader import current_path
from tests.tasks.storage.small import ingest, seeds


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    root = tmp_path_factory.mktemp("warehouse")
    ingest(root, seeds())
    with Session(current_path(root), Limits(seconds=20, rows=50)) as session:
        yield session


@pytest.fixture(scope="module")
def completer(session: Session) -> Completer:
    return Completer(session)


@pytest.fixture
def asked(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd):
    """Type lines at a prompt; what it shows."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(Prompt, "_edit", lambda self: None)
    monkeypatch.setattr(Prompt, "_remember", lambda self, text: None)

    def ask(*lines: str) -> tuple[str, str]:
        left = iter(lines)

        def read(_prompt: str) -> str:
            try:
                return next(left)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("builtins.input", read)
        assert Prompt(session).serve() == 0
        return capfd.readouterr()

    return ask


ENDS = ("select 1;", "select ';' ;", "select 1; -- done\n;", "select 1; -- done", "select $$;$$;", "/* ; */ select 1;\n")
GOES_ON = ("select 1", "select ';'", "select ';", 'select "a;', "select 1 -- ;", "/* x;", "select $$ ;", "select 'it''s;", "select 1; /* x")


@pytest.mark.parametrize("text", ENDS)
def test_a_statement_that_is_complete(text: str):
    assert is_complete(text)


@pytest.mark.parametrize("text", GOES_ON)
def test_a_statement_that_goes_on(text: str):
    assert not is_complete(text)


def test_an_empty_line_inside_a_quote_ends_nothing():
    assert is_open("select 'a\n") and not is_open("select 'a' -- '")


@pytest.mark.parametrize(
    ("line", "among"),
    [
        ("select ti", "title"), ("select * from arti", "articles"), ("select * from artic", "articles_current"),
        ("select * from articles where articles.pub", "articles.published_at"), ("select a.ti from articles a where a.ti", "a.title"),
        ("select kw", "kwic("), ("sel", "select"), (".sch", ".schema "), (".schema fa", "facts"), (".mode l", "line"),
        (".example 0", "01-"), ("select regexp_ma", "regexp_matches("),
    ],
)  # fmt: skip
def test_tab_offers(completer: Completer, line: str, among: str):
    assert [m for m in completer.matches(line) if m.startswith(among)], completer.matches(line)


def test_tab_offers_tables_only_after_from_and_nothing_of_ours(completer: Completer):
    found = completer.matches("select * from t")
    assert "terms" in found and "title" not in found
    assert not [m for m in completer.matches("select * from _") if m in completer.tables]


def test_an_alias_of_a_line_above_is_known(completer: Completer):
    assert completer.matches("where f.fact_", "select * from facts as f") == ["f.fact_no"]


def test_many_lines_make_one_statement(asked):
    out, err = asked("select count(*) as n,", "'a;", "", "b' as t", "from articles;")
    assert out.splitlines()[:2] == ["n  t", "4  a;\\n\\nb"] and "1 row, " in err


def test_an_error_is_a_sentence_and_the_prompt_goes_on(asked):
    out, err = asked("select titel from articles;", ".mode xml", ".nothing", "drop table articles;", "select 7 as seven;")
    assert "seven" in out and "Did you mean title?" in err and "no mode 'xml'" in err and "Only queries that read" in err


def test_a_value_a_line(asked):
    out, _ = asked(".mode line", "select 1 as a, '\x1b[31m' as bee;")
    assert out.splitlines()[:2] == ["  a  1", "bee  \\x1b[31m"]


def test_timing_can_be_turned_off_and_long_results_say_where_they_end(asked):
    out, err = asked(".timer off", "from range(60);")
    assert len(out.splitlines()) == 52 and "Only the first 50 rows" in err and " ms" not in err  # 50 rows, their head, the end of input


def test_help_lists_each_command(asked):
    out, _ = asked(".help")
    assert all(c in out for c in (".tables", ".schema", ".examples", ".example NAME", ".mode", ".timer", ".pager", ".quit"))


@pytest.mark.parametrize(
    ("command", "says"),
    [(".tables", "articles_current"), (".schema", "articles"), (".schema articles", "published_at"), (".schema search", "search(query"),
     (".examples", "01-newest"), (".example 01-newest", "title")],
)  # fmt: skip
def test_each_command_answers(asked, command: str, says: str):
    out, err = asked(command)
    assert says in out and "rror" not in err


def test_tables_come_before_views_and_macros_and_each_says_what_it_is(asked):
    out, _ = asked(".mode json", ".tables")
    rows = json.loads(out)
    kinds = [r["kind"] for r in rows]
    assert kinds == sorted(kinds, key=["table", "view", "macro"].index) and set(kinds) == {"table", "view", "macro"}
    assert not [r["name"] for r in rows if not r["description"]]


def test_a_command_amid_a_statement_is_run_and_the_statement_goes_on(asked):
    out, err = asked("select 7 as seven", ".mode json", ", 8 as eight;")
    assert json.loads(out) == [{"seven": 7, "eight": 8}] and "mode json" in err


def test_columns_are_offered_before_from_is_written(completer: Completer):
    assert "a.title" in completer.matches("select a.ti")


def test_quit_leaves(asked):
    out, _ = asked(".quit", "select 'never' as x;")
    assert "never" not in out


def test_ctrl_c_stops_a_query_and_the_next_one_runs(session: Session, capfd, monkeypatch):
    prompt = Prompt(session)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(prompt, "_show", interrupted)
        prompt._carry_out("select 1;")
    prompt._carry_out("select 'alive' as x;")
    out, err = capfd.readouterr()
    assert "Stopped." in err and "alive" in out


def test_history_lies_in_the_users_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert history_path() == tmp_path / "taojin" / "sql_history"
