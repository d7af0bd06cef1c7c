"""What a delivery is on the wire: its body, its signature, and the ways in which a fault spoils them.

Documented: the envelope, and that the signature is the HMAC-SHA256 of `<timestamp>:<body>` in lower-case hexadecimal,
the timestamp in milliseconds since 1970. A webhook that was made in the dashboard, here one without a secret, is not
signed.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import NamedTuple

TIMESTAMP, SIGNATURE = "x-webflow-timestamp", "x-webflow-signature"
# One that no webhook has, and that an order's receiver does not wait for.
OTHER_TRIGGER = "ecomm_inventory_changed"


class Posted(NamedTuple):
    """What was sent, or would be."""

    headers: dict[str, str]
    body: bytes


def envelope(trigger: str, payload: bytes) -> bytes:
    return b'{"triggerType":%b,"payload":%b}' % (json.dumps(trigger).encode(), payload)


def posted(trigger: str, payload: bytes, secret: str, now: float) -> Posted:
    """A delivery as it should be, signed at `now` (Unix seconds)."""
    return _signed(envelope(trigger, payload), secret, now)


def _signed(body: bytes, secret: str, now: float) -> Posted:
    headers = {"content-type": "application/json", "user-agent": "webflow-orders-mock"}
    if secret:
        timestamp = str(int(now * 1000))
        message = b"%b:%b" % (timestamp.encode(), body)
        headers |= {TIMESTAMP: timestamp, SIGNATURE: hmac.digest(secret.encode(), message, "sha256").hex()}
    return Posted(headers, body)


# What each kind makes of (trigger, payload, secret, now, seconds).
Form = Callable[[str, bytes, str, float, float], Posted]
FORMS: dict[str, Form] = {
    "wrong_secret": lambda trigger, payload, secret, now, _: posted(trigger, payload, f"not {secret}", now),
    "old_timestamp": lambda trigger, payload, secret, now, by: posted(trigger, payload, secret, now - by),
    "future_timestamp": lambda trigger, payload, secret, now, by: posted(trigger, payload, secret, now + by),
    "truncated": lambda trigger, payload, secret, now, _: _signed(
        envelope(trigger, payload)[: len(payload) // 2], secret, now
    ),
    "bare": lambda trigger, payload, secret, now, _: _signed(payload, secret, now),
    "other_trigger": lambda trigger, payload, secret, now, _: posted(OTHER_TRIGGER, payload, secret, now),
}
