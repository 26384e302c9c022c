-- Largest sums of money
-- 最大金额
-- Sums as stated, the largest first: what to check by reading.
-- 文中所写的金额，从大到小：应当阅读核对的地方。
select f.article_id, a.title, f.value_text, f.normalized_value as yuan, f.period_text
from facts as f join articles as a using (article_id)
where f.kind = 'money' and f.normalized_unit = 'CNY' order by yuan desc nulls last limit 100
