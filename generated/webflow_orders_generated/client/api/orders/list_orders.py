# @generated from openapi.yaml. Do not edit; run `make generate`.
"""List Orders: GET /v2/sites/{site_id}/orders"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.order_list import OrderList
from ...models.order_status import OrderStatus
from ...types import UNSET, Unset


def request(
    site_id: str,
    *,
    status: OrderStatus | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Request:
    """One page of the orders of a site. The order of the list is documented nowhere, and only the status can be
    filtered. An order that is placed while pages are read shifts the pages after it."""
    params: dict[str, str] = {}
    if not isinstance(status, Unset):
        params["status"] = str(status)
    if not isinstance(offset, Unset):
        params["offset"] = str(offset)
    if not isinstance(limit, Unset):
        params["limit"] = str(limit)
    return Request(
        operation="list-orders",
        method="GET",
        template="/v2/sites/{site_id}/orders",
        path="/v2/sites/{site_id}/orders".format(site_id=quote(site_id, safe="")),
        params=params,
    )


def parse(content: bytes) -> OrderList:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return OrderList.from_json(content)
