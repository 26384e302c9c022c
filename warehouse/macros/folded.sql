-- folded(text): text with each Traditional character replaced by the Simplified one that it becomes alone (traditional_map), same
-- length; '' for NULL. Meant for queries: it looks up each character.
CREATE OR REPLACE MACRO folded(words) AS (
    SELECT coalesce(string_agg(coalesce(m.hans, c.hant), '' ORDER BY c.place), '')
    FROM (SELECT i AS place, substr(words, i, 1) AS hant FROM range(1, length(words) + 1) AS r(i)) AS c
    LEFT JOIN traditional_map AS m USING (hant)
);
