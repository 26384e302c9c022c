-- Words beside a word
-- 某词周围的词
-- What stands within five words of a word, and more often than chance would have it: how a group is spoken of. The word
-- is the parameter.
-- 某词前后五个词之内，比偶然更常出现的词：一个群体如何被谈论。该词为参数。
WITH said AS (
    SELECT article_id, words, tags, unnest(places) AS place
    FROM (
        SELECT article_id, words, tags, list_filter(range(1, len(words) + 1), lambda i: words[i] = $word) AS places
        FROM sentences WHERE list_contains(words, $word)
    )
), beside AS (
    SELECT article_id, unnest(words[greatest(place - 5, 1):place + 5]) AS term, unnest(tags[greatest(place - 5, 1):place + 5]) AS tag FROM said
), counts AS (
    SELECT term, any_value(tag) AS tag, count(*) AS times, count(DISTINCT article_id) AS articles FROM beside GROUP BY term
), sums AS (
    SELECT sum(times) AS times, (SELECT value FROM corpus_stats WHERE name = 'terms') AS terms FROM counts
)
SELECT
    c.term, c.tag, c.times, c.articles, v.cf AS times_in_all,
    round(ln(c.times * s.terms / (v.cf * s.times)), 2) AS mutual_information
FROM counts AS c JOIN vocabulary AS v USING (term) CROSS JOIN sums AS s
WHERE c.times >= 2 AND length(c.term) >= 2 AND c.term <> $word
ORDER BY c.times * ln(c.times * s.terms / (v.cf * s.times)) DESC, c.term
LIMIT 60
