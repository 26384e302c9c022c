"""containers: one seed file, many records. What a file is, its bytes say, never its name.

    bytes -> gzip, zstd | zip, tar | JSONL, Parquet, WARC -> records (bytes of one page or text each, and what stood beside them)

Law: the same bytes and field mapping give the same records with the same numbers. A record's number is its place among all
entries of the file, also of those that were refused, so that a limit or a repaired rule never renumbers its neighbours.
Damage costs what is damaged: entries before it, and beside it where the format lets us go on, are read; the rest is one refusal.
Nothing is unpacked whole but what is kept: streams are read in pieces, and stop at RATIO times the bytes that came in.

Modules: model (what comes out), streams (bytes in pieces, gzip, zstd), kinds (which format), archives (zip, tar),
         fields (which field means what), tables (JSONL, Parquet), warc, walk (all of it, nested). This page imports none of them:
settings know `fields` alone, and must not wait for pyarrow.
"""
