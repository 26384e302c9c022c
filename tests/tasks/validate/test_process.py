"""The validator's process: answers, survives its own death, and costs its caller no heavy import."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tasks.validate.process import Validator, ValidatorDied, ValidatorFailed
from tasks.validate.request import CheckRequest
from tests.tasks.validate.conftest import sound_rows

Make = Callable[..., CheckRequest]


def test_answers_twice_and_after_its_death_a_new_one_answers(request_for: Make):
    with Validator() as validator:
        request = request_for(sound_rows(2))
        first = validator.check(request)
        assert not first.blocked and first.timings["import"] > 0
        with pytest.raises(ValidatorFailed, match=r"No files found|does not exist|No such file") as failed:
            validator.check(CheckRequest(run_id=1, files={"kept": ("/nowhere/kept.parquet",)}))
        assert "Traceback" in failed.value.details
        assert not validator.check(request).blocked

        os.kill(validator.pid, signal.SIGKILL)
        with pytest.raises(ValidatorDied, match="exit code -9"):
            validator.check(request)
        assert not validator.check(request).blocked
    validator.close()


def test_importing_the_validator_is_cheap():
    heavy = "[m for m in ('great_expectations', 'prefect', 'duckdb', 'scipy', 'pandas') if m in sys.modules]"
    code = f"import sys, tasks.validate.process; print({heavy})"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_deferred_packages_come_when_they_are_asked():
    code = (
        "import sys\n"
        "from tasks.validate.imports import cheaper_imports\n"
        "with cheaper_imports():\n"
        "    import great_expectations, great_expectations.expectations.core.expect_column_kl_divergence_to_be_less_than as kl\n"
        "assert 'scipy.stats._stats_py' not in sys.modules and 'altair.vegalite' not in sys.modules\n"
        "assert kl.stats.entropy([0.5, 0.5]) > 0.69\n"
        "assert kl.alt.Chart.__name__ == 'Chart'\n"
        "import scipy.stats; assert scipy.stats.norm.cdf(0) == 0.5\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
