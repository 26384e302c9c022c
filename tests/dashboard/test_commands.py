"""The two commands: pages on an address of this machine, the overview as a file."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from flows.__main__ import main
from tests.conftest import PROJECT
from tests.dashboard.markup import Tree


def test_report_is_one_file(ordinary_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "report.html"
    for language, sentence in (("en", "1 check could not run"), ("zh", "有 1 项检查未能执行")):
        assert main(["report", "-o", str(file), "-w", str(ordinary_root), "--language", language]) == 0
        html = file.read_text("utf-8")
        tree = Tree(html)
        assert sentence in tree.root.text and tree.stray == []
        assert not tree.root.all("a", "script", "link", "img", "form") and "http" not in html.replace("http-equiv", "")
    assert f"Written to {file}." in capsys.readouterr().err


def test_report_says_what_is_missing(tmp_path: Path, ordinary_root: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["report", "-o", str(tmp_path / "r.html"), "-w", str(tmp_path / "none")]) == 2
    assert "has no published generation yet" in capsys.readouterr().err
    assert main(["report", "-o", str(tmp_path / "no" / "r.html"), "-w", str(ordinary_root)]) == 2
    assert main(["report", "-o", str(tmp_path / "r.html"), "-w", str(ordinary_root), "--language", "fr"]) == 2
    assert not (tmp_path / "none").exists()


def test_a_taken_port_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["dashboard", "--port", str(taken.getsockname()[1]), "-w", str(tmp_path)]) == 2
    assert "cannot be listened on" in capsys.readouterr().err
    assert main(["dashboard", "--port", "99999", "-w", str(tmp_path)]) == 2


@pytest.mark.slow
def test_the_dashboard_prints_its_address_answers_and_ends(ordinary_root: Path):
    command = [sys.executable, "-m", "flows", "dashboard", "--port", "0", "-w", str(ordinary_root), "--allow-host", "data.example"]
    process = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT)}, stdout=subprocess.PIPE, text=True)
    try:
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/", address)
        with urllib.request.urlopen(urllib.request.Request(address + "healthz", headers={"Host": "data.example"}), timeout=30) as answer:
            found = json.loads(answer.read())
    except urllib.error.HTTPError as error:  # stale or not, it answers
        found = json.loads(error.read())
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in (0, 130, -signal.SIGINT)
    assert found["generation"] == 1
