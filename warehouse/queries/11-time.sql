-- Where the time goes
-- 各阶段用时
-- Which stage takes the time of a run: where speed is to be gained.
-- 一次运行的时间花在哪个阶段：哪里可以提速。
select run_id, stage, seconds, cpu_seconds, bytes / nullif(cpu_seconds, 0) / 1e6 as mb_per_cpu_second
from stage_timings order by run_id desc, seconds desc
