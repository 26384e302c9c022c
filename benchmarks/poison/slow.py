"""Texts made against rules: one line, or very many, of what a family of rules looks for. Time should grow as they do.

Each is run in a process of its own, at n and at 4 n bytes; a ratio far above 4 is a rule that can be made to hang. What takes longer
than `patience` is ended and said so.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as NotYet

WORDS = "守塔人每夜点灯三次，风大的时候要点五次。"


def _run(unit: str) -> Callable[[int], bytes]:
    data = unit.encode()
    return lambda n: data * (n // len(data) + 1)


def _between(unit: str, head: str, tail: str) -> Callable[[int], bytes]:
    return lambda n: head.encode() + _run(unit)(n) + tail.encode()


def _page(unit: str, tail: str = "") -> Callable[[int], bytes]:
    return _between(unit, "<html><head><title>灯塔</title></head><body>", tail + "</body></html>")


def _misread(right: str, wrong: str, errors: str) -> Callable[[int], bytes]:
    shown = (WORDS * 20).encode(right, "ignore").decode(wrong, errors)
    return _run(shown)


ADVERSARIES: dict[str, Callable[[int], bytes]] = {
    "one character": _run("的"),
    "blanks in one line": _run(" "),
    "wide blanks in one line": _run("\u3000"),
    "digits": _run("9"),
    "digit, comma": _run("1,"),
    "digit, point": _run("1."),
    "Chinese digits": _run("一二三四五六七八九〇"),
    "Chinese units": _run("十百千万亿"),
    "dates": _run("2019-02-29 25:61 "),
    "years to years": _run("1949年至"),
    "percent chains": _run("增长5.2%至"),
    "open brackets": _run("（"),
    "nested brackets": lambda n: ("（" * (n // 6) + "）" * (n // 6)).encode(),
    "quotes never closed": _run("“他说"),
    "titles never closed": _run("《灯"),
    "glosses": _run("守(shǒu)塔(tǎ)"),
    "glosses never closed": _run("守(shǒu"),
    "wrong glosses": _run("守(ā)"),
    "zero-width characters": _run("守\u200b塔\u200b"),
    "private use": _run("\ue000\ue001守"),
    "masks": _run("某某某×××□□"),
    "dots": _run("……。。。。"),
    "dots of names": _run("·"),
    "foreign names": _run("克里斯蒂"),
    "foreign names, dots": _run("克·里·"),
    "rules of dashes": _run("-=_*-=_*"),
    "entities": _run("&amp;amp;"),
    "entities of blanks": _run("&nbsp;□"),
    "entities never closed": _run("&#x4e2d"),
    "escapes": _run("\\u4e2d\\n%E4%B8"),
    "urls": _run("http://a.example/b?c=d&e=f "),
    "one long url": _between("a/%E4%B8", "http://a.example/", ""),
    "e-mail addresses": _run("a@b."),
    "phone numbers": _run("13800138000-"),
    "an account, then blanks": _between("\u3000", "账号", "渡"),
    "a messenger, then blanks": _between("\u3000", "上一篇：灯塔\n微信", "渡\n分享到：微信"),
    "a licence, then blanks": _between(" ", "上一篇：灯塔\n渡口许可证", "渡\n分享到：微信"),
    "separators": _run("首页>新闻|"),
    "pager": _run("上一页 1 2 3 "),
    "share widgets": _run("分享到：微信 微博 QQ空间 "),
    "credits": _run("来源：江渚 作者：林某 责任编辑：周某 "),
    "links, a line each": _run("- 渡口改造完工2018-11-02\n"),
    "chapters, a line each": _run("第一章 总则\n"),
    "empty lines": _run("\n"),
    "one character a line": _run("守\n"),
    "carriage returns": _run("\r\n\r"),
    "words of furniture": _run("版权所有未经授权禁止转载"),
    "one sentence without end": _run("守塔人每夜点灯，"),
    "the same paragraph": _run(WORDS + "\n"),
    "surnames": _run("王李张刘陈杨黄赵"),
    "organisations": _run("江渚市总工会委员会"),
    "Latin words": _run("word "),
    "one Latin word": _run("a"),
    "UTF-8 read as GBK": _misread("utf-8", "gb18030", "ignore"),
    "UTF-8 read as GBK with loss": _misread("utf-8", "gbk", "replace"),
    "UTF-8 read as CP1252": _misread("utf-8", "cp1252", "ignore"),
    "GBK read as Latin-1": _misread("gb18030", "latin-1", "ignore"),
    "Big5 read as GBK": _misread("big5", "gb18030", "replace"),
    "bytes 0x80": lambda n: b"\x80" * n,
    "bytes 0xff": lambda n: b"\xff" * n,
    "bytes 0": lambda n: bytes(n),
    "GBK and UTF-8 in turn": lambda n: (WORDS.encode() + WORDS.encode("gb18030")) * (n // 100 + 1),
    "half of each GBK pair": lambda n: WORDS.encode("gb18030")[::2] * (n // 20 + 1),
    "HZ shifts": _run("~{~}"),
    "ISO-2022 shifts": lambda n: b"\x1b$)A\x0e\x0f" * (n // 6),
    "HTML nested": lambda n: b"<html><body>" + b"<div>" * (n // 5),
    "HTML tables nested": lambda n: b"<html><body>" + b"<table><tr><td>" * (n // 15),
    "HTML inline nested": lambda n: b"<html><body><p>" + b"<b><i>" * (n // 6),
    "HTML links": _page("<a href='/a'>灯塔</a>"),
    "HTML paragraphs": _page("<p>守塔人每夜点灯。</p>"),
    "HTML attributes": lambda n: b"<html><body><p " + b"a=b " * (n // 4) + b">",
    "HTML never closed tags": lambda n: b"<html><body><p>" + b"<" * n,
    "HTML comments": lambda n: b"<html><body><p>" + b"<!--" * (n // 4),
    "HTML entities": _page("&amp;amp;"),
    "HTML list": _page("<li>灯<ul>"),
    "JSON lines of nothing": _run('{"text": ""}\n'),
    "JSON nested": lambda n: b'{"text": ' + b"[" * n,
}


def seconds(name: str, size: int) -> tuple[dict[str, float], list[str]]:
    """CPU by stage, and what else is wrong."""
    from benchmarks.fuzz.judge import examine

    seen = examine(ADVERSARIES[name](size), patience=1e9)
    return seen.seconds, [f.sentence for f in seen.faults]


def _warm() -> None:
    from tasks.work import warm_up

    warm_up()


def measure(names: list[str], small: int, patience: float) -> list[dict]:
    """For each name: CPU seconds at `small` and at four times as much, the stage that took most, what went wrong."""
    found = []
    pool = None
    for name in names:
        row: dict = {"name": name, "wrong": []}
        for key, size in (("n", small), ("4n", 4 * small)):
            if pool is None:
                pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_warm)
            begun = time.monotonic()
            try:
                stages, wrong = pool.submit(seconds, name, size).result(patience)
            except NotYet:
                for process in list(pool._processes.values()):
                    process.kill()
                pool.shutdown(wait=True, cancel_futures=True)
                pool = None
                row[key], row["stage"] = None, "?"
                row["wrong"].append(f"ended after {time.monotonic() - begun:.0f} s at {size:,} bytes")
                break
            row[key], row["stage"] = sum(stages.values()), max(stages, key=stages.get)
            row["stages"] = stages
            row["wrong"] += wrong
        found.append(row)
        ratio = row["4n"] / max(row["n"], 1e-3) if row.get("4n") else None
        line = f"{name:<30} {_shown(row.get('n'))} {_shown(row.get('4n'))} {f'{ratio:6.1f}' if ratio else '     -'}  {row['stage']:<7}"
        print(line, "; ".join(row["wrong"])[:150], flush=True)
        row["ratio"] = ratio
    if pool:
        pool.shutdown()
    return found


def _shown(value: float | None) -> str:
    return f"{value:8.2f}" if value is not None else "       -"
