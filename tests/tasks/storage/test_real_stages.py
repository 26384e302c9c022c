"""The real stages through storage: laws A to C hold on what is committed, and bytes come back."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import batch_id, file_id
from tasks.storage.commit import assemble, commit, run_table
from tasks.storage.fingerprints import fingerprints
from tasks.storage.layout import Layout
from tasks.storage.manifests import load_state
from tasks.storage.publish import publish
from tasks.storage.reader import open_published
from tasks.storage.records import Delta, Job
from tasks.storage.restore import restore_bytes
from tasks.storage.verify import verify
from tasks.work import run_batch

PAGE = """首页 > 新闻中心 > 地方
渠县开闸放水
来源：河工报 作者：林渠生 2019年4月6日
　　四月六日上午，渠县开闸放水，灌溉农田3.2万亩，比上年增加百分之五。
　　县长说：“水到渠成，人勤春早。”

相关链接：
邻县修坝（2019-03-02）
分享到：微信 微博
"""
BYTES = [
    PAGE.encode(),
    PAGE.encode("gb18030"),
    PAGE.replace("\n", "\r\n").encode("utf-16"),
    "燈塔管理辦法\n守塔人應當每夜點燈。\n".encode("big5"),
    b"",
    b"\xff\xfe\xfd\x00\x80",
    "半句\r换行\r\n混用\n".encode(),
]


def test_laws_hold_on_what_is_committed(tmp_path):
    layout = Layout.of(tmp_path / "w")
    layout.make()
    contents = {}
    for i, data in enumerate(BYTES):
        (tmp_path / f"{i}.txt").write_bytes(data)
        contents[file_id(data)] = str(tmp_path / f"{i}.txt")
    name = batch_id(list(contents))
    job = Job(name, "decode", tuple(contents.items()), None, str(layout.root), str(layout.batch_staging(name)), 1, fingerprints(),
              {"record_limit_bytes": 1 << 26, "cutter": "rjieba"})
    batch = assemble(layout, run_batch(job), None)
    at = datetime(2026, 1, 2)
    events = [{"uri": f"file://{p}", "name": p.rsplit("/", 1)[-1], "file_id": f, "size_bytes": 1, "modified_at": None, "seen_at": at,
               "run_id": 1, "event": "seen"} for f, p in contents.items()]
    seen = run_table(layout, 1, "arrival_events", pa.Table.from_pylist(events, TABLES["arrival_events"].arrow))
    state = commit(layout, load_state(layout), Delta(1, (batch,), run_files=(seen,), generation=1))
    publish(layout, state)
    assert batch.refused == {}
    assert verify(layout.root) == []
    for data in BYTES:
        assert restore_bytes(layout.root, file_id(data)) == data
    with open_published(layout.root) as con:
        assert con.execute("SELECT count(*) FROM documents").fetchone() == (len(BYTES),)
        assert con.execute("SELECT count(DISTINCT encoding) >= 4 FROM decodings").fetchone() == (True,)
        assert con.execute("SELECT count(*) FROM search('渠县放水')").fetchone()[0] >= 1
