"""A store that misbehaves on command: the requests of S3 that we use, and plain files for https, on this machine.

    with HostileStore({"a.txt": b"..."}) as store:
        store.misbehave("a.txt", "503", "reset")     the first GET of it gets a 503, the second breaks off, the third is answered

Keys are what they are: line ends and `..` too, which moto cannot hold.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest

BUCKET = "crawl"
LISTING = ""  # the name under which a listing misbehaves
CHANGED = "Sat, 21 Nov 2020 10:00:00 GMT"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "geheim-schluessel", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true"}  # fmt: skip


class HostileStore:
    """Objects, what went wrong with them on purpose, and what was asked for."""

    def __init__(self, objects: dict[str, bytes], page: int = 1000) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.forget(objects, page)

    def forget(self, objects: dict[str, bytes] | None = None, page: int = 1000) -> None:
        """Begin anew."""
        self.objects, self.page = dict(objects or {}), page
        self.asked: list[tuple[str, str]] = []  # (method, key)
        self.headers: list[dict[str, str]] = []
        self.tags: dict[str, str | None] = {}  # where they are not the bytes' own
        self.listed_sizes: dict[str, int] = {}
        self.web: dict[str, str] = {}  # headers that plain files have
        self.ignores_prefix = False
        self.before: dict[str, Callable[[], None]] = {}  # called before an object's bytes are sent
        self._orders: dict[str, deque[str]] = defaultdict(deque)

    def __enter__(self) -> HostileStore:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def misbehave(self, key: str, *orders: str) -> None:
        """A status, `reset`, `short`, `long` or `silent` for each of the next answers; `ok` for one that is right."""
        self._orders[key].extend(orders)

    def order(self, key: str) -> str:
        return self._orders[key].popleft() if self._orders[key] else "ok"

    def tag(self, key: str) -> str | None:
        return self.tags.get(key, f'"{md5(self.objects[key]).hexdigest()}"')

    def count(self, method: str, key: str | None = None) -> int:
        """Requests for objects; those for a listing have no key."""
        return sum(m == method and (k == key if key is not None else k != LISTING) for m, k in self.asked)


@contextmanager
def keys_for(store: HostileStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileStore]:
    """The environment in which s3:// means this store."""
    for name, value in (KEYS | {"AWS_ENDPOINT_URL": store.url}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tasks.ingest.remote.patience.FIRST_PAUSE", 0.001)
    with store:
        yield store


def _handler(store: HostileStore) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            key = unquote(parts.path).removeprefix(f"/{BUCKET}").removeprefix("/")
            store.headers.append(dict(self.headers))
            if "list-type" in query:
                store.asked.append((self.command, LISTING))
                self._answer(LISTING, lambda: self._listing(query))
            else:
                store.asked.append((self.command, key))
                self._answer(key, lambda: self._object(key))

        do_HEAD = do_GET

        def _answer(self, key: str, right: Callable[[], None]) -> None:
            match store.order(key):
                case "ok":
                    right()
                case "reset":
                    self._reset()
                case "short" | "long" | "cut" as how:
                    self._wrong_length(store.objects[key], how)
                case "silent":
                    threading.Event().wait(3)
                    self.close_connection = True
                case status:
                    self._error(*status.split(" ", 1))

        def _object(self, key: str) -> None:
            if key not in store.objects:
                return self._error("404", "NoSuchKey")
            if self.command == "GET" and (before := store.before.get(key)):
                before()
            data = store.objects[key]
            tag = store.tag(key)
            headers = {"ETag": tag} if tag else {}
            if "Authorization" not in self.headers or "AWS4" not in self.headers["Authorization"]:
                headers = dict(store.web)
                if self.command == "HEAD" and headers.pop("no-head", None):
                    return self._error("405", "MethodNotAllowed")
            self._send(200, data, {"Last-Modified": CHANGED} | headers if tag else headers)

        def _listing(self, query: dict[str, list[str]]) -> None:
            prefix = query.get("prefix", [""])[0]
            names = sorted(k for k in store.objects if k.startswith(prefix) or store.ignores_prefix)
            start = int(query.get("continuation-token", ["0"])[0])
            page = names[start : start + store.page]
            more = start + store.page < len(names)
            rows = "".join(
                f"<Contents><Key>{quote(k)}</Key><LastModified>2020-11-21T10:00:00.000Z</LastModified>"
                f"<ETag>{store.tag(k) or ''}</ETag><Size>{store.listed_sizes.get(k, len(store.objects[k]))}</Size></Contents>"
                for k in page
            )
            token = f"<NextContinuationToken>{start + store.page}</NextContinuationToken>" if more else ""
            self._send(200, (
                f'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                f"<Name>{BUCKET}</Name><EncodingType>url</EncodingType><IsTruncated>{str(more).lower()}</IsTruncated>{token}{rows}"
                f"</ListBucketResult>").encode(), {"Content-Type": "application/xml"})  # fmt: skip

        def _error(self, status: str, code: str = "InternalError") -> None:
            body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{KEYS["AWS_SECRET_ACCESS_KEY"]}</Message></Error>'
            self._send(int(status), body.encode(), {"Content-Type": "application/xml"})

        def _wrong_length(self, data: bytes, how: str) -> None:
            told = len(data) if how == "short" else len(data) // 2
            self.send_response(200)
            self.send_header("ETag", store.tag(urlsplit(self.path).path.split("/")[-1]) or '"x"')
            self.send_header("Content-Length", str(told))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            unsaid = headers.pop("no-length", None)
            for name, value in headers.items():
                self.send_header(name, value)
            if unsaid:
                self.send_header("Connection", "close")
            elif "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _reset(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            self.wfile.write(b"half of it")
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ValueError):  # the client went away, or we broke off ourselves
                pass

    return Handler
