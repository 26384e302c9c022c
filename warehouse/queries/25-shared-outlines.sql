-- Shared headings
-- 通用的标题结构
-- Headings that many texts share: templates, chapters that every law of a kind has, model speeches.
-- 许多文本共有的标题：范文模板、同类法律都有的章、讲话套路。
SELECT
    replace(replace(s.heading, ' ', ''), '　', '') AS heading, count(DISTINCT s.article_id) AS articles, mode(s.level) AS level, mode(s.marker) AS marker, mode(a.genre) AS genre,
    min(a.title) AS an_example
FROM sections AS s JOIN articles_current AS a USING (article_id)
WHERE length(s.heading) BETWEEN 2 AND 30
GROUP BY 1
HAVING count(DISTINCT s.article_id) > 1
ORDER BY articles DESC, 1
LIMIT 100
