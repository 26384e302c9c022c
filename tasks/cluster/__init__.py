"""Batches on Dask workers, on this machine or on many.

    client.py    DaskWorkers: what the command holds; admits workers, gives them batches, notices who is lost
    worker.py    what runs inside a Dask worker: proofs, and a child process that does the work

A Dask worker never works on a document itself. It keeps one child process, the same that `--runner local` has
(tasks.workers.Child), so that limits of time and memory, and the search for the document that kills, are the same code:
a document costs a child, never a Dask worker. A Dask worker that is lost costs one batch's time.
"""
