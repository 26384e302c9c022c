-- Newest articles
-- 最新文章
-- What came last: the first look at a warehouse, and whether a new source has arrived.
select article_id, title, source, published_at, char_count from articles_current order by published_at desc nulls last limit 50
