-- Largest sums of money
-- 最大金额
-- Sums as stated, the largest first: what to check by reading.
select f.article_id, a.title, f.value_text, f.normalized_value as yuan, f.period_text
from facts as f join articles as a using (article_id)
where f.kind = 'money' and f.normalized_unit = 'CNY' order by yuan desc nulls last limit 100
