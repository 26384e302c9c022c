-- Rises and falls
-- 增长与下降
-- What grew and what shrank, as the texts say it: stated changes with their size, the largest first.
-- 文中所说的增长与下降：写明的变化及其幅度，从大到小。
WITH stated AS (
    -- The word of change stands shortly before the number, in the same clause.
    SELECT f.*, s.text AS sentence, regexp_extract(
        s.text, '(增长|增加|上升|提高|上涨|扩大|减少|下降|降低|缩小|下滑)[^，。；,;]{0,12}' || regexp_escape(f.value_text), 1) AS direction
    FROM facts AS f
    JOIN sentences AS s ON s.article_id = f.article_id AND s.sentence_no = f.sentence_no
    WHERE f.kind IN ('delta', 'rate')
)
SELECT
    coalesce(year(f.period_start), year(d.dated)) AS year, coalesce(f.measure, f.subject) AS what, f.value_text AS change,
    f.direction, f.normalized_value, f.normalized_unit, a.title, f.sentence
FROM stated AS f
JOIN articles_current AS a USING (article_id)
LEFT JOIN article_dates AS d USING (article_id)
WHERE f.direction <> ''
ORDER BY f.normalized_unit NULLS LAST, abs(f.normalized_value) DESC NULLS LAST, f.article_id, f.fact_no
LIMIT 100
