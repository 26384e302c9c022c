"""ingest: find what is new, before anything heavy starts.

    paths -> names, sizes and times (discover) -> hashes of what is not known (storage) -> plan: batches, arrivals

A file is known by its uri, size and time of change; bytes decide all else. What cannot be read is reported and costs nobody else.

Modules: names (a path as a uri that any table can hold), discover (the walk), plan (pure: what is to be done),
         records (what the files hold, cut into tables), containers (files that hold many records)
"""
