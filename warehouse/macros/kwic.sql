-- kwic(term, width): each place where the current articles use a word, with width characters on both sides: article_id, title,
-- published_at, start (from 0 in articles.text), before, hit, after. A word of the vocabulary, as typed or folded to Simplified, is found
-- through terms; any other string is looked for in text_hans, character by character.
CREATE OR REPLACE MACRO kwic(term, width) AS TABLE
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT w.word FROM (SELECT unnest([coalesce(term, ''), folded(coalesce(term, ''))]) AS word) AS w WHERE w.word <> ''
), known AS MATERIALIZED (
    SELECT w.word FROM wanted AS w SEMI JOIN vocabulary AS v ON v.term = w.word
), indexed AS (
    SELECT t.article_id, t.term AS word, unnest(t.positions) AS start FROM terms AS t SEMI JOIN known AS k ON k.word = t.term
), pieces AS (
    SELECT a.article_id, w.word, unnest(string_split(a.text_hans, w.word)) AS piece,
        generate_subscripts(string_split(a.text_hans, w.word), 1) AS no
    FROM articles AS a JOIN wanted AS w ON contains(a.text_hans, w.word)
    WHERE NOT EXISTS (SELECT 1 FROM known)
), scanned AS (
    -- The text is cut at the string: all pieces and strings up to a cut add up to its place. The last piece ends no cut.
    SELECT article_id, word, (sum(length(piece) + length(word)) OVER up_to_here - length(word))::BIGINT AS start
    FROM pieces
    WINDOW up_to_here AS (PARTITION BY article_id, word ORDER BY no)
    QUALIFY no < max(no) OVER (PARTITION BY article_id, word)
), places AS (
    SELECT article_id, word, start FROM indexed UNION SELECT article_id, word, start FROM scanned
)
SELECT
    a.article_id,
    a.title,
    a.published_at,
    p.start::INTEGER AS start,
    substr(a.text, greatest(p.start - width, 0) + 1, least(p.start, width)) AS before,
    substr(a.text, p.start + 1, length(p.word)) AS hit,
    substr(a.text, p.start + length(p.word) + 1, width) AS after
FROM places AS p
JOIN articles_current AS a USING (article_id)
ORDER BY a.published_at NULLS LAST, a.article_id, p.start;
