# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Refund Order: POST /v2/sites/{site_id}/orders/{order_id}/refund"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.order import Order
from ...models.refund_order_request import RefundOrderRequest
from ...types import UNSET, Unset


def request(site_id: str, order_id: str, *, body: RefundOrderRequest | Unset = UNSET) -> Request:
    """Give the customer the whole amount back and mark the order as refunded. There is no partial refund and no
    idempotency key: a refund whose outcome is unknown must be looked up, never sent again."""
    return Request(
        operation="refund-order",
        method="POST",
        template="/v2/sites/{site_id}/orders/{order_id}/refund",
        path="/v2/sites/{site_id}/orders/{order_id}/refund".format(
            site_id=quote(site_id, safe=""), order_id=quote(order_id, safe="")
        ),
        json=None if isinstance(body, Unset) else body.to_dict(),
    )


def parse(content: bytes) -> Order:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return Order.from_json(content)
