"""Tables that follow from other tables, computed at publication: in full, or from what an increment changes.

Law: both ways give equal tables. So only what adds up is carried over (counts and sums), and only from the rows that
leave and the rows that come; totals are computed anew from it. What needs no more than a query over other tables
(`duplicates`, `dirt_daily`) stands in warehouse/views/ and is made with the views.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from schemas.catalog import PUBLISHED
from schemas.contract import quoted

VOCABULARY = "SELECT term, count(DISTINCT article_id) AS df, sum(tf) AS cf FROM {source} WHERE {only} GROUP BY ALL"


def replace_vocabulary(con: duckdb.DuckDBPyConnection) -> None:
    """Every term, in full."""
    con.execute("DELETE FROM vocabulary")
    con.execute(f"INSERT INTO vocabulary {VOCABULARY.format(source='terms', only='true')} ORDER BY term")


def replace_stats(con: duckdb.DuckDBPyConnection) -> None:
    """Totals: cheap, since every one is a sum over a narrow column."""
    con.execute("DELETE FROM corpus_stats")
    con.execute(
        """
        INSERT INTO corpus_stats
        WITH a AS (SELECT count(*) AS n, coalesce(sum(char_count), 0) AS characters FROM articles),
             t AS (SELECT coalesce(sum(cf), 0) AS n FROM vocabulary)
        SELECT unnest(['articles', 'characters', 'terms', 'mean_terms']),
               unnest([a.n::DOUBLE, a.characters::DOUBLE, t.n::DOUBLE, CASE WHEN a.n = 0 THEN 0 ELSE t.n / a.n END]) FROM a, t
        """
    )


def add_up(con: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str], sums: Sequence[str], gone: str, came: str) -> None:
    """
    Take the sums of what is gone off a table and add those of what came (two relations with the table's columns).

    A row whose first sum comes to nothing leaves.
    """
    by, joined = ", ".join(keys), " AND ".join(f"t.{k} IS NOT DISTINCT FROM c.{k}" for k in keys)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _change AS SELECT {by}, {', '.join(f'sum({s})::BIGINT AS {s}' for s in sums)} FROM ("
        f"SELECT {by}, {', '.join(sums)} FROM {came} UNION ALL SELECT {by}, {', '.join(f'-{s} AS {s}' for s in sums)} FROM {gone}"
        f") GROUP BY ALL HAVING {' OR '.join(f'sum({s}) <> 0' for s in sums)}"
    )
    fresh = f"SELECT {by}, {', '.join(sums)} FROM _change AS c ANTI JOIN {table} AS t ON {joined} ORDER BY ALL"
    con.execute(f"CREATE OR REPLACE TEMP TABLE _fresh AS {fresh}")
    con.execute(f"UPDATE {table} AS t SET {', '.join(f'{s} = t.{s} + c.{s}' for s in sums)} FROM _change AS c WHERE {joined}")
    con.execute(f"INSERT INTO {table} ({by}, {', '.join(sums)}) SELECT * FROM _fresh")
    con.execute(f"DELETE FROM {table} WHERE {sums[0]} = 0")
    con.execute("DROP TABLE _change; DROP TABLE _fresh")


def update_arrivals(con: duckdb.DuckDBPyConnection, events: str) -> None:
    """
    Let new events tell what each uri holds now.

    The rows that a uri has already stand for its former events: each is the last sight of one content, and `gone` tells
    that a later scan missed it. A run counts as later than another by its number.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _events AS
        SELECT uri, name, file_id, size_bytes, modified_at, seen_at, run_id, event = 'gone' AS gone FROM {events}
        UNION ALL
        SELECT uri, name, file_id, size_bytes, modified_at, seen_at, run_id,
               unnest(CASE state WHEN 'gone' THEN [false, true] ELSE [false] END)
        FROM arrivals SEMI JOIN {events} USING (uri)
        """
    )
    con.execute("DELETE FROM arrivals WHERE uri IN (SELECT uri FROM _events)")
    con.execute(
        """
        INSERT INTO arrivals (uri, name, file_id, size_bytes, modified_at, seen_at, run_id, state)
        WITH last AS (
            SELECT uri, max(run_id) FILTER (NOT gone) AS seen, max(run_id) FILTER (gone) AS gone FROM _events GROUP BY uri
        ), sights AS (
            SELECT * FROM _events WHERE NOT gone
            QUALIFY row_number() OVER (PARTITION BY uri, file_id ORDER BY run_id DESC, seen_at DESC) = 1
        )
        SELECT s.uri, s.name, s.file_id, s.size_bytes, s.modified_at, s.seen_at, s.run_id,
               CASE WHEN s.run_id < l.seen THEN 'superseded' WHEN l.gone >= l.seen THEN 'gone' ELSE 'current' END
        FROM sights AS s JOIN last AS l USING (uri) ORDER BY s.uri, s.run_id
        """
    )
    con.execute("DROP TABLE _events")


def update_seed_files(con: duckdb.DuckDBPyConnection, packs: str, events: str) -> None:
    """
    One row per content. Call before update_arrivals with the packs and events that came, name them afterwards.

    `first_seen_at` and `run_id` come from the first sight, also where that sight was published before the bytes were. Of bytes whose
    sights a damaged disk took away nobody knows: 1970 and 0.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _first AS
        SELECT file_id, min(seen_at) AS first_seen_at, min(run_id) AS run_id FROM (
            SELECT file_id, seen_at, run_id FROM {events} WHERE event = 'seen' UNION ALL SELECT file_id, seen_at, run_id FROM arrivals
        ) GROUP BY file_id
        """
    )
    con.execute(
        f"""
        INSERT INTO seed_files (file_id, size_bytes, media_type, document_count, first_seen_at, run_id)
        SELECT p.file_id, p.size_bytes, p.media_type, 0, coalesce(f.first_seen_at, TIMESTAMP '1970-01-01'), coalesce(f.run_id, 0)
        FROM (SELECT DISTINCT file_id, size_bytes, media_type FROM {packs}) AS p LEFT JOIN _first AS f USING (file_id)
        WHERE p.file_id NOT IN (SELECT file_id FROM seed_files) ORDER BY p.file_id
        """
    )
    con.execute("DROP TABLE _first")


def name_seed_files(con: duckdb.DuckDBPyConnection) -> None:
    """Names from the smallest uri, and how many documents each content holds: only rows that change are written."""
    con.execute(
        """
        UPDATE seed_files AS s SET name = n.name
        FROM (SELECT file_id, arg_min(name, uri) AS name FROM arrivals GROUP BY file_id) AS n
        WHERE n.file_id = s.file_id AND n.name IS DISTINCT FROM s.name
        """
    )
    con.execute(
        """
        UPDATE seed_files AS s SET document_count = n.n
        FROM (SELECT s.file_id, count(d.doc_id)::INTEGER AS n
              FROM seed_files AS s LEFT JOIN documents AS d USING (file_id) GROUP BY ALL) AS n
        WHERE n.file_id = s.file_id AND n.n <> s.document_count
        """
    )


def update_rules(con: duckdb.DuckDBPyConnection, path: str) -> None:
    """Every version of a rule once, as the newest run words it."""
    names = ", ".join(PUBLISHED["rules"].names)
    source = f"read_parquet({quoted(path)})"
    con.execute(f"DELETE FROM rules AS r USING {source} AS n WHERE n.rule_id = r.rule_id AND n.rule_version = r.rule_version")
    con.execute(f"INSERT INTO rules ({names}) SELECT {names} FROM {source}")


def listed(paths: Sequence[str]) -> str:
    """Paths as an SQL list."""
    return "[" + ", ".join(map(quoted, paths)) + "]"
