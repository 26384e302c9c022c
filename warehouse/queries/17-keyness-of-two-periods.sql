-- Keyness of two periods
-- 前后两个时期的特征词
-- Which words tell the later half of the dated articles from the earlier one: log-likelihood, above 10.83 hardly by
-- chance (p < 0.001).
-- 哪些词使后半期的文章区别于前半期：对数似然值，超过 10.83 几乎不可能出于偶然（p < 0.001）。
WITH cut AS (
    SELECT quantile_disc(dated, 0.5) AS day FROM article_dates
), counts AS (
    SELECT t.term, count(DISTINCT t.article_id) AS articles,
        sum(t.tf) FILTER (d.dated <= c.day) AS early, sum(t.tf) FILTER (d.dated > c.day) AS late
    FROM terms AS t JOIN article_dates AS d USING (article_id) CROSS JOIN cut AS c
    GROUP BY t.term
), sums AS (
    SELECT sum(early) AS early, sum(late) AS late FROM counts
), expected AS (
    SELECT k.term, k.articles, coalesce(k.early, 0) AS early, coalesce(k.late, 0) AS late, s.early AS all_early, s.late AS all_late,
        s.early * (coalesce(k.early, 0) + coalesce(k.late, 0)) / (s.early + s.late) AS expected_early,
        s.late * (coalesce(k.early, 0) + coalesce(k.late, 0)) / (s.early + s.late) AS expected_late
    FROM counts AS k CROSS JOIN sums AS s
    WHERE s.early > 0 AND s.late > 0 AND length(k.term) >= 2
)
SELECT
    term,
    CASE WHEN late * all_early > early * all_late THEN 'later' ELSE 'earlier' END AS typical_of,
    round(2 * (CASE WHEN early > 0 THEN early * ln(early / expected_early) ELSE 0 END
        + CASE WHEN late > 0 THEN late * ln(late / expected_late) ELSE 0 END), 1) AS log_likelihood,
    round(1e6 * early / all_early, 1) AS early_per_million,
    round(1e6 * late / all_late, 1) AS late_per_million,
    articles,
    (SELECT day FROM cut) AS earlier_until
FROM expected
WHERE articles >= greatest(2, (SELECT count(*) FROM article_dates) / 50)  -- else one long text makes a word of the period
ORDER BY log_likelihood DESC, term
LIMIT 100
