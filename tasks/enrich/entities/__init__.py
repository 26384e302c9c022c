"""Mentions of persons, places, organisations, documents, events and offices: names by their build, their neighbours, their article.

    wordclass.py      what the characters of a word say: a Chinese name, a foreign one, a place, an organisation, or none
    train.py          makes wordclass.tsv from jieba's dictionary (MIT); nothing is learned from annotated or newspaper text
    lexicon.py        closed lists: surnames, titles, verbs of speech, endings, countries; facts of the language, written by hand
    persons.py places.py organisations.py events.py    candidates of one kind each
"""
