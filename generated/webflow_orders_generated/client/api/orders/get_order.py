# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Get Order: GET /v2/sites/{site_id}/orders/{order_id}"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.order import Order


def request(site_id: str, order_id: str) -> Request:
    """One order. (The published text for this operation speaks of products; it answers with an order.)"""
    return Request(
        operation="get-order",
        method="GET",
        template="/v2/sites/{site_id}/orders/{order_id}",
        path="/v2/sites/{site_id}/orders/{order_id}".format(
            site_id=quote(site_id, safe=""), order_id=quote(order_id, safe="")
        ),
    )


def parse(content: bytes) -> Order:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return Order.from_json(content)
