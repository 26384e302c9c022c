-- Most cited documents
-- 引用最多的文件
-- Which laws and papers the texts rest on: how often each is cited, in how many articles, since when, and by whom most.
-- 文章依据哪些法律和文件：各被引用多少次、在多少篇文章中、自何时起、谁引用最多。
SELECT
    m.surface AS document,
    count(*) AS times,
    count(DISTINCT m.article_id) AS articles,
    min(d.dated) AS first_dated,
    max(d.dated) AS last_dated,
    mode(a.genre) AS mostly_in,
    arg_max(a.title, a.char_count) AS longest_text_that_cites_it
FROM mentions AS m
JOIN articles_current AS a USING (article_id)
LEFT JOIN article_dates AS d USING (article_id)
WHERE m.kind = 'document'
GROUP BY m.surface
ORDER BY articles DESC, times DESC, document
LIMIT 100
