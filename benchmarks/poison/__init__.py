"""Poison through the real command, and what is made to be slow.

    python -m benchmarks.poison deeds       documents that kill, hang and eat, alone and among others, in files and in containers
    python -m benchmarks.poison noise       1,000 files of random bytes and 200 mutated containers
    python -m benchmarks.poison slow        patterns made against every family of rules: time of n and of 4 n
    python -m benchmarks.poison patterns    every regular expression, attacked with texts drawn from itself
"""
