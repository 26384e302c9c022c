"""taojin beside its peers: what they leave of the same dirt, and what they lose of the same text.

    python -m benchmarks.peers [--peer-python DATATROVE_PYTHON] [--juicer-python DATA_JUICER_PYTHON] [--documents 200] [--out FOLDER]

Two corpora, two tables in Markdown. The real seeds below TAOJIN_CORPUS are counted by peers/evaluate.py (its columns, ours
added); a soiled corpus (benchmarks/soil, the wordings that no rule was written for) is counted here as benchmarks/soil counts:
there every clean character and every piece of dirt is known. Peers read UTF-8 only, so it is written in UTF-8. Of taojin decode,
clean and split are run; what is compared is `articles.text_hans` of the seeds and `articles.text` of the soiled pages. On the
seeds a second column adds what the head's columns hold (title, subtitle, abstract, author, source, editor, date): peers leave
these lines in the text. The peers run as peers/*.py set them up, each in its own environment; what of them needs a download
(language identification, perplexity, lists of words) is left out. Speeds: of a peer its pipeline's own count, in which
data-juicer has the loading of its operators; of taojin decode, clean and split.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa

from benchmarks.soil.pages import HALVES, Page, pages
from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.split.stage import split
from tasks.text.scripts import text_hans

SHARED = Path(os.environ.get("TAOJIN_CORPUS", Path(__file__).resolve().parent.parent.parent / "shared"))
PROFILES = ("format", "fineweb2", "c4", "all")
JUICER_PROFILES = ("stock", "zhweb", "aggressive")
SCRIPTS = {"datatrove": ("peer_datatrove.py", "MB_per_s_pipeline"), "data-juicer": ("peer_datajuicer.py", "MB_per_s_ops")}
SHINGLE = 5  # characters
HEAD_FIELDS = ("title", "original_title", "subtitle", "abstract", "author", "author_role", "source", "editor", "published_at")
METADATA = ("title", "dateline")  # classes of the soiled corpus that peers have no column for


def kept_and_left(page: Page, text: str) -> Counter[str]:
    """Clean characters, those in unbroken paragraphs, shingles of the body and those that still stand, dirt pieces and those left."""
    wanted = Counter(" ".join(p.split()) for p in page.paragraphs)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    shown = Counter(lines)
    rest = "\n" + "\n".join(line for line in lines if line not in wanted) + "\n"
    mine = [p[i : i + SHINGLE] for p in wanted for i in range(len(p) - SHINGLE + 1)]
    whole = {text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)}
    dirt = [" ".join(piece.split()) for name, piece in page.dirt if name not in METADATA]
    return Counter(
        characters=sum(len(p) * n for p, n in wanted.items()),
        unbroken=sum(len(p) * min(n, shown[p]) for p, n in wanted.items()),
        shingles=len(mine),
        standing=sum(s in whole for s in mine),
        pieces=len(dirt),
        left=sum(bool(d) and (f"\n{d}\n" if len(d) < 4 else d) in rest for d in dirt),
    )


def ours(folder: Path, kept: Path, with_head: Path, column: str) -> float:
    """
    Write NAME for every file of a folder that has an article, as text alone and with the values of its head; `column` is text
    or text_hans. Returns MB/s of decode, clean and split on one core, by the clock as peers count.
    """
    kept.mkdir(parents=True)
    with_head.mkdir(parents=True)
    files = sorted(p for p in folder.iterdir() if p.is_file())
    data = {file_id(p.read_bytes()): (p.name, p.read_bytes()) for p in files}
    contents = pa.table(
        {"file_id": list(data), "data": pa.array([d for _, d in data.values()], pa.large_binary())}, TABLES["contents"].stage_arrow
    )
    decode(contents.slice(0, 1))  # dictionaries and models are there before the clock starts
    start = time.perf_counter()
    decoded = decode(contents)
    documents = decoded["documents"]
    cleaned = clean(documents, decoded["blocks"])
    done = split(documents, cleaned["marks"], cleaned["flags"])
    spent = time.perf_counter() - start
    names = dict(zip(documents["doc_id"].to_pylist(), [data[f][0] for f in documents["file_id"].to_pylist()], strict=True))
    values: dict[str, dict[int, str]] = {}
    for row in done["article_metadata"].to_pylist():
        if row["field"] in HEAD_FIELDS:
            values.setdefault(row["article_id"], {})[row["start"]] = text_hans(row["value"])
    texts: dict[str, list[tuple[str, str]]] = {}
    for row in done["articles"].to_pylist():
        head = " ".join(value for _, value in sorted(values.get(row["article_id"], {}).items()))
        texts.setdefault(names[row["doc_id"]], []).append((head, row[column]))
    for name, found in texts.items():
        (kept / name).write_text("\n".join(text for _, text in found), "utf-8")
        (with_head / name).write_text("\n".join(f"{head}\n{text}" for head, text in found), "utf-8")
    return sum(len(d) for _, d in data.values()) / 1e6 / spent


def theirs(tool: str, python: Path, folder: Path, out: Path, profile: str) -> float | None:
    """One profile of a peer into out/kept; returns MB/s of its pipeline, None where it failed."""
    script, speed = SCRIPTS[tool]
    command = [str(python), str(SHARED / "peers" / script), str(folder), str(out), "--profile", profile]
    done = subprocess.run(command, capture_output=True, text=True)
    summary = out / "summary.json"
    told = json.loads(summary.read_text("utf-8")) if summary.exists() else {}
    if done.returncode or told.get("rc"):
        print(f"{tool} {profile} failed: {(done.stdout + done.stderr)[-300:]}", file=sys.stderr)
        return None
    return told[speed]


def seeds_table(kept: list[Path]) -> str:
    """The table of peers/evaluate.py over some folders, in Markdown."""
    command = [sys.executable, str(SHARED / "peers" / "evaluate.py"), *map(str, kept)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def soiled_table(pages: dict[str, Page], kept: dict[str, Path], speed: dict[str, float | None]) -> str:
    """What each tool left and lost of the soiled corpus, in Markdown. A dropped page loses its text and its dirt."""
    rows = ["| tool | pages kept | clean text kept | in unbroken paragraphs | dirt pieces left | MB/s |", "|---|---:|---:|---:|---:|---:|"]
    for tool, folder in kept.items():
        there, sums = 0, Counter()
        for name, page in pages.items():
            path = folder / name
            there += path.exists()
            sums.update(kept_and_left(page, path.read_text("utf-8") if path.exists() else ""))
        fast = speed[tool]
        rows.append(
            f"| {tool} | {there} of {len(pages)} | {sums['standing'] / sums['shingles']:.2%} | {sums['unbroken'] / sums['characters']:.2%} "
            f"| {sums['left']:,} of {sums['pieces']:,} ({sums['left'] / sums['pieces']:.2%}) "
            f"| {'failed' if fast is None else f'{fast:.2f}'} |"
        )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peer-python", type=Path, help="a Python with datatrove, spacy and jieba; leave out to see taojin alone")
    parser.add_argument("--juicer-python", type=Path, help="a Python with py-data-juicer, aiohttp, ftfy and opencc")
    parser.add_argument("--documents", type=int, default=200, help="pages of the soiled corpus")
    parser.add_argument("--half", choices=HALVES, default="B", help="wordings of the dirt: A, or B, which no rule was written for")
    parser.add_argument("--profiles", nargs="*", default=PROFILES, help="of datatrove")
    parser.add_argument("--juicer-profiles", nargs="*", default=JUICER_PROFILES)
    parser.add_argument("--out", type=Path, help="keep what every tool wrote below this folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        out = args.out or Path(tmp)
        made = {f"{n:05}.txt": page for n, page in enumerate(pages(args.documents, args.half))}
        folder = out / "soiled"
        folder.mkdir(parents=True)
        for name, page in made.items():
            (folder / name).write_text("\n".join([*page.lines, ""]), "utf-8")
        peers = {f"datatrove {p}": ("datatrove", args.peer_python, p) for p in args.profiles if args.peer_python}
        peers |= {f"data-juicer {p}": ("data-juicer", args.juicer_python, p) for p in args.juicer_profiles if args.juicer_python}
        tools = ["taojin", "taojin with head", *peers]
        kept: dict[str, dict[str, Path]] = {}
        speed: dict[str, dict[str, float | None]] = {}
        for name, given, column in (("seeds", SHARED / "seeds", "text_hans"), ("soiled", folder, "text")):
            kept[name] = {tool: out / f"{name}-by" / tool.replace(" ", "-") / "kept" for tool in tools}  # data-juicer takes no blanks
            speed[name] = dict.fromkeys(tools[:2], ours(given, kept[name][tools[0]], kept[name][tools[1]], column))
            for tool in tools[2:]:
                kind, python, profile = peers[tool]
                speed[name][tool] = theirs(kind, python, given, kept[name][tool].parent, profile)
        print(seeds_table(list(kept["seeds"].values())))
        del kept["soiled"]["taojin with head"]  # title and date line are no text of these pages
        print(soiled_table(made, kept["soiled"], speed["soiled"]))


if __name__ == "__main__":
    main()
