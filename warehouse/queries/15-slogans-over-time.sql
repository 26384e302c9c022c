-- Slogans over time
-- 口号的兴起与流传
-- Quoted and counted phrases by year: when a slogan came up, how many texts and sites took it over, and what it stands
-- for; Traditional writings count with the Simplified.
-- 各年的引语与数字短语：口号何时出现，被多少文章和网站采用，代表什么；繁体与简体合并计算。
WITH said AS (
    -- A phrase may be quoted and counted at once: one place is one use.
    SELECT
        substr(a.text_hans, p.start + 1, p.stop - p.start) AS slogan, p.article_id, p.start, doc.site, d.dated,
        any_value(p.expansion) AS stands_for, bool_or(p.kind = 'numeric') AS counts
    FROM phrases AS p
    JOIN articles_current AS a USING (article_id)
    JOIN documents AS doc USING (doc_id)
    LEFT JOIN article_dates AS d USING (article_id)
    WHERE p.kind = 'numeric' OR (length(p.surface) BETWEEN 3 AND 12 AND regexp_matches(p.surface, '[一-鿿]{2}'))
    GROUP BY slogan, p.article_id, p.start, doc.site, d.dated
)
SELECT
    slogan,
    any_value(stands_for) AS stands_for,
    min(dated) AS first_dated,
    max(dated) AS last_dated,
    count(*) AS times,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT site) AS sites,
    to_json(histogram(year(dated))) AS by_year
FROM said
GROUP BY slogan
HAVING count(*) > 1 OR bool_or(counts)
ORDER BY articles DESC, times DESC, slogan
LIMIT 100
