"""The orders that everyone reads: large and with every nested field set, in both dialects, as bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from webflow_orders_mock.orders.dialects import DIALECTS, StoredOrder
from webflow_orders_mock.seed.builder import extra, item, order

from .workers.ids import order_id

ORDER_ID = "dfa-3f1"
PAGE = 100

_NOTE = "Please leave it with the neighbours on the second floor; the bell is broken and the dog is loud."


def _picture(slug: str) -> dict[str, Any]:
    url = f"https://uploads.example/5e1c0d8f9a7b6c5d4e3f2a1b_{slug}.jpg"
    name = url.rpartition("/")[2]
    about = {"contentType": "image/jpeg", "width": 1600, "height": 1200}
    variants = [
        {
            "url": f"{url}?width={width}",
            "originalFileName": name,
            "size": width * 40,
            "width": width,
            "height": 240,
        }
        for width in (320, 800)
    ]
    file = {
        "size": 51_871,
        "originalFileName": name,
        "createdOn": "2024-01-15T09:30:00.000Z",
        **about,
        "variants": variants,
    }
    return {"fileId": "5e1c0d8f9a7b6c5d4e3f2a1b", "url": url, "alt": None, "file": file}


def _item(name: str, amount: int, count: int, slug: str) -> dict[str, Any]:
    sizes = {"weight": 11, "width": 82, "height": 90, "length": 70}
    return item(name, amount, count, option="Natural", variantImage=_picture(slug), **sizes)


_FIELDS: dict[str, Any] = {
    "comment": _NOTE,
    "orderComment": _NOTE,
    "shippingProvider": "United Example Parcels",
    "shippingTracking": "1Z999AA10123456784",
    "shippingTrackingURL": "https://parcels.example/track/1Z999AA10123456784",
    "refundedOn": "2025-04-02T10:30:00.250Z",
    "applicationFee": {"unit": "USD", "value": 170, "string": "$ 1.70 USD"},
    "paypalDetails": {
        **{"orderId": "8XJ42", "payerId": "QK7Z2", "captureId": "3C679", "refundId": "1JU08"},
        **{"refundReason": "requested_by_customer", "disputeId": "PP-D-27803"},
    },
    "customData": [
        {"name": "Engraving", "textInput": "For W. Q."},
        {"name": "Card", "textInput": "Happy birthday, from all of us on the second floor"},
    ],
    "hasDownloads": True,
    "downloadFiles": [
        {
            "id": "5e1c0d8f9a7b6c5d4e3f2a1c",
            "name": f"{name}.pdf",
            "url": f"https://downloads.example/{name}.pdf",
        }
        for name in ("care-instructions", "certificate")
    ],
}


def build() -> dict[str, Any]:
    """One order as the mock keeps it, with more in it than any real one has at once."""
    return order(
        ORDER_ID,
        status="disputed",
        items=[
            _item("Enamel Mug", 2950, 2, "enamel-mug"),
            _item("Linen Tea Towel", 1800, 1, "linen-tea-towel"),
        ],
        extras=[
            extra("shipping", "Standard", 490, "3 to 5 days"),
            extra("tax", "State taxes", 312, "Oregon"),
            extra("discount", "SPRING", -200, "Two for the price of nearly two"),
        ],
        **_FIELDS,
    )


def documents() -> dict[str, bytes]:
    """`documented.order.json` and the like. Checked against the spec by the mock, which renders them."""
    entry, files = StoredOrder(build()), {}
    for dialect in DIALECTS:
        body = entry.serialized("v2", dialect)
        before, after = body.split(ORDER_ID.encode(), 1)
        orders = b",".join(before + order_id(index) + after for index in range(PAGE))
        pagination = json.dumps({"limit": PAGE, "offset": 0, "total": PAGE}).encode()
        files[f"{dialect}.order.json"] = body
        files[f"{dialect}.page.json"] = b'{"orders":[' + orders + b'],"pagination":' + pagination + b"}"
    return files


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in documents().items():
        (folder / name).write_bytes(body)
