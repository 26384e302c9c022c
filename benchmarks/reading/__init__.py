"""reading: what enrichment reads out of a text, scored against texts whose truth is known.

    python -m benchmarks.reading ../shared        all figures, each with n and its 95 % Wilson interval

`times` takes the date and time cases of a public test suite, `structure` the outline, sentences and phrases of the gold set.
"""
