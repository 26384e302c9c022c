"""What stages record has its Chinese: every reason of a rule, and every sentence that the code of these modules can make."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from dashboard.sentences import HOLE, in_chinese, sentences
from schemas.derive.chinese import chinese
from tasks.clean.rules import RULES as CLEANING
from tasks.split.rules import RULES as SPLITTING
from tests.conftest import PROJECT
from tests.dashboard import warehouses
from tests.dashboard.conftest import client_of

# Where sentences come from that pages show. Text for the command line alone, SQL and logs of these modules are told apart below.
MODULES = (
    "tasks/ingest/containers", "tasks/ingest/discover.py", "tasks/ingest/fetch.py", "tasks/ingest/hashing.py", "tasks/ingest/remote",
    "tasks/care.py", "tasks/work.py", "tasks/workers.py", "tasks/validate/findings.py", "tasks/validate/expectations.py",
    "tasks/validate/runner.py", "tasks/clean/repair", "tasks/clean/furniture/absent.py", "tasks/enrich/facts/sums.py",
    "tasks/enrich/outline.py", "tasks/relate/boilerplate.py", "flows/run.py", "dashboard/generations.py",
)  # fmt: skip
# Calls whose sentences do not reach a page: errors that end a command are shown by it, with a hint that only a terminal needs.
ELSEWHERE = {
    "UnreadableInput", "UsageError", "TaojinError", "DamagedTruth", "Rule", "ValueError", "RuntimeError", "execute", "compile",
    "argument", "note", "frozenset", "split", "print", "Address", "once",
}  # fmt: skip
# Pieces of a sentence that stands in the table as a whole, and what only a terminal or a log shows.
PIECES = {
    "{}more than {} bytes in one record. Split it, or raise record_limit_bytes.",
    "too large: {} bytes in one record (record_limit_bytes is {})",
    "too large: {} bytes (container_limit_bytes is {}, record_limit_bytes {})", "its listing broke off after {} names: ",
    "more memory than a worker may have ({} MiB, worker_memory)", "more memory than there is", "Publication is blocked: ",
    "{} {} of {} different articles among {} pages of {}.", "Block of {} lines", "the tar", 's3fs (taojin setup s3, or the extra "s3")',
    "Ingest them one by one, or rename a parameter.", "at least one try", "Finished batches are kept; run it again.",
    "Finished batches are kept; run the same command to go on.", "unexpected end of data", "one batch",
    "The next run computes {} again from the bytes.",
    "{} failed the same checks after being computed again from the bytes, so no disk is to blame: take the files that `taojin quarantine "
    "list` names out of the input, or change the code or the settings that they fail by. `taojin ingest --rehash` computes once more.",
}  # fmt: skip
QUERY = re.compile(r"[A-Z]{2,} [A-Z(]|\b(?:SELECT|FROM|CREATE|WHERE|SET|PRAGMA|count|select|rowid|bigint|join)\b|[\\|^]|\n")
# Three English words in a row; names of tables and columns stand with underscores, commas or alone.
PROSE = re.compile(r"\b[A-Za-z][a-z']+ [a-z']{2,} [a-z']{2,}\b")
WORDS = re.compile(r"[A-Za-z']{2,}[ ,:]+[a-z']{2,}")


def skeleton(english: str) -> str:
    """The sentence with nameless holes."""
    return HOLE.sub("{}", english)


def made(path: str, source: str) -> Iterator[tuple[str, str]]:
    """(sentence with nameless holes, where) of every string of a module that reads like one."""
    tree = ast.parse(source)
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called in ELSEWHERE:
                passed |= set(ast.walk(node))
            case ast.Expr(value=ast.Constant(value=str()) as docstring):
                passed.add(docstring)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node not in passed:
            text = "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)
            passed |= set(ast.walk(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in passed:
            text = node.value
        else:
            continue
        if WORDS.search(text) and not QUERY.search(text):
            yield text, f"{path}:{node.lineno}"


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {skeleton(english) for table in sentences().values() for english in table}


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in MODULES:
        path = PROJECT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found |= made(file.relative_to(PROJECT).as_posix(), file.read_text("utf-8"))
    return found


@pytest.mark.parametrize("rule", [*CLEANING, *SPLITTING], ids=lambda r: r.id)
def test_every_rule_says_in_chinese_why_it_exists(rule):
    assert in_chinese(rule.why), rule.why


def test_no_reason_of_a_rule_is_left_over():
    assert set(sentences()["rules"]) <= {rule.why for rule in (*CLEANING, *SPLITTING)}


def test_every_sentence_that_the_code_can_make_has_its_chinese(known, said):
    assert sorted((where, text) for text, where in said.items() if text not in known | PIECES and not chinese(text)) == []


@pytest.mark.parametrize("piece", sorted(PIECES))
def test_a_piece_is_still_there(piece, said):
    assert piece in said, "strike it from the list"


def test_a_chinese_sentence_has_the_holes_of_the_english_one():
    for name, table in sentences().items():
        for english, told in table.items():
            holes = {h[2] for h in HOLE.finditer(english)} - ({"advice", "functions"} if name == "engine" else set())
            assert holes == set(re.findall(r"\{([a-z]+)\}", told)), english


def test_names_and_commands_stay_as_they_are():
    for table in sentences().values():
        for english, told in table.items():
            for name in re.findall(r"\b[a-z]+_[a-z_]+\b|\b[A-Z]+_[A-Z_]+\b|--[a-z]+|taojin\.toml", english):
                assert name in told, english


@pytest.mark.parametrize(("english", "told"), [
    ("it vanished before it was read", "尚未读取它就消失了"),
    ("a b.zip#3: it is damaged (bad crc). Fetch the file again; what could be read of it was.",
     "a b.zip#3：已损坏（bad crc）。请重新获取该文件；能读的部分已读取。"),
    ("articles 12,3: title is not empty: broken ('').", "articles 12,3：不满足“title 不是空字符串”（''）。"),
    ("documents 12: Line ends are \\n alone: broken.", "documents 12：不满足“换行只用 \\n”。"),
    ("Publication is blocked: 3 of 9 documents fail critical checks, more than 5%; articles: key-unique fails and 2 more.",
     "发布被阻止：9 篇文档中有 3 篇未通过关键检查，超过 5%；articles：key-unique 未通过，另有 2 项。"),
    ("clean: one of 4 documents: it killed the worker process (exit code 9)", "clean：这 4 篇文档之一：它使工作进程崩溃（退出码 9）"),
    ("reading it on from record 7: it kept the worker busy for more than 60 seconds", "从第 7 条记录继续读取时：它占用工作进程超过 60 秒"),
    ("the connection failed (TimeoutError), 5 times. The next run tries again.", "连接失败（TimeoutError），共 5 次。下次运行会再试。"),
    ("3 of 12 lines are no JSON objects (the first: a b.jsonl#3); all others were read. Mend them at the source; a changed file is read "
     "anew.", "12 行中有 3 行不是 JSON 对象（第一处：a b.jsonl#3）；其余都已读取。请在来源处修正；文件有变化会重新读取。"),
    ("too large: more than 1,000 bytes (container_limit_bytes is 4, record_limit_bytes 8)",
     "过大：超过 1,000 字节（container_limit_bytes 为 4，record_limit_bytes 为 8）"),
    ("clean needs more memory than a worker may have (900 MiB, worker_memory) at tasks/a.py:4",
     "clean 需要的内存超过工作进程的限额（900 MiB，worker_memory） at tasks/a.py:4"),
    ("80家 to 100家 is a change by 20家, not 30家", "从 80家 到 100家，变化为 20家，而不是 30家"),
    ("UTF-8 read as GBK: too little is left to tell", "UTF-8 被当作 GBK 读取：剩下的太少，无法判断"),
    ("Block of 3 lines at the head of 12 different articles among 40 pages of a.example.",
     "在 a.example 的 40 个页面中，12 篇不同文章开头都有的 3 行文字。"),
    ('Binder Error: Referenced column "titel" not found in FROM clause! Candidate bindings: "title", "site"',
     'FROM 子句中没有列 "titel"。可用的有："title", "site"'),
    ("articles: columns fails (title is missing, x is unknown)", "articles：columns 未通过（缺少 title，x 不在契约中）"),
])  # fmt: skip
def test_values_stay_inside_a_translated_sentence(english, told):
    assert in_chinese(english) == told


@pytest.mark.parametrize("english", [
    "The moon is full.", "", "missing", "a to b", "rows", "Nothing: at all.", "note: The moon is full. Go home.", "{0} {x} {*y}",
    "it vanished before it was read" * 40,
])  # fmt: skip
def test_what_nobody_translated_is_none(english):
    assert in_chinese(english) is None


@pytest.mark.parametrize("piece", [
    "a: b. c; d, it is damaged (", " of lines lines (the first: ); all others were read. ", "a a: : broken (", " is , not ", " ", "): ",
    " of different articles among pages of ", "Publication is blocked: ; and ",
    "too large: (container_limit_bytes is , record_limit_bytes ",
])  # fmt: skip
def test_a_hostile_sentence_is_told_apart_quickly(piece):
    hostile = (piece * 800)[:799] + "!"
    began = time.process_time()
    in_chinese(hostile)
    assert time.process_time() - began < 0.5


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Pages over a warehouse that holds sentences as stages record them."""
    rows = warehouses.ordinary()
    rows["rules"] = [r | {"why": rule.why} for r, rule in zip(rows["rules"], CLEANING, strict=False)]
    rows["flags"][0]["detail"] = "a wrong decoder destroyed the characters"
    rows["quarantine"][0]["reason"] = "clean: it killed the worker process (SIGKILL)"
    rows["quarantine_actions"][0]["outcome"] = "released"
    rows["runs"][-1]["error"] = "Publication is blocked: articles: key-unique fails."
    for check in rows["checks"]:
        if check["status"] == "errored":
            check["observed_value"] = "Great Expectations returned no result for it"
    root = tmp_path_factory.mktemp("recorded")
    warehouses.publish(root, 1, rows)
    yield from client_of(root)


@pytest.mark.parametrize("path", warehouses.PATHS)
def test_a_page_in_chinese_holds_no_english_prose(path: str, recorded: TestClient):
    page = recorded.get(path, headers={"cookie": "lang=zh"}).text
    english = re.findall(r'<(\w+)[^>]* lang="en"[^>]*>(.*?)</\1>', page, re.DOTALL)
    assert [text for _, text in english if text != "EN"] == []
    shown = re.sub(r"<(code|pre|kbd|script|style|textarea|del|mark|option)\b.*?</\1>|<[^>]*>", "\n", page, flags=re.DOTALL)
    assert [line for line in shown.splitlines() if PROSE.search(line)] == []


def test_a_reason_is_chinese_on_its_page(recorded: TestClient):
    page = recorded.get(f"/quarantine/{warehouses.RUNS}/1", headers={"cookie": "lang=zh"}).text
    assert "clean：它使工作进程崩溃（SIGKILL）" in page
    assert "已放行" in page
    assert CLEANING[0].why in recorded.get("/dirt/page.crumb", headers={"cookie": "lang=en"}).text.replace("&#39;", "'")
    assert in_chinese(CLEANING[0].why) in recorded.get("/dirt/page.crumb", headers={"cookie": "lang=zh"}).text
