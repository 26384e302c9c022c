"""Fuzzing of decode, clean, split and enrich on raw bytes, with the laws as judge.

    python -m benchmarks.fuzz --minutes 60 --corpus DIR [--engine own|atheris]     fuzz; DIR keeps inputs and findings
    python -m benchmarks.fuzz --examine FILE ...                                   what is wrong with these bytes
    python -m benchmarks.fuzz --minimise FILE OUT                                  the same fault in fewer bytes

Each input is the bytes of one seed file. It must raise nothing, keep laws A and B, put every span inside its article, and break
no critical promise of any contract; and take no more time than its size allows.

Guidance: with atheris (libFuzzer over instrumented Python) lines and branches of `tasks`; without it what the rows say (rules that
fired, encodings, kinds of facts, numbers of rows). Mutations are the same in both, and know what pages and dirt look like.

Modules: judge (one input), mutations (bytes to worse bytes), corpus (what it starts from), engine (the process that fuzzes), __main__.
"""
