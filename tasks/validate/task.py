"""validate as a Prefect task: one question to the validator, one line in the log."""

from __future__ import annotations

from prefect import get_run_logger, task

from tasks.validate.process import Validator
from tasks.validate.request import CheckRequest, ValidationResult


@task(name="validate", cache_policy=None, persist_result=False)  # no retries: the same rows fail the same way twice
def validate_run(validator: Validator, request: CheckRequest) -> ValidationResult:
    """Check the staged rows of a run; the answer says who is refused and whether the run may be published."""
    result = validator.check(request)
    failed = sum(status in ("failed", "errored") for status in result.checks["status"].to_pylist())
    verdict = "blocked" if result.blocked else "may be published"
    get_run_logger().info(
        "validate: %d checks, %d not passed, %d documents refused -> %s", result.checks.num_rows, failed, len(result.refused), verdict
    )
    return result
