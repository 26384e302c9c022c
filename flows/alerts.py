"""Alerts: somebody is told when a run went wrong or nothing new arrives any more.

    send(settings, alert)      calls `alert_command` and `alert_webhook`, whichever is set, with the alert as one JSON object

Told are a run that failed or was killed (`failed`), one whose publication was blocked (`blocked`), one that published though a
critical check failed (`critical`: its documents are held back), and input without a new file for `alert_stale_hours` (`stale`, once
until something new arrives). An alert never fails a run and never takes longer than `alert_seconds`; what became of it stands in the
run log. The webhook's address may hold a secret, so no message, log line or JSON names more of it than its host.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from flows.run import now
from flows.settings import Settings
from flows.terminal import literal
from schemas.contract import CRITICAL
from tasks.enrich.private import private_in
from tasks.storage import runlog
from tasks.storage.layout import Layout
from tasks.storage.reader import open_published
from tasks.text.masking import masked
from tasks.validate.request import ValidationResult

FAILED, BLOCKED, HELD_BACK, STALE = "failed", "blocked", "critical", "stale"
NEXT = {
    FAILED: "taojin status",
    BLOCKED: "taojin quarantine list",
    HELD_BACK: "taojin quarantine list",
    STALE: "taojin status",
}
LONGEST_REASON = 2_000  # characters
PAUSES = (0.5, 2.0)  # seconds between the attempts to reach a webhook, all within `alert_seconds`
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Alert:
    """What somebody is told; its fields are the keys of the JSON."""

    event: str  # failed | blocked | critical | stale
    status: str  # of the run, as in `runs`
    reason: str
    run_id: int | None = None
    flow: str = "ingest"
    counts: Mapping[str, int] = field(default_factory=dict)
    since: str = ""  # stale: when the newest file arrived


def judged(run_id: int, status: str, flow: str, reason: str, verdict: ValidationResult | None, counts: Mapping[str, int]) -> Alert | None:
    """What a finished run gives reason to tell: that it was blocked, or that critical checks failed."""
    if status == BLOCKED:
        return Alert(BLOCKED, status, reason, run_id, flow, counts)
    failed = []
    if verdict is not None:
        failed = [c for c in verdict.checks.to_pylist() if c["severity"] == CRITICAL and c["status"] == "failed"]
    if not failed:
        return None
    names = sorted(f"{c['table_name']}.{c['check_id']}" for c in failed)
    said = f"{len(failed)} critical {'check' if len(failed) == 1 else 'checks'} failed: {', '.join(names)}. What failed is held back."
    return Alert(HELD_BACK, status, said, run_id, flow, counts)


def stale(settings: Settings) -> Alert | None:
    """That no new file was taken in for `alert_stale_hours`, unless that was told since the newest one. Never raises."""
    if not settings.alert_stale_hours or not _is_set(settings):
        return None
    layout = Layout.of(settings.warehouse)
    try:
        if not layout.current.exists():
            return None
        with open_published(layout.root) as db:
            newest = db.execute("SELECT max(first_seen_at) FROM seed_files").fetchone()[0]
        if newest is None or now() - newest < timedelta(hours=settings.alert_stale_hours):
            return None
        since = newest.isoformat()
        told = any(e.get("event") == "alert" and e.get("alert") == STALE and e.get("since") == since for e in runlog.entries(layout))
    except Exception:  # a warehouse that cannot be read is told by whoever works on it
        return None
    if told:
        return None
    hours = (now() - newest).total_seconds() / 3600
    reason = f"No new file for {hours:,.1f} h (limit {settings.alert_stale_hours:g} h)."
    return Alert(STALE, STALE, reason, since=since)


@contextmanager
def sent_after(settings: Settings, say: Callable[[str], None]) -> Iterator[list[Alert]]:
    """A list of alerts that are sent when the work in the block has ended, well or not."""
    waiting: list[Alert] = []
    try:
        yield waiting
    finally:
        for alert in waiting:
            for fault in send(settings, alert):
                say(fault)


def send(settings: Settings, alert: Alert) -> list[str]:
    """Tell the command and the webhook. Returns a sentence for each that could not be told; raises nothing."""
    if not _is_set(settings):
        return []
    layout = Layout.of(settings.warehouse)
    body = asdict(alert) | {
        "reason": _clean(alert.reason),
        "counts": dict(alert.counts),
        "warehouse": str(layout.root),
        "at": now().isoformat(),
        "next": NEXT[alert.event],
    }
    data = json.dumps(body, ensure_ascii=True, default=str).encode()
    faults = []
    for way, target, tell in (("command", settings.alert_command, _run), ("webhook", settings.alert_webhook, _post)):
        if target:
            fault = _told(tell, target, data, settings.alert_seconds)
            if fault:
                faults.append(f"The alert could not be told by {way}: {fault}.")
            entry = {"event": "alert", "alert": alert.event, "about": alert.run_id, "since": alert.since, "by": way,
                     "at": body["at"], "error": fault}  # fmt: skip
            with contextlib.suppress(Exception):  # a full disk may be the very thing that the alert is about
                runlog.append(layout, entry)
    return faults


def _clean(reason: str) -> str:
    """A reason may quote an error, and an error may quote crawled text: cut, private data masked, nothing that a terminal or page obeys."""
    text = reason[:LONGEST_REASON]
    return literal(masked(text, [(d.start, d.stop, d.masked) for d in private_in(text)]))


def _is_set(settings: Settings) -> bool:
    return bool(settings.alert_command or settings.alert_webhook)


def _told(tell: Callable[[str, bytes, float], str], target: str, data: bytes, seconds: float) -> str:
    """What went wrong, or "". The time limit holds for the whole call: a server that sends a byte a second does not get round it."""
    said: list[str] = []

    def work() -> None:
        try:
            said.append(tell(target, data, seconds))
        except Exception as error:  # its text may name the address
            said.append(type(error).__name__)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds + 1)
    return said[0] if said else f"no answer within {seconds:g} s"


def _run(command: str, data: bytes, seconds: float) -> str:
    """Run a command without a shell, the alert on its standard input."""
    try:
        words = shlex.split(command)
    except ValueError:
        return "its quotation marks do not match"
    if not words:
        return "it is empty"
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        return f"{words[0]}: {error.strerror}"
    try:
        process.communicate(data, timeout=seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"{words[0]} did not end within {seconds:g} s"
    return f"{words[0]} ended with exit code {process.returncode}" if process.returncode else ""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that was configured is not exchanged for another, which might not even be http."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(address: str, data: bytes, seconds: float) -> str:
    """Post the alert. Messages name the host and nothing else of the address."""
    try:
        parts = urllib.parse.urlsplit(address)
        host, login, port = parts.hostname or "", parts.username, parts.port
    except ValueError:
        return "it is no address"
    if parts.scheme not in ("http", "https") or not host or login is not None:
        return "it is no http(s) address, or it holds a user name"
    clean = urllib.parse.urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))
    request = urllib.request.Request(clean, data, {"Content-Type": "application/json", "User-Agent": "taojin"}, method="POST")
    shown = host if port is None else f"{host}:{port}"
    until = time.monotonic() + seconds
    for pause in (*PAUSES, None):
        fault, passing = _try(request, until - time.monotonic())
        if not fault or not passing or pause is None or time.monotonic() + pause >= until:
            return fault and f"{shown}{fault}"
        time.sleep(pause)
    return ""


def _try(request: urllib.request.Request, seconds: float) -> tuple[str, bool]:
    """What went wrong with one attempt ("" if nothing), and whether it may pass: nobody listens at this moment, or the host says so."""
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=max(seconds, 0.1)):
            return "", False
    except urllib.error.HTTPError as error:
        return f" answered {error.code}", error.code in PASSING
    except OSError as error:
        reason = getattr(error, "reason", error)
        return f": {getattr(reason, 'strerror', None) or type(reason).__name__}", not isinstance(reason, TimeoutError)


def killed(row: Mapping[str, object]) -> Alert:
    """A run that was found dead."""
    run_id = row["run_id"]
    return Alert(FAILED, FAILED, str(row["error"]), run_id if isinstance(run_id, int) else None, str(row["flow"]))


def failed(run_id: int, flow: str, reason: str) -> Alert:
    """A run that ended with an error."""
    return Alert(FAILED, FAILED, reason, run_id, flow)
