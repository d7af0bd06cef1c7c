# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Update Order: PATCH /v2/sites/{site_id}/orders/{order_id}"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.order import Order
from ...models.update_order_request import UpdateOrderRequest


def request(site_id: str, order_id: str, *, body: UpdateOrderRequest) -> Request:
    """Change the four notes that belong to the API user: comment, shipping provider, tracking number and tracking
    URL. Fields that are not sent stay as they are."""
    return Request(
        operation="update-order",
        method="PATCH",
        template="/v2/sites/{site_id}/orders/{order_id}",
        path="/v2/sites/{site_id}/orders/{order_id}".format(
            site_id=quote(site_id, safe=""), order_id=quote(order_id, safe="")
        ),
        json=body.to_dict(),
    )


def parse(content: bytes) -> Order:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return Order.from_json(content)
