"""Orders as rows, as analysts want them: five tables, which `export(tables=True)` and the sync's engines write.

    from webflow_orders import tables

    for name, rows in tables.rows(order, site_id).items():  # "orders", "items", "addresses", "extras", "custom_data"
        print(name, rows)

| table | a row for | its key |
| --- | --- | --- |
| `orders` | each order | `site_id, order_id` |
| `items` | each variant that was bought | `site_id, order_id, position` |
| `addresses` | each address; its `role` is "shipping", "billing", or "listed" | … `role, position` |
| `extras` | each tax, shipping charge and discount | `site_id, order_id, position` |
| `custom_data` | each additional input of the checkout form | `site_id, order_id, position` |

A price is three columns: `<name>_minor`, the integer that Webflow sends; `<name>_currency`; and `<name>`, the exact
amount, of type decimal(38, 4). The amount is null where nobody knows how many minor units make one: that is known of
the currencies that have two decimals both in ISO 4217 and at Stripe. The text for people is left out.
Times are UTC. A column that cannot hold what was sent (a number beyond 64 bits, a time that is none) is null, and
`raw` has the object of the row as JSON, with all fields, known or not.

A text is what was typed, by customers too. In a CSV, a spreadsheet may take one that begins with `=`, `+`, `-` or `@`
for a formula: have it import the columns as text.

`VERSION` counts up when a column goes or means something else. A new column does not change it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import MAX_PREC, Context, Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from webflow_orders_generated.client import models

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]  # It ships no types.

__all__ = ["TABLES", "VERSION", "Column", "arrow", "rows"]

VERSION: int = 1

Kind = Literal["text", "integer", "number", "flag", "time", "amount", "json"]


class Column(NamedTuple):
    """A column: its name, what it holds, and the field of the model that it is from."""

    name: str
    kind: Kind
    field: str
    is_key: bool = False


def _price(name: str, field: str | None = None) -> tuple[Column, ...]:
    field = field or name
    return (
        Column(f"{name}_minor", "integer", f"{field}.value"),
        Column(f"{name}_currency", "text", f"{field}.unit"),
        Column(name, "amount", field),
    )


def _columns(kind: Kind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind, name) for name in names)


_ORDER = (Column("site_id", "text", "", True), Column("order_id", "text", "order_id", True))
_RAW = (Column("raw", "json", ""),)
_AT = (Column("position", "integer", "", True),)

TABLES: dict[str, tuple[Column, ...]] = {
    "orders": (
        *_ORDER,
        *_columns("text", "status"),
        *_columns("time", "accepted_on", "fulfilled_on", "refunded_on", "disputed_on", "dispute_updated_on"),
        *_columns("text", "dispute_last_status"),
        *_price("customer_paid"),
        *_price("net_amount"),
        *_price("application_fee"),
        *_price("subtotal", "totals.subtotal"),
        *_price("total", "totals.total"),
        *_columns("integer", "purchased_items_count"),
        Column("customer_name", "text", "customer_info.full_name"),
        Column("customer_email", "text", "customer_info.email"),
        *_columns("text", "comment", "order_comment"),
        *_columns("text", "shipping_provider", "shipping_tracking", "shipping_tracking_url", "payment_processor"),
        Column("stripe_payment_intent_id", "text", "stripe_details.payment_intent_id"),
        Column("stripe_refund_reason", "text", "stripe_details.refund_reason"),
        Column("paypal_order_id", "text", "paypal_details.order_id"),
        *_columns("flag", "is_customer_deleted", "is_shipping_required", "has_downloads"),
        *_RAW,
    ),
    "items": (
        *_ORDER,
        *_AT,
        *_columns("text", "product_id", "product_name", "product_slug"),
        *_columns("text", "variant_id", "variant_name", "variant_slug", "variant_sku"),
        *_columns("integer", "count"),
        *_price("variant_price"),
        *_price("row_total"),
        *_columns("number", "weight", "width", "height", "length"),
        *_RAW,
    ),
    "addresses": (
        *_ORDER,
        Column("role", "text", "", True),
        *_AT,
        Column("type", "text", "type_"),
        *_columns("text", "japan_type", "addressee", "line1", "line2", "city", "state", "country", "postal_code"),
        *_RAW,
    ),
    "extras": (
        *_ORDER,
        *_AT,
        Column("type", "text", "type_"),
        *_columns("text", "name", "description"),
        *_price("price"),
        *_RAW,
    ),
    "custom_data": (*_ORDER, *_AT, *_columns("text", "name", "text_input", "text_area"),
                    *_columns("flag", "checkbox"), *_RAW),
}  # fmt: skip

Row = dict[str, Any]


def rows(order: models.Order, site_id: str) -> dict[str, list[Row]]:
    """The rows of an order, by table. Texts are str, times aware datetimes, amounts Decimals, `raw` JSON as text."""
    raw, totals = order.to_dict(), order.totals
    extras = raw["totals"].get("extras") if totals else None
    parts: dict[str, Iterator[tuple[Row, Any, Any]]] = {
        "orders": iter([({}, order, None)]),
        "items": _numbered(order.purchased_items, raw.get("purchasedItems")),
        "addresses": _addresses(order, raw),
        "extras": _numbered(totals.extras if totals else (), extras),
        "custom_data": _numbered(order.custom_data, raw.get("customData")),
    }
    made: dict[str, list[Row]] = {}
    for table, found in parts.items():
        made[table] = []
        for own, part, sent in found:
            own = {"site_id": site_id, "order_id": _text(order.order_id)} | own
            own["raw"] = _text(order.to_json().decode(errors="replace")) if sent is None else _json(sent)
            made[table].append(
                {
                    column.name: own[column.name] if column.name in own else value(part, column)
                    for column in TABLES[table]
                }
            )
    return made


def arrow(table: str) -> pa.Schema:
    """The Arrow schema of a table; its metadata has `VERSION`. Needs pyarrow (extra `export`)."""
    return schema(TABLES[table]).with_metadata({"webflow_orders.tables": str(VERSION)})


def schema(columns: Sequence[Column]) -> pa.Schema:
    from ._common.extras import needed_by

    with needed_by("webflow_orders.tables.arrow", extra="export"):
        import pyarrow as pa
    kinds = {
        "text": pa.string(), "json": pa.string(), "integer": pa.int64(), "number": pa.float64(), "flag": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"), "amount": pa.decimal128(38, 4),
    }  # fmt: skip
    fields = [
        pa.field(
            column.name, kinds[column.kind], nullable=not (column.is_key or column.name in ("raw", "status"))
        )
        for column in columns
    ]
    return pa.schema(fields)


def _numbered(parts: Sequence[Any], sent: Any) -> Iterator[tuple[Row, Any, Any]]:
    """Each part, and what was sent for it; what was sent and is no object has no row."""
    objects = [each for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []
    for at, part in enumerate(parts):
        yield {"position": at}, part, objects[at] if at < len(objects) else {}


def _addresses(order: models.Order, raw: Row) -> Iterator[tuple[Row, Any, Any]]:
    for role in ("shipping", "billing"):
        address = getattr(order, f"{role}_address")
        if address is not None and raw[f"{role}Address"]:
            yield {"role": role, "position": 0}, address, raw[f"{role}Address"]
    for own, part, sent in _numbered(order.all_addresses, raw.get("allAddresses")):
        yield own | {"role": "listed"}, part, sent


def value(part: Any, column: Column) -> Any:
    found = part
    for name in column.field.split("."):
        found = getattr(found, name) if found is not None else None
    if found is None:
        return None
    if column.kind == "amount":
        return _amount(found)
    if column.kind == "integer":
        return found if -(2**63) <= found < 2**63 else None
    return _text(str(found)) if column.kind == "text" else found


def _amount(price: models.Price) -> Decimal | None:
    if price.value is None or price.unit not in _HUNDREDTHS or abs(price.value) >= 10**34:
        return None
    return Decimal(price.value).scaleb(-2, _EXACTLY)


def _json(value: Any) -> str:
    return _text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _text(value: str) -> str:
    """Half of a surrogate pair, which JSON can hold and UTF-8 cannot, as a question mark."""
    return value.encode(errors="replace").decode()


# The currencies with two decimals in ISO 4217, list one; without MGA, which has none at Stripe.
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MRU
MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES
WST XCD YER ZAR ZMW
"""
_HUNDREDTHS = frozenset(_CODES.split())
# Whatever precision the program reckons with elsewhere.
_EXACTLY = Context(prec=MAX_PREC)
