-- search(query, most := 20): the articles that fit a query best: article_id, score, title, published_at, snippet. BM25 (k1 1.2, b 0.75)
-- over terms, vocabulary and corpus_stats, for articles_current; the query is cut by query_terms. The snippet shows the rarest word that
-- was found between 【 and 】, in the script of the article. Articles go by their row in here: joined by it, only the texts that are
-- shown are unpacked. Scores are rounded, so that equal articles tie, and ties go by article_id.
CREATE OR REPLACE MACRO search(query, most := 20) AS TABLE
WITH wanted AS MATERIALIZED (
    SELECT q.term, row_number() OVER () AS no, length(q.term) AS size, q.weight * ln(1 + (n.value - q.df + 0.5) / (q.df + 0.5)) AS worth
    FROM query_terms(query) AS q
    CROSS JOIN (SELECT value FROM corpus_stats WHERE name = 'articles') AS n
), current AS (
    SELECT a.rowid AS row_id, a.article_id, a.term_count FROM articles AS a ANTI JOIN documents_superseded AS s ON s.doc_id = a.doc_id
), hits AS MATERIALIZED (
    SELECT c.row_id, w.no, any_value(c.term_count) AS words, sum(t.tf)::DOUBLE AS tf, min(t.positions[1]) AS place
    FROM terms AS t JOIN wanted AS w USING (term) JOIN current AS c USING (article_id)
    GROUP BY c.row_id, w.no
), scored AS MATERIALIZED (
    SELECT h.row_id, round(sum(w.worth * h.tf * 2.2 / (h.tf + 1.2 * (0.25 + 0.75 * h.words / greatest(m.value, 1)))), 9) AS score
    FROM hits AS h JOIN wanted AS w USING (no) CROSS JOIN (SELECT value FROM corpus_stats WHERE name = 'mean_terms') AS m
    GROUP BY h.row_id
), worst AS (
    SELECT min(score) AS score FROM (SELECT score FROM scored ORDER BY score DESC LIMIT most)
), ranked AS MATERIALIZED (
    SELECT s.row_id, s.score, a.article_id
    FROM scored AS s JOIN articles AS a ON a.rowid = s.row_id
    WHERE s.score >= (SELECT score FROM worst)
    ORDER BY s.score DESC, a.article_id
    LIMIT most
), shown AS (
    SELECT h.row_id, arg_max({'place': h.place, 'size': w.size}, (w.worth, -h.place)) AS at
    FROM hits AS h SEMI JOIN ranked AS r USING (row_id) JOIN wanted AS w USING (no)
    GROUP BY h.row_id
)
SELECT
    r.article_id,
    r.score,
    a.title,
    a.published_at,
    replace(
        CASE WHEN s.at.place > 30 THEN '…' ELSE '' END
        || substr(a.text, greatest(s.at.place - 30, 0) + 1, least(s.at.place, 30))
        || '【' || substr(a.text, s.at.place + 1, s.at.size) || '】'
        || substr(a.text, s.at.place + s.at.size + 1, 50)
        || CASE WHEN s.at.place + s.at.size + 50 < a.char_count THEN '…' ELSE '' END,
        chr(10), ' '
    ) AS snippet
FROM articles AS a
JOIN ranked AS r ON r.row_id = a.rowid
JOIN shown AS s ON s.row_id = a.rowid
ORDER BY r.score DESC, r.article_id;
