-- bm25(words, weights): every current article that uses one of these words of the vocabulary, each counted with its weight: row_id (of
-- articles), score (k1 1.2, b 0.75), place and size of the first use of the rarest word in it. Articles go by their row, since numbers
-- are grouped and joined faster than article_ids. Scores are rounded, so that equal articles tie whatever order they were added up in.
CREATE OR REPLACE MACRO bm25(words, weights) AS TABLE
WITH wanted AS MATERIALIZED (
    SELECT term, length(term) AS size, worth, row_number() OVER (ORDER BY worth DESC, term) AS no
    FROM (
        SELECT v.term, q.weight * ln(1 + (n.value - v.df + 0.5) / (v.df + 0.5)) AS worth
        FROM (SELECT unnest(words) AS term, unnest(weights) AS weight) AS q
        JOIN vocabulary AS v USING (term)
        CROSS JOIN (SELECT value FROM corpus_stats WHERE name = 'articles') AS n
    )
), superseded AS (
    SELECT a.rowid AS row_id FROM articles AS a SEMI JOIN documents_superseded AS s ON s.doc_id = a.doc_id
), hits AS (
    SELECT a.row_id, w.no, any_value(a.term_count) AS words, sum(t.tf)::DOUBLE AS tf, min(t.positions[1]) AS place
    FROM terms AS t
    JOIN wanted AS w USING (term)
    JOIN (SELECT rowid AS row_id, article_id, term_count FROM articles) AS a USING (article_id)
    GROUP BY a.row_id, w.no
), scored AS (
    SELECT
        h.row_id,
        round(sum(w.worth * h.tf * 2.2 / (h.tf + 1.2 * (0.25 + 0.75 * h.words / greatest(m.value, 1)))), 9) AS score,
        min((h.no << 32) | h.place) AS first_use  -- one number that sorts by word, then by place
    FROM hits AS h JOIN wanted AS w USING (no) CROSS JOIN (SELECT value FROM corpus_stats WHERE name = 'mean_terms') AS m
    GROUP BY h.row_id
)
SELECT s.row_id, s.score, (s.first_use & 4294967295)::INTEGER AS place, w.size
FROM scored AS s JOIN wanted AS w ON w.no = s.first_use >> 32
ANTI JOIN superseded AS o ON o.row_id = s.row_id;
