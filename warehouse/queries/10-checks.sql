-- Checks that ever failed
-- 曾经失败的检查
-- Checks that failed most often: which promise of the data is weak.
-- 最常失败的检查：数据的哪项约定薄弱。
select table_name, check_id, severity, count(*) as runs, max(run_id) as last_run, sum(unexpected) as rows
from checks where status in ('failed', 'errored') group by all order by last_run desc, rows desc
