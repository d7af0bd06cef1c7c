"""How an order is serialized: v2 or v1, observed or documented.

The store keeps an order as real v2 orders are: prices are integers, keys are missing where real orders miss
them. `observed` sends just that; its v1 differs as a real v1 order of 2021 did. `documented` is in
documented.py. What is sent is checked once against the models of the spec, and then kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal, get_args

from pydantic import ValidationError
from webflow_orders_generated.schemas import Order, OrderV1

from ..messages import InvalidAnswer
from ..spec import Version
from . import documented

Dialect = Literal["observed", "documented"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
VERSIONS: tuple[Version, ...] = get_args(Version)
Json = dict[str, Any]

MODELS: Mapping[Version, type[Order] | type[OrderV1]] = {"v2": Order, "v1": OrderV1}


@cache
def fields() -> Mapping[str, str]:
    """The fields of an order: how the models call each, and the API."""
    Order.model_rebuild()  # Until then, fields that refer to later classes do not know their JSON names.
    return {name: info.alias or name for name, info in Order.model_fields.items()}


class StoredOrder:
    """One order, never changed in place, and what was made of it."""

    __slots__ = ("_order", "_serialized")

    def __init__(self, order: Json) -> None:
        self._order = order
        self._serialized: dict[tuple[Version, Dialect], bytes] = {}

    @property
    def order(self) -> Json:
        return self._order

    def serialized(self, version: Version, dialect: Dialect) -> bytes:
        """The JSON to send. Raises InvalidAnswer if the spec does not allow it."""
        sent = self._serialized.get((version, dialect))
        if sent is None:
            sent = _checked(_SHAPES[version, dialect](self.order), version)
            self._serialized[version, dialect] = sent
        return sent


def _checked(shaped: Json, version: Version) -> bytes:
    try:
        sent = json.dumps(shaped, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        MODELS[version].model_validate_json(sent, by_alias=True, by_name=False)
    except ValidationError as error:
        # Fields and reasons, but no values: they are somebody's name and address.
        wrong = {".".join(map(str, each["loc"])): each["msg"] for each in error.errors(include_input=False)}
        listed = "; ".join(f"{name or 'order'}: {what}" for name, what in wrong.items())
        raise InvalidAnswer(f"the spec of {version} does not allow this order: {listed}") from None
    return sent


def _observed_v2(order: Json) -> Json:
    return {name: _with_integers(value) for name, value in order.items()}


_V1_IMAGE = ("fileId", "url", "alt")
_V2_ONLY = ("isShippingRequired", "isCustomerDeleted", "requiresShipping")


def _observed_v1(order: Json) -> Json:
    sent = {name: _with_integers(value) for name, value in order.items() if name not in _V2_ONLY}
    for flag in ("isShippingRequired", "requiresShipping"):
        if flag in order:
            sent["requiresShipping"] = order[flag]
    if isinstance(order.get("metadata"), dict):
        sent["metadata"] = {{"isBuyNow": "buyNow"}.get(k, k): v for k, v in order["metadata"].items()}
    if isinstance(order.get("purchasedItems"), list):
        sent["purchasedItems"] = [_item_of_v1(item) for item in sent["purchasedItems"]]
    return sent


def _item_of_v1(item: Json) -> Json:
    picture = item.get("variantImage")
    if not isinstance(picture, dict):
        return item
    return {**item, "variantImage": {k: v for k, v in picture.items() if k in _V1_IMAGE}}


def _with_integers(value: Any) -> Any:
    """A seed may say '5892', as the docs do; real orders say 5892."""
    if isinstance(value, list):
        return [_with_integers(one) for one in value]
    if not isinstance(value, dict):
        return value
    amount = value.get("value")
    if "unit" in value and isinstance(amount, str) and amount.removeprefix("-").isdecimal():
        return {**value, "value": int(amount)}
    return {name: _with_integers(one) for name, one in value.items()}


_SHAPES: Mapping[tuple[Version, Dialect], Callable[[Json], Json]] = {
    ("v2", "observed"): _observed_v2,
    ("v1", "observed"): _observed_v1,
    ("v2", "documented"): documented.V2,
    # Stored under its name of v2.
    ("v1", "documented"): lambda order: documented.V1(
        {"requiresShipping": order.get("isShippingRequired"), **order}
    ),
}
