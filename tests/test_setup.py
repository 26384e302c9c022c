"""The launcher: finds a Python, sets up once, repairs, and gets out of the way. Stub interpreters stand for real ones."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.conftest import PROJECT

MOST_MEGABYTES = 900
TOOLS = ("sh", "cksum", "tr", "readlink", "dirname", "basename", "rm", "mv", "mkdir", "cp", "du", "grep", "cat", "sleep", "kill", "env",
         "touch")

# Answers as the real one does: who am I (-I -c), lock (-I -c with fcntl), venv, pip, compileall; else prints what it was given.
STUB = """#!/bin/sh
case "$*" in
    *fcntl*) exit 0 ;;
    *_base_executable*) printf '%s\\n%s\\n%s\\n' '{version}' "$0" '{venv}'; exit {probe} ;;
    *'-m venv '*) for last; do :; done; mkdir -p "$last/bin" && cp "$0" "$last/bin/python"; echo venv >>'{log}'; exit ;;
    *'-m pip '*)
        while [ $# -gt 0 ]; do
            [ "$1" = -r ] && files="${{files-pip}}:$(basename "$2")"
            shift
        done
        echo "$files" >>'{log}'; {pip} ;;
    *compileall*) exit 0 ;;
esac
echo "ran: $*"
echo "cwd: $(pwd)"
env | grep -E '^(PYTHON|VIRTUAL_ENV|PIP_)' | sort
exit {code}
"""


class Machine:
    """A computer with the usual tools, the project in a folder with a space, and the interpreters that a test gives it."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.root, self.log = folder / "bin", folder / "my project", folder / "log"
        self.bin.mkdir()
        (self.root / "requirements").mkdir(parents=True)
        shutil.copy(PROJECT / "taojin", self.root / "taojin")
        for name in ("base", "test", "dask", "s3"):
            (self.root / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or pytest.skip(f"no {tool} here"))
        (self.bin / "sort").symlink_to(shutil.which("sort") or "")

    def python(self, name: str, version: str, venv: str = "venv", pip: str = "exit 0", probe: int = 0, code: int = 0) -> Path:
        path = self.bin / name
        path.write_text(STUB.format(version=version, venv=venv, log=self.log, pip=pip, probe=probe, code=code))
        path.chmod(0o755)
        return path

    def run(self, *arguments: str, program: Path | None = None, cwd: Path | None = None, **environment: str):
        env = {"PATH": str(self.bin), "HOME": str(self.root.parent)} | environment
        return subprocess.run(
            [program or self.root / "taojin", *arguments], env=env, cwd=cwd or self.root, capture_output=True, text=True, timeout=30
        )

    @property
    def steps(self) -> list[str]:
        return self.log.read_text().split() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def one_sentence(done: subprocess.CompletedProcess, code: int) -> str:
    assert done.returncode == code
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_without_python_one_sentence_says_what_to_install(machine: Machine):
    assert "Python 3.11, 3.12 or 3.13" in one_sentence(machine.run("ingest"), 2)


def test_a_python_outside_the_range_is_named(machine: Machine):
    machine.python("python3", "3.10.4")
    machine.python("python3.14", "3.14.0")
    assert "found 3.10.4" in one_sentence(machine.run("ingest"), 2)


def test_a_python_without_venv_is_told_which_package_has_it(machine: Machine):
    machine.python("python3.12", "3.12.3", venv="bare")
    assert "apt install python3.12-venv" in one_sentence(machine.run("ingest"), 2)


def test_a_shim_that_does_not_start_is_passed_over(machine: Machine):
    machine.python("python3.13", "", probe=127)
    machine.python("python3.11", "3.11.9")
    assert "Python 3.11.9" in machine.run("status").stderr


@pytest.mark.parametrize(("version", "probe", "says"), [("3.9.1", 0, "is Python 3.9.1"), ("3.12.1", 1, "does not start")])
def test_the_python_that_was_named_is_taken_or_refused(machine: Machine, version: str, probe: int, says: str):
    machine.python("python3.11", "3.11.9")
    named = machine.python("other", version, probe=probe)
    assert says in one_sentence(machine.run("ingest", TAOJIN_PYTHON=str(named)), 2)


def test_sets_up_once_and_passes_arguments_and_exit_code(machine: Machine):
    machine.python("python3.12", "3.12.1", code=7)
    first = machine.run("sql", "select 1  as n", cwd=machine.bin)
    assert (first.returncode, machine.steps) == (7, ["venv", "pip:base.txt"])
    assert f"ran: -m flows sql select 1  as n\ncwd: {machine.bin}\n" in first.stdout
    assert "MB installed" in first.stderr
    second = machine.run("--version")
    assert (second.stderr, machine.steps) == ("", ["venv", "pip:base.txt"])


def test_tests_have_their_own_packages_and_run_at_the_root(machine: Machine):
    machine.python("python3.12", "3.12.1")
    machine.run("status")
    tested = machine.run("test", "--slow", "-k", "a b", cwd=machine.bin)
    assert f"ran: -m pytest --slow -k a b\ncwd: {machine.root}\n" in tested.stdout
    assert machine.steps == ["venv", "pip:base.txt", "pip:test.txt"]
    machine.run("status")
    assert machine.steps == ["venv", "pip:base.txt", "pip:test.txt"], "the test packages hold the others"


def test_extras_are_added_once_and_stay_through_changes(machine: Machine):
    machine.python("python3.12", "3.12.1")
    machine.run("status")
    asked = machine.run("setup", "dask")
    assert (asked.returncode, asked.stdout, asked.stderr.splitlines()[-1]) == (0, "", "Ready: base dask.")
    machine.run("setup", "dask")
    machine.run("status")
    assert machine.steps == ["venv", "pip:base.txt", "pip:base.txt:dask.txt"]
    (machine.root / "requirements" / "base.txt").write_text("base==2\n")
    machine.run("status")
    (machine.root / "requirements" / "dask.txt").write_text("dask==2\n")
    machine.run("status")
    assert machine.steps[3:] == ["pip:base.txt:dask.txt"] * 2, "a change of either pins is a change"
    machine.run("setup", "s3")
    (machine.root / ".venv" / "bin" / "python").unlink()
    machine.run("test")
    assert machine.steps[5:] == ["pip:base.txt:s3.txt:dask.txt", "venv", "pip:test.txt:s3.txt:dask.txt"]
    (machine.root / "requirements" / "s3.txt").unlink()
    assert machine.run("status").stderr == "", "an extra that is no more is not missed"


def test_commands_of_dask_bring_their_packages_and_our_code(machine: Machine):
    machine.python("python3.12", "3.12.1")
    ran = machine.run("dask", "worker", "tcp://127.0.0.1:8786", "--nworkers", "2").stdout
    assert "ran: -m dask worker tcp://127.0.0.1:8786 --nworkers 2\n" in ran
    assert f"PYTHONPATH={machine.root}\n" in ran
    assert machine.steps == ["venv", "pip:base.txt:dask.txt"]


def test_an_unknown_extra_is_told_which_there_are(machine: Machine):
    machine.python("python3.12", "3.12.1")
    for name in ("base", "../x", "spark"):
        assert f"no extra {name}; usage: ./taojin setup [EXTRA ...], with any of dask s3." in one_sentence(machine.run("setup", name), 2)
    assert machine.run("setup").returncode == 0
    assert machine.steps == ["venv", "pip:base.txt"]


def test_changed_pins_are_installed_over_what_is_there(machine: Machine):
    machine.python("python3.12", "3.12.1")
    machine.run("status")
    (machine.root / "requirements" / "base.txt").write_text("base==2\n")
    machine.run("status")
    assert machine.steps == ["venv", "pip:base.txt", "pip:base.txt"]


def test_an_interrupted_set_up_is_made_again(machine: Machine):
    machine.python("python3.12", "3.12.1", pip="kill -KILL $PPID; sleep 1")
    assert machine.run("status").returncode == -signal.SIGKILL
    assert (machine.root / ".venv").exists()
    machine.python("python3.12", "3.12.1")
    assert machine.run("status").returncode == 0
    assert machine.steps == ["venv", "pip:base.txt"] * 2


def test_after_an_interrupted_change_the_old_pins_are_not_believed(machine: Machine):
    pins = machine.root / "requirements" / "base.txt"
    machine.python("python3.12", "3.12.1")
    machine.run("status")
    before = pins.read_text()
    pins.write_text("base==2\n")
    (machine.root / ".venv" / "bin" / "python").write_text(machine.python("x", "3.12.1", pip="kill -KILL $PPID; sleep 1").read_text())
    machine.run("status")
    pins.write_text(before)
    assert machine.run("status").returncode == 0
    assert machine.steps == ["venv", "pip:base.txt", "pip:base.txt", "venv", "pip:base.txt"]


def test_a_failed_set_up_ends_with_a_sentence_and_is_made_again(machine: Machine):
    machine.python("python3.12", "3.12.1", pip="echo 'no such host' >&2; exit 1")
    failed = machine.run("status")
    assert failed.returncode == 3
    assert failed.stderr.splitlines()[-1].startswith("taojin: the set-up failed")
    machine.python("python3.12", "3.12.1")
    assert machine.run("status").returncode == 0


def test_a_lost_interpreter_is_replaced(machine: Machine):
    machine.python("python3.12", "3.12.1")
    machine.run("status")
    (machine.root / ".venv" / "bin" / "python").unlink()
    assert machine.run("status").returncode == 0


def test_an_active_environment_does_not_reach_in(machine: Machine):
    machine.python("python3.12", "3.12.1")
    foreign = {"VIRTUAL_ENV": "/elsewhere", "PYTHONHOME": "/elsewhere", "PYTHONPATH": "/elsewhere", "PIP_TARGET": "/elsewhere"}
    out = machine.run("status", **foreign).stdout
    assert "/elsewhere" not in out
    assert f"PYTHONPATH={machine.root}\n" in out
    assert "PYTHONSAFEPATH=1\n" in out, "a file in the current folder must not stand for a module"


def test_starts_through_a_link_from_anywhere(machine: Machine):
    machine.python("python3.12", "3.12.1")
    link = machine.bin / "tj"
    link.symlink_to(os.path.relpath(machine.root / "taojin", machine.bin))
    assert machine.run("status", program=link, cwd=Path("/")).returncode == 0


def test_a_warm_start_costs_next_to_nothing(machine: Machine):
    machine.python("python3.12", "3.12.1")
    machine.run("status")

    def best(command: list[str]) -> float:
        spent = []
        for _ in range(7):
            began = time.perf_counter()
            subprocess.run(command, env={"PATH": str(machine.bin)}, cwd=machine.root, capture_output=True)
            spent.append(time.perf_counter() - began)
        return min(spent)

    overhead = best(["./taojin", "status"]) - best([".venv/bin/python", "-m", "flows", "status"])
    assert overhead < 0.05


def test_an_extra_has_the_versions_that_are_tested():
    """requirements/compile.sh makes them so; each is installed beside the base, so that the base's versions stand."""
    def pinned(name: str) -> set[str]:
        return set(re.findall(r"^[^ #][^\n\\]*", (PROJECT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extras = set(project["optional-dependencies"]) - {"test"}
    assert {p.stem for p in (PROJECT / "requirements").glob("*.txt")} == extras | {"base", "test"}
    assert pinned("base") <= pinned("test")
    for extra in extras:
        assert pinned(extra) <= pinned("test") - pinned("base")


@pytest.mark.slow
def test_two_set_ups_at_once_make_one(tmp_path: Path):
    """With a real interpreter: the lock is the kernel's."""
    real = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    if subprocess.run([real, "-c", "import venv, ensurepip"], capture_output=True).returncode:
        pytest.skip("no Python with venv here")
    machine = Machine(tmp_path)
    for name in ("base", "test"):
        (machine.root / "requirements" / f"{name}.txt").write_text("")
    (machine.root / "flows").mkdir()
    (machine.root / "flows" / "__main__.py").write_text("print('ready')")
    env = {"PATH": str(machine.bin), "TAOJIN_PYTHON": real}
    both = [subprocess.Popen([machine.root / "taojin"], env=env, stdout=-1, stderr=-1, text=True) for _ in range(2)]
    told = [p.communicate(timeout=120) for p in both]
    assert [out for out, _ in told] == ["ready\n"] * 2, told
    assert sum("Setting up" in err for _, err in told) == 1


def test_what_is_installed_stays_below_its_limit(capsys: pytest.CaptureFixture):
    """Blocks on disk of all that requirements/base.txt names, with compiled files; pip and the test tools apart."""
    total, seen = 0, set()
    for name in re.findall(r"^([A-Za-z0-9_.-]+)==", (PROJECT / "requirements" / "base.txt").read_text(), re.MULTILINE):
        try:
            files = distribution(name).files or ()
        except PackageNotFoundError:  # for another platform or Python
            continue
        for file in files:
            path = str(file.locate())
            for part in (path, importlib.util.cache_from_source(path)) if path.endswith(".py") else (path,):
                if part not in seen and os.path.exists(part):
                    seen.add(part)
                    total += os.stat(part).st_blocks * 512
    with capsys.disabled():
        print(f"\ninstalled: {total / 1e6:.0f} MB in {len(seen):,} files")
    assert 0 < total / 1e6 < MOST_MEGABYTES
