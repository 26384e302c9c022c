"""Credit lines: a page's button that is glued to a medium's name is no part of it; names that only look like it stay whole."""

from __future__ import annotations

import pytest

from tasks.text.credits import read_credits


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("2031-05-06 07:08:09 来源: 海湾晨报举报", "海湾晨报"),
        ("2031-05-06 07:08 来源：海湾晨报 举报", "海湾晨报"),
        ("来源：海湾晨报我要评论 2031-05-06 07:08", "海湾晨报"),
        ("2031-05-06 07:08 来源：海湾评论", "海湾评论"),
        ("2031-05-06 07:08 来源：海湾网络举报中心", "海湾网络举报中心"),
    ],
)
def test_the_source_is_the_name_alone(line: str, source: str):
    assert [f.value for f in read_credits(line) or () if f.field == "source"] == [source]
