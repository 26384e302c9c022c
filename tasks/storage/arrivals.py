"""What each name held when the warehouse last looked: the other half of every plan.

Read from the current generation when it shows this very state, since that is one query; else from the events in the
truth. Both say the same.
"""

from __future__ import annotations

import duckdb

from tasks.errors import TaojinError
from tasks.storage.layout import Layout
from tasks.storage.parquet import read_table
from tasks.storage.reader import open_published
from tasks.storage.records import State


def current_arrivals(layout: Layout, state: State) -> dict[str, str]:
    """uri -> file_id of every name that held a content and is not gone."""
    published = _published(layout, state)
    return published if published is not None else _from_events(layout, state)


def _published(layout: Layout, state: State) -> dict[str, str] | None:
    try:
        with open_published(layout.root) as con:
            if con.execute("SELECT manifest_digest FROM _publication").fetchone() != (state.digest,):
                return None
            rows = con.sql("SELECT uri, file_id FROM arrivals WHERE state = 'current'").to_arrow_table()
    except (TaojinError, duckdb.Error):
        return None
    return dict(zip(rows["uri"].to_pylist(), rows["file_id"].to_pylist(), strict=True))


def _from_events(layout: Layout, state: State) -> dict[str, str]:
    """A run is later than another by its number; within a run, a name that is gone was seen before."""
    paths = [layout.path(f) for f in state.run_files if f.table == "arrival_events"]
    if not paths:
        return {}
    events = read_table(paths, ["uri", "file_id", "run_id", "event"]).sort_by([("run_id", "ascending"), ("event", "descending")])
    held: dict[str, str] = {}
    for uri, file_id, event in zip(*(events[c].to_pylist() for c in ("uri", "file_id", "event")), strict=True):
        if event == "seen":
            held[uri] = file_id
        else:
            held.pop(uri, None)
    return held
