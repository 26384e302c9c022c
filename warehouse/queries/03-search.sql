-- Search by words
-- 按词搜索
select * from search($words)
