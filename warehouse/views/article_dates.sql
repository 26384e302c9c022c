-- A day for each current article that has one, and what it rests on: published_at where the page prints it (basis published), else the
-- latest day that the first 300 characters name (basis head), as laws name under their titles when they were last changed. Meant for
-- counting by year.
CREATE OR REPLACE VIEW article_dates AS
SELECT
    a.article_id,
    coalesce(a.published_at, h.named)::DATE AS dated,
    CASE WHEN a.published_at IS NULL THEN 'head' ELSE 'published' END AS basis
FROM articles_current AS a
LEFT JOIN (
    SELECT article_id, max(interval_start) AS named
    FROM time_expressions
    WHERE start < 300 AND NOT relative AND precision IN ('day', 'minute', 'second')
    GROUP BY article_id
) AS h USING (article_id)
WHERE coalesce(a.published_at, h.named) IS NOT NULL;
