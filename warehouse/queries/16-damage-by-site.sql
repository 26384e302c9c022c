-- What damage by site
-- 各站点的文本损伤
-- What each site does to its texts: how much was cut or mended of how many characters, by kind of dirt; tells which
-- source to mistrust.
-- 每个网站对文本造成了什么：按杂质类别，删改了多少字；可知哪个来源不可信。
WITH sites AS (
    SELECT d.doc_id, coalesce(d.site, max(a.site), max(a.source), '(unknown)') AS site, d.char_count
    FROM documents AS d LEFT JOIN articles AS a USING (doc_id)
    GROUP BY d.doc_id, d.site, d.char_count
), totals AS (
    SELECT site, count(*) AS documents, sum(char_count) AS characters FROM sites GROUP BY site
), damage AS (
    SELECT s.site, e.label AS damage, e.action, count(*) AS places, sum(e.stop - e.start) AS cut, count(DISTINCT e.doc_id) AS hit
    FROM edits AS e JOIN sites AS s USING (doc_id)
    WHERE e.action IN ('cut', 'replace') AND e.label NOT IN ('newline', 'indent', 'trailing_space')
    GROUP BY ALL
    UNION ALL
    SELECT s.site, f.kind, 'flag', count(*), sum(f.stop - f.start), count(DISTINCT f.doc_id)
    FROM flags AS f JOIN sites AS s USING (doc_id)
    GROUP BY ALL
)
SELECT d.site, t.documents, d.damage, d.action, d.places, d.hit AS documents_hit, d.cut AS characters,
    round(100 * d.cut / greatest(t.characters, 1), 2) AS percent_of_characters
FROM damage AS d JOIN totals AS t USING (site)
ORDER BY t.documents DESC, d.site, d.cut DESC, d.damage, d.action
LIMIT 200
