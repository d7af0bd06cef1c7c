# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Get Order (v1): GET /sites/{site_id}/order/{order_id}"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.order_v1 import OrderV1
from ...types import UNSET, Unset


def request(site_id: str, order_id: str, *, accept_version: str | Unset = UNSET) -> Request:
    """One order, in the v1 shape. The path says `order`, in the singular."""
    headers: dict[str, str] = {}
    if not isinstance(accept_version, Unset):
        headers["Accept-Version"] = str(accept_version)
    return Request(
        operation="get-order-v1",
        method="GET",
        template="/sites/{site_id}/order/{order_id}",
        path="/sites/{site_id}/order/{order_id}".format(
            site_id=quote(site_id, safe=""), order_id=quote(order_id, safe="")
        ),
        headers=headers,
    )


def parse(content: bytes) -> OrderV1:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return OrderV1.from_json(content)
