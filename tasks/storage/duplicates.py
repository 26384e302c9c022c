"""duplicate_pairs, computed at publication: from what an increment brings, equal to what a full publication would find.

    signatures of the batches -> texts that share a band -> compared once, letter by letter -> pairs of articles and paragraphs

Three hidden tables remember what is dear: `_signatures` and `_bands` (by content, so a text that stands in a thousand
places is compared once), and `_compared`, the verdict on every two contents that met. A verdict depends on two texts only,
and which contents meet only on the set of all, so neither the order of batches nor their number has a say (law D).

Copies of one content are paired with the first of them (smallest article_id, paragraph), not each with each; and a crowd,
which many texts of one template make in a band, is compared with its first members only. Clusters need no more.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from tasks.relate.likeness import Comparable, likeness

FEWEST_AGREE = 26  # of 64 places of two sketches: three standard deviations below what a text with 8 % of its letters changed has
MOST_IN_CROWD = 32  # members of a band with whom all of its members are compared
PAIRS_AT_ONCE = 200_000  # pairs judged together …
LETTERS_AT_ONCE = 8_000_000  # … and letters of their texts, about: some 100 MB

CREATE = (
    "CREATE TABLE IF NOT EXISTS _signatures (article_id VARCHAR, paragraph_no INTEGER, start INTEGER, stop INTEGER, content BIGINT)",
    "CREATE TABLE IF NOT EXISTS _bands (band BIGINT, content BIGINT)",
    "CREATE TABLE IF NOT EXISTS _sketches (content BIGINT, a BIGINT, b BIGINT, c BIGINT, d BIGINT)",
    "CREATE TABLE IF NOT EXISTS _compared (one BIGINT, other BIGINT, similarity DOUBLE, method VARCHAR)",
    "COMMENT ON TABLE _signatures IS 'Articles and paragraphs long enough to be compared, with a hash of their letters.'",
    "COMMENT ON TABLE _bands IS 'By what contents meet: hashes of parts of their signatures.'",
    "COMMENT ON TABLE _sketches IS 'Planes of bits by which contents that met are sorted out unread.'",
    "COMMENT ON TABLE _compared IS 'Every two contents that met with like sketches; NULL where they do not repeat each other.'",
)

# Bands of another place or level never meet: both are in the upper half of the number.
_NEW_BANDS = """
    INSERT INTO _bands
    SELECT (place::BIGINT * 2 + level << 32) | (value::BIGINT & 4294967295), content
    FROM (SELECT content, level, unnest(bands) AS value, generate_subscripts(bands, 1) AS place
          FROM (SELECT content, any_value(bands) AS bands, any_value(paragraph_no > 0)::BIGINT AS level FROM {came} GROUP BY content) AS c
          ANTI JOIN _known_contents AS k USING (content))
    ORDER BY ALL
"""
_NEW_SKETCHES = """
    INSERT INTO _sketches SELECT content, sketch[1], sketch[2], sketch[3], sketch[4]
    FROM (SELECT content, any_value(sketch) AS sketch FROM {came} GROUP BY content) AS c ANTI JOIN _known_contents AS k USING (content)
"""
_MEETINGS = f"""
    CREATE OR REPLACE TEMP TABLE _meetings AS
    WITH looked_at AS ({{bands}}),
         shared AS (SELECT band FROM looked_at GROUP BY band HAVING count(*) > 1),
         members AS (
             SELECT band, content, row_number() OVER (PARTITION BY band ORDER BY content) AS place
             FROM looked_at SEMI JOIN shared USING (band)
         ),
         met AS (
             SELECT DISTINCT f.content AS one, m.content AS other
             FROM members AS f JOIN members AS m ON f.band = m.band AND f.place < m.place AND f.place <= {MOST_IN_CROWD}
         )
    SELECT one, other FROM met JOIN _sketches AS x ON x.content = one JOIN _sketches AS y ON y.content = other
    WHERE bit_count(xor(x.a, y.a) | xor(x.b, y.b) | xor(x.c, y.c) | xor(x.d, y.d)) <= {64 - FEWEST_AGREE}
"""
# What an increment has to look at: bands in which contents come or go, and, since a newcomer may push another out of the
# first members of a crowd, all other bands of the members of such crowds, which may hold their pairs too.
_TOUCHED = f"""
    CREATE OR REPLACE TEMP TABLE _crowd AS
    SELECT DISTINCT content FROM _bands SEMI JOIN (
        SELECT band FROM _bands SEMI JOIN (SELECT DISTINCT band FROM _bands SEMI JOIN _came_contents USING (content)) USING (band)
        GROUP BY band HAVING count(*) > {MOST_IN_CROWD}
    ) USING (band);
    CREATE OR REPLACE TEMP TABLE _touched AS
    SELECT DISTINCT band FROM _bands
    WHERE content IN (SELECT content FROM _came_contents UNION ALL SELECT content FROM _crowd)
    UNION SELECT band FROM _left_bands
"""
_FIRSTS = "SELECT content, min((article_id, paragraph_no)) AS first FROM _signatures GROUP BY content"
# Paragraphs are told only where their articles are not told to repeat each other, and never within one article: a
# standfirst that repeats its body is no duplicate.
_PAIRS = f"""
    INSERT INTO duplicate_pairs (level, article_id, paragraph_no, other_id, other_paragraph_no, similarity, method, run_id)
    WITH firsts AS ({_FIRSTS}),
         found AS (
             SELECT f.first AS a, (s.article_id, s.paragraph_no) AS b, 1.0 AS similarity, 'equal' AS method
             FROM firsts AS f JOIN _signatures AS s USING (content) WHERE (s.article_id, s.paragraph_no) <> f.first
             UNION ALL
             SELECT a.first, b.first, c.similarity, c.method
             FROM _compared AS c JOIN firsts AS a ON a.content = c.one JOIN firsts AS b ON b.content = c.other
             WHERE c.similarity IS NOT NULL
         ),
         ordered AS (SELECT least(a, b) AS a, greatest(a, b) AS b, similarity, method FROM found),
         named AS (
             SELECT a[1] AS article_id, a[2] AS paragraph_no, b[1] AS other_id, b[2] AS other_paragraph_no, similarity, method FROM ordered
         ),
         whole AS (SELECT article_id, other_id FROM named WHERE paragraph_no = 0)
    SELECT CASE WHEN n.paragraph_no = 0 THEN 'article' ELSE 'paragraph' END, n.article_id, n.paragraph_no, n.other_id,
           n.other_paragraph_no, n.similarity, n.method, greatest(x.run_id, y.run_id)
    FROM named AS n JOIN articles AS x USING (article_id) JOIN articles AS y ON y.article_id = n.other_id
    WHERE n.paragraph_no = 0
       OR n.article_id <> n.other_id
          AND NOT EXISTS (SELECT 1 FROM whole AS w WHERE w.article_id = n.article_id AND w.other_id = n.other_id)
    ORDER BY ALL
"""


def update_duplicates(con: duckdb.DuckDBPyConnection, came: str | None, leaving: str | None) -> None:
    """
    Bring duplicate_pairs up to date. Call when `articles` is.

    Args:
        came: a relation of SIGNATURES rows that are new; None where none are.
        leaving: SQL that holds for the article_id of rows that go first; None where none go.
    """
    for sql in CREATE:
        con.execute(sql)
    if not came and not leaving:
        return
    fresh = con.execute("SELECT count(*) FROM _sketches").fetchone() == (0,)
    con.execute("CREATE OR REPLACE TEMP TABLE _known_contents AS SELECT content FROM _sketches")
    con.execute("CREATE OR REPLACE TEMP TABLE _left_bands (band BIGINT)")
    if leaving:
        con.execute(f"DELETE FROM _signatures WHERE {leaving}")
    if came:
        con.execute(f"INSERT INTO _signatures SELECT article_id, paragraph_no, start, stop, content FROM {came} ORDER BY ALL")
        con.execute(_NEW_BANDS.format(came=came))
        con.execute(_NEW_SKETCHES.format(came=came))
    if leaving:
        con.execute("INSERT INTO _left_bands SELECT DISTINCT band FROM _bands WHERE content NOT IN (SELECT content FROM _signatures)")
        for table in ("_bands", "_sketches"):
            con.execute(f"DELETE FROM {table} WHERE content NOT IN (SELECT content FROM _signatures)")
        for side in ("one", "other"):
            con.execute(f"DELETE FROM _compared WHERE {side} NOT IN (SELECT content FROM _sketches)")
    if fresh:
        con.execute(_MEETINGS.format(bands="SELECT band, content FROM _bands"))
    else:
        new = "SELECT content FROM _sketches ANTI JOIN _known_contents USING (content)"
        con.execute(f"CREATE OR REPLACE TEMP TABLE _came_contents AS {new}")
        con.execute(_TOUCHED)
        con.execute(_MEETINGS.format(bands="SELECT band, content FROM _bands SEMI JOIN _touched USING (band)"))
        con.execute(
            "DELETE FROM _compared AS c WHERE one IN (SELECT content FROM _crowd) AND other IN (SELECT content FROM _crowd) "
            "AND NOT EXISTS (SELECT 1 FROM _meetings AS m WHERE m.one = c.one AND m.other = c.other)"
        )
    _compare(con)
    con.execute("DELETE FROM duplicate_pairs")
    con.execute(_PAIRS)
    for name in ("_meetings", "_known_contents", "_came_contents", "_left_bands", "_crowd", "_touched"):
        con.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _compare(con: duckdb.DuckDBPyConnection) -> None:
    """Judge every two contents that met for the first time."""
    new = con.execute("SELECT m.one, m.other FROM _meetings AS m ANTI JOIN _compared AS c USING (one, other) ORDER BY ALL").fetchnumpy()
    sizes = dict(con.execute(
        "SELECT content, any_value(stop - start) FROM _signatures "
        "WHERE content IN (SELECT unnest([one, other]) FROM _meetings) GROUP BY content"
    ).fetchall())
    pairs: list[tuple[int, int]] = []
    wanted: dict[int, int] = {}
    for pair in zip(new["one"].tolist(), new["other"].tolist(), strict=True):
        pairs.append(pair)
        wanted |= {content: sizes[content] for content in pair if content not in wanted}
        if len(pairs) >= PAIRS_AT_ONCE or (len(wanted) % 100 == 0 and sum(wanted.values()) >= LETTERS_AT_ONCE):
            _judge(con, pairs, list(wanted))
            pairs, wanted = [], {}
    if pairs:
        _judge(con, pairs, list(wanted))


def _judge(con: duckdb.DuckDBPyConnection, pairs: list[tuple[int, int]], contents: list[int]) -> None:
    texts = _texts(con, contents)
    verdicts = [likeness(texts[one], texts[other]) or (None, None) for one, other in pairs]
    rows = pa.table({
        "one": pa.array([one for one, _ in pairs], pa.int64()),
        "other": pa.array([other for _, other in pairs], pa.int64()),
        "similarity": pa.array([s for s, _ in verdicts], pa.float64()),
        "method": pa.array([m for _, m in verdicts], pa.string()),
    })
    con.register("_verdicts", rows)
    con.execute("INSERT INTO _compared SELECT * FROM _verdicts")
    con.unregister("_verdicts")


def _texts(con: duckdb.DuckDBPyConnection, contents: list[int]) -> dict[int, Comparable]:
    """Contents made ready to be compared, each from the first place where it stands."""
    con.register("_wanted", pa.table({"content": pa.array(contents, pa.int64())}))
    places = con.execute(
        "SELECT s.content, min((s.article_id, s.start, s.stop)) FROM _signatures AS s SEMI JOIN _wanted USING (content) GROUP BY ALL"
    ).fetchall()
    con.unregister("_wanted")
    wanted = "SELECT article_id, text_hans FROM articles WHERE article_id IN (SELECT unnest($1::VARCHAR[]))"
    full = dict(con.execute(wanted, [sorted({article for _, (article, _, _) in places})]).fetchall())
    return {content: Comparable.of(full[article][start:stop]) for content, (article, start, stop) in places}
