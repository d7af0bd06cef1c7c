# @generated from openapi.yaml. Do not edit; run `make generate`.
"""List Orders (v1): GET /sites/{site_id}/orders"""

from __future__ import annotations

from urllib.parse import quote

from ...client import Request
from ...models.order_status import OrderStatus
from ...models.order_v1 import OrderV1
from ...types import UNSET, Listing, Unset, parse_list


def request(
    site_id: str,
    *,
    status: OrderStatus | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    accept_version: str | Unset = UNSET,
) -> Request:
    """One page of the orders of a site, as a bare array without a total. The last page is the first short one."""
    params: dict[str, str] = {}
    if not isinstance(status, Unset):
        params["status"] = str(status)
    if not isinstance(offset, Unset):
        params["offset"] = str(offset)
    if not isinstance(limit, Unset):
        params["limit"] = str(limit)
    headers: dict[str, str] = {}
    if not isinstance(accept_version, Unset):
        headers["Accept-Version"] = str(accept_version)
    return Request(
        operation="list-orders-v1",
        method="GET",
        template="/sites/{site_id}/orders",
        path="/sites/{site_id}/orders".format(site_id=quote(site_id, safe="")),
        params=params,
        headers=headers,
    )


def parse(content: bytes) -> Listing[OrderV1]:
    """Read the body of a successful answer. Raises `UnexpectedBody`."""
    return parse_list(content, OrderV1)
