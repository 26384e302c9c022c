"""export: tables or articles of one published generation, taken away in a format that others read.

    write.export(...)    a folder that is there whole or not at all: data, README.md (card.py), export.json (what was written)
    delta.py             the log that makes a folder of Parquet files a Delta table
    masked.py            what leaves when private data must not

An export copies. To register the truth's own files as Delta tables without copying would be cheaper, and wrong: they hold refused and
replaced rows that publication leaves out, they cannot be masked, compaction and `taojin forget` remove them under the reader, and a
`VACUUM` of a Delta client would delete the truth.
"""
