-- What an article is about
-- 文章主题词
-- Words that tell one article from the others: its subject in a line.
-- 使一篇文章区别于其他文章的词：一行看出主题。
select term, tf, df, tfidf from term_scores where article_id = $article order by tfidf desc limit 30
