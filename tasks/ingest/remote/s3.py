"""s3:// by s3fs: its keys, configuration and connections; listing and reading by the plain requests of S3.

Not by the file-system calls of s3fs, which strip slashes, read `?versionId=` out of keys, ask HEAD before each GET and return
a listing whole or not at all. Here: a GET for each object that is read, no HEAD, a request for each thousand names.
Credentials, endpoint and region are AWS's own: AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_ENDPOINT_URL, AWS_REGION; public buckets with
FSSPEC_S3_ANON=true.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import fsspec
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
)
from fsspec.asyn import sync

from tasks.ingest.names import escaped
from tasks.ingest.remote.address import Address
from tasks.ingest.remote.patience import Fault, Options, by_exception, by_status, patiently
from tasks.ingest.remote.store import NOTHING, Answer, Identity, Remote

PIECE = 1 << 20
_SLOW = frozenset({"SlowDown", "Throttling", "ThrottlingException", "RequestTimeout", "InternalError",
                   "ServiceUnavailable", "TooManyRequests", "RequestLimitExceeded", "BandwidthLimitExceeded"})  # fmt: skip
_KEYS = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "ExpiredTokenException", "InvalidToken",
                   "TokenRefreshRequired", "AuthFailure", "UnrecognizedClientException"})  # fmt: skip
_KEY_ADVICE = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE; for a public bucket FSSPEC_S3_ANON=true."


class S3:
    """One session with an S3 store."""

    def __init__(self, options: Options, stop: threading.Event) -> None:
        self.options, self.stop = options, stop
        config = {"connect_timeout": options.seconds, "read_timeout": options.seconds, "max_pool_connections": max(10, options.threads),
                  "retries": {"total_max_attempts": 1, "mode": "standard"}}  # fmt: skip
        self.fs = fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False, config_kwargs=config)
        self.fs.retries = 1  # we try again ourselves, and count it

    def find(self, address: Address) -> Iterator[list[Remote]]:
        """See Store. A name without a slash at its end is an object, or else the folder of that name."""
        bucket, _, key = address.target.partition("/")
        if key and not key.endswith("/"):
            try:
                told = self._patiently("head_object", Bucket=bucket, Key=key)
            except Fault as fault:
                if fault.kind not in ("vanished", "denied"):  # without the right to list, what is not there is denied too
                    raise
            else:
                yield [_remote(bucket, key, told, told.get("ContentLength"))]
                return
            key += "/"
        more: dict[str, str] = {}
        while True:
            page = self._patiently("list_objects_v2", Bucket=bucket, Prefix=key, **more)
            yield [_remote(bucket, o["Key"], o, o.get("Size")) for o in page.get("Contents", ()) if o["Key"].startswith(key)]
            if not page.get("IsTruncated"):
                return
            if not page.get("NextContinuationToken") or page["NextContinuationToken"] == more.get("ContinuationToken"):
                raise Fault("refused", "the listing breaks off without saying where it goes on", "Ask whoever runs the store.")
            more = {"ContinuationToken": page["NextContinuationToken"]}

    @contextmanager
    def read(self, remote: Remote) -> Iterator[Answer]:
        """See Store. One request: all its bytes belong to the version whose ETag came with them."""
        bucket, _, key = remote.name.partition("/")
        told = self._call("get_object", Bucket=bucket, Key=key)
        body = told["Body"]
        try:
            yield Answer(_remote(bucket, key, told, told.get("ContentLength")), self._pieces(body))
        finally:
            with suppress(Exception):
                body.close()

    def close(self) -> None:
        """See Store."""
        client = getattr(self.fs, "_s3", None)
        if client is not None:
            with suppress(Exception):
                sync(self.fs.loop, client.__aexit__, None, None, None, timeout=2)

    def _pieces(self, body: Any) -> Iterator[bytes]:
        while True:
            try:
                piece = sync(self.fs.loop, body.read, PIECE)
            except Exception as error:
                raise _fault(error) from None
            if not piece:
                return
            yield piece

    def _patiently(self, method: str, **arguments: Any) -> dict[str, Any]:
        return patiently(lambda: self._call(method, **arguments), self.options, self.stop)

    def _call(self, method: str, **arguments: Any) -> dict[str, Any]:
        try:
            return self.fs.call_s3(method, **arguments)
        except Exception as error:
            raise _fault(error) from None


def _remote(bucket: str, key: str, told: dict[str, Any], size: int | None) -> Remote:
    changed = told.get("LastModified")
    etag = told.get("ETag")
    mtime_ns = int(changed.timestamp() * 1e9) if isinstance(changed, datetime) else None
    return Remote(f"s3://{bucket}/{escaped(key)}", f"{bucket}/{key}", size, mtime_ns, Identity(etag) if etag else NOTHING)


def _fault(error: BaseException) -> Fault:
    """What S3 said; s3fs hides it behind errors of a file system."""
    told = next((e for e in (error, error.__cause__) if isinstance(e, ClientError)), None)
    if told is not None:
        code = str(told.response.get("Error", {}).get("Code", ""))
        meta = told.response.get("ResponseMetadata", {})
        status = meta.get("HTTPStatusCode") or (int(code) if code.isdecimal() else 400)
        code = code if code.isalnum() and len(code) <= 60 and not code.isdecimal() else ""
        if code in _KEYS:
            return Fault("credentials", f"the store does not take the keys ({code})", _KEY_ADVICE)
        if code in _SLOW and status < 500:
            status = 503
        if code == "NoSuchBucket":
            return Fault("vanished", "there is no such bucket", "Look at its name, and at AWS_ENDPOINT_URL.")
        if code in ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"):
            return Fault("refused", f"the bucket lies in another region ({code})", "Set AWS_REGION to the bucket's.")
        if code == "InvalidObjectState":
            return Fault("denied", "it is archived (InvalidObjectState)", "Have it restored from its archive first.")
        return by_status(status, code, _seconds(meta.get("HTTPHeaders", {}).get("retry-after")))
    cause = next((e for e in (error, error.__cause__) if isinstance(e, BotoCoreError)), error)
    if isinstance(cause, NoCredentialsError | CredentialRetrievalError):
        return Fault("credentials", "there are no keys for s3", _KEY_ADVICE)
    if isinstance(cause, NoRegionError):
        return Fault("credentials", "no region is set", "Set AWS_REGION.")
    if isinstance(cause, ParamValidationError):
        return Fault("refused", "this is no name of a bucket and key", "It reads like s3://bucket/key.")
    if isinstance(cause, BotoCoreError) and type(cause).__name__ in ("ResponseStreamingError", "HTTPClientError", "ResponseParserError"):
        return Fault("transient", f"the connection failed ({type(cause).__name__})", "The next run tries again.")
    return by_exception(cause)


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdecimal() else None
