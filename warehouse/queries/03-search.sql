-- Search by words
-- 按词搜索
-- Articles by words, best first: the way in to everything else.
select * from search($words)
