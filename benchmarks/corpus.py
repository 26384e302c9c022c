"""A corpus of any size: paragraphs of a clean text collection, shuffled by a seed, half of the files soiled.

Every file is distinct, so neither deduplication nor caches help. Soiling adds what scraped pages add: breadcrumbs, byline
and date lines, pinyin glosses, watermarks, related links with glued dates, pagers, share widgets, footers, other
encodings. The words of the dirt are invented here.

    python -m benchmarks.corpus OUT --megabytes 100 --source ../shared/data/law.tar.gz
"""

from __future__ import annotations

import argparse
import os
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path

from pypinyin import Style, pinyin

SITES = ("江渚新闻网", "云岭文库", "北塬日报网", "海陵资讯")
NAMES = ("林若溪", "周晓岚", "唐思远", "何振邦", "彭雪")
TOPICS = ("年度工作总结范文", "关于开展安全检查的通知", "基层党支部活动方案", "学习心得体会", "职工技能竞赛简报", "乡村道路养护情况汇报")


def paragraphs(source: Path) -> list[str]:
    """Paragraphs of 20 characters and more of all text files of a tar archive, in the archive's order."""
    out: list[str] = []
    with tarfile.open(source) as tar:
        for member in tar:
            if member.isfile() and member.name.endswith((".txt", ".md")):
                text = tar.extractfile(member).read().decode("utf-8")
                out += [p.strip() for p in text.split("\n") if len(p.strip()) >= 20]
    return out


def soil(body: list[str], rng: random.Random) -> str:
    """One page around and inside a body: invented furniture, glosses on some characters, a watermark at line ends."""
    site, day = rng.choice(SITES), f"{rng.randint(2009, 2024)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    title = rng.choice(TOPICS) + str(rng.randint(1, 99999))
    lines = [
        f"当前位置: 首页 > {site} > 正文",
        title,
        f"{day} {rng.randint(0, 23):02}:{rng.randint(0, 59):02}  来源:{site}  作者:{rng.choice(NAMES)}",
    ]
    glossed = rng.random() < 0.3
    if glossed:
        chosen = rng.sample(sorted({c for p in body for c in p if "\u4e00" <= c <= "\u9fff"}), k=25)
        table = {ord(c): f"{c}({pinyin(c, style=Style.TONE)[0][0]})" for c in chosen}
        body = [p.translate(table) for p in body]
    if rng.random() < 0.4:
        mark = f" {site},范文学习资料库"
        body = [p + mark if rng.random() < 0.3 else p for p in body]
    lines += body
    lines += ["【字号 大 中 小】 打印 收藏 分享到:", f"(责任编辑:{rng.choice(NAMES)})", "相关文章:"]
    lines += [
        f"- {rng.choice(TOPICS)}...{rng.randint(2015, 2024)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        for _ in range(rng.randint(5, 30))
    ]
    lines += [
        "上一页 1 2 3 下一页",
        f"{site} 版权所有 未经授权不得转载",
        f"浙ICP备{rng.randint(10000000, 99999999)}号 联系我们 关于我们 网站地图",
    ]
    return "\n".join(lines) + "\n"


def files(source: Path, size: int, seed: int = 20261121, soiled: float = 0.5) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of distinct files until `size` bytes of UTF-8 are made; the same for the same arguments."""
    rng = random.Random(seed)
    pool = paragraphs(source)
    made = number = 0
    while made < size:
        body = [rng.choice(pool) for _ in range(rng.randint(15, 120))]
        dirty = rng.random() < soiled
        text = soil(body, rng) if dirty else "\n".join(body) + "\n"
        encoding = rng.choice(("utf-8",) * 7 + ("gb18030",) * 3) if dirty else "utf-8"
        number += 1
        made += len(text.encode())
        yield f"{number:06}.txt", text.encode(encoding)


def write(out: Path, source: Path, megabytes: float, seed: int = 20261121) -> int:
    """Write the corpus below a folder in sub-folders of 1,000 files; returns the bytes written."""
    total = 0
    for k, (name, data) in enumerate(files(source, int(megabytes * 1e6), seed)):
        folder = out / f"{k // 1000:03}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        total += len(data)
    return total


def default_source() -> Path:
    return Path(os.environ.get("TAOJIN_CORPUS", "../shared")) / "data" / "law.tar.gz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--source", type=Path, default=default_source())
    parser.add_argument("--seed", type=int, default=20261121)
    args = parser.parse_args()
    print(f"{write(args.out, args.source, args.megabytes, args.seed):,} bytes in {args.out}")


if __name__ == "__main__":
    main()
