"""taojin dashboard: the web pages over the published warehouse, on this machine unless told otherwise."""

from __future__ import annotations

import socket

import uvicorn

from dashboard.app import make_app
from dashboard.guard import LOOPBACK
from flows.server import STANDING
from flows.settings import Settings
from flows.terminal import say, talk
from tasks.clean.rules import RULES as CLEANING
from tasks.errors import UsageError
from tasks.split.rules import RULES as SPLITTING


def run(settings: Settings, host: str, port: int, allowed: list[str]) -> int:
    """Answer until Ctrl-C. Raises UsageError where the address cannot be listened on."""
    ui = (settings.prefect_api_url or STANDING).removesuffix("/").removesuffix("/api")
    specimens = {rule.id: (list(rule.cuts), list(rule.keeps)) for rule in (*CLEANING, *SPLITTING)}
    app = make_app(settings.warehouse, hosts=(*allowed, host), prefect_ui=ui, specimens=specimens, mask_private=settings.mask_private)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        said = (getattr(error, "strerror", None) or str(error)).partition(" (while")[0].rstrip(".")
        raise UsageError(f"{host} port {port} cannot be listened on: {said}.", "Give another --port, or --host of this machine.") from error
    shown = f"[{host}]" if ":" in host else host
    say(f"http://{shown}:{listener.getsockname()[1]}/")
    if host not in LOOPBACK and host != "::1" and not host.startswith("127."):
        talk("Everybody who reaches this address can read the whole warehouse: these pages have no login.", "yellow")
    talk(f"Pages over {settings.warehouse}. Ctrl-C ends them.", "dim")
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=3, ws="none")
    with listener:
        uvicorn.Server(config).run(sockets=[listener])
    return 0
