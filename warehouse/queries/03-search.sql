-- Search by words
-- 按词搜索
-- Articles by words, best first: the way in to everything else.
-- 按词找文章，最相关的在前：通向其他一切的入口。
select * from search($words)
