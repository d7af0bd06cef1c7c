# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Remove Webhook: DELETE /v2/webhooks/{webhook_id}"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...errors import UnexpectedBody


def request(webhook_id: str) -> Request:
    """Have nothing posted there any more."""
    return Request(
        operation="delete-webhook",
        method="DELETE",
        template="/v2/webhooks/{webhook_id}",
        path="/v2/webhooks/{webhook_id}".format(webhook_id=quote(webhook_id, safe="")),
    )


def parse(content: bytes) -> None:
    """A successful answer has no body. Raises `UnexpectedBody` for one that has: somebody else's, then."""
    if content.strip():
        raise UnexpectedBody("there should be none")
