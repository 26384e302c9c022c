-- Sites by share cut
-- 各网站删除比例
-- Sites of whose pages most was cut: where cleaning decides most.
-- 哪些网站的页面删得最多：清洗在那里影响最大。
select coalesce(site, 'unknown') as site, count(*) as documents, sum(cut) / sum(char_count) as share_cut
from (select d.site, d.char_count, coalesce(sum(e.stop - e.start), 0) as cut
      from documents as d left join edits as e on e.doc_id = d.doc_id and e.action = 'cut' group by all)
group by 1 having count(*) >= 3 order by share_cut desc
