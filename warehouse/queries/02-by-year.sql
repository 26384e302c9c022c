-- Articles by year
-- 各年文章数
-- How the articles spread over the years: which periods a count can speak for.
-- 文章在各年的分布：统计结论适用于哪些时期。
select year(published_at) as year, count(*) as articles, sum(char_count) as characters
from articles_current where published_at is not null group by 1 order by 1
