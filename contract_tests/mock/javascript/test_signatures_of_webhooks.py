"""Do we and the official JavaScript helper, or Node's crypto, take each other's signatures?"""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from webflow_orders import webhooks

HERE = Path(__file__).parent
SECRETS = ["c0ffee" * 10 + "c0ff", "k", "clé secrète", "x" * 200]
BODIES = [
    b'{"triggerType":"ecomm_new_order","payload":{"orderId":"dfa-3f1","status":"unfulfilled"}}',
    '{"triggerType": "ecomm_new_order", "n": 1.0, "e": 1e2, "s": "\\/\\u00e9é\u2028🚚", "t": "\\n"}\n'.encode(),
    b"", b" " * 70_000,
]  # fmt: skip
NOT_UTF8 = b'{"s":"\xff\x00"}'
MOMENT = 1_764_180_000.25


class Delivery(NamedTuple):
    body: bytes
    headers: dict[str, str]
    secret: str


def asked(node: str, deliveries: list[Delivery]) -> list[dict[str, Any]]:
    """What JavaScript says of each."""
    told = [{**each._asdict(), "body": base64.b64encode(each.body).decode()} for each in deliveries]
    command = [node, "signatures.mjs"]
    done = subprocess.run(
        command, input=json.dumps(told), cwd=HERE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def signed(body: bytes, secret: str) -> Delivery:
    return Delivery(body, webhooks.sign(body, secret, now=lambda: MOMENT), secret)


def test_the_official_helper_takes_our_signatures(node: str) -> None:
    deliveries = [signed(body, secret) for body in BODIES for secret in SECRETS]
    assert [each["verified"] for each in asked(node, deliveries)] == [True] * len(deliveries)


def test_it_takes_none_that_we_would_not_take(node: str) -> None:
    good = signed(BODIES[0], SECRETS[0])
    bad = [
        good._replace(body=good.body + b" "), good._replace(secret=SECRETS[1]),
        good._replace(headers={**good.headers, "x-webflow-timestamp": "1764180000251"}),
        good._replace(headers={**good.headers, "x-webflow-signature": "0" * 64}),
        # As the documented example makes it, JSON that was parsed and written anew.
        good._replace(body=json.dumps(json.loads(good.body)).encode()),
    ]  # fmt: skip
    assert [each["verified"] for each in asked(node, [good, *bad])] == [True] + [False] * len(bad)
    for body, headers, secret in bad:
        with pytest.raises(webhooks.WebhookError, match="wrong signature"):
            webhooks.verify(body, headers, secret, now=lambda: MOMENT)


def test_we_take_the_signatures_of_node(node: str) -> None:
    # Its helper has no words for a body that is not UTF-8; its crypto has.
    deliveries = [signed(body, secret) for body in (*BODIES, NOT_UTF8) for secret in SECRETS]
    for (body, headers, secret), told in zip(deliveries, asked(node, deliveries), strict=True):
        theirs = {**headers, "x-webflow-signature": told["signature"]}
        assert webhooks.verify(body, theirs, secret, now=lambda: MOMENT).timestamp() == MOMENT
