# @generated from openapi.yaml. Do not edit; run `make generate`.
"""List Webhooks: GET /v2/sites/{site_id}/webhooks"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.webhook_list import WebhookList


def request(site_id: str) -> Request:
    """The webhooks of a site that an app or a token registered, whatever they are about; without their secrets. No
    parameter is documented by which to ask for a second page."""
    return Request(
        operation="list-webhooks",
        method="GET",
        template="/v2/sites/{site_id}/webhooks",
        path="/v2/sites/{site_id}/webhooks".format(site_id=quote(site_id, safe="")),
    )


def parse(content: bytes) -> WebhookList:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return WebhookList.from_json(content)
