"""The stage as tables: exact schemas, numbered rows, and no row for a clean document."""

from __future__ import annotations

import pyarrow as pa

from schemas.catalog import TABLES
from tasks.clean.rules import RULES, VERSIONS
from tasks.clean.stage import clean


def run(*texts: str) -> dict[str, pa.Table]:
    return clean(pa.table({"doc_id": [f"{i:032x}" for i in range(len(texts))], "text": list(texts)}))


def test_tables_have_the_contracts_schemas() -> None:
    for texts in ((), ("鏁版嵁鍒嗘瀽鎶ュ憡", "清晨的公园里有很多人在散步。", "本报告由20xx年的调查得出。")):
        tables = run(*texts)
        assert {name: table.schema for name, table in tables.items()} == {n: TABLES[n].stage_arrow for n in ("marks", "links", "flags")}


def test_a_clean_document_has_no_row_and_the_others_keep_their_own() -> None:
    tables = run("鏁版嵁鍒嗘瀽鎶ュ憡", "清晨的公园里有很多人在散步。", "这一年（20xx年）的雨水很多，“”也多。")
    assert tables["marks"]["doc_id"].to_pylist() == [f"{0:032x}"]
    mark = tables["marks"].to_pylist()[0]
    assert (mark["start"], mark["stop"], mark["action"], mark["after"], mark["confidence"]) == (0, 9, "replace", "数据分析报告", 1.0)
    assert mark["rule_version"] == VERSIONS["misread-bytes"]
    assert tables["flags"]["doc_id"].to_pylist() == [f"{2:032x}"] * 2
    assert tables["flags"]["flag_no"].to_pylist() == [1, 2]
    assert tables["flags"]["kind"].to_pylist() == ["mask", "hole"]


def test_every_rule_has_one_version() -> None:
    assert len(VERSIONS) == len(RULES)
