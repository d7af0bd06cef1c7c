"""Which operation a method and a path mean. The list is complete: a test compares it with openapi.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

from . import operations
from .auth import READ, WRITE
from .dialects import Version
from .exchange import Operation, Route
from .validation import wrong_ids

_V2_LIST, _V2_ORDER = "/v2/sites/{site_id}/orders", "/v2/sites/{site_id}/orders/{order_id}"
_V1_LIST, _V1_ORDER = "/sites/{site_id}/orders", "/sites/{site_id}/order/{order_id}"

# fmt: off
_ALL = (
    Operation("list-orders",     "GET",   _V2_LIST,                 "v2", READ,  operations.list_orders),
    Operation("get-order",       "GET",   _V2_ORDER,                "v2", READ,  operations.get_order),
    Operation("update-order",    "PATCH", _V2_ORDER,                "v2", WRITE, operations.update_order),
    Operation("fulfill-order",   "POST",  _V2_ORDER + "/fulfill",   "v2", WRITE, operations.fulfill_order),
    Operation("unfulfill-order", "POST",  _V2_ORDER + "/unfulfill", "v2", WRITE, operations.unfulfill_order),
    Operation("refund-order",    "POST",  _V2_ORDER + "/refund",    "v2", WRITE, operations.refund_order),
    Operation("list-orders-v1",  "GET",   _V1_LIST,                 "v1", None,  operations.list_orders_v1),
    Operation("get-order-v1",    "GET",   _V1_ORDER,                "v1", None,  operations.get_order),
)
# fmt: on

OPERATIONS: Mapping[str, Operation] = {operation.operation_id: operation for operation in _ALL}


def _templates() -> dict[tuple[str, ...], dict[str, Operation]]:
    found: dict[tuple[str, ...], dict[str, Operation]] = {}
    for operation in OPERATIONS.values():
        found.setdefault(tuple(operation.path.split("/")), {})[operation.method] = operation
    return found


_BY_TEMPLATE = _templates()


@lru_cache(maxsize=1024)
def find(path: str) -> Route | None:
    """The route of a raw path, or None. An empty segment fills no parameter."""
    segments = [unquote(segment, errors="replace") for segment in path.split("/")]
    for template, methods in _BY_TEMPLATE.items():
        parameters = _match(template, segments)
        if parameters is not None:
            first = next(iter(methods.values()))
            wrong = wrong_ids(parameters)
            return Route(methods, parameters, wrong, first.version, ", ".join(sorted(methods)))
    return None


def version_of(path: str) -> Version:
    """Which API a path belongs to that leads nowhere: its error body is that one's."""
    return "v2" if path == "/v2" or path.startswith("/v2/") else "v1"


def _match(template: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    parameters: dict[str, str] = {}
    for expected, found in zip(template, segments, strict=True):
        if expected.startswith("{") and found:
            parameters[expected[1:-1]] = found
        elif expected != found:
            return None
    return parameters
