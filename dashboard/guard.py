"""Which requests are answered at all, and what every answer forbids the browser.

A page on this machine is reachable by every web site that the reader's browser visits: by a name that points here (DNS
rebinding: the host must be ours), by a form or a script of another site (only GET and HEAD exist, and anything else from
elsewhere is refused before its route is looked for), by a frame (none may hold us). Nothing on a page may load or send
anything elsewhere: Content-Security-Policy begins with `default-src 'none'`.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
READING = ("GET", "HEAD")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def host_of(header: str) -> str:
    """The name in a Host header, without its port; '' where it is none."""
    name, bracket, rest = header.strip().lower().partition("]")
    if bracket:
        return name + "]" if rest == "" or (rest.startswith(":") and rest[1:].isdigit()) else ""
    name, colon, port = name.partition(":")
    return name.removesuffix(".") if not colon or port.isdigit() else ""


def refusal(method: str, headers: Headers, hosts: frozenset[str]) -> str | None:
    """Why a request is not answered, in a sentence; None where it is."""
    given = headers.getlist("host")
    if len(given) != 1 or host_of(given[0]) not in hosts:
        return "This address is not served here. Open the dashboard by the address that it printed, or name the host with --allow-host."
    if method in READING:
        return None
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site not in (None, "same-origin", "none") or (origin is not None and origin.partition("://")[2] != given[0]):
        return "A page of another site may not do this."
    return None


class Guard:
    """The outermost layer: refuses, and puts the same headers on every answer, errors too."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self.app = app
        self.hosts = LOOPBACK | {h.lower() for h in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        said = refusal(scope["method"], Headers(scope=scope), self.hosts)
        if said:
            await PlainTextResponse(said + "\n", 400 if scope["method"] in READING else 403)(scope, receive, guarded)
        else:
            await self.app(scope, receive, guarded)
