"""Whether a delivery is Webflow's, by its signature and its age.

The signature is the HMAC-SHA256 of `<timestamp>:<raw body>`, in lower-case hexadecimal. Only the bytes that came are
signed: a body that was parsed and written anew has other blanks, escapes and numbers.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ._events import Event, WebhookError, read

Headers = Mapping[str, Any] | Mapping[bytes, Any] | Iterable[tuple[str, str]] | Iterable[tuple[bytes, bytes]]
"""Headers as a mapping, or as pairs: of httpx, Starlette, Flask, a WSGI environ or Django's META, an ASGI scope."""

TIMESTAMP, SIGNATURE = "x-webflow-timestamp", "x-webflow-signature"
_FORMS = {
    TIMESTAMP: re.compile(r"[0-9]{1,15}"),  # Milliseconds; those of 15 digits reach the year 33658.
    SIGNATURE: re.compile(r"[0-9a-f]{64}"),
}
# As HTTP has them, and as CGI, and so WSGI and Django, does.
_NAMES = {form: name for name in _FORMS for form in (name, f"http_{name.replace('-', '_')}")}
_EPOCH = datetime.fromtimestamp(0, UTC)


def unwrap(
    body: bytes,
    headers: Headers,
    secret: str | Iterable[str],
    *,
    tolerance: float = 300,
    now: Callable[[], float] = time.time,
) -> Event:
    """The event of a delivery that was verified.

    Args:
        body: the raw body, before anything parsed it.
        headers: the request's headers: any mapping, or pairs; names in any case, as `HTTP_X_WEBFLOW_…`, or in bytes.
        secret: the app's client secret, or the webhook's `secretKey`; several while one replaces another.
        tolerance: how many seconds its timestamp may be from now, in either direction.
        now: the time, in seconds since the epoch.

    Raises:
        WebhookError: it must not be acted upon; its `reason` says why.
        ValueError, TypeError: an argument that cannot be right, such as an empty secret or a body that is a str.
    """
    sent_at = _verified(body, headers, secret, tolerance, now)
    found = read(bytes(body), sent_at) if isinstance(sent_at, datetime) else sent_at
    # Whoever shows the locals of a traceback sees neither.
    del body, headers, secret
    if isinstance(found, Exception):
        raise found
    return found


def verify(
    body: bytes,
    headers: Headers,
    secret: str | Iterable[str],
    *,
    tolerance: float = 300,
    now: Callable[[], float] = time.time,
) -> datetime:
    """When the delivery was signed, an aware datetime. Takes and raises what `unwrap` does, and reads no body."""
    found = _verified(body, headers, secret, tolerance, now)
    del body, headers, secret
    if isinstance(found, Exception):
        raise found
    return found


def parse_unverified(body: bytes) -> Event:
    """The event of a body that anybody may have sent: of a webhook made in the dashboard, which is not signed.

    Do not act upon it. Read the order that it names through the API.
    Raises WebhookError, of the reason "not JSON" or "no event".
    """
    found = read(bytes(body), None) if isinstance(body, _BYTES) else _no_bytes()
    del body
    if isinstance(found, Exception):
        raise found
    return found


def sign(body: bytes, secret: str, *, now: Callable[[], float] = time.time) -> dict[str, str]:
    """The two headers that Webflow would send with this body, to try a receiver of one's own."""
    timestamp = str(int(now() * 1000))
    return {TIMESTAMP: timestamp, SIGNATURE: _signature(body, timestamp, secret)}


_BYTES = (bytes, bytearray, memoryview)


def _no_bytes() -> TypeError:
    return TypeError("body must be the raw bytes: a text, or parsed JSON, is not what was signed")


def _signature(body: bytes, timestamp: str, secret: str) -> str:
    key = secret.encode(errors="surrogatepass")
    return hmac.digest(key, b"%b:%b" % (timestamp.encode(), body), "sha256").hex()


def _verified(
    body: bytes,
    headers: Headers,
    secret: str | Iterable[str],
    tolerance: float,
    now: Callable[[], float],
) -> datetime | WebhookError | TypeError | ValueError:
    """When it was signed. An error is returned and not raised: this frame has the secret."""
    if not isinstance(body, _BYTES):
        return _no_bytes()
    if not isinstance(tolerance, int | float) or not tolerance >= 0:
        return ValueError("tolerance must be a number of seconds, and not negative")
    secrets = checked_secrets(secret)
    if isinstance(secrets, Exception):
        return secrets
    given = _headers(headers)
    if isinstance(given, Exception):
        return given
    # All of them, in a time that does not depend on which one fits.
    expected = [_signature(bytes(body), given[TIMESTAMP], each) for each in secrets]
    if not any([hmac.compare_digest(each, given[SIGNATURE]) for each in expected]):
        return WebhookError("wrong signature", "it was made with another secret, or of another body")
    # Only now: of a forged delivery the time says nothing.
    signed = int(given[TIMESTAMP]) / 1000
    age = now() - signed
    if not abs(age) <= tolerance:  # A clock that says nan knows no age.
        way = "ago" if age > 0 else "from now"
        message = f"it was signed {abs(age):.0f} s {way}, and {tolerance:g} s are allowed"
        return WebhookError("too old" if age > 0 else "too far ahead", message)
    try:
        return _EPOCH + timedelta(milliseconds=int(given[TIMESTAMP]))
    except OverflowError:  # Only with a tolerance of millennia.
        return WebhookError("header malformed", f"{TIMESTAMP} is in no year that there is")


def checked_secrets(secret: str | Iterable[str]) -> list[str] | TypeError | ValueError:
    """The secrets, or what is wrong with them."""
    secrets = [secret] if isinstance(secret, str) or not isinstance(secret, Iterable) else list(secret)
    if not all(isinstance(each, str) for each in secrets):
        return TypeError("secret must be a str, or several")
    if not secrets or not all(each.strip() for each in secrets):
        return ValueError("secret must not be empty: anybody could sign with that")
    if any(each != each.strip() for each in secrets):
        return ValueError("secret has a blank or a line's end around it, as of a file: strip it")
    return secrets


def _headers(headers: Headers) -> dict[str, str] | WebhookError | TypeError:
    """The two headers by name, each there once and of its form."""
    found: dict[str, str] = {}
    try:
        # Not every library's headers are a Mapping to Python.
        pairs: Iterable[Any] = headers.items() if hasattr(headers, "items") else headers
        for key, value in pairs:
            name = _NAMES.get(_text(key).lower())
            if name is None:
                continue
            if name in found:
                return WebhookError("header malformed", f"{name} is there twice")
            found[name] = _text(value)
    except (TypeError, ValueError):
        return TypeError("headers must be a mapping, or pairs, of str or bytes")
    for name, form in _FORMS.items():
        if name not in found:
            return WebhookError("header missing", f"there is no {name}")
        if not form.fullmatch(found[name]):
            return WebhookError("header malformed", f"{name} is not of the form that Webflow sends")
    return found


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
