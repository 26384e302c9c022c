-- kwic(term, width, most := 10000): each place where the current articles use a word, with width characters on both sides: article_id,
-- title, published_at, start (from 0 in articles.text), before, hit, after; the oldest `most` places. A word of the vocabulary, as typed
-- or folded to Simplified, is found through terms; any other string is looked for in text_hans, character by character, in one pass.
-- Places are sorted and cut off before their texts are unpacked: a common word costs no more than the places that are shown.
CREATE OR REPLACE MACRO kwic(term, width, most := 10000) AS TABLE
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT w.word FROM (SELECT unnest([coalesce(term, ''), folded(coalesce(term, ''))]) AS word) AS w WHERE w.word <> ''
), known AS MATERIALIZED (
    SELECT w.word FROM wanted AS w SEMI JOIN vocabulary AS v ON v.term = w.word
), unknown AS MATERIALIZED (
    SELECT w.word FROM wanted AS w WHERE NOT EXISTS (SELECT 1 FROM known)
), current AS (
    SELECT a.rowid AS row_id, a.article_id, a.published_at
    FROM articles AS a ANTI JOIN documents_superseded AS s ON s.doc_id = a.doc_id
), indexed AS (
    SELECT c.row_id, c.article_id, c.published_at, t.term AS word, t.positions
    FROM terms AS t SEMI JOIN known AS k ON k.word = t.term JOIN current AS c USING (article_id)
), pieces AS (
    SELECT a.rowid AS row_id, u.word, unnest(string_split(a.text_hans, u.word)) AS piece,
        generate_subscripts(string_split(a.text_hans, u.word), 1) AS no
    FROM articles AS a JOIN unknown AS u ON contains(a.text_hans, u.word)
), cuts AS (
    -- The text is cut at the string: all pieces and strings up to a cut add up to its place. The last piece ends no cut.
    SELECT row_id, word, (sum(length(piece) + length(word)) OVER up_to_here - length(word))::INTEGER AS start
    FROM pieces
    WINDOW up_to_here AS (PARTITION BY row_id, word ORDER BY no)
    QUALIFY no < max(no) OVER (PARTITION BY row_id, word)
), places AS MATERIALIZED (
    SELECT row_id, article_id, published_at, word, unnest(positions) AS start FROM indexed
    UNION ALL
    SELECT row_id, c.article_id, c.published_at, p.word, p.start FROM cuts AS p JOIN current AS c USING (row_id)
    ORDER BY published_at NULLS LAST, article_id, start
    LIMIT most
)
SELECT
    p.article_id,
    a.title,
    p.published_at,
    p.start,
    substr(a.text, greatest(p.start - width, 0) + 1, least(p.start, width)) AS before,
    substr(a.text, p.start + 1, length(p.word)) AS hit,
    substr(a.text, p.start + length(p.word) + 1, width) AS after
FROM articles AS a JOIN places AS p ON p.row_id = a.rowid
ORDER BY p.published_at NULLS LAST, p.article_id, p.start;
