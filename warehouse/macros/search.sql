-- search(query, most := 20): the articles that fit a query best: article_id, score, title, published_at, snippet. BM25 over the words
-- into which query_terms cuts the query, for articles_current; ties go by article_id. The snippet shows the rarest word that was found
-- between 【 and 】, in the script of the article. Joined by row, only the texts that are shown are unpacked.
CREATE OR REPLACE MACRO search(query, most := 20) AS TABLE
WITH cut AS MATERIALIZED (
    SELECT list(term) AS words, list(weight) AS weights FROM query_terms(query)
), scored AS MATERIALIZED (
    SELECT * FROM bm25((SELECT words FROM cut), (SELECT weights FROM cut))
), worst AS (
    SELECT min(score) AS score FROM (SELECT score FROM scored ORDER BY score DESC LIMIT most)
), ranked AS MATERIALIZED (
    SELECT s.*, a.article_id
    FROM scored AS s JOIN articles AS a ON a.rowid = s.row_id
    WHERE s.score >= (SELECT score FROM worst)
    ORDER BY s.score DESC, a.article_id
    LIMIT most
)
SELECT r.article_id, r.score, a.title, a.published_at, snippet(a.text, r.place, r.size) AS snippet
FROM articles AS a JOIN ranked AS r ON r.row_id = a.rowid
ORDER BY r.score DESC, r.article_id;
