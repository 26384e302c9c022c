-- Money by purpose and year
-- 按用途和年份看资金
-- How much money is named, for what and when: shows where a sum was spent, raised or fined, and which texts to read for
-- it.
-- 提到多少资金、用于何处、在哪一年：花费、筹集或罚没，以及该读哪些文章。
SELECT
    coalesce(year(f.period_start), year(d.dated)) AS year,
    coalesce(f.measure, f.subject, '(not said)') AS purpose,
    count(*) AS statements,
    count(DISTINCT f.article_id) AS articles,
    sum(f.normalized_value) AS yuan_in_all,
    max(f.normalized_value) AS largest,
    arg_max(s.text, f.normalized_value) AS largest_in
FROM facts AS f
JOIN articles_current AS a USING (article_id)
LEFT JOIN article_dates AS d USING (article_id)
LEFT JOIN sentences AS s ON s.article_id = f.article_id AND s.sentence_no = f.sentence_no
WHERE f.normalized_unit = 'CNY' AND f.normalized_value IS NOT NULL
GROUP BY ALL
ORDER BY year DESC NULLS LAST, yuan_in_all DESC, purpose
LIMIT 200
