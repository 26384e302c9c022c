-- What was cut, by class
-- 清除内容分类
-- What cleaning took out most: whether a source changed its pages.
-- 清洗删掉最多的是什么：来源是否改了网页。
select label, sum(edits) as edits, sum(characters) as characters
from dirt_daily where action = 'cut' group by 1 order by 3 desc
