-- Slogans over time
-- 口号的兴起与流传
-- Quoted and counted phrases by year: when a slogan came up, how many texts and sites took it over, and what it stands
-- for.
SELECT
    p.surface AS slogan,
    any_value(p.expansion) AS stands_for,
    min(d.dated) AS first_dated,
    max(d.dated) AS last_dated,
    count(*) AS times,
    count(DISTINCT p.article_id) AS articles,
    count(DISTINCT doc.site) AS sites,
    to_json(histogram(year(d.dated))) AS by_year
FROM phrases AS p
JOIN articles_current AS a USING (article_id)
JOIN documents AS doc USING (doc_id)
LEFT JOIN article_dates AS d USING (article_id)
WHERE (p.kind = 'numeric' OR (length(p.surface) BETWEEN 3 AND 12 AND regexp_matches(p.surface, '[一-鿿]{2}')))
GROUP BY p.surface
HAVING count(*) > 1 OR any_value(p.expansion) IS NOT NULL
ORDER BY articles DESC, times DESC, slogan
LIMIT 100
