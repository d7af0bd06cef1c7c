# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Fulfill Order: POST /v2/sites/{site_id}/orders/{order_id}/fulfill"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.fulfill_order_request import FulfillOrderRequest
from ...models.order import Order
from ...types import UNSET, Unset


def request(site_id: str, order_id: str, *, body: FulfillOrderRequest | Unset = UNSET) -> Request:
    """Mark an order as fulfilled, and tell the customer by e-mail if asked to."""
    return Request(
        operation="fulfill-order",
        method="POST",
        template="/v2/sites/{site_id}/orders/{order_id}/fulfill",
        path="/v2/sites/{site_id}/orders/{order_id}/fulfill".format(
            site_id=quote(site_id, safe=""), order_id=quote(order_id, safe="")
        ),
        json=None if isinstance(body, Unset) else body.to_dict(),
    )


def parse(content: bytes) -> Order:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return Order.from_json(content)
