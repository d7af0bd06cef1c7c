# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Create Webhook: POST /v2/sites/{site_id}/webhooks"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.create_webhook_request import CreateWebhookRequest
from ...models.webhook import Webhook


def request(site_id: str, *, body: CreateWebhookRequest) -> Request:
    """Have one kind of event posted to an address. A site may have 75 webhooks of each trigger. Asked twice, there
    are two. The secret that a delivery is signed with is in this answer, and never shown again."""
    return Request(
        operation="create-webhook",
        method="POST",
        template="/v2/sites/{site_id}/webhooks",
        path="/v2/sites/{site_id}/webhooks".format(site_id=quote(site_id, safe="")),
        json=body.to_dict(),
    )


def parse(content: bytes) -> Webhook:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return Webhook.from_json(content)
