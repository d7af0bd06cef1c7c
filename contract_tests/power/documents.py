"""The description as others need it: with the ids of a shop.

Whoever uses one of these tools writes an example of each id into his description, as their guides ask. Here it is the
only value, and of a write an order that it is allowed for: none of the tools could find one.
"""

from __future__ import annotations

from typing import Any

ORDERS = {
    "update-order": "0d1-2aa",
    "fulfill-order": "382-b8b-0c4",
    "unfulfill-order": "7c1-9fd",
    "refund-order": "6b8-f04",
}
AN_ORDER = "dfa-3f1"
# The ids that the mock gives to the first webhooks that are made.
WEBHOOKS = {"get-webhook": "7a7f5a71b68e7f30f594a652", "delete-webhook": "3c404507294ff018983a6fdb"}
# Schemathesis takes a list of them: something of every status.
KNOWN_ORDERS = (AN_ORDER, *ORDERS.values(), "41b-e07", "a90-55c", "c3d-118", "e5f-b42")


def of_a_shop(document: dict[str, Any], site: str) -> dict[str, Any]:
    """The operations on this site. Webhooks are another server's; a named example of a part of a request is none."""
    parameters = document["components"]["parameters"]
    paths = {
        path: {method: _operation(operation, parameters, site) for method, operation in item.items()}
        for path, item in document["paths"].items()
    }
    return {**{key: value for key, value in document.items() if key != "webhooks"}, "paths": paths}


def _operation(operation: dict[str, Any], parameters: dict[str, Any], site: str) -> dict[str, Any]:
    only = {
        "site_id": site,
        "order_id": ORDERS.get(operation["operationId"], AN_ORDER),
        "webhook_id": WEBHOOKS.get(operation["operationId"]),
        "Accept-Version": "1.0.0",
    }
    known = [
        parameters[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        for each in operation.get("parameters", ())
    ]
    return {
        **_bare(operation),
        "parameters": [_valued(_bare(each), only.get(each["name"])) for each in known],
    }


def _valued(parameter: dict[str, Any], value: str | None) -> dict[str, Any]:
    if value is None:
        return parameter
    return {**parameter, "schema": {"type": "string", "enum": [value]}, "example": value}


def _bare(node: Any) -> Any:
    """Without `examples`, and without our own remarks."""
    if isinstance(node, list):
        return [_bare(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: _bare(value) for key, value in node.items() if key not in ("examples", "x-evidence")}
