"""The commands about orders, one at a time or all of them; shipping has a module of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from webflow_orders import Order
from webflow_orders.models import Address, OrderStatusWord, RefundReasonWord
from webflow_orders.summary import SUMS, CurrencySummary, Tally

from .shop import Shop
from .terminal import (
    Csv,
    NotDone,
    UsageError,
    ask,
    err,
    explain_money,
    is_terminal,
    moment,
    money,
    print_json,
    print_pairs,
    print_table,
    say,
    told,
)

JsonFlag = Annotated[bool, Parameter(name="--json")]

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
COLUMNS = (
    "order", "status", "placed", "fulfilled", "refunded", "customer", "email", "country", "items", "currency", "paid",
    "net", "tax", "shipping", "discount", "codes", "scale", "provider", "tracking", "tracking_url", "comment",
)  # fmt: skip


def since(text: str | None) -> datetime | None:
    """A moment: `7d`, `12h`, `2w` ago, or a date or time of ISO 8601, here if it names no zone. Raises UsageError."""
    if text is None:
        return None
    try:
        if found := re.fullmatch(r"([0-9]{1,6})([mhdw])", text.strip()):
            return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is no time: write 7d, 12h, 2w, 2026-11-01 or 2026-11-01T08:00.") from None


def list_(
    *,
    status: OrderStatusWord | None = None,
    since_: Annotated[str | None, Parameter(name="--since")] = None,
    until: str | None = None,
    sum_: Annotated[bool, Parameter(name="--sum")] = False,
    csv_: Annotated[bool, Parameter(name="--csv")] = False,
    json_: JsonFlag = False,
    shop: Shop = Shop(),
) -> None:
    """List orders, or add them up.

    Webflow finds orders by nothing but their status: with --since all are fetched, a hundred at a time.

    Args:
        status: Only orders in this status.
        since_: Only orders placed since: 7d, 12h, 2w, or a date such as 2026-11-01.
        until: Only orders placed before.
        sum_: Add them up for each currency, instead of listing them.
        csv_: For a spreadsheet, in which no cell is run.
        json_: An object a line: each order as the server sent it.
    """
    if csv_ and json_:
        raise UsageError("Choose one of --csv and --json.")
    tally = Tally(since(since_), since(until))
    with shop.connect() as orders:
        chosen = (order for order in orders.iter(status=status) if tally.add(order))
        if sum_:
            for _ in chosen:
                pass
            _print_sums(tally, csv_, json_)
        elif json_:
            for order in chosen:
                print_json(order.to_dict())
        elif csv_:
            table = Csv(*COLUMNS)
            for order in chosen:
                table.row(*_cells(order))
        else:
            _print_orders(list(chosen))
    if undated := tally.summary().undated:
        say(f"{undated} more do not say when they were placed.")


def _print_orders(orders: list[Order]) -> None:
    if not orders:
        say("No orders.")
        return
    columns = ("Order", "Status", "Placed", "Customer", "Items", "Paid", "Tracking")
    rows = (
        (
            order.order_id, order.status, moment(order.accepted_on)[:10], customer_of(order),
            order.purchased_items_count, money(order.customer_paid), order.shipping_tracking,
        )
        for order in orders
    )  # fmt: skip
    print_table(columns, rows, right=("Items", "Paid"), whole=("Order", "Status", "Placed", "Items", "Paid"))
    explain_money(order.customer_paid for order in orders)


def customer_of(order: Order) -> str:
    return (order.customer_info and order.customer_info.full_name) or ""


def _cells(order: Order) -> Iterator[object]:
    paid = order.customer_paid
    address = order.shipping_address or order.billing_address
    yield from (order.order_id, order.status)
    for when in (order.accepted_on, order.fulfilled_on, order.refunded_on):
        yield when and when.isoformat()
    yield from (order.customer_info.full_name, order.customer_info.email) if order.customer_info else ("", "")
    yield from (address and address.country, order.purchased_items_count, paid and paid.unit)
    for price in (paid, order.net_amount, order.tax, order.shipping, order.discount):
        yield price and price.amount
    yield " ".join(discount.code for discount in order.discounts if discount.code)
    yield "" if paid is None else "certain" if paid.is_scale_certain else "assumed"
    yield from (order.shipping_provider, order.shipping_tracking, order.shipping_tracking_url, order.comment)


def _print_sums(tally: Tally, csv_: bool, json_: bool) -> None:
    found = tally.summary().currencies
    if json_:
        for each in found:
            print_json(_sums(each))
    elif csv_:
        table = Csv("currency", "orders", *SUMS, "scale", "not_said")
        for each in found:
            amounts = [getattr(each, name).amount for name in SUMS]
            scale = "certain" if each.is_scale_certain else "assumed"
            table.row(each.unit, each.orders, *amounts, scale, _missing(each))
    elif not found:
        say("No orders.")
    else:
        columns = ("Orders", *(name.capitalize() for name in SUMS))
        rows = []
        for each in found:
            currency = f"{each.unit or 'none'}{'' if each.is_scale_certain else ' ?'}"
            rows.append((currency, each.orders, *(getattr(each, name).amount for name in SUMS)))
        print_table(("In", *columns), rows, right=columns, whole=("In", *columns))
        codes = [(code or "no code", money(price)) for each in found for code, price in each.codes.items()]
        if codes:
            print_table(("Discount", "Sum"), codes, right=("Sum",), whole=("Sum",))
        explain_money(each.paid for each in found)
    for each in found:
        if each.missing:
            say(
                f"Too small in {each.unit or 'orders without a currency'}, for some did not say: {_missing(each)}."
            )


def _sums(each: CurrencySummary) -> dict[str, Any]:
    return {
        "currency": each.unit, "orders": each.orders,
        **{name: {"value": (price := getattr(each, name)).value, "amount": price.amount} for name in SUMS},
        "codes": {code: price.value for code, price in each.codes.items()},
        "scaleCertain": each.is_scale_certain, "missing": dict(each.missing),
    }  # fmt: skip


def _missing(each: CurrencySummary) -> str:
    return ", ".join(f"{name} of {count} orders" for name, count in each.missing.items())


def show(order_id: str, /, *, json_: JsonFlag = False, shop: Shop = Shop()) -> None:
    """Show an order.

    Args:
        order_id: The order, such as dfa-3f1.
        json_: As one object on a line, as the server sent it.
    """
    with shop.connect() as orders:
        order = orders.get(order_id)
    if json_:
        print_json(order.to_dict())
    else:
        print_order(order)


def print_order(order: Order, *, on_stderr: bool = False) -> None:
    """All that somebody asks of an order who has it on the telephone."""
    on = err() if on_stderr else None
    customer = order.customer_info
    print_pairs(
        [
            ("Order", order.order_id),
            ("Status", order.status),
            ("Placed", moment(order.accepted_on)),
            ("Fulfilled", moment(order.fulfilled_on)),
            ("Refunded", moment(order.refunded_on)),
            ("Disputed", moment(order.disputed_on)),
            ("Dispute", order.dispute_last_status),
            ("Customer", customer and " ".join(filter(None, (customer.full_name, customer.email)))),
            ("Ship to", _address(order.shipping_address)),
            ("They wrote", order.order_comment),
            ("Note", order.comment),
            ("Carrier", order.shipping_provider),
            ("Tracking", order.shipping_tracking),
            ("Track at", order.shipping_tracking_url),
            ("Paid", money(order.customer_paid)),
            ("Net", money(order.net_amount)),
            ("Tax", money(order.tax)),
            ("Shipping", money(order.shipping)),
            *((f"Discount {discount.code or ''}", money(discount.price)) for discount in order.discounts),
        ],
        on=on,
    )
    rows = [
        (item.count, item.product_name, item.variant_name, item.variant_sku, money(item.row_total))
        for item in order.purchased_items
    ]
    if rows:
        print_table(
            ("", "Item", "Variant", "SKU", "Total"), rows, right=("", "Total"), whole=("", "Total"), on=on
        )
    explain_money([order.customer_paid])


def _address(address: Address | None) -> str:
    if address is None:
        return ""
    town = " ".join(filter(None, (address.postal_code, address.city)))
    parts = (address.addressee, address.line1, address.line2, town, address.state, address.country)
    return ", ".join(part for part in parts if part)


def unship(order_id: str, /, *, json_: JsonFlag = False, shop: Shop = Shop()) -> None:
    """Take a fulfillment back.

    The tracking number stays, and an e-mail that went out is not taken back.

    Args:
        order_id: The order, such as dfa-3f1.
        json_: Print the order as one object on a line.
    """
    with shop.connect() as orders:
        order = orders.unfulfill(order_id)
    _tell(order, json_)


def refund(
    order_id: str,
    /,
    *,
    reason: RefundReasonWord | None = None,
    yes: str | None = None,
    json_: JsonFlag = False,
    shop: Shop = Shop(),
) -> None:
    """Give a customer the whole amount back, for good.

    It shows the order, and asks for its id to be typed.

    Args:
        order_id: The order, such as dfa-3f1.
        reason: Why, for Stripe.
        yes: The order's id again, instead of typing it at the terminal.
        json_: Print the order as one object on a line.
    """
    if yes is not None and yes != order_id:
        raise UsageError(f"--yes {yes} is not the order {order_id}: nothing was refunded.")
    if yes is None and not is_terminal():
        raise UsageError(
            f"Nobody is here to be asked: to refund it without a terminal, add --yes {order_id}."
        )
    with shop.connect() as orders:
        order = orders.get(order_id)
        print_order(order, on_stderr=True)
        if order.status == "refunded" or order.refunded_on is not None:
            raise NotDone(f"{order_id} is refunded already; nothing was sent.")
        what = money(order.customer_paid) or "what was paid"
        if yes is None and ask(f"To refund {what} for good, type the order's id:") != order_id:
            raise NotDone("That is not its id: nothing was refunded.")
        order = orders.refund(order_id, reason=reason)
    _tell(order, json_)


# Each is a command.
WRITES = (unship, refund)


def _tell(order: Order, json_: bool) -> None:
    became = f"{order.order_id} is {order.status}."
    if not json_:
        say(became)
        return
    with told(became):
        print_json(order.to_dict())


def export(
    path: Path,
    /,
    *,
    status: OrderStatusWord | None = None,
    overwrite: bool = False,
    json_: JsonFlag = False,
    shop: Shop = Shop(),
) -> None:
    """Write all orders to a file, .ndjson or .parquet.

    One that ended early goes on where it was.
    The file holds customers' data, and is its owner's alone to read.

    Args:
        path: The file; it appears when it is complete.
        status: Only orders in this status.
        overwrite: Replace a file of that name.
        json_: Print what it came to as one object on a line.
    """
    with shop.connect() as orders:
        done = orders.export(path, status=status, overwrite=overwrite, progress=is_terminal())
    became = f"{done.orders} orders are in {done.path}."
    if json_:
        came_to = {"orders": done.orders, "resumedFrom": done.resumed_from, "unreadable": done.unreadable}
        with told(became):
            print_json({"path": str(done.path), **came_to})
    else:
        say(became)
    if done.unreadable:
        raise NotDone(f"{done.unreadable} entries of the list were no orders, and are not in it.")
