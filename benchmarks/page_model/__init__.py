"""page_model: pages with a known truth, and the training of the model of lines (tasks/clean/furniture/model.json).

    compose.py    pages put together from wordings of half A and from our specimens, in random order and number
    train.py      the three regressions, by Newton's method; with or without one publisher's real pages

Half B and half C of the dirt generator are never trained on.
"""
