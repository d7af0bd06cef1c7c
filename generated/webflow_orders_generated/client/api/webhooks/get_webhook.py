# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Get Webhook: GET /v2/webhooks/{webhook_id}"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.webhook import Webhook


def request(webhook_id: str) -> Request:
    """One webhook, without its secret."""
    return Request(
        operation="get-webhook",
        method="GET",
        template="/v2/webhooks/{webhook_id}",
        path="/v2/webhooks/{webhook_id}".format(webhook_id=quote(webhook_id, safe="")),
    )


def parse(content: bytes) -> Webhook:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return Webhook.from_json(content)
