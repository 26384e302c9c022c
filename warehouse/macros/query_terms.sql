-- query_terms(query): the words of the vocabulary into which search cuts a query: from left to right, always the longest that fits;
-- what no word fits is left out. A word counts as typed and as folded to Simplified, and a Latin one also in small letters, in capitals
-- and with one capital. Words of two characters and more inside a longer one come along with less weight, because articles may have
-- been cut there. Reads the first 200 characters.
CREATE OR REPLACE MACRO query_terms(query) AS TABLE
WITH RECURSIVE typed AS MATERIALIZED (
    SELECT substr(coalesce(query, ''), 1, 200) AS raw, folded(substr(coalesce(query, ''), 1, 200)) AS hans
), pieces AS MATERIALIZED (
    SELECT p.place, n.size, substr(raw, p.place, n.size) AS raw, substr(hans, p.place, n.size) AS hans
    FROM typed, range(1, length(raw) + 1) AS p(place), range(1, 25) AS n(size)
    WHERE p.place + n.size <= length(raw) + 1
), forms AS MATERIALIZED (
    SELECT place, size, raw AS form FROM pieces WHERE trim(raw) <> ''
    UNION
    SELECT place, size, hans FROM pieces WHERE trim(raw) <> ''
    UNION
    SELECT place, size, unnest([lower(hans), upper(hans), upper(hans[1]) || lower(hans[2:])])
    FROM pieces WHERE regexp_matches(hans, '[A-Za-z]')
), known AS MATERIALIZED (
    SELECT f.place, f.size, v.term, v.df FROM vocabulary AS v JOIN forms AS f ON f.form = v.term
), longest AS MATERIALIZED (
    SELECT p.place, coalesce(max(k.size), 0) AS size
    FROM (SELECT place FROM pieces WHERE size = 1) AS p LEFT JOIN known AS k USING (place)
    GROUP BY p.place
), walk(place, size) AS (
    SELECT place, size FROM longest WHERE place = 1
    UNION ALL
    SELECT l.place, l.size FROM walk AS w JOIN longest AS l ON l.place = w.place + greatest(w.size, 1)
)
SELECT k.term, any_value(k.df) AS df, max(CASE WHEN k.place = w.place AND k.size = w.size THEN 1.0 ELSE 0.25 END) AS weight
FROM walk AS w
JOIN known AS k ON k.place >= w.place AND k.place + k.size <= w.place + w.size
WHERE k.size = w.size OR k.size >= 2
GROUP BY k.term;
