-- search(query, most := 100): the articles that fit a query best: article_id, score, title, published_at, snippet. BM25 (k1 1.2, b 0.75)
-- over terms, vocabulary and corpus_stats, for articles_current; the query is cut by query_terms. The snippet shows the rarest word that
-- was found between 【 and 】, in the script of the article.
CREATE OR REPLACE MACRO search(query, most := 100) AS TABLE
WITH wanted AS MATERIALIZED (
    SELECT q.term, q.weight, ln(1 + (n.value - q.df + 0.5) / (q.df + 0.5)) AS idf
    FROM query_terms(query) AS q
    CROSS JOIN (SELECT value FROM corpus_stats WHERE name = 'articles') AS n
), hits AS MATERIALIZED (
    SELECT t.article_id, t.term, any_value(w.weight * w.idf) AS worth, sum(t.tf) AS tf, min(t.positions[1]) AS place
    FROM terms AS t JOIN wanted AS w USING (term)
    GROUP BY t.article_id, t.term
), ranked AS MATERIALIZED (
    SELECT
        h.article_id,
        sum(h.worth * h.tf * 2.2 / (h.tf + 1.2 * (0.25 + 0.75 * a.term_count / greatest(m.value, 1)))) AS score,
        arg_max((h.place, length(h.term)), (h.worth, -h.place)) AS shown
    FROM hits AS h
    JOIN (SELECT article_id, term_count FROM articles_current) AS a USING (article_id)
    CROSS JOIN (SELECT value FROM corpus_stats WHERE name = 'mean_terms') AS m
    GROUP BY h.article_id
    ORDER BY score DESC, h.article_id
    LIMIT most
)
SELECT
    r.article_id,
    r.score,
    a.title,
    a.published_at,
    replace(
        CASE WHEN r.shown[1] > 30 THEN '…' ELSE '' END
        || substr(a.text, greatest(r.shown[1] - 30, 0) + 1, least(r.shown[1], 30))
        || '【' || substr(a.text, r.shown[1] + 1, r.shown[2]) || '】'
        || substr(a.text, r.shown[1] + r.shown[2] + 1, 50)
        || CASE WHEN r.shown[1] + r.shown[2] + 50 < a.char_count THEN '…' ELSE '' END,
        chr(10), ' '
    ) AS snippet
FROM ranked AS r
JOIN articles AS a USING (article_id)
ORDER BY r.score DESC, r.article_id;
