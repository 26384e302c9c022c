"""What makes a page readable: a heading is bold as far as it goes, a held-back file has its name, numbers stand to the right."""

from __future__ import annotations

import pytest

from dashboard.pages.article import _run_in
from tests.dashboard.warehouses import RUNS


@pytest.mark.parametrize(
    ("paragraph", "span"),
    [
        ("一、修渠的办法。各村先修大渠，后修小渠。", (40, 47)),
        ("修渠的办法：各村先修大渠。", (40, 45)),
        ("一、修渠的办法", None),
        ("一、修渠的办法。", None),
        ("别的话", None),
    ],
)
def test_a_heading_that_text_follows_ends_where_the_text_begins(paragraph: str, span: tuple[int, int] | None):
    assert _run_in({"heading": "修渠的办法"}, paragraph, 40) == (span and (40, span))


def test_a_run_names_the_files_of_what_it_held_back(ordinary):
    page = ordinary.get(f"/runs/{RUNS}").text
    refused = page[page.index('id="refused"') :]
    assert "<th scope=\"col\">File</th>" in refused and 'class="path"></td>' not in refused


def test_numbers_of_an_answer_stand_to_the_right(ordinary):
    page = ordinary.get("/sql?sql=select 7 as seven, 'x' as word, 1.5::double as half").text
    assert page.count('<td class="n">') == 2 and '<td class="n">7</td>' in page


def test_a_misspelt_column_gets_the_nearest_of_the_tables_that_were_asked(ordinary):
    page = ordinary.get("/sql?sql=select day from article_dates").text  # dirt_daily has a column day
    assert "Did you mean dated" in page and "Did you mean day" not in page


def test_a_bound_is_shown_as_a_number_is(ordinary):
    assert "≥ 1,000,000,000" in ordinary.get("/facts?min=1e9").text
