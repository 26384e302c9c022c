"""http:// and https:// by httpx: one address is one file.

fsspec's own file system for the web takes every failure for "not found" and follows the links of a page. This one asks HEAD for
size, ETag and time; where a server gives none, or knows no HEAD, the file is fetched again in each run and recognised by its bytes.
Proxies and ~/.netrc count as for other programs. A redirect never leads from https to http.
We ask for bytes that are not packed for the way. A server that packs them all the same (gzip, zstd) has them taken as they come, as a
container of one text: unpacking on the way would not notice that the end is missing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

import httpx

from tasks.ingest.remote.address import Address
from tasks.ingest.remote.patience import Fault, Options, by_status, patiently
from tasks.ingest.remote.store import NOTHING, Answer, Identity, Remote

REDIRECTS = 5
_NO_HEAD = (400, 401, 403, 404, 405, 406, 501)  # of servers that answer GET all the same
PACKED = ("", "identity", "gzip", "x-gzip", "zstd")
HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "taojin"}


class Web:
    """One set of connections; addresses bring their own passwords."""

    def __init__(self, options: Options, stop: threading.Event) -> None:
        self.options, self.stop = options, stop
        self.addresses: dict[str, Address] = {}  # by uri: a Remote carries no secret
        limits = httpx.Limits(max_connections=max(8, options.threads))
        self.client = httpx.Client(timeout=options.seconds, follow_redirects=True, max_redirects=REDIRECTS, limits=limits, headers=HEADERS)

    def find(self, address: Address) -> Iterator[list[Remote]]:
        """See Store: one page with one object, whose size may be unknown."""
        self.addresses[address.uri] = address
        yield [patiently(lambda: self._look(address), self.options, self.stop)]

    @contextmanager
    def read(self, remote: Remote) -> Iterator[Answer]:
        """See Store."""
        address = self.addresses[remote.name]
        with _told(), self.client.stream("GET", address.target, auth=address.user) as response:
            _expect(response, address)
            yield Answer(_remote(address, response), self._pieces(response))

    def close(self) -> None:
        """See Store."""
        self.client.close()

    def _look(self, address: Address) -> Remote:
        """What the server says of the file, without its bytes."""
        with _told():
            response = self.client.head(address.target, auth=address.user)
            if response.status_code not in _NO_HEAD:
                _expect(response, address)
                return _remote(address, response)
            with self.client.stream("GET", address.target, auth=address.user) as response:
                _expect(response, address)
                return _remote(address, response)

    def _pieces(self, response: httpx.Response) -> Iterator[bytes]:
        with _told():
            yield from response.iter_raw()


@contextmanager
def _told() -> Iterator[None]:
    """Errors of httpx as ours, without their text: it holds the address."""
    try:
        yield
    except httpx.TimeoutException:
        raise Fault("transient", "the server did not answer in time", "The next run tries again.") from None
    except httpx.TooManyRedirects:
        raise Fault("refused", f"it leads on more than {REDIRECTS} times", "Give the address to which it leads.") from None
    except httpx.UnsupportedProtocol:
        raise Fault("refused", "it leads to something that is no http", "Give the address to which it leads.") from None
    except httpx.TransportError as error:
        raise Fault("transient", f"the connection failed ({type(error).__name__})", "The next run tries again.") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
        raise Fault("refused", f"it cannot be read ({type(error).__name__})", "Look whether the address is right.") from None


def _expect(response: httpx.Response, address: Address) -> None:
    if address.scheme == "https" and response.url.scheme != "https":
        raise Fault("refused", "it leads from https to http", "Give the http address itself if it can be trusted.")
    if not response.is_success or response.status_code in (204, 205, 206):
        after = response.headers.get("Retry-After", "")
        raise by_status(response.status_code, "", float(after) if after.isdecimal() else None)
    if (packed := response.headers.get("Content-Encoding", "identity").lower()) not in PACKED:
        raise Fault("refused", f"the server packs it ({packed[:20]!r}) though it was asked not to", "Ask whoever runs it.")


def _remote(address: Address, response: httpx.Response) -> Remote:
    headers = response.headers
    length = headers.get("Content-Length", "")
    size = int(length) if length.isdecimal() else None
    changed = headers.get("Last-Modified")
    try:
        mtime_ns = int(parsedate_to_datetime(changed).timestamp() * 1e9) if changed else None
    except (ValueError, TypeError, OverflowError):
        mtime_ns = None
    etag = headers.get("ETag")
    if etag and not etag.startswith("W/"):
        identity = Identity(etag)
    else:  # a weak ETag means "as good as", not the same bytes
        identity = Identity(f"{changed} {etag or ''}", is_time=True) if mtime_ns is not None else NOTHING
    return Remote(address.uri, address.uri, size, mtime_ns, identity)
