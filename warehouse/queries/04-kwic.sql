-- A word in context
-- 词语上下文
-- Every use of a word with its surroundings: how it is meant, not only how often.
select article_id, before, hit, after from kwic($word, 20) limit 100
