"""load: what a finished run leaves behind, decided before anything is written.

    receipts + checks  ->  what is validated, what is committed, a run's own rows (runs, stage_timings, quarantine, arrival_events)

`rows.py` and `decide.py` are pure; `task.py` commits and publishes through tasks.storage.
"""
