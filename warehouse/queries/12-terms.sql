-- What an article is about
-- 文章主题词
-- Words that tell one article from the others: its subject in a line.
select term, tf, df, tfidf from term_scores where article_id = $article order by tfidf desc limit 30
