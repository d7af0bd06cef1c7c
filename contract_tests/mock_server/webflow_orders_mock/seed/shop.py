"""The seeded account: three sites, and one shop with one order of each kind that is worth meeting.

Everything in it is invented. Each line says why the order is there; the sums are right in all of them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ..orders.dialects import StoredOrder
from .builder import ADDRESS, MUGS, extra, item, object_id, order

Json = dict[str, Any]

SITE = "580e63e98c9a982ac9b8b741"
SITE_WITHOUT_SHOP = "580e63e98c9a982ac9b8b742"
SITE_OF_ANOTHER = "580e63e98c9a982ac9b8b743"


def _address(line1: str, city: str, state: str, country: str, postcode: str, **more: str) -> Json:
    return {"line1": line1, "line2": "", "city": city, "state": state, "country": country,
            "postalCode": postcode, **more}  # fmt: skip


BERLIN = _address("Musterweg 3", "Beispielstadt", "", "DE", "01234")
WARSAW = _address("Wymyślna 7", "Nigdziebądź", "", "PL", "00-001", line2="m. 3")
LONDON = _address("4 Nowhere Mews", "Exampleton", "", "GB", "ZZ99 3WZ")
KUWAIT = _address("Block 0, Example Street", "Mithal", "", "KW", "00000")
KANJI = _address("例示町1-2-3", "見本市", "東京都", "JP", "000-0001", japanType="kanji")
KANA = _address("レイジチョウ1-2-3", "ミホンシ", "トウキョウト", "JP", "000-0001", japanType="kana")

OTTOKAR = ("Ottokar Beispiel", "ottokar@example.net")
BOGUMILA = ("Bogumiła Zmyślona", "bogumila@example.org")
HANAKO = ("見本 花子", "hanako@example.com")
HANA = ("ミホン ハナ", "hana@example.com")
PRUDENCE = ("Prudence O'Nobody-Smythe", "prudence+orders@example.org")
EMOJI = ("Zoë 𐐏𐐮𐑊𐐼 🦊", "zoe@example.net")

TAX = extra("tax", "State Taxes", 444, "OR Taxes (7.50%)")
FLAT = extra("shipping", "Flat", 1000)
FREE_SHIPPING = extra("shipping", "FREE", 0)
SAVE5 = extra("discount", "Discount (SAVE5)", -500)
SHIPPED: Json = {"shippingProvider": "Snail Post", "shippingTracking": "tr00000000001",
                 "shippingTrackingURL": "https://snailpost.example/tr00000000001"}  # fmt: skip
CUSTOM_DATA = [
    {"name": "Telephone", "textInput": "555 0100"},
    {"name": "Gift note", "textArea": "Happy birthday!\nMany more 🎂"},
    {"name": "Send as gift", "checkbox": True},
]
WON: Json = {"disputedOn": "2025-04-03T06:15:30.007Z", "disputeUpdatedOn": "2025-05-20T11:00:00.000Z",
             "disputeLastStatus": "won"}  # fmt: skip
SMALL = {"url": "https://uploads.example/poster-320.jpg", "originalFileName": "poster-320.jpg",
         "size": 6021, "width": 320, "height": 240}  # fmt: skip
FILE = {"size": 21064, "originalFileName": "poster.jpg", "createdOn": "2024-11-02T10:00:00.000Z",
        "contentType": "image/jpeg", "width": 640, "height": 480, "variants": [SMALL]}  # fmt: skip
FILED = {"fileId": object_id("poster"), "url": "https://uploads.example/poster.jpg", "alt": "A poster of a fox",
         "file": FILE}  # fmt: skip
AMEX = {"last4": "0005", "brand": "American Express", "ownerName": "Wilhelmina Quandt",
        "expires": {"year": 2029, "month": 1}}  # fmt: skip
TOWEL = item("Tea Towel", 1900)


def _of_every_status() -> list[Json]:
    return [
        order("dfa-3f1", extras=(TAX, FLAT, SAVE5), customData=CUSTOM_DATA),
        order("7c1-9fd", status="fulfilled", extras=(TAX, FLAT), **SHIPPED),
        order("41b-e07", status="pending", payment="paypal", items=(TOWEL,)),
        order("a90-55c", status="refunded", extras=(FLAT,)),
        order("c3d-118", status="disputed", items=(MUGS, TOWEL)),
        order("e5f-b42", status="dispute-lost", items=(TOWEL,)),
        # Disputed, and the bank decided for the shop.
        order("8fe-d21", status="fulfilled", **WON),
        order("e00-001", status="fulfilled", items=(item("Candle", 990, weight=2.5, width=None),), **SHIPPED),
        order("e00-002", status="refunded", fulfilledOn="2025-03-30T07:00:00.000Z", **SHIPPED),
        order("f3b-c9d", status="disputed", disputeLastStatus="warning_under_review", fulfilledOn=None),
    ]  # fmt: skip


def _paid_otherwise() -> list[Json]:
    return [
        # Free of charge: no processor, no card, and PayPal's details all null.
        order("0d1-2aa", currency="PLN", payment=None, customer=BOGUMILA, address=WARSAW,
              items=(item("Sticker", 0, 4, variantSKU=None),), extras=(FREE_SHIPPING,)),
        # A download that cost nothing, in a shop of very many orders: nine digits, no shipping address.
        order("382-b8b-0c4", currency="PLN", payment=None, digital=True, customer=BOGUMILA, address=WARSAW,
              items=(item("Knitting Pattern", 0, image=False),), metadata={"isBuyNow": True}),
        order("19e-c60", status="fulfilled", digital=True, items=(item("Knitting Pattern", 700), TOWEL)),
        order("52a-7d3", status="refunded", digital=True, payment="paypal", items=(item("E-Book", 1250),)),
        order("6b8-f04", payment="paypal", currency="EUR", customer=OTTOKAR, address=BERLIN, items=(TOWEL,)),
        order("6b8-f05", payment="paypal", status="fulfilled", currency="EUR", customer=OTTOKAR,
              address=BERLIN),
    ]  # fmt: skip


def _abroad() -> list[Json]:
    return [
        order("8fe-d22", currency="JPY", customer=HANAKO, address=KANJI, items=(item("湯呑み", 5898),)),
        order("93c-a18", currency="JPY", customer=HANA, address=KANA, items=(item("テヌグイ", 1200, 3),),
              extras=(extra("shipping", "Flat", 500),), status="fulfilled"),
        order("a04-6e9", currency="GBP", customer=PRUDENCE, address=LONDON,
              extras=(extra("tax", "State Taxes", 1180, "VAT (20.00%)"), FLAT), isCustomerDeleted=True),
        # Free shipping, earned by a code: what shipping costs is taken off again.
        order("b7d-330", currency="EUR", customer=OTTOKAR, address=BERLIN,
              extras=(FLAT, extra("discount-shipping", "Free Shipping (WINTER)", -1000))),
        order("bcc-481", currency="KWD", customer=("Mithal Al-Khayali", "mithal@example.com"), address=KUWAIT,
              items=(item("Brass Tray", 12345, 2),)),
        order("c88-09f", currency="PLN", customer=BOGUMILA, address=WARSAW, items=(item("Kubek", 1234567),)),
    ]  # fmt: skip


def _odd() -> list[Json]:
    return [
        # Characters beyond the basic plane, in every field that a customer fills in.
        order("cd0-f0f", customer=EMOJI, orderComment="Leave it with the 🦊 next door — 𐑃𐐰𐑍𐐿𐑅",
              comment="👩🏽‍🚒 collects it", items=(item("Fox Poster 🦊", 1800, variantImage=FILED),)),
        order("d1a-777", items=(item("Long Name " * 20, 100),), stripeCard=AMEX),
        order("d4e-5b6", items=tuple(item(f"Bead No. {n}", 25 * n, n) for n in range(1, 13))),
        order("f61-2e8", metadata={"isBuyNow": True}, comment="Packed twice, the first box was damp."),
        order("fff-a5c", address={**ADDRESS, "state": "1234567890"}, items=(MUGS, TOWEL)),
    ]  # fmt: skip


@cache
def orders() -> tuple[StoredOrder, ...]:
    """Those of SITE. A stored order never changes in place, so that all mocks may share them."""
    built = (*_of_every_status(), *_paid_otherwise(), *_abroad(), *_odd())
    return tuple(StoredOrder(order) for order in built)
