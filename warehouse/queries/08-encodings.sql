-- Encodings by site
-- 各网站编码
-- How bytes became text, by site: low confidence is where to look for damage.
-- 各网站的字节如何变成文本：置信度低处可能有损坏。
select d.site, c.encoding, count(distinct c.doc_id) as documents, avg(c.confidence) as confidence
from decodings as c join documents as d using (doc_id) group by all order by documents desc
