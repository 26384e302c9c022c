"""What we get wrong today: cases of specimens that fail, by cause. A repair makes its case pass, which fails here: move it out.

tests/specimens/known_failures.json lists [{"cause": one line, "cases": ["specimen:aspect" or "specimen:aspect:item", …]}],
the most general cause first.
"""

from __future__ import annotations

import json

import pytest

from tests.specimens.cases import PROJECT, cases, check

CAUSES = json.loads((PROJECT / "tests" / "specimens" / "known_failures.json").read_text("utf-8"))
KNOWN = {case: group["cause"] for group in CAUSES for case in group["cases"]}


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.xfail(strict=True, raises=AssertionError, reason=why)) for case, why in KNOWN.items()]
)
def test_known_failure(case: str):
    check(case)


def test_known_failures_are_cases_and_laws_are_never_among_them():
    every = cases()
    assert set(KNOWN) <= set(every)
    assert sum(len(group["cases"]) for group in CAUSES) == len(KNOWN)
    assert not [case for case in KNOWN if case.endswith((":laws", ":flags_never"))]
    print(f"specimens: {len(every) - len(KNOWN)} of {len(every)} cases pass ({1 - len(KNOWN) / len(every):.1%})")
