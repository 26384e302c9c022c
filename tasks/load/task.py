"""load as Prefect tasks: the commit, then the publication; one line in the log each."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.storage.commit import commit
from tasks.storage.layout import Layout
from tasks.storage.publish import Publication, publish
from tasks.storage.records import Delta, State


@task(name="commit", cache_policy=NO_CACHE, persist_result=False)  # no retries: a commit is there or it is not
def commit_run(layout: Layout, state: State, delta: Delta) -> State:
    """Make a run's files true, all of them or none."""
    after = commit(layout, state, delta)
    files = sum(len(b.files) for b in delta.batches) + len(delta.run_files)
    get_run_logger().info("commit: %d batches, %d files -> manifest %d", len(delta.batches), files, after.number)
    return after


@task(name="publish", cache_policy=NO_CACHE, persist_result=False)
def publish_run(layout: Layout, state: State, keep: int, rebuild: bool, threads: int) -> Publication:
    """Publish what is true as a new generation."""
    done = publish(layout, state, rebuild=rebuild, threads=threads, keep=keep)
    get_run_logger().info("publish: %s, %d rows more, %d fewer -> %s", done.mode, done.rows_added, done.rows_deleted, done.path)
    return done
