"""All that can be set, in one frozen object: defaults < taojin.toml < environment TAOJIN_* < command line.

    settings = load(warehouse=Path("w"), workers=2)      # keywords are the command line's; None means not given
    settings.warehouse, settings.batch_bytes, ...

Nothing below flows/ reads the environment or a file for a setting: what a worker needs travels in its job.
A path in taojin.toml is relative to that file, elsewhere to the current folder. Sizes read as 4194304, "4MiB" or "4 MB".
A wrong key or value is one sentence (UsageError), never a default.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flows.memory import total_memory
from tasks.errors import UsageError
from tasks.ingest.containers.fields import Fields
from tasks.ingest.names import is_url
from tasks.ingest.remote.address import NEVER, PROTOCOLS
from tasks.ingest.remote.patience import Options

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "TAOJIN_"
NOT_SETTINGS = frozenset({"CONFIG", "PYTHON", "CORPUS", "ACCEPT", "FAULT"})  # read by this module, the launcher, tests

MIB = 1 << 20
CUTTERS = ("rjieba", "jieba")
MOST_MEMORY, LEAST_MEMORY = 12 << 30, 1 << 30  # of a worker where no worker_memory is set; a text of 50 MB in one line needs 4.5 GiB


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


# ruff: noqa: RUF009 - `_setting` makes a field, as dataclasses.field does


def _setting(default: Any, says: str, **limits: Any) -> Any:
    metadata = {"says": says, **limits}
    shown = not limits.get("secret")
    if callable(default):
        return field(default_factory=default, metadata=metadata, repr=shown)
    return field(default=default, metadata=metadata, repr=shown)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run may be told. `says` and the limits stand beside each field, once."""

    warehouse: Path = _setting(lambda: PROJECT / "warehouse" / "data", "folder of the warehouse")
    seeds: Path = _setting(lambda: PROJECT / "seeds", "folder that is read when no path is given")
    inputs: tuple[str, ...] = _setting((), "paths and URLs that are read instead of it; in the environment one a line", secret=True)
    remote_protocols: tuple[str, ...] = _setting(PROTOCOLS, "protocols of URLs that are read", never=NEVER)
    remote_tries: int = _setting(5, "times that a request to a store is tried, with growing pauses", low=1, high=20)
    remote_seconds: int = _setting(30, "seconds that a store may keep silent", low=1, high=3600)
    remote_threads: int = _setting(8, "objects that are fetched at a time", low=1, high=128)
    remote_watch_seconds: float = _setting(60.0, "seconds between two looks of `serve --watch` at a store", low=2.0)
    workers: int = _setting(_cores, "worker processes", low=1, high=256)
    runner: str = _setting("local", "where batches are worked on: local; dask (a cluster of its own); dask=ADDRESS of a Dask scheduler",
                           form=re.compile(r"local|dask(=((tcp|tls|ws|wss)://)?[^\s/=@]+:[0-9]{1,5})?"),
                           looks="local, dask or dask=tcp://HOST:PORT")
    batch_bytes: int = _setting(4 * MIB, "bytes of seed files in a batch", low=1, size=True)
    batch_files: int = _setting(2_000, "files in a batch at most", low=1)
    max_batches: int = _setting(300, "batches in a run; larger input makes larger batches", low=1)
    batch_seconds: int = _setting(900, "seconds that any step of a batch may take, however large its documents are", low=1)
    document_seconds: int = _setting(60, "seconds that one document or record may take, and one more for each 20 kB, before it counts as "
                                     "hanging", low=1)
    worker_memory: int = _setting(0, "bytes of data of one worker at most (Linux); a document that needs more is refused. Not set: 12 GiB, "
                                  "or the worker's share of four fifths of this machine's memory, if that is less", low=1 << 29, size=True)
    record_limit_bytes: int = _setting(64 * MIB, "bytes of the largest record that is read", low=1, high=(1 << 31) - 1, size=True)
    container_limit_bytes: int = _setting(256 * MIB, "bytes of the largest container (zip, WARC, JSONL …) that is read; of its records "
                                          "record_limit_bytes", low=1, high=(1 << 31) - 1, size=True)
    fields: Mapping[str, list[str]] = _setting(dict, "which field of a container's record means what: the table [fields]",
                                               names=Fields.names())
    cutter: str = _setting("rjieba", "what cuts words", one_of=CUTTERS)
    max_refused_share: float = _setting(0.05, "share of refused documents that blocks publication", low=0.0, high=1.0)
    min_refused_documents: int = _setting(20, "refused documents below which nothing is blocked", low=1)
    keep_generations: int = _setting(3, "published generations that are kept", low=1)
    fail_on: str = _setting("blocked", "what ends a run with exit code 1: blocked (nothing was published), critical (or a critical check "
                            "failed: documents are held back), warn (or any check failed)", one_of=("blocked", "critical", "warn"))
    hidden_files: bool = _setting(False, "whether files and folders whose name begins with a dot are read")
    mask_private: bool = _setting(False, "whether exports and pages show private data (phone numbers, cards, addresses) masked")
    alert_command: str = _setting("", "command that is told of a run gone wrong: words as in a shell, the alert as JSON on its input")
    alert_webhook: str = _setting("", "http(s) address that the same JSON is posted to; never printed", secret=True,
                                  begins=("http://", "https://"))
    alert_seconds: int = _setting(10, "seconds that an alert may take", low=1, high=300)
    alert_stale_hours: float = _setting(0.0, "hours without a new file after which the input counts as stale; 0: never", low=0.0)
    prefect_home: Path = _setting(lambda: PROJECT / ".prefect", "folder of Prefect's state")
    prefect_api_url: str = _setting("", "address of a running Prefect server; empty starts one for the run")
    prefect_days: int = _setting(14, "days that our standing Prefect server keeps ended runs, their logs and artifacts", low=1)
    timezone: str = _setting("", "zone of cron schedules, such as Asia/Shanghai; empty: this machine's", zone=True)
    server_seconds: int = _setting(90, "seconds that Prefect's server may take to start", low=1)

    @property
    def threads(self) -> int:
        """Threads for checks and publication, during which the workers rest."""
        return max(self.workers, _cores())

    @property
    def zone(self) -> str:
        """The name of the zone whose clock a cron schedule means; UTC where this machine does not tell its own."""
        told = self.timezone or os.environ.get("TZ", "").removeprefix(":")
        linked = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
        return next((z for z in (told, linked) if z and _is_zone(z)), "UTC")

    @property
    def remote(self) -> Options:
        """How stores behind URLs are asked."""
        return Options(self.remote_protocols, self.remote_tries, self.remote_seconds, self.remote_threads)

    @property
    def limits_of_worker(self) -> tuple[int, int, int]:
        """Seconds of the longest step of a batch, seconds of a document, bytes of memory."""
        return self.batch_seconds, self.document_seconds, self.worker_memory or share_of(total_memory(), self.workers)

    @property
    def for_workers(self) -> dict[str, Any]:
        """What stages may depend on, as JSON: it travels in each job."""
        return {"record_limit_bytes": self.record_limit_bytes, "cutter": self.cutter, "fields": self.fields}


FIELDS = {f.name: f for f in fields(Settings)}
OPTIONS = {"batch_bytes": "--batch-size"}  # of the command line, where they have another name
_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kmg]?)(i?)b?\s*", re.IGNORECASE)
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


def share_of(memory: int, workers: int) -> int:
    """Bytes that one worker may have of so much memory; a fifth is for the command itself, the server and the checks."""
    return min(MOST_MEMORY, max(LEAST_MEMORY, memory * 4 // 5 // workers)) if memory else MOST_MEMORY


def load(config: Path | None = None, environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """
    Settings of one run. `given` are the command line's values by field name; None means not given.

    Raises UsageError for an unknown key, a value of the wrong kind or outside its limits, and a taojin.toml that cannot be read.
    """
    environ = os.environ if environ is None else environ
    named = environ.get(PREFIX + "CONFIG")
    path = config or (Path(named) if named else PROJECT / "taojin.toml")
    values: dict[str, Any] = {}
    if path.is_file() or config or named:
        values |= _from_file(path)
    values |= _from_environment(environ)
    for name, value in given.items():
        if value is not None:
            _known(name, "the command line")
            values[name] = _value(name, value, OPTIONS.get(name) or "--" + name.replace("_", "-"), Path.cwd())
    return replace(Settings(), **values)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Correct TAOJIN_CONFIG, or unset it.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}.", 'A line reads like: batch_bytes = "8MiB".') from None
    return {_known(name, str(path)): _value(name, value, f"{path}: {name}", path.absolute().parent) for name, value in table.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    if standing := environ.get("PREFECT_API_URL"):  # Prefect's own name for it counts too
        values["prefect_api_url"] = standing
    for variable, text in environ.items():
        name = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and name.upper() not in NOT_SETTINGS and text != "":
            _known(name, "the environment", variable)
            values[name] = _value(name, text, variable, Path.cwd())
    return values


def _known(name: str, where: str, shown: str = "") -> str:
    if name in FIELDS:
        return name
    near = difflib.get_close_matches(name, FIELDS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Settings are {', '.join(FIELDS)}."
    raise UsageError(f"{where} sets {shown or name}, which is no setting.", hint)


def _value(name: str, value: object, where: str, folder: Path) -> Any:
    setting = FIELDS[name]
    limits = setting.metadata
    match setting.type:
        case "Path":
            if not isinstance(value, str | Path) or not str(value):
                raise _wrong(where, value, "a path")
            return Path(os.path.abspath(folder / Path(value).expanduser()))
        case "bool":
            return _truth(value, where)
        case kind if kind.startswith("tuple"):
            words = _words(value, where, bool(limits.get("secret")))
            if "never" not in limits:
                return tuple(w if is_url(w) else os.path.abspath(folder / Path(w).expanduser()) for w in words)
            if unfit := [w for w in words if w in limits["never"] or not re.fullmatch(r"[a-z][a-z0-9+.-]*", w)]:
                raise _wrong(where, unfit[0], "names of protocols such as s3, none that opens other files")
            return tuple(words)
        case kind if kind.startswith("Mapping"):
            return _names(value, where, limits["names"])
        case "str":
            if not isinstance(value, str):
                raise _wrong(where, "..." if limits.get("secret") else value, "text")
            if (known := limits.get("one_of")) and value not in known:
                raise _wrong(where, value, " or ".join(known))
            if value and limits.get("zone") and not _is_zone(value):
                raise _wrong(where, value, "a time zone such as Asia/Shanghai")
            if (form := limits.get("form")) and not form.fullmatch(value):
                raise _wrong(where, value, limits["looks"])
            if value and (begins := limits.get("begins")) and not value.lower().startswith(begins):
                raise _wrong(where, "..." if limits.get("secret") else value, f"an address that begins with {' or '.join(begins)}")
            return value
        case "int" if limits.get("size"):
            number: float = parse_size(value, where)
        case "int":
            number = _number(value, int, where, "a whole number")
        case _:
            number = _number(value, float, where, "a number")
    low, high = limits.get("low"), limits.get("high")
    if (low is not None and number < low) or (high is not None and number > high):
        raise _wrong(where, value, f"at least {low}" if high is None else f"from {low} to {high}")
    return number


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return False


def _names(value: object, where: str, known: tuple[str, ...]) -> dict[str, list[str]]:
    """A table whose values are a name, or names in the order in which they are tried."""
    if not isinstance(value, Mapping):
        raise _wrong(where, value, f"a table with any of {', '.join(known)}")
    found = {}
    for meaning, said in sorted(value.items()):
        if meaning not in known:
            near = difflib.get_close_matches(meaning, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Meanings are {', '.join(known)}."
            raise UsageError(f"{where} names {meaning}, which no record is asked for.", hint)
        names = [said] if isinstance(said, str) else said
        if not isinstance(names, list) or not names or not all(isinstance(n, str) and n.strip() for n in names):
            raise _wrong(f"{where}.{meaning}", said, "a field's name, or a list of names")
        found[meaning] = list(names)
    return found


def _words(value: object, where: str, secret: bool) -> list[str]:
    """A list of texts; as one text, one a line."""
    words = [w.strip() for w in value.splitlines()] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(w, str) for w in words):
        raise _wrong(where, "..." if secret else value, 'a list such as ["s3://bucket/prefix/", "incoming"]')
    return [w for w in words if w]


def _truth(value: object, where: str) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text not in _TRUE | _FALSE:
        raise _wrong(where, value, "true or false")
    return text in _TRUE


def parse_size(value: object, where: str) -> int:
    found = None if isinstance(value, bool) else _SIZE.fullmatch(str(value))
    if not found:
        raise _wrong(where, value, 'a size such as 4194304, "4MiB" or "4MB"')
    number, unit, binary = found.groups()
    return int(float(number) * (1024 if binary else 1000) ** " kmg".index(unit.lower() or " "))


def _number(value: object, kind: type, where: str, wanted: str) -> Any:
    try:
        if isinstance(value, bool) or (kind is int and isinstance(value, float)):
            raise ValueError
        number = kind(value)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        raise _wrong(where, value, wanted) from None
    if number != number:  # NaN passes every comparison with a limit
        raise _wrong(where, value, wanted)
    return number


def _wrong(where: str, value: object, wanted: str) -> UsageError:
    return UsageError(f"{where} is {str(value)!r} and must be {wanted}.", "Correct it, or leave it out for the default.")
