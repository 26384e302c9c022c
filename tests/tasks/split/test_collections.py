"""Several articles in one file without numbers: newspaper pages, pasted texts, diaries; and what only looks like it."""

from __future__ import annotations

import pytest

G = "灯座锈得厉害，他们先用煤油泡了三天，才把螺丝一颗一颗拧开，里面的铜圈倒还是好的，擦一擦就能照见人影。"
H = "如今每天傍晚六点，他们轮流去合闸，附近的孩子也跟着去看，说要数一数，一年里头这盏灯到底亮了多少个晚上。"
F = "西街的豆腐坊天不亮就点灯，石磨要转上一个多钟头，挑担的人在门口排着队，说话的声音压得很低，怕吵醒了隔壁的孩子。"
E = "尺子是祖父留下来的，黄杨木，一头磨得发亮，刻度浅得快要看不见了，只有对着窗口斜着看，才数得清那些寸和分。"


def of(split_up, text: str) -> list[tuple[str | None, str | None, str]]:
    rows = split_up([text])["articles"].to_pylist()
    return [(row["title"], row["author"], row["text"]) for row in rows]


def test_stories_of_one_newspaper_page(split_up):
    text = f"渡口夜灯亮了八年\n本报记者 林小满\n{G}\n{H}\n西街豆腐坊要搬走\n——老街见闻\n本报通讯员 赵秋生\n{F}\n{E}\n"
    assert of(split_up, text) == [("渡口夜灯亮了八年", "林小满", f"{G}\n{H}"), ("西街豆腐坊要搬走", "赵秋生", f"{F}\n{E}")]


def test_texts_pasted_with_their_heads(split_up):
    text = (
        f"渡口夜灯亮了八年\n2019-04-02 08:30 来源：河口晚报\n{G}\n{H}\n\n西街豆腐坊要搬走\n2019-04-05 来源：河口在线 作者：赵秋生\n{F}\n{E}"
    )
    rows = split_up([text])["articles"].to_pylist()
    assert [(r["title"], r["source"], r["published_at"].isoformat()[:10], r["part_no"]) for r in rows] == [
        ("渡口夜灯亮了八年", "河口晚报", "2019-04-02", 1),
        ("西街豆腐坊要搬走", "河口在线", "2019-04-05", 2),
    ]


def test_labelled_records(split_up):
    text = f"标题：渡口夜灯亮了八年\n作者：林小满\n{G}\n{H}\n标题：西街豆腐坊要搬走\n作者：赵秋生\n{F}\n{E}"
    assert of(split_up, text) == [("渡口夜灯亮了八年", "林小满", f"{G}\n{H}"), ("西街豆腐坊要搬走", "赵秋生", f"{F}\n{E}")]


def test_entries_of_a_diary(split_up):
    text = f"修灯日记\n2019年4月2日 星期二 晴\n{G}\n{H}\n2019年4月3日 星期三 小雨\n{F}\n{E}\n"
    rows = split_up([text])["articles"].to_pylist()
    assert [(r["title"], r["published_at"].isoformat()[:10], r["text"]) for r in rows] == [
        ("2019年4月2日 星期二 晴", "2019-04-02", f"{G}\n{H}"),
        ("2019年4月3日 星期三 小雨", "2019-04-03", f"{F}\n{E}"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"河口镇大事记\n2019年4月2日\n{G}\n{H}\n2019年5月3日\n{F}\n{E}",  # a chronicle
        f"渡口夜灯亮了八年\n本报记者 林小满\n{G}\n{H}\n修灯的人\n{F}\n{E}",  # a sub-heading
        f"船厂最后一位捻匠\n记者：林小满\n{G}\n记者：您后来去了哪里？\n{F}\n记者：明白了\n{E}",
        f"渡口夜灯亮了八年\n2019-04-02 08:30 来源：河口晚报\n{G}\n{H}\n老船工\n2019-04-02 09:11:05\n{F}",  # a comment
        f"渡口夜灯亮了八年\n2019-04-02 08:30 来源：河口晚报\n{G}\n{H}\n来源：河口晚报 作者：林小满",
        f"{E}\n渡口夜灯亮了八年\n本报记者 林小满\n{G}\n{H}\n西街豆腐坊要搬走\n本报记者 赵秋生\n{F}",  # text that belongs to none
    ],
)
def test_one_article_stays_one(split_up, text: str):
    assert len(of(split_up, text)) == 1
