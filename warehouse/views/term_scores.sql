-- How much each word says about its article: tfidf is its share of the article's words times ln((1 + articles) / (1 + df)) + 1,
-- over the whole corpus, tags of one word added up.
CREATE OR REPLACE VIEW term_scores AS
SELECT
    t.article_id,
    t.term,
    t.tf,
    v.df,
    t.tf / greatest(a.term_count, 1) * (ln((1 + n.value) / (1 + v.df)) + 1) AS tfidf
FROM (SELECT article_id, term, sum(tf)::BIGINT AS tf FROM terms GROUP BY article_id, term) AS t
JOIN vocabulary AS v USING (term)
JOIN articles AS a USING (article_id)
CROSS JOIN (SELECT value FROM corpus_stats WHERE name = 'articles') AS n;
