-- A word in context
-- 词语上下文
-- Every use of a word with its surroundings: how it is meant, not only how often.
-- 某词每次出现的上下文：不仅知道出现多少次，更知道是什么意思。
select article_id, before, hit, after from kwic($word, 20) limit 100
