"""Deliveries to try a receiver with."""

from __future__ import annotations

import json
from typing import Any

SECRET = "5ecre7" * 10 + "5ecr"
MOMENT = 1_722_370_035.277  # Seconds since the epoch.


def clock() -> float:
    return MOMENT


class Clock:
    """It stands, unless it is put forward."""

    def __init__(self) -> None:
        self.now = MOMENT

    def __call__(self) -> float:
        return self.now


def body_of(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def envelope(order: Any, trigger: str = "ecomm_order_changed") -> bytes:
    return body_of({"triggerType": trigger, "payload": order})


def order(order_id: str = "dfa-3f1", status: str = "unfulfilled", **more: Any) -> dict[str, Any]:
    return {"orderId": order_id, "status": status, "comment": "", "isShippingRequired": True, **more}
