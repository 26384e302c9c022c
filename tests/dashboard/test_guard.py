"""Requests that other sites could make a browser send, and paths that lead out: all refused; every answer bears the policy."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient

from dashboard.app import make_app
from dashboard.files import file_response
from dashboard.guard import HEADERS, host_of


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("127.0.0.1:80", "127.0.0.1"),
        ("LOCALHOST", "localhost"),
        ("localhost.", "localhost"),
        ("[::1]:4280", "[::1]"),
        ("[::1]", "[::1]"),
        ("[::1]evil:80", ""),
        ("a:b", ""),
        ("", ""),
        ("127.0.0.1:80@evil.example", ""),
        ("evil.example", "evil.example"),
    ],
)
def test_the_name_in_a_host_header(header: str, name: str):
    assert host_of(header) == name


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:4280", 200),
        ("localhost:1", 200),
        ("[::1]:4280", 200),
        ("LocalHost", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("localhost.evil.example", 400),
        ("", 400),
        ("127.0.0.1:80@evil.example", 400),
        ("0.0.0.0", 400),
        ("127.0.0.1 evil.example", 400),
    ],
)
def test_only_our_own_names_are_answered(ordinary: TestClient, host: str, status: int):
    for path in ("/about", "/healthz", "/static/none", "/sql.csv?sql=select+1"):
        assert (ordinary.get(path, headers={"host": host}).status_code == 400) == (status == 400)


def test_a_configured_name_is_answered(ordinary_root: Path):
    with TestClient(make_app(ordinary_root, hosts=["data.example"]), base_url="http://data.example") as client:
        assert client.get("/about").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_only_reading_is_answered(ordinary: TestClient, method: str):
    for path in ("/", "/sql", "/healthz", "/static/x", "/no-such-page"):
        assert ordinary.request(method, path).status_code in (404, 405)
        for headers in (
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "http://evil.example"},
            {"origin": "null"},
            {"origin": "http://127.0.0.1:4281"},
        ):
            assert ordinary.request(method, path, headers=headers).status_code == 403


def test_a_query_from_another_site_is_filled_in_and_not_run(ordinary: TestClient):
    path = "/sql?sql=select+41%2B1+as+answer"
    assert ">42</td>" in ordinary.get(path).text
    assert ">42</td>" in ordinary.get(path, headers={"sec-fetch-site": "same-origin"}).text
    for site in ("cross-site", "same-site"):
        page = ordinary.get(path, headers={"sec-fetch-site": site}).text
        assert ">42</td>" not in page and "select 41+1 as answer" in page
        assert ordinary.get(path.replace("/sql?", "/sql.csv?"), headers={"sec-fetch-site": site}).status_code == 403


def test_every_answer_bears_the_policy(ordinary: TestClient):
    for path in ("/", "/nothing", "/static/none", "/healthz", "/metrics", "/live", "/articles.csv", "/sql?sql=boom", "/robots.txt"):
        answer = ordinary.get(path)
        assert {n: answer.headers.get(n) for n in HEADERS} == HEADERS, path
    policy = HEADERS["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "*" not in policy and "http" not in policy


@pytest.fixture(scope="module")
def served(ordinary_root: Path) -> Iterator[int]:
    """A real server, for what a client library would tidy up before sending."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(make_app(ordinary_root), log_level="critical", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(10)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/documents/../../etc/passwd",
        "/documents/..%2f..%2fetc%2fpasswd/bytes",
        "/articles/%2e%2e%2f%2e%2e%2fetc%2fpasswd/raw.txt",
        "/dictionary/..%2f..%2fpasswd",
        "/articles/x/..%2f..%2f..%2fetc%2fpasswd",
        "/quarantine/1/%00",
        "/sql.%2e%2e%2fpasswd",
        "//evil.example/%2f..",
        "/\\evil.example",
        "/articles.csv%00.html",
        "/?gen=../../1",
        "/?gen=1;1",
        "/?gen=-1",
        "/runs/99999999999999999999",
        "/articles/" + "a" * 5000,
    ],
)
def test_no_path_leads_out(served: int, path: str):
    connection = http.client.HTTPConnection("127.0.0.1", served, timeout=20)
    connection.putrequest("GET", path, skip_host=False, skip_accept_encoding=True)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status in (400, 404), (answer.status, body[:300])
    assert b"root:" not in body and b"import " not in body
    assert b'href="//' not in body and b'href="/\\' not in body  # no link of the error page leads to another host
    connection.close()


def test_an_endless_address_and_two_hosts_are_refused(served: int):
    for raw, status in (
        (b"GET /sql?sql=" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b" 4"),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n", b" 400"),
        (b"GET / HTTP/1.1\r\n\r\n", b" 400"),
    ):
        with socket.create_connection(("127.0.0.1", served), timeout=20) as s:
            s.sendall(raw)
            assert s.recv(4096).split(b"\r\n")[0].startswith(b"HTTP/1.1" + status)


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%252fapp.py",
        "/static/%252e%252e%252fapp.py",
        "/static/..%c0%afapp.py",
        "/static/..;/app.py",
        "/static/app.css%00",
        "/static/%2e%2e%5c%2e%2e%5capp.py",
        "/articles/values/..%2fsite",
        "/articles/values/__class__",
        "/runs/0x1",
        "/runs/1%00",
        "/quarantine/1/-1",
        "/documents/....//....//etc/passwd",
        "/dirt/..%2f..%2f..%2fetc%2fpasswd",
        "/checks/..%2f/..%2f",
        "/duplicates/../../etc/passwd",
        "/private.exe",
        "/sql.json%2f..%2f..",
        "/report/..%2f..%2fetc%2fpasswd",
        "/?gen=0x1",
        "/?gen=%31%00",
        "/?gen=99999999999999999999",
        "/.git/config",
        "/.env",
    ],
)
def test_no_path_in_other_dress_leads_out(served: int, path: str):
    test_no_path_leads_out(served, path)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1.nip.io", "127-0-0-1.rebind.example", "localhost.rebind.example:4280", "2130706433", "0x7f000001", "127.1", "[::]",
        "[::ffff:7f00:1]",
        "127.0.0.1%00.evil.example", "127.0.0.1#evil", "127.0.0.1/evil", "localhost..", "localhost:80:80", "localhost:", "user@localhost",
        "[::1", "::1", "[::1]:x", "127.0.0.1\tevil",
    ],
)  # fmt: skip
def test_a_name_that_was_made_to_point_here_is_not_answered(ordinary: TestClient, host: str):
    answer = ordinary.get("/articles.csv", headers={"host": host})
    assert answer.status_code == 400 and "title" not in answer.text


def test_large_headers_and_silent_clients_do_not_stop_others(served: int):
    with socket.create_connection(("127.0.0.1", served), timeout=20) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: " + b"a" * 400_000 + b"\r\n\r\n")
        assert s.recv(4096).split(b"\r\n")[0].startswith(b"HTTP/1.1 4")
    silent = []
    try:
        for _ in range(150):  # each begins a request and never ends it
            s = socket.create_connection(("127.0.0.1", served), timeout=20)
            s.sendall(b"GET /articles HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            silent.append(s)
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", served, timeout=20)
        connection.request("GET", "/about")
        assert connection.getresponse().status == 200 and time.monotonic() - began < 10
        connection.close()
    finally:
        for s in silent:
            s.close()


def test_names_of_files_hold_nothing_that_a_header_could_obey(hostile: TestClient):
    for path in ("/articles.csv", "/sql.csv?sql=select+1&gen=1", "/facts.json", "/private.csv"):
        said = hostile.get(path).headers["content-disposition"]
        assert said.startswith('attachment; filename="') and said.count('"') == 2 and all(32 < ord(c) < 127 or c == " " for c in said)
    said = file_response(b"", 'a"; filename=evil.exe\r\nSet-Cookie: x=1\n/../水.html', "text/plain").headers["content-disposition"]
    assert said == 'attachment; filename="a---filename-evil.exe--Set-Cookie--x-1--..--.html"'
