"""What a person gave as a URL: how it is reached, and the uri under which the warehouse keeps it, without secrets.

    s3://bucket/网页/第 3 页.txt     a bucket's key as it is; only '%' and control characters stand as %XX (as in file:// uris)
    https://example.cn/a.txt?id=3    as given, without user, password, fragment and the parameters of signed links

Law: parse(address.uri).uri == address.uri, and nothing of what `secrets` holds is in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from tasks.errors import UsageError
from tasks.ingest.names import escaped

WEB = ("http", "https")
S3 = ("s3",)
SAME = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}
USER_IS_PLACE = ("abfs", "abfss", "sftp", "ssh")  # container@account, user@host
PROTOCOLS = ("s3", "gs", "az", "abfs", "abfss", "oss", "hf", "https", "http")
NEVER = frozenset({"simplecache", "filecache", "blockcache", "cached", "zip", "tar", "libarchive", "reference", "dir", "generic", "data",
                   "async_wrapper", "asyncwrapper", "jupyter", "jlab", "dask", "python", "git"})  # fmt: skip
# Names of parameters that are, or belong to, a key: signed links of AWS, Google, Azure, Alibaba, Tencent, CloudFront, and common ones.
_SECRET = re.compile(
    r"x-(amz|goog|oss|cos|ms|tos|bce)-.*|q-(sign|ak|key|header|url|signature).*|.*(signature|token|secret|password|passwd|credential).*"
    r"|(awsaccesskeyid|ossaccesskeyid|googleaccessid|key-pair-id|policy|expires|sign|sig|auth|authorization|key|pwd|pass|access_?key"
    r"|api[-_]?key|app[-_]?key|ak|sk|session|sessionid|jsessionid|sid)",
    re.IGNORECASE,
)
_SAS = frozenset("sv ss srt sr st se sp spr si sip skoid sktid skt ske sks skv saoid suoid scid sdd rscc rscd rsce rscl rsct".split())
_KEPT = "%/:?#[]@!$&'()*+,;=~-._|"  # what a URL may hold; all else is written as %XX when it is sent


@dataclass(frozen=True, slots=True)
class Address:
    """One named input. `target` and `user` may hold secrets and are never printed."""

    scheme: str
    uri: str
    target: str = field(repr=False)  # what the store is asked for: a URL, or the path below the scheme
    user: tuple[str, str] | None = field(default=None, repr=False)
    has_secret: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether everything that begins with it is meant."""
        return self.scheme not in WEB and self.target.endswith("/")


def parse(text: str, protocols: tuple[str, ...] = PROTOCOLS) -> Address:
    """The address that is meant. Raises UsageError, which never repeats more of the text than its scheme."""
    scheme, _, rest = text.partition("://")
    scheme = scheme.lower()
    if "::" in scheme:
        raise UsageError("Chained URLs (with '::') are not read.", "Give the address of the files themselves; packed files are unpacked.")
    scheme = SAME.get(scheme, scheme)
    if scheme in NEVER or scheme not in protocols:
        raise UsageError(
            f"Inputs of protocol {scheme}:// are not read.",
            f"Read are local files and {', '.join(protocols)}." if scheme in NEVER else
            f"Read are local files and {', '.join(protocols)}; the setting remote_protocols may name it, if it can be trusted.",
        )  # fmt: skip
    try:
        rest.encode("utf-8")
        return _web(scheme, text) if scheme in WEB else _stored(scheme, rest)
    except (ValueError, UnicodeError):  # of urlsplit, or bytes that are no text
        raise UsageError(f"This {scheme}:// address cannot be understood.", f"It reads like {scheme}://place/name.") from None


def canonical(text: str) -> str:
    """The uri that a typed URL has in the tables, if it can be understood."""
    try:
        scheme = text.partition("://")[0].lower()
        return parse(text, (SAME.get(scheme, scheme),)).uri
    except UsageError:
        return text


def _stored(scheme: str, rest: str) -> Address:
    place, slash, _ = rest.partition("/")
    user, at, _ = place.rpartition("@")
    if (at and scheme not in USER_IS_PLACE) or ":" in user:
        raise UsageError(
            f"A {scheme}:// address may not hold a key or password.",
            "Keys belong into the environment or the store's own configuration (AWS_ACCESS_KEY_ID, ~/.aws/credentials …).",
        )
    if not place and scheme in S3:
        raise ValueError("no place")
    target = unquote_to_bytes(rest).decode("utf-8") if "%" in rest else rest
    target = target if slash else target + "/"
    target = target if scheme in S3 else target.lstrip("/") or "/"  # a key of S3 may begin with a slash
    return Address(scheme, f"{scheme}://{escaped(target)}", target)


def _web(scheme: str, text: str) -> Address:
    parts = urlsplit(text)
    host, port = parts.hostname, parts.port
    if not host:
        raise ValueError("no host")
    shown_host = f"[{host}]" if ":" in host else host
    place = shown_host if port in (None, {"http": 80, "https": 443}[scheme]) else f"{shown_host}:{port}"
    path = parts.path or "/"
    query = _without_secrets(parts.query)
    user = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username or parts.password else None
    return Address(
        scheme,
        f"{scheme}://{place}{_controls(path)}{f'?{_controls(query)}' if query else ''}",
        f"{scheme}://{place}{quote(path, _KEPT)}{f'?{quote(parts.query, _KEPT)}' if parts.query else ''}",
        user,
        bool(user) or query != parts.query,
    )


def _controls(text: str) -> str:
    """As it was given; what no table may hold is written as %XX, and '%' stays what it is in a URL."""
    return "%".join(map(escaped, text.split("%")))


def _without_secrets(query: str) -> str:
    pairs = query.split("&") if query else []
    names = [unquote(p.partition("=")[0]).lower() for p in pairs]
    azure = "sig" in names
    return "&".join(p for p, n in zip(pairs, names, strict=True) if not (_SECRET.fullmatch(n) or (azure and n in _SAS)))
