"""A folder of everything that the laws must survive: encodings, line ends, damage, sizes, names, and things that are no files.

    left = write(folder)                 # name (bytes) -> content of every regular file that is to be taken in
    left.files, left.passed_over         # passed_over: names that a run must report in one sentence each

All words are invented here. The big ones (one line of 50 MB, 500,000 lines) stand apart, in `sizes()`.
"""

from __future__ import annotations

import os
import random
import socket
from dataclasses import dataclass, field
from pathlib import Path

PAGE = (
    "当前位置: 首页 > 江渚新闻网 > 正文\n"
    "关于修缮老灯塔的通知\n"
    "2019-03-08 10:20  来源:江渚新闻网  作者:林若溪\n"
    "\n"
    "　　守塔人每夜点灯三次，风大的时候要点五次。去年共修缮灯塔17座，比前年增加12.5%。\n"
    "　　镇里决定，今年再拨款30万元，用来更换灯芯和玻璃。渡口的船工说：“有了灯，夜里就敢走了。”\n"
    "分享到:\n"
    "相关文章:\n"
    "- 渡口改造完工2018-11-02\n"
    "(责任编辑:周晓岚)\n"
)
TRADITIONAL = (
    "關於修繕老燈塔的通知\n\n"
    "守塔人每夜點燈三次，風大的時候要點五次。去年共修繕燈塔十七座，比前年增加許多。\n"
    "鎮裡決定今年再撥款，用來更換燈芯和玻璃。\n"
)
SENTENCES = (
    "今年春天雨水少，各村先修渠，后插秧。",
    "集市逢五逢十开市，卖布的人最多。",
    "渡船一天往返四次，每次可载二十人。",
    "他在信里写道，山路虽远，总有走完的一天。",
    "全镇共有耕地3200亩，其中水田占六成。",
)
LONG_NAME = "很长的名字" * 17  # 255 bytes in UTF-8: the most that file systems take


@dataclass
class Left:
    """What was written."""

    files: dict[bytes, bytes] = field(default_factory=dict)
    passed_over: set[bytes] = field(default_factory=set)


def prose(seed: int, characters: int) -> str:
    """Sentences in a random order, without a line break."""
    rng = random.Random(seed)
    return "".join(rng.choices(SENTENCES, k=characters // 17 + 1))[:characters]


def encodings() -> dict[str, bytes]:
    """One page in each encoding that Chinese pages come in."""
    wide = {f"{name}{'-bom' if bom else ''}": name for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be") for bom in (0, 1)}
    found = {f"{label}.txt": ("\ufeff" * label.endswith("bom") + PAGE).encode(name) for label, name in wide.items()}
    found |= {f"{name}.txt": PAGE.encode(name) for name in ("utf-8", "utf-8-sig", "gbk", "gb18030", "hz")}
    found["gb18030-four-bytes.txt"] = (PAGE + "用字𠮷与ꀀ、€都在。\n").encode("gb18030")
    found["big5.txt"] = TRADITIONAL.encode("big5")
    found["big5hkscs.txt"] = (TRADITIONAL + "佢哋喺度瞓覺，啲嘢唔係咁講㗎。\n").encode("big5hkscs")
    found["mixed-by-line.txt"] = b"".join(
        line.encode(("utf-8", "gb18030")[i % 2]) for i, line in enumerate(PAGE.splitlines(keepends=True) * 3)
    )
    found["utf-16-odd-byte.txt"] = PAGE.encode("utf-16") + b"\x20"
    found["utf-16-lone-surrogate.txt"] = "开头\n".encode("utf-16") + b"\x00\xd8" + "结尾\n".encode("utf-16-le")
    found["utf-8-two-boms.txt"] = b"\xef\xbb\xbf\xef\xbb\xbf" + PAGE.encode()
    found["utf-8-bom-inside.txt"] = PAGE.replace("镇里", "\ufeff镇里").encode()
    return found


def line_ends() -> dict[str, bytes]:
    """One page with each kind of line end, and with all of them."""
    lines = PAGE.splitlines()
    mixed = "".join(line + end for line, end in zip(lines, ["\n", "\r\n", "\r", "\n\r", "\r\r\n"] * len(lines), strict=False))
    found = {"cr.txt": "\r".join(lines), "crlf.txt": "\r\n".join(lines), "mixed-ends.txt": mixed, "cr-last.txt": PAGE + "\r"}
    found |= {"only-newlines.txt": "\n" * 50, "only-crs.txt": "\r" * 50, "only-blanks.txt": "  \t　 \u00a0 " * 9, "one-cr.txt": "\r"}
    found |= {"unicode-breaks.txt": "第一行。\u2028第二行。\u0085第三行。\u2029第四行。\x0b第五行。\x0c第六行。\x1c第七行。\x1e第八行。"}
    found = {f"{name}": text.encode() for name, text in found.items()}
    found["crlf-gb18030.txt"] = "\r\n".join(lines).encode("gb18030")
    found["crlf-utf-16.txt"] = "\r\n".join(lines).encode("utf-16")
    found["cr-utf-32.txt"] = "\r".join(lines).encode("utf-32")
    return found


def damage(seed: int = 7) -> dict[str, bytes]:
    """Bytes that are no text, or hardly one."""
    rng = random.Random(seed)
    page, gbk = PAGE.encode(), PAGE.encode("gb18030")
    found = {"empty.txt": b"", "one-byte.txt": b"\xff", "nul.txt": PAGE.replace("。", "。\0").encode(), "only-nul.txt": b"\0" * 999}
    for size in (1, 2, 3, 17, 256, 4097, 65536):
        found[f"random-{size}.bin"] = rng.randbytes(size)
    found["every-byte.bin"] = bytes(range(256)) * 3
    found["every-pair.bin"] = b"".join(bytes((a, b)) for a in range(256) for b in range(256))
    for n in range(6):  # one byte changed in each thirty; a cut at any byte
        for name, data in (("utf-8", page), ("gb18030", gbk)):
            hurt = bytearray(data)
            for at in range(n, len(hurt), 30):
                hurt[at] = rng.randrange(256)
            found[f"hurt-{name}-{n}.txt"] = bytes(hurt)
            found[f"torn-{name}-{n}.txt"] = data[n + 1 : len(data) - n]
    found["surrogates-in-utf-8.txt"] = "前".encode() + b"\xed\xa0\x80\xed\xb0\x80" + "后\n".encode()
    found["overlong.txt"] = b"\xc0\xaf\xf8\x88\x80\x80\x80" + page
    found["escapes.txt"] = "颜色\x1b[31m红\x1b[0m，\u202e倒\u202c着。\x07\x08\x7f\n".encode()
    found["iso-2022.txt"] = b"\x1b$)A\x0e" + "中文".encode("gb2312").replace(b"\xd6", b"\x56") + b"\x0f\n"
    found["hz-open.txt"] = "守塔人".encode("hz")[:-2]
    found["hz-tildes.txt"] = "价格~~约~三元，~{不是汉字~}。\n".encode()
    found["mojibake.txt"] = (PAGE + "守塔人每夜点灯三次".encode().decode("gb18030", "replace") + "\n").encode()
    found["noncharacters.txt"] = "\ufffe\uffff\U0001ffff\U0010ffff\ue000\U000f0000私用\n".encode()
    found["combining.txt"] = ("e" + "\u0301" * 5000 + "\n" + "\u200d\ufe0f" * 3000).encode()
    found["brackets.txt"] = ("(" * 20000 + "（" * 20000 + ")" * 20000).encode()
    found["digits.txt"] = ("1" * 30000 + "。" + "一" * 30000 + "." * 30000).encode()
    return found


def sizes() -> dict[str, bytes]:
    """Shapes that cost time or memory: one line of 50 MB, 500,000 tiny lines."""
    return {"one-line-50MB.txt": prose(1, 18_000_000).encode()[: 50 << 20], "500000-lines.txt": "灯\n".encode() * 500_000}


def names() -> dict[bytes, bytes]:
    """Names that are hard to write down; each file has a content of its own."""
    hard = (
        "with some spaces .txt", "中文 名字。txt", LONG_NAME, "'single' \"double\" `back`", "semi;colon & pipe | $HOME $(id) %41 %",
        "new\nline\tand\rreturn", "-rf", "--help", "*?[a].txt", "a\\b", "\u202eexe.txt", "é.txt", "e\u0301.txt", "#?=&.html", "~",
        "no-ending",
    )  # fmt: skip
    found = {os.fsencode(name): f"第{n}号通知\n\n灯塔{n}号今夜点灯{n}次。\n".encode() for n, name in enumerate(hard)}
    found |= {b"not-utf-8-\xff\xfe.txt": "另一份通知，名字不是文字。\n".encode(), "旧名字".encode("gb18030"): "又一份通知。\n".encode()}
    found[b"twin-a.txt"] = found[b"twin-b.txt"] = "两个名字，一份内容。\n".encode()
    found["深/".encode() * 20 + b"end.txt"] = "在很深的文件夹里。\n".encode()
    return found


def write(folder: Path) -> Left:
    """Fill an empty folder with all that is small."""
    left = Left()
    ordinary = encodings() | line_ends() | damage()
    left.files = {os.fsencode(name): data for name, data in ordinary.items()} | names()
    root = os.fsencode(folder)
    for name, data in left.files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(data)
    _link_in(root, left)
    _others(root, left)
    return left


def _link_in(root: bytes, left: Left) -> None:
    os.symlink(b"utf-8.txt", os.path.join(root, b"link-in.txt"))
    left.files[b"link-in.txt"] = left.files[b"utf-8.txt"]


def _others(root: bytes, left: Left) -> None:
    """Root may read whatever its mode forbids, so what cannot be read is a pipe, a socket, a link to nothing or to itself."""
    outside = root + b"-outside"
    os.makedirs(outside)
    with open(os.path.join(outside, b"secret.txt"), "xb") as file:
        file.write("外面的文件，不许读。\n".encode())
    os.symlink(os.path.join(outside, b"secret.txt"), os.path.join(root, b"link-out.txt"))
    os.symlink(outside, os.path.join(root, b"link-out-folder"))
    os.symlink(b"/nowhere/at/all", os.path.join(root, b"dangling.txt"))
    os.symlink(b"loop.txt", os.path.join(root, b"loop.txt"))
    os.mkfifo(os.path.join(root, b"pipe.txt"))
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.open(root, os.O_RDONLY)
        try:
            listening.bind(b"/proc/self/fd/%d/socket.txt" % here)  # a socket's own path may have 108 bytes at most
        finally:
            os.close(here)
    left.passed_over |= {b"link-out.txt", b"link-out-folder", b"dangling.txt", b"loop.txt", b"pipe.txt", b"socket.txt"}
