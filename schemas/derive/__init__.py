"""Renderings of a contract. Nothing here knows a table by name; nothing here is typed a second time elsewhere.

    ddl.py            CREATE TABLE with comments
    row_checks.py     SQL that finds failing rows, faults of a table, figures of a run
    expectations.py   the same promises as expectation configurations
    dictionary.py     the data dictionary in Markdown
"""
