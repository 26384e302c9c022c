-- Names that many articles share
-- 多篇文章共有的名称
select kind, coalesce(norm, surface) as name, count(distinct article_id) as articles
from mentions group by all order by articles desc limit 100
