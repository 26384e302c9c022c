-- Targets and forecasts
-- 目标与预测
-- What was promised or foreseen, for when and how much: the list to hold against later reports.
-- 承诺或预计了什么、何时、多少：可与后来的报告对照的清单。
SELECT
    coalesce(year(f.period_start), year(d.dated)) AS year, f.kind, f.period_text, coalesce(f.measure, f.subject) AS what, f.op,
    f.value_text AS value, f.normalized_value, f.normalized_unit, a.title, s.text AS sentence
FROM facts AS f
JOIN articles_current AS a USING (article_id)
LEFT JOIN article_dates AS d USING (article_id)
LEFT JOIN sentences AS s ON s.article_id = f.article_id AND s.sentence_no = f.sentence_no
WHERE f.kind IN ('target', 'forecast', 'proposal')
    OR (f.kind IN ('money', 'count', 'ratio', 'rate') AND regexp_matches(s.text, '(力争|确保|目标是).{0,15}' || regexp_escape(f.value_text)))
ORDER BY year DESC NULLS LAST, f.kind, what NULLS LAST, f.article_id, f.fact_no
LIMIT 200
