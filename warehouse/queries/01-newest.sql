-- Newest articles
-- 最新文章
select article_id, title, source, published_at, char_count from articles_current order by published_at desc nulls last limit 50
