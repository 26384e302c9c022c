-- Who speaks about whom
-- 谁在说谁
-- Who is quoted, and whom they name: a person, office or body before a word of saying, and the names behind it in the
-- same sentence.
-- 引用了谁的话、话中提到谁：说话动词前的人物、职务或机构，以及同一句中随后的名称。
WITH spoken AS (
    SELECT article_id, sentence_no, start, stop, text,
        regexp_extract(text, '指出|强调|表示|要求|提出|认为|介绍|告诉|呼吁|宣布|批评|赞扬|建议|希望|[说称][，：:,“]') AS verb
    FROM sentences
), placed AS (
    SELECT *, start + instr(text, verb) - 1 AS said_at FROM spoken WHERE verb <> ''
), speakers AS (
    -- A person shortly before the word of saying; without one, the office or body that ends last before it.
    SELECT p.article_id, p.sentence_no, p.verb, p.said_at, p.stop, p.text,
        arg_max(coalesce(m.norm, m.surface), (m.kind = 'person', m.stop)) AS speaker
    FROM placed AS p
    JOIN mentions AS m
        ON m.article_id = p.article_id AND m.start >= p.start AND m.stop <= p.said_at
        AND m.stop >= p.said_at - CASE m.kind WHEN 'person' THEN 16 ELSE 8 END
    WHERE m.kind IN ('person', 'office', 'org')
    GROUP BY p.article_id, p.sentence_no, p.verb, p.said_at, p.stop, p.text
)
SELECT k.speaker, rtrim(k.verb, '，：:,“') AS verb, coalesce(m.norm, m.surface) AS named, any_value(m.kind) AS kind, count(*) AS times,
    count(DISTINCT k.article_id) AS articles, any_value(k.text) AS example
FROM speakers AS k
JOIN mentions AS m ON m.article_id = k.article_id AND m.start >= k.said_at AND m.stop <= k.stop
JOIN articles_current AS a ON a.article_id = k.article_id
WHERE k.speaker <> coalesce(m.norm, m.surface)
GROUP BY ALL
ORDER BY times DESC, k.speaker, verb, named
LIMIT 100
