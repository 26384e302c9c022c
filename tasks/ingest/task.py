"""One batch as a Prefect task: the thread waits, a worker works; one line in the log."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.runner import Runner
from tasks.storage.records import Job, Receipt


@task(name="process", cache_policy=NO_CACHE, persist_result=False)  # no retries: what kills a worker is found by halving
def process(job: Job, workers: Runner) -> Receipt:
    """Take one batch through its stages; what comes back names files."""
    receipt = workers.run(job)
    counts = receipt.counts
    get_run_logger().info(
        "process from %s: %d files, %d characters, %d articles, %d refused -> %s",
        job.stage_from, len(receipt.file_ids), counts.get("characters", 0), counts.get("articles", 0), len(receipt.refused_inputs),
        job.staging,
    )  # fmt: skip
    return receipt
