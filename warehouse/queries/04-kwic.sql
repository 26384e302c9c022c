-- A word in context
-- 词语上下文
select article_id, before, hit, after from kwic($word, 20) limit 100
