-- snippet(words, place, size): what stands around a hit, which stands between 【 and 】, in one line.
CREATE OR REPLACE MACRO snippet(words, place, size) AS replace(
    CASE WHEN place > 30 THEN '…' ELSE '' END
    || substr(words, greatest(place - 30, 0) + 1, least(place, 30))
    || CASE WHEN size > 0 THEN '【' || substr(words, place + 1, size) || '】' ELSE '' END
    || substr(words, place + size + 1, 50)
    || CASE WHEN place + size + 50 < length(words) THEN '…' ELSE '' END,
    chr(10), ' '
);
