-- Articles that repeat another one, by cluster: cluster_id is the smallest article_id of the cluster, canonical_id its earliest
-- article by published_at, then by article_id. Computed at publication from duplicate_pairs of level article; independent of the
-- order in which files came. Each round hands the smallest known id to the neighbours until nothing changes.
CREATE OR REPLACE TABLE duplicates AS
WITH RECURSIVE edges AS MATERIALIZED (
    SELECT article_id, other_id FROM duplicate_pairs WHERE level = 'article'
    UNION
    SELECT other_id, article_id FROM duplicate_pairs WHERE level = 'article'
), labels(article_id, cluster_id) USING KEY (article_id) AS (
    SELECT article_id, least(article_id, min(other_id)) FROM edges GROUP BY article_id
    UNION
    SELECT e.article_id, min(fresh.cluster_id)
    FROM labels AS fresh
    JOIN edges AS e ON e.other_id = fresh.article_id
    JOIN recurring.labels AS known ON known.article_id = e.article_id
    GROUP BY e.article_id
    HAVING min(fresh.cluster_id) < min(known.cluster_id)
)
SELECT
    l.article_id,
    l.cluster_id,
    first_value(l.article_id) OVER (PARTITION BY l.cluster_id ORDER BY a.published_at ASC NULLS LAST, l.article_id) AS canonical_id
FROM labels AS l
JOIN articles AS a USING (article_id)
ORDER BY l.cluster_id, l.article_id;
