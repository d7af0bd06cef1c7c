"""A file of parcels, and what is to be done for each. Nothing here sends or asks."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from webflow_orders import Order

from .terminal import UsageError

# A column's names, without blanks, case and signs.
COLUMNS = {
    "order": ("order", "orderid", "ordernumber", "orderno", "id"),
    "tracking": (
        "tracking", "trackingnumber", "trackingno", "trackingid", "trackingcode", "shippingtracking", "parcel",
    ),
    "provider": ("provider", "carrier", "shippingprovider", "shippingcarrier"),
    "url": ("url", "trackingurl", "trackinglink", "link", "shippingtrackingurl"),
}  # fmt: skip
NEEDED = ("order", "tracking")
_ORDER_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
# What Excel makes of dec-012 or 3-1.
_DATE = re.compile(r"[0-9]{1,2}-[A-Za-z]{3}(-[0-9]{2,4})?|[A-Za-z]{3}-[0-9]{2}")
# What spreadsheets show of an error, of a column that is too narrow, and of a formula that they keep as text.
_NO_VALUE = re.compile(r"=.*|#(?![0-9]).*|Err:[0-9]+", re.DOTALL)
# What programs write of no value, and of a number.
_NOTHING = re.compile(r"nan|<na>|none|null|undefined", re.IGNORECASE)
_AMOUNT = re.compile(r"[0-9]+[.,]00?")
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*E\+[0-9]+", re.IGNORECASE)


class Parcel(NamedTuple):
    """A row of the file."""

    line: int
    order_id: str
    tracking: str
    provider: str = ""
    url: str = ""


class Step(NamedTuple):
    """What is to be done for a parcel.

    Attributes:
        notes: what is to be written to the order, as arguments of `update`; empty if it has it already.
        ships: whether it is to be marked as fulfilled.
        wrong: why the row cannot be right; then nothing is to be done.
    """

    parcel: Parcel
    order: Order | None = None
    notes: Mapping[str, str] = {}
    ships: bool = False
    wrong: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the order has it all already."""
        return not (self.notes or self.ships or self.wrong)

    def __str__(self) -> str:
        if self.wrong:
            return f"CANNOT BE RIGHT: {self.wrong}"
        if self.is_done:
            return "nothing: shipped already"
        before = (self.order and self.order.shipping_tracking) or ""
        new = "shipping_tracking" in self.notes and before and f"; in place of {before}"
        return f"{'ship' if self.ships else 'shipped already: add its notes'}{new or ''}"


def read(path: Path, provider: str | None = None) -> list[Step]:
    """The parcels of a file, each with what is wrong with its row alone. Raises UsageError for the file, OSError.

    Columns have names, in any order, and are parted by commas, semicolons or tabs. UTF-8, with or without a mark.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text[:4]:  # Of Latin letters in UTF-16, every other byte.
        raise UsageError(f"{path} is not UTF-8. In Excel, save it as 'CSV UTF-8 (Comma delimited)'.")
    if text[:5].strip('"').lower().startswith("sep="):
        text = "\n" + text.partition("\n")[2]  # Excel's own hint; the lines keep their numbers.
    rows = _rows(path, text)
    steps = [_step(row, line, provider) for line, row in rows]
    return _without_twins(steps)


def _rows(path: Path, text: str) -> list[tuple[int, dict[str, str]]]:
    for delimiter in ",;\t":
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            names = [_name(each) for each in next((row for row in reader if any(map(str.strip, row))), [])]
        except csv.Error:
            continue
        if not set(NEEDED) <= set(names):
            continue
        if twice := [name for name, count in Counter(filter(None, names)).items() if count > 1]:
            raise UsageError(f"{path} has two columns for the {twice[0]}.")
        try:
            return list(_cells(reader, names))
        except csv.Error as error:
            raise UsageError(f"{path}, line {reader.line_num}: {error}.") from None
    raise UsageError(
        f"{path} must begin with a line that names its columns: 'order' and 'tracking', and 'provider' and 'url' if "
        "there are any; parted by commas, semicolons or tabs."
    )


def _name(text: str) -> str:
    plain = re.sub(r"[^a-z]", "", text.lower())
    return next((name for name, known in COLUMNS.items() if plain in known), "")


def _cells(reader: Iterable[list[str]], names: list[str]) -> Iterable[tuple[int, dict[str, str]]]:
    begins = reader.line_num + 1  # type: ignore[attr-defined]
    for row in reader:
        line, begins = begins, reader.line_num + 1  # type: ignore[attr-defined]
        if any(map(str.strip, row)):
            found = {name: _plain(text) for name, text in zip(names, row, strict=False) if name}
            extra = [text for text in row[len(names) :] if text.strip()]
            yield line, {**found, **({"extra": extra[0]} if extra else {})}


def _plain(text: str) -> str:
    """A cell without what spreadsheets put around it: ="0012" keeps a nought, and '=A keeps a formula asleep."""
    text = text.strip()
    if found := re.fullmatch(r'="(.*)"', text):
        text = found[1].strip()
    return text[1:] if re.match(r"'[=+\-@]", text) else text


def _step(row: Mapping[str, str], line: int, provider: str | None) -> Step:
    order_id, tracking, carrier, url = (row.get(name, "") for name in COLUMNS)
    parcel = Parcel(line, order_id, tracking, carrier or provider or "", url)
    wrong = "the row has more cells than there are columns" if "extra" in row else _wrong(parcel)
    return Step(parcel, wrong=wrong or ("" if parcel.tracking else "there is no tracking number"))


def single(order_id: str, tracking: str | None, provider: str | None, url: str | None) -> Step:
    """The parcel of one order, which needs no number. Raises UsageError."""
    parcel = Parcel(1, order_id, tracking or "", provider or "", url or "")
    if wrong := _wrong(parcel):
        raise UsageError(f"{order_id}: {wrong}.")
    return Step(parcel)


def _wrong(parcel: Parcel) -> str:
    if not parcel.order_id:
        return "there is no order id"
    if not _ORDER_ID.fullmatch(parcel.order_id):
        return "that is no order id"
    if _SHORTENED.fullmatch(parcel.tracking):
        return "a spreadsheet has shortened the tracking number; make its column text"
    if _AMOUNT.fullmatch(parcel.tracking):
        return "a program has taken the tracking number for an amount; make its column text"
    for name in ("tracking", "provider", "url"):
        if _NOTHING.fullmatch(getattr(parcel, name)):
            return f"its {name} is what a program writes where there is none"
        if _NO_VALUE.fullmatch(getattr(parcel, name)):
            return f"its {name} is what a spreadsheet shows of an error, a formula or a column too narrow"
        if not getattr(parcel, name).isprintable():
            return f"its {name} holds a line break or a control character"
    if parcel.tracking and not any(map(str.isalnum, parcel.tracking)):
        return "there is no tracking number"
    if parcel.url and not _is_link(parcel.url):
        return "its url is no web address"
    return ""


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text


def _without_twins(steps: list[Step]) -> list[Step]:
    lines: dict[str, list[int]] = {}
    for step in steps:
        if step.parcel.order_id:
            lines.setdefault(step.parcel.order_id, []).append(step.parcel.line)
    found = []
    for step in steps:
        others = (line for line in lines.get(step.parcel.order_id, ()) if line != step.parcel.line)
        twice = next((f"the order is in line {line} too" for line in others), "")
        found.append(step._replace(wrong=step.wrong or twice))
    return found


def planned(step: Step, order: Order | None) -> Step:
    """What is to be done for a parcel whose order is so, or is not there."""
    if step.wrong:
        return step
    if order is None:
        dated = "; has a spreadsheet made a date of it?" if _DATE.fullmatch(step.parcel.order_id) else ""
        return step._replace(wrong=f"there is no such order{dated}")
    step = step._replace(order=order)
    parcel = step.parcel
    notes = {
        name: wanted
        for name, wanted, has in (
            ("shipping_tracking", parcel.tracking, order.shipping_tracking),
            ("shipping_provider", parcel.provider, order.shipping_provider),
            ("shipping_tracking_url", parcel.url, order.shipping_tracking_url),
        )
        if wanted and wanted != (has or "").strip()
    }
    if order.status == "unfulfilled":
        return step._replace(notes=notes, ships=True)
    if order.status != "fulfilled":
        return step._replace(wrong=f"the order is {order.status}")
    before = (order.shipping_tracking or "").strip()
    if parcel.tracking and before and before != parcel.tracking:
        return step._replace(wrong=f"the order was shipped with another number, {before}")
    return step._replace(notes=notes)
