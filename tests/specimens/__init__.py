"""What each specimen of seeds/specimens must become: one JSON file a specimen, read and judged by cases.py.

Truths of encodings alone (enc-*) are those of tests/tasks/decode.
"""
