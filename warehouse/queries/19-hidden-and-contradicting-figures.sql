-- Hidden and contradicting figures
-- 被遮盖和相互矛盾的数字
-- Figures that a text hides, and sums that do not come out: where to ask the author, and what must not be added up.
-- 文本隐去的数字，以及对不上的合计：应向作者询问之处，也是不可相加之处。
SELECT a.title, d.dated, f.kind, f.value_text AS said, NULL AS detail, s.text AS sentence, a.article_id
FROM facts AS f
JOIN articles_current AS a USING (article_id)
LEFT JOIN article_dates AS d USING (article_id)
LEFT JOIN sentences AS s ON s.article_id = f.article_id AND s.sentence_no = f.sentence_no
WHERE f.kind IN ('masked', 'money_masked')
UNION ALL
SELECT a.title, d.dated, f.kind, substr(a.text, f.article_start + 1, least(f.article_stop - f.article_start, 40)), f.detail, s.text,
    a.article_id
FROM flags AS f
JOIN articles_current AS a USING (article_id)
LEFT JOIN article_dates AS d USING (article_id)
LEFT JOIN sentences AS s ON s.article_id = f.article_id AND f.article_start >= s.start AND f.article_start < s.stop
WHERE f.kind IN ('arithmetic', 'mask')
ORDER BY a.title NULLS LAST, a.article_id, said
LIMIT 200
