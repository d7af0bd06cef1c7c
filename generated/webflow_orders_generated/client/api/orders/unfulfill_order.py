# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Unfulfill Order: POST /v2/sites/{site_id}/orders/{order_id}/unfulfill"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.order import Order


def request(site_id: str, order_id: str) -> Request:
    """Take a fulfillment back; the status becomes unfulfilled."""
    return Request(
        operation="unfulfill-order",
        method="POST",
        template="/v2/sites/{site_id}/orders/{order_id}/unfulfill",
        path="/v2/sites/{site_id}/orders/{order_id}/unfulfill".format(
            site_id=quote(site_id, safe=""), order_id=quote(order_id, safe="")
        ),
    )


def parse(content: bytes) -> Order:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return Order.from_json(content)
