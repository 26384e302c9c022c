"""axe-core, the checker of accessibility that others trust, for the browser's tests: run in the page beside its policy.

TAOJIN_AXE names an axe.min.js, or `off`. Else npm fetches the package into a folder of the test's own; where it cannot (no npm, no
network), `find` says why and the tests skip: inspect.js and markup.py, which need nothing, look at the same pages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

VERSION = "4.14.1"
SECONDS = 40


def find(folder: Path) -> tuple[str, str]:
    """(the script, '') or ('', why there is none)."""
    named = os.environ.get("TAOJIN_AXE", "")
    if named == "off":
        return "", "TAOJIN_AXE=off"
    if named:
        return Path(named).read_text("utf-8"), ""
    npm = shutil.which("npm")
    if npm is None:
        return "", "no npm on this machine; name an axe.min.js in TAOJIN_AXE"
    quiet = ["--silent", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=15000"]
    try:
        subprocess.run([npm, "pack", f"axe-core@{VERSION}", *quiet], cwd=folder, check=True, capture_output=True, timeout=SECONDS)
        with tarfile.open(next(folder.glob("axe-core-*.tgz"))) as package:
            member = package.extractfile("package/axe.min.js")
            return (member.read().decode("utf-8") if member else ""), "" if member else "the package holds no axe.min.js"
    except (OSError, subprocess.SubprocessError, StopIteration, tarfile.TarError, KeyError) as error:
        return "", f"npm could not fetch axe-core ({type(error).__name__}); name an axe.min.js in TAOJIN_AXE"
