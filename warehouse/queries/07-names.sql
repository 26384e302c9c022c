-- Names that many articles share
-- 多篇文章共有的名称
-- Names that most articles share: who and what the corpus is about.
-- 最多文章提到的名称：语料讲的是谁、是什么。
select kind, coalesce(norm, surface) as name, count(distinct article_id) as articles
from mentions group by all order by articles desc limit 100
