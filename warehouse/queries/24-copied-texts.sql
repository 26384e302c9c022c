-- Copied texts
-- 一稿多发
-- Which texts stand on more than one page, where first, and how the copies call themselves: one voice that must not be
-- counted twice.
-- 哪些文本出现在不止一个页面，最早在哪里，转载如何自称：同一个声音不可计两次。
SELECT
    c.canonical_id, any_value(first.title) AS title, any_value(first.published_at) AS first_published, count(*) AS copies,
    count(DISTINCT doc.site) AS sites,
    list(DISTINCT coalesce(doc.site, a.site, a.source)) AS where_it_stands, list(DISTINCT a.title) AS titles
FROM duplicates AS c
JOIN articles_current AS a USING (article_id)
JOIN documents AS doc USING (doc_id)
JOIN articles AS first ON first.article_id = c.canonical_id
GROUP BY c.canonical_id
ORDER BY copies DESC, c.canonical_id
LIMIT 100
