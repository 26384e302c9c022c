"""The model of lines: what its file says, where it is silent, and that its verdicts come from the features it names."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from benchmarks.page_model.compose import BODY, FURNITURE, Labelled
from benchmarks.page_model.train import examples, fit_all, to_json
from benchmarks.soil.pages import specimens
from tasks.clean.furniture import features, furnish, model
from tasks.clean.furniture.regions import Page, find_regions
from tasks.clean.furniture.specimens import ALL_KEEPS, FRAME_BOTTOM, FRAME_TOP, STATUTE, VERSE, page
from tasks.clean.furniture.specimens import BODY as PROSE
from tasks.text.ledger import Ledger

UNNAMED = "还有三页没有看，登录会员继续\n分享到：\n版权所有 河口在线"
SAID = json.loads(files("tasks.clean.furniture").joinpath("model.json").read_text("utf-8"))


def furnished(text: str) -> Ledger:
    ledger = Ledger(text)
    furnish(ledger)
    return ledger


def test_the_file_explains_every_feature_that_the_code_computes():
    for name, wanted in zip(("first", "second"), model.ROUNDS, strict=True):
        rows = SAID[name]["features"]
        assert [row["feature"] for row in rows] == list(wanted)
        assert all(row["means"] == wanted[row["feature"]] and set(row["weights"]) == set(model.ZONES) for row in rows)


def test_a_row_has_a_number_for_every_name():
    seen = Page.of([line for line in page(FRAME_TOP, FRAME_BOTTOM).split("\n") if line])
    assert features.matrix(seen).shape == (len(seen.lines), len(features.NAMES))
    assert np.isfinite(features.matrix(seen)).all()


@pytest.mark.parametrize("text", ALL_KEEPS)
def test_the_model_is_not_asked_about_pages_without_furniture(text, monkeypatch):
    monkeypatch.setattr(model, "judged", lambda *_: pytest.fail("asked"))
    furnished(text)


@pytest.mark.parametrize("body", [clean for clean in specimens() if sum(map(len, clean.paragraphs)) >= 200], ids=lambda c: c.kind)
def test_our_look_alikes_stay_inside_unnamed_furniture(body):
    """Lines of furniture in words that no rule has stand around them; not a line of theirs leaves by the model."""
    top, bottom = "欢迎来到河口在线 请登录\n阅读排版 夜间模式", "还有三页没有看，登录会员继续\n看完的人还想看\n分享到：\n版权所有 河口在线"
    text = "\n".join([top, body.title, "2019年4月2日 08:30 来源:河口日报", *body.paragraphs, bottom])
    cut = [text[m.start : m.stop] for m in furnished(text).marks if m.rule_id.endswith(".model")]
    assert not set(cut) & set(body.paragraphs)


def test_confidence_is_the_probability():
    marks = [m for m in furnished(page(bottom=UNNAMED)).marks if m.rule_id == "page.tail.model"]
    assert marks and all(model.SURE["tail"] <= m.confidence <= 1 for m in marks)


def test_without_running_text_only_what_speaks_of_pages_leaves_and_told_to_be_silent_it_is():
    text = f"{FRAME_TOP}\n{VERSE}\n还有三页没有看，登录会员继续\n{FRAME_BOTTOM}"
    cut = [text[m.start : m.stop] for m in furnished(text).marks if m.rule_id.endswith(".model")]
    assert not set(cut) & {*VERSE.split("\n"), FRAME_TOP.split("\n")[-1]}
    with model.silent():
        assert not [m for m in furnished(page(bottom=UNNAMED)).marks if "model" in m.rule_id]


def test_provisions_are_never_its_business():
    text = f"{FRAME_TOP}\n{STATUTE.replace('施行。', '施行')}\n{FRAME_BOTTOM}"
    cut = [text[m.start : m.stop] for m in furnished(text).marks]
    assert not [line for line in cut if line.startswith("第")]


def test_training_gives_the_same_weights_again_and_tells_furniture_from_body():
    lines = [*FRAME_TOP.split("\n"), *PROSE.split("\n"), *FRAME_BOTTOM.split("\n")]
    body = set(PROSE.split("\n"))
    made = [examples(Labelled(lines, [BODY if line in body else FURNITURE for line in lines])) for _ in range(6)]
    one, two = fit_all(made), fit_all(made)
    assert to_json(one) == to_json(two)
    rows, zones, y, _ = made[0]
    assert ((one.probabilities(rows, zones) > 0.5) == (y == FURNITURE)).all()
    read = model.from_json(to_json(one))
    assert np.allclose(read.probabilities(rows, zones), one.probabilities(rows, zones), atol=1e-2)


def test_a_line_among_furniture_is_judged_by_its_company():
    """The second round knows what the first says of the lines around."""
    seen = Page.of([*PROSE.split("\n"), *FRAME_BOTTOM.split("\n")])
    rows, zones = features.matrix(seen), model.zones_of(seen, find_regions(seen).body)
    odds = np.where(zones == 2, 6.0, -6.0)
    among = model.with_verdicts(rows, odds, zones)
    alone = model.with_verdicts(rows, np.where(np.arange(len(odds)) == len(odds) - 1, 6.0, -6.0), zones)
    column = list(model.ROUNDS[1]).index("verdict, since text")
    assert among[-1, column] > 0.9 > 0.1 > alone[-1, column]
