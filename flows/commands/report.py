"""taojin report: the dashboard's overview as one self-contained file, for mail or a build."""

from __future__ import annotations

from pathlib import Path

from dashboard.app import environment
from dashboard.generations import Generations
from dashboard.report import html_report
from dashboard.summary import newest, unpublished
from dashboard.words import LANGUAGES, Words
from flows.terminal import talk
from tasks.errors import UsageError


def run(warehouse: Path, output: Path, language: str, mask_private: bool = False) -> int:
    """Write the file. Raises UsageError where nothing is published yet or the file cannot be written."""
    if language not in LANGUAGES:
        raise UsageError(f"There is no language {language!r}.", f"Choose one of {', '.join(LANGUAGES)}.")
    generations = Generations(warehouse, masks=mask_private)
    with generations.hold() as g:
        if g is None:
            raise UsageError(f"{generations.root} has no published generation yet.", "Run `taojin ingest` first.")
        html = html_report(environment(), g, Words(language), unpublished(generations.root, newest(g)))
    generations.close()
    try:
        output.write_text(html, "utf-8")
    except OSError as error:
        raise UsageError(f"Cannot write {output}: {error.strerror}.", "Name a file in a folder that exists.") from error
    talk(f"Written to {output}.")
    return 0
