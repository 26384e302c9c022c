"""Addresses: what a URL means, what of it is kept, and what never is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import UsageError
from tasks.ingest.names import base_name, is_url, shown
from tasks.ingest.remote.address import NEVER, PROTOCOLS, canonical, parse

SECRET = "geheim"


@pytest.mark.parametrize(("text", "uri", "target"), [
    ("s3://crawl/2026/", "s3://crawl/2026/", "crawl/2026/"),
    ("S3A://crawl", "s3://crawl/", "crawl/"),
    ("s3://crawl/网页/第 3 页?.txt#x", "s3://crawl/网页/第 3 页?.txt#x", "crawl/网页/第 3 页?.txt#x"),
    ("s3://crawl/100%25.txt", "s3://crawl/100%25.txt", "crawl/100%.txt"),
    ("s3://crawl/a/../b//c/", "s3://crawl/a/../b//c/", "crawl/a/../b//c/"),
    ("s3://crawl//led", "s3://crawl//led", "crawl//led"),
    ("s3://crawl/line%0Aend", "s3://crawl/line%0Aend", "crawl/line\nend"),
    ("gcs://crawl/a", "gs://crawl/a", "crawl/a"),
    ("abfs://box@account.dfs.core.windows.net/a", "abfs://box@account.dfs.core.windows.net/a", "box@account.dfs.core.windows.net/a"),
    ("https://Example.CN:443/a b.txt#part", "https://example.cn/a b.txt", "https://example.cn/a%20b.txt"),
    ("https://example.cn", "https://example.cn/", "https://example.cn/"),
    ("https://example.cn/网页.php?id=3&q=工会", "https://example.cn/网页.php?id=3&q=工会",
     "https://example.cn/%E7%BD%91%E9%A1%B5.php?id=3&q=%E5%B7%A5%E4%BC%9A"),
    ("http://[::1]:8080/x%2Fy", "http://[::1]:8080/x%2Fy", "http://[::1]:8080/x%2Fy"),
])  # fmt: skip
def test_an_address_is_kept_as_people_write_it(text: str, uri: str, target: str):
    address = parse(text)
    assert (address.uri, address.target, address.has_secret) == (uri, target, False)


@pytest.mark.parametrize("text", [
    f"https://user:{SECRET}@example.cn/a.txt",
    f"https://{SECRET}@example.cn/a.txt",
    f"https://example.cn/a.txt?X-Amz-Algorithm=AWS4&X-Amz-Credential={SECRET}&X-Amz-Signature={SECRET}",
    f"https://example.cn/a.txt?sv=2024&se=2026&sr=b&sp=r&sig={SECRET}",
    f"https://example.cn/a.txt?AWSAccessKeyId={SECRET}&Signature={SECRET}&Expires=1",
    f"https://example.cn/a.txt?q-sign-algorithm=sha1&q-ak={SECRET}&q-signature={SECRET}",
    f"https://example.cn/a.txt?OSSAccessKeyId={SECRET}&Expires=1&Signature={SECRET}",
    f"https://example.cn/a.txt?access_token={SECRET}#{SECRET}",
    f"https://example.cn/a.txt?API%5FKEY={SECRET}",
    f"https://example.cn/a.txt?%61pikey={SECRET}",
])  # fmt: skip
def test_no_secret_is_kept_or_printed(text: str):
    address = parse(text)
    assert address.uri == "https://example.cn/a.txt" and address.has_secret
    assert SECRET not in repr(address) and SECRET in f"{address.target}{address.user}"
    assert canonical(text) == address.uri


def test_what_names_a_file_stays_beside_what_signs_it():
    assert parse(f"https://example.cn/d?file=3&sign={SECRET}&page=2").uri == "https://example.cn/d?file=3&page=2"
    assert parse("https://example.cn/d?sv=2&sp=r").uri == "https://example.cn/d?sv=2&sp=r", "letters of Azure without its signature"


@pytest.mark.parametrize("text", [
    f"s3://AKID:{SECRET}@crawl/a", f"s3://{SECRET}@crawl/a", f"sftp://user:{SECRET}@host/a", f"simplecache::s3://crawl/{SECRET}",
    f"zip://*.txt::https://example.cn/{SECRET}", f"memory://{SECRET}", f"https:///{SECRET}", f"https://example.cn:port/{SECRET}",
    f"reference://{SECRET}", f"github://o:r@main/{SECRET}", f"s3:///{SECRET}", f"s3://crawl/\udcff{SECRET}", f"s3://crawl/%FF{SECRET}",
])  # fmt: skip
def test_what_is_not_read_is_said_without_the_address(text: str):
    with pytest.raises(UsageError) as raised:
        parse(text, (*PROTOCOLS, "sftp"))
    assert SECRET not in str(raised.value) and raised.value.hint


@pytest.mark.parametrize("scheme", sorted(NEVER))
def test_what_opens_other_files_cannot_even_be_allowed(scheme: str):
    with pytest.raises(UsageError):
        parse(f"{scheme}://a/b", (scheme,))


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
def test_each_key_comes_back_from_its_uri(key: str):
    address = parse("s3://crawl/" + key.replace("%", "%25"))
    assert address.target == "crawl/" + key
    assert parse(address.uri) == address
    assert address.uri.isprintable() or not any(ord(c) < 32 for c in address.uri)


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_uri_of_a_web_address_is_its_own(path: str, query: str):
    try:
        address = parse(f"https://example.cn/{path}?{query}")
    except UsageError:
        return
    again = parse(address.uri)
    assert again.uri == address.uri and not again.has_secret
    address.target.encode("ascii")


def test_urls_and_paths_are_told_apart():
    assert all(map(is_url, ["s3://b", "HTTPS://x/y", "simplecache::s3://b", "file:///a"]))
    assert not any(map(is_url, ["/a/b", "./s3://b", "a::b.txt", "C:\\x", "s3:/b", "网页://x", "a b://c"]))
    assert (shown("file:///a/100%25"), shown("s3://b/100%25")) == ("/a/100%", "s3://b/100%25")
    assert [base_name(u) for u in ("s3://b/a/c.txt", "s3://b/a/", "https://example.cn/")] == ["c.txt", "a", "example.cn"]
