-- Places written about
-- 被写到的地方
-- Which places are written about, with what: articles, and the three words that stand out most in them and not in most
-- others.
-- 写到了哪些地方、和什么有关：文章数，以及最能代表这些文章的三个词。
WITH named AS (
    SELECT DISTINCT coalesce(m.norm, m.surface) AS place, m.code, m.article_id
    FROM mentions AS m JOIN articles_current AS a USING (article_id)
    WHERE m.kind = 'place'
), words AS (
    SELECT n.place, k.term, sum(k.weight) AS weight
    FROM named AS n
    JOIN keywords AS k USING (article_id)
    JOIN vocabulary AS v USING (term)
    CROSS JOIN (SELECT value FROM corpus_stats WHERE name = 'articles') AS s
    WHERE k.method = 'tfidf' AND v.df <= greatest(s.value / 5, 1) AND NOT contains(n.place, k.term) AND NOT contains(k.term, n.place)
    GROUP BY ALL
), best AS (
    SELECT place, list(term ORDER BY weight DESC, term)[:3] AS about FROM words GROUP BY place
)
SELECT n.place, max(n.code) AS code, count(DISTINCT n.article_id) AS articles, any_value(b.about) AS about
FROM named AS n LEFT JOIN best AS b USING (place)
GROUP BY n.place
ORDER BY articles DESC, n.place
LIMIT 100
