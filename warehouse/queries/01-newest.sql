-- Newest articles
-- 最新文章
-- What came last: the first look at a warehouse, and whether a new source has arrived.
-- 最近来了什么：看仓库先看这里，也看新来源是否已到。
select article_id, title, source, published_at, char_count from articles_current order by published_at desc nulls last limit 50
