"""What lies behind addresses, put beside what was found in folders.

An object is gone only where the whole of its prefix was listed: a listing that broke off says nothing of what it did not name.
Keys of S3 are no paths: one that ends in '/' and is empty is the picture of a folder and no file, one with bytes is a file; `..`, blanks
and line ends are letters of a name like others. Names that begin with a dot are left out as in folders, unless asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from importlib import import_module

from tasks.errors import UsageError
from tasks.ingest.discover import Discovery, Problem
from tasks.ingest.remote.address import S3, WEB, Address
from tasks.ingest.remote.patience import Fault, Options
from tasks.ingest.remote.store import Remote, Store
from tasks.storage.records import Source

PACKAGES = {"s3": 's3fs (taojin setup s3, or the extra "s3")', "gs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "abfss": "adlfs",
            "oss": "ossfs", "hf": "huggingface_hub"}  # fmt: skip


class Stores:
    """Connections to stores, opened when an address needs one."""

    def __init__(self, options: Options, stop: threading.Event | None = None) -> None:
        self.options = options
        self.stop = stop or threading.Event()
        self._open: dict[tuple[str, str], Store] = {}

    def of(self, address: Address) -> Store:
        """The store of an address. Raises UsageError where its package is missing."""
        shared = address.scheme in S3 or address.scheme in WEB
        key = (address.scheme, "" if shared else address.target)
        if key not in self._open:
            self._open[key] = self._opened(address)
        return self._open[key]

    def close(self) -> None:
        """Let all connections go."""
        for store in self._open.values():
            store.close()
        self._open.clear()

    def _opened(self, address: Address) -> Store:
        scheme = address.scheme
        try:
            if scheme in S3:
                return import_module("tasks.ingest.remote.s3").S3(self.options, self.stop)
            if scheme in WEB:
                return import_module("tasks.ingest.remote.web").Web(self.options, self.stop)
            return import_module("tasks.ingest.remote.other").Other(address, self.options, self.stop)
        except ImportError:
            raise UsageError(
                f"{scheme}:// needs a package that is not installed.", f"Install {PACKAGES.get(scheme, 'what fsspec asks for it')}."
            ) from None
        except Exception as error:  # of a file system's own making, and its text may hold keys
            raise UsageError(
                f"{scheme}:// could not be opened ({type(error).__name__}).", "Look at the configuration of its package in the environment."
            ) from None


def list_addresses(found: Discovery, addresses: Iterable[Address], stores: Stores, hidden: bool = False) -> int:
    """
    Add what lies behind the addresses to what was found. Returns how many of them could not be read at all.

    Raises UsageError for a missing package, and for two addresses that differ only in what is never stored.
    """
    targets: dict[str, Address] = {}
    failed = 0
    for address in addresses:
        if targets.setdefault(address.uri, address).target != address.target:
            hint = "Ingest them one by one, or rename a parameter."
            raise UsageError(f"Two addresses differ only in what is kept secret: both are {address.uri}.", hint)
        failed += not _list(found, address, stores.of(address), hidden)
    return failed


def _list(found: Discovery, address: Address, store: Store, hidden: bool) -> bool:
    """Whether anything could be read of it."""
    root = address.uri if address.is_folder else address.uri + "/"
    left_out: set[str] = set()
    named = 0
    single = False
    try:
        for page in store.find(address):
            for remote in page:
                named += 1
                single = remote.uri == address.uri and not address.is_folder
                below = remote.uri[len(root) :]
                if not single and not hidden and (first := _hidden(below)):
                    left_out.add(root + first)
                elif single or remote.size or not remote.uri.endswith("/"):
                    _add(found, remote, store)
    except Fault as fault:
        found.unscanned.append(root)
        after = f"its listing broke off after {named:,} names: " if named else ""
        found.problems.append(Problem(address.uri, _kind(fault), after + fault.sentence()))
        return named > 0
    found.unscanned += sorted(left_out)
    if not named and not address.is_folder:
        reason = "there is nothing of this name. Look at its name; in a URL a % stands as %25."
        found.problems.append(Problem(address.uri, "vanished", reason))
        return False
    if not single:
        found.scanned.append(root)
    return True


def _add(found: Discovery, remote: Remote, store: Store) -> None:
    if remote.uri not in found.remote:
        found.sources.append(Source(remote.uri, "", None, remote.size or 0, remote.mtime_ns))
        found.remote[remote.uri] = (remote, store)


def _hidden(below: str) -> str:
    """The part of a name up to its first hidden folder or file; empty where there is none."""
    parts = below.split("/")
    for n, part in enumerate(parts, 1):
        if part.startswith(".") and part not in (".", ".."):
            return "/".join(parts[:n])
    return ""


def _kind(fault: Fault) -> str:
    return "vanished" if fault.kind == "vanished" else "unreadable"


def looks_of(found: Mapping[str, tuple[Remote, Store]]) -> list[tuple[str, str | None, int | None]]:
    """What tells one state of remote inputs from another."""
    return [(uri, remote.looks, remote.mtime_ns) for uri, (remote, _) in found.items()]
