# @generated from openapi.yaml. Do not edit; run `make generate`.
"""What the models are made of: plain attrs classes that msgspec decodes natively, and that keep their bytes.

msgspec takes the names of attributes for those of the JSON object. So each slot has the JSON name, and the Python name
is the same slot under a second name. Where a JSON name cannot be a slot's (`from-json`, `class`, `to_dict`), the class
is read field by field instead, as is an object in which msgspec refuses something.
"""

from __future__ import annotations

import codecs
import contextlib
import datetime
import functools
import importlib
import json
import keyword
import operator
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    NamedTuple,
    Self,
    TypeVar,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    overload,
)

import attrs
import msgspec

from .errors import UnexpectedBody

if TYPE_CHECKING:
    from decimal import Decimal

    from .models.extra import Extra
    from .models.price import Price

T = TypeVar("T")

# With the types of what it caches.
_cached = cast(Callable[[T], T], functools.cache)


class Unset:
    """The type of `UNSET`: an argument that was not given."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET = Unset()


class Model:
    """A JSON object with typed fields. One that came from the server keeps the bytes that it was read from.

    A field that the server left out, or sent as null or as something that cannot be read, is None, an empty tuple, or
    the empty value of its type if it is required: `unreadable` names those, and nobody else loses anything.
    A part of a larger object, such as an order's price, keeps no bytes: they are the larger object's.
    """

    # `_origin` is for whoever fetched the model: it may leave there how it came by it.
    __slots__ = ("_origin", "_raw")

    DOCUMENT: ClassVar[bool] = False
    """Whether it keeps its own bytes inside a larger object, too."""

    if TYPE_CHECKING:
        _origin: Any
        _raw: bytes

    @classmethod
    def from_json(cls, content: bytes | str) -> Self:
        """Read a JSON object. Raises `UnexpectedBody` if it is none, or lacks an object or a list that is required."""
        return cast(
            Self,
            _decode(cls, content if isinstance(content, bytes) else content.encode(errors="surrogatepass")),
        )

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Read a JSON object that was parsed already, as `from_json` does."""
        return cls.from_json(format_json(dict(source)))

    def to_json(self) -> bytes:
        """The bytes that it was read from; of one made by hand, the fields that were given."""
        raw = getattr(self, "_raw", None)
        return format_json(self.to_dict()) if raw is None else raw

    def to_dict(self) -> dict[str, Any]:
        """`to_json`, parsed: unknown fields, nulls and the spelling of dates included, at every depth."""
        if hasattr(self, "_raw"):
            return parse_json(self._raw)  # type: ignore[no-any-return]
        given = [(field, getattr(self, field.name)) for field in _fields(type(self))]
        return {each.key: _plain(value) for each, value in given if each.required or value not in (None, ())}

    @property
    def additional_properties(self) -> dict[str, Any]:
        """What the server sent beside the fields of openapi.yaml, by JSON name. In its parts: see `to_dict`."""
        if not hasattr(self, "_raw"):
            raise AttributeError(
                f"this {type(self).__name__} keeps no JSON: it is part of an object that does"
            )
        known = {field.key for field in _fields(type(self))}
        return {key: value for key, value in self.to_dict().items() if key not in known}

    @property
    def unreadable(self) -> dict[str, Any]:
        """What could not be read, by JSON pointer; None for a required field that is absent. Empty as a rule."""
        lost: dict[str, Any] = {}
        _read(type(self), self.to_dict(), "", lost)
        return lost

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._shown()) or '…'})"
        )

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        yield from self._shown()

    def _shown(self) -> Iterator[tuple[str, Any]]:
        # Names, addresses and card digits must not reach a log: only these fields are shown.
        names = {field.name for field in _fields(type(self))}
        for name in _SHOWN:
            if name in names:
                value = getattr(self, name)
                if isinstance(value, tuple | Listing):
                    yield name, len(value)
                else:
                    yield name, value if isinstance(value, int | None) else f"{value}"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.to_json() == other.to_json() or self._canonical() == other._canonical()

    def __hash__(self) -> int:
        return hash(self._canonical())

    def _canonical(self) -> str:
        """Alike for all that are equal: the same JSON, whatever the order of its names."""
        try:
            return json.dumps(self.to_dict(), sort_keys=True, default=_plain)
        except RecursionError:
            raise UnexpectedBody("nested too deeply") from None

    def __reduce__(self) -> tuple[Any, ...]:
        if hasattr(self, "_raw"):
            return type(self).from_json, (self._raw,)
        given = {field.name: getattr(self, field.name) for field in _fields(type(self))}
        return functools.partial(type(self), **given), ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


_SHOWN = (
    "order_id", "status", "customer_paid", "unit", "value", "orders", "pagination", "limit", "offset", "total", "id",
    "trigger_type", "webhooks",
)  # fmt: skip


class Listing(Sequence[T]):
    """The objects of a JSON array, each read when it is reached; whoever needs one again reads it again, or keeps it.

    What is no object is left out.
    """

    __slots__ = ("_items", "_model", "_origin", "sent")

    def __init__(self, model: Any, items: Sequence[Any]) -> None:
        self._model = model
        self._items = [item for item in items if memoryview(item)[0] == ord("{")]
        self.sent = len(items)
        """How many items the array held, those that are no objects included: by it, paging keeps step."""

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(len(self))))
        # A copy, so that one order that is kept does not keep its page.
        return _decode(self._model, bytes(self._items[index]))

    def __iter__(self) -> Iterator[T]:
        return (_decode(self._model, bytes(item)) for item in self._items)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, tuple | Listing) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"<{len(self)} of {self._model.__name__}>"

    def __reduce__(self) -> tuple[Any, ...]:
        items = [*map(bytes, self._items)]
        return Listing, (self._model, items + [b"null"] * (self.sent - len(items)))


# ---------------------------------------------------------------- classes


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(attrs.field,))
def model(keys: Mapping[str, str]) -> Callable[[type[T]], type[T]]:
    """A frozen attrs class. `keys` has the JSON names of the fields that have another Python name."""

    def renamed(cls: type, fields: list[Any]) -> list[Any]:
        taken = {field.name for field in fields}.union(dir(cls))
        found = []
        for field in fields:
            key = keys.get(field.name, field.name)
            fits = (
                key.isidentifier()
                and not key.startswith("_")
                and not keyword.iskeyword(key)
                and key not in taken
            )
            slot = key if fits else field.name
            found.append(field.evolve(name=slot, alias=field.name, repr=False, metadata={"key": key}))
        return found

    def decorate(cls: type[T]) -> type[T]:
        made = attrs.define(
            cls, frozen=True, kw_only=True, repr=False, eq=False, weakref_slot=False, getstate_setstate=False,
            field_transformer=renamed,
        )  # fmt: skip
        for field in attrs.fields(cast(Any, made)):
            if field.alias != field.name:
                setattr(made, field.alias, made.__dict__[field.name])
        return made

    return decorate


class Field(NamedTuple):
    """A field of a model: its name in JSON, as a slot and in Python, and its type."""

    key: str
    slot: str
    name: str
    kind: Any
    required: bool


@_cached
def _fields(cls: Any) -> tuple[Field, ...]:
    """The fields of a model. The classes in it are imported, and msgspec is told of them, when this is first called."""
    fields = tuple(
        Field(
            each.metadata["key"],
            each.name,
            each.alias,
            eval(each.type, {}, _NAMES),
            each.default is attrs.NOTHING,
        )
        for each in attrs.fields(cls)
    )
    cls.__annotations__ = {field.slot: _wire(field.kind) for field in fields}
    return fields


class _Names(dict[str, Any]):
    """What the type of a field can name."""

    def __missing__(self, name: str) -> Any:
        models = importlib.import_module(".models", __package__)
        if name not in models.__all__:
            raise KeyError(name)
        return getattr(models, name)


_NAMES = _Names(datetime=datetime, Any=Any, Sequence=Sequence)
_WIRE: dict[Any, Any] = {
    datetime.datetime: Annotated[datetime.datetime, msgspec.Meta(tz=True)],
    float: Annotated[float, msgspec.Meta(ge=-sys.float_info.max, le=sys.float_info.max)],
}


@_cached
def _wire(kind: Any) -> Any:
    """The type as msgspec is to read it. An object that keeps its bytes is not read, but given as they are."""
    arguments = [_wire(each) for each in get_args(kind)]
    if get_origin(kind) is Sequence:
        return list[msgspec.Raw]
    if get_origin(kind) is tuple:
        return tuple.__class_getitem__((arguments[0], ...))
    if get_origin(kind) is UnionType:
        return msgspec.Raw if msgspec.Raw in arguments else functools.reduce(operator.or_, arguments)
    return msgspec.Raw if _is_model(kind) and kind.DOCUMENT else _WIRE.get(kind, kind)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Model)


def _models(kind: Any) -> Iterator[Any]:
    """The models in a type."""
    for each in get_args(kind):
        yield from _models(each)
    if _is_model(kind):
        yield kind


@_cached
def _decoder(wire: Any) -> Callable[[Any], Any]:
    """How JSON is read as a type by msgspec, which refuses what does not fit.

    All, if a name in it is no slot's, or if an object that keeps its bytes is not at the top.
    """
    found, todo = set(), [*_models(wire)]
    while todo:
        if (cls := todo.pop()) not in found:
            found.add(cls)
            if any(field.slot != field.key for field in _fields(cls)) or (
                cls is not wire and _documents(cls)
            ):
                return _refuse
            todo += [each for field in _fields(cls) for each in _models(_wire(field.kind))]
    # Not strict: a whole number in quotes is one.
    return msgspec.json.Decoder(wire, strict=False).decode


def _refuse(content: Any) -> Any:
    raise msgspec.ValidationError


@_cached
def _documents(cls: Any) -> tuple[Field, ...]:
    """The fields that hold objects which keep their own bytes."""
    return tuple(field for field in _fields(cls) if any(each.DOCUMENT for each in _models(field.kind)))


# ---------------------------------------------------------------- reading


def _decode(cls: Any, raw: bytes) -> Any:
    try:
        return _decoded(cls, raw.removeprefix(codecs.BOM_UTF8))
    except RecursionError:
        raise UnexpectedBody("nested too deeply") from None


def _decoded(cls: Any, raw: bytes) -> Any:
    try:
        raw.isascii() or raw.decode()  # msgspec does not look into strings that it skips.
        made = _decoder(cls)(raw)
    except REFUSED:
        made, raw = _leniently(cls, raw)
    for field in _documents(cls):
        object.__setattr__(made, field.slot, _document(field, getattr(made, field.slot)))
    object.__setattr__(made, "_raw", raw)
    return made


def _document(field: Field, wire: Any) -> Any:
    """What a field holds of objects that keep their bytes."""
    cls = next(_models(field.kind))
    if get_origin(field.kind) is Sequence:
        return Listing(cls, wire)
    if wire is None or not (content := bytes(wire)).startswith(b"{"):
        if field.required:
            raise UnexpectedBody(f"it has no readable {field.key}")
        return None
    document = _decode(cls, content)
    unreadable = document.unreadable
    for each in _fields(cls):
        if each.required and f"/{each.key}" in unreadable:
            raise UnexpectedBody(f"its {field.key} has no readable {each.key}")
    return document


def _leniently(cls: Any, raw: bytes) -> tuple[Any, bytes]:
    """Field by field, so that what msgspec refuses costs nobody the others; and the bytes, made JSON if they were not."""
    try:
        _check_text(raw)
        members: Any = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except REFUSED:
        value = parse_json(raw)
        if not isinstance(value, dict):
            raise UnexpectedBody(f"expected a JSON object, got {type(value).__name__}") from None
        raw = format_json(value)
        members = {key: format_json(each) for key, each in value.items()}
    given: dict[str, Any] = {}
    for field in _fields(cls):
        member, read = bytes(members.get(field.key, b"null")), None
        try:
            read = None if member == b"null" else _decoder(_wire(field.kind))(member)
        except REFUSED:
            value = parse_json(member)
            if field not in _documents(cls):
                read = _read(field.kind, value, "", {})
            elif get_origin(field.kind) is Sequence:
                read = [*map(format_json, value)] if isinstance(value, list) else None
            else:
                read = format_json(value) if isinstance(value, dict) else None
        if read is None and field.required:
            if get_origin(field.kind) or _is_model(field.kind):
                raise UnexpectedBody(f"it has no readable {field.key}") from None
            read = _empty(field.kind)
        if read is not None:
            given[field.name] = read
    return cls(**given), raw


def _read(kind: Any, value: Any, at: str, lost: dict[str, Any]) -> Any:
    """A JSON value as a type; None for what cannot be read, which goes into `lost`, by its JSON pointer."""
    if value is None:
        return None
    kinds = get_args(kind) if get_origin(kind) is UnionType else (kind,)
    if isinstance(value, str) and value.lower() == "null" and NoneType in kinds and not {str, Any} & {*kinds}:
        kinds = ()  # msgspec takes this word for a null, even where it might be one of a list.
    for each in kinds:
        if isinstance(value, dict) and _is_model(each):
            return _object(each, value, at, lost)
        if isinstance(value, list) and get_origin(each) in (tuple, Sequence):
            items = [
                _read(get_args(each)[0], item, f"{at}/{index}", lost) for index, item in enumerate(value)
            ]
            lost |= {f"{at}/{index}": None for index, item in enumerate(value) if item is None}
            return tuple(item for item in items if item is not None)
        if each is Any or (leaf := _leaf(each, value)) is not None:
            return value if each is Any else leaf
    lost[at] = value
    return None


def _object(cls: Any, value: dict[str, Any], at: str, lost: dict[str, Any]) -> Any:
    given: dict[str, Any] = {}
    for field in _fields(cls):
        pointer = f"{at}/{field.key.replace('~', '~0').replace('/', '~1')}"
        read = _read(field.kind, value.get(field.key), pointer, lost)
        if read is None and field.required:
            lost.setdefault(pointer, value.get(field.key))
            read = _empty(field.kind)
        if read is not None:
            given[field.name] = read
    return cls(**given)


def _empty(kind: Any) -> Any:
    """What a required field has that was not sent."""
    if _is_model(kind):
        return _object(kind, {}, "", {})
    if get_origin(kind):
        return ()
    return kind() if kind in (str, int, float, bool) else kind("") if issubclass(kind, StrEnum) else None


def _leaf(kind: Any, value: Any) -> Any:
    """A value that is no object and no list, also where the server has another notion of its type."""
    if get_origin(kind) or _is_model(kind) or kind is NoneType:
        return None
    with contextlib.suppress(*REFUSED):
        return msgspec.convert(value, _wire(kind), strict=False)
    if kind is datetime.datetime and isinstance(value, str):
        with contextlib.suppress(ValueError):
            moment = datetime.datetime.fromisoformat(value.upper())
            return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)  # An assumption.
    if kind is int and isinstance(value, str):
        # int() itself takes blanks, underscores, and any length at any cost.
        digits = value.removeprefix("-")
        return int(value) if digits.isdigit() and digits.isascii() and len(digits) <= 40 else None
    is_text = isinstance(value, str | int | float) and not isinstance(value, bool)
    return kind(str(value)) if is_text and issubclass(kind, str) else None


def parse_list(content: bytes, model: Any) -> Listing[Any]:
    """Read a JSON array of objects. Raises `UnexpectedBody`."""
    raw = content.removeprefix(codecs.BOM_UTF8)
    try:
        _check_text(raw)
        return Listing(model, _decoder(list[msgspec.Raw])(raw))
    except RecursionError:
        raise UnexpectedBody("nested too deeply") from None
    except REFUSED:
        value = parse_json(raw)
    if not isinstance(value, list):
        raise UnexpectedBody(f"expected a JSON array, got {type(value).__name__}")
    return Listing(model, [*map(format_json, value)])


# ---------------------------------------------------------------- mixins: named by `x-mixin` in openapi.yaml


class Page:
    """A list, or a page of one: sized and iterable, in the order in which the server sent it."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items())

    def _items(self) -> Sequence[Any]:
        found: Sequence[Any] = getattr(self, _documents(type(self))[0].slot)
        return found


class Money:
    """An amount of money: `value` in minor units, exact, and `amount` in units."""

    __slots__ = ()

    if TYPE_CHECKING:
        unit: str | None
        value: int | None

    @property
    def amount(self) -> Decimal | None:
        """The amount in units of its currency, exact: 5892 USD cents are Decimal("58.92").

        None without a value or a unit. The number of decimals is ISO 4217's; where that is a guess,
        `is_scale_certain` is False.
        """
        if self.value is None or not self.unit:
            return None
        from decimal import MAX_PREC, Context, Decimal  # Not needed until an amount is.

        # Exact, whatever precision the program reckons with elsewhere.
        return Decimal(self.value).scaleb(-_DECIMALS.get(self.unit.upper(), 2), Context(prec=MAX_PREC))

    @property
    def is_scale_certain(self) -> bool:
        """Whether `amount` surely has its point in the right place; `value` is exact in any case.

        Nobody has shown how Webflow counts currencies whose minor unit is not a hundredth, such as JPY and KWD. Where
        Stripe counts otherwise than ISO 4217 (ISK, UGX, MGA), it may follow either.
        """
        unit = (self.unit or "").upper()
        return len(unit) == 3 and unit not in _DECIMALS and unit != "MGA"

    def __str__(self) -> str:
        return repr(self) if self.amount is None else f"{self.amount} {self.unit}"


class Coupon:
    """An extra of a price, which may be a discount."""

    __slots__ = ()

    if TYPE_CHECKING:
        type_: Any
        name: str | None

    @property
    def code(self) -> str | None:
        """The code of a discount, from the parentheses in its name; None for what is no discount, or has none."""
        if self.type_ not in _DISCOUNTS or not (self.name or "").rstrip().endswith(")"):
            return None
        _, _, found = (self.name or "").rstrip()[:-1].partition("(")
        return found.strip() or None


class Charges:
    """An order, whose `totals` say what was charged, and for what. Exact, in minor units."""

    __slots__ = ()

    if TYPE_CHECKING:
        totals: Any

    @property
    def tax(self) -> Price | None:
        """All taxes together; nought if there are none, None if the order does not say, or in two currencies."""
        return self._charged("tax")

    @property
    def shipping(self) -> Price | None:
        """What shipping cost, before any discount; nought and None as for taxes."""
        return self._charged("shipping")

    @property
    def discount(self) -> Price | None:
        """All discounts together, on items and on shipping: nought or negative; None as for taxes."""
        return self._charged(*_DISCOUNTS)

    @property
    def discounts(self) -> tuple[Extra, ...]:
        """Each discount, on items and on shipping; its `code` is what the customer entered."""
        return tuple(each for each in self.totals.extras if each.type_ in _DISCOUNTS) if self.totals else ()

    def _charged(self, *kinds: str) -> Price | None:
        from .models.price import Price

        if self.totals is None:
            return None
        prices = [each.price for each in self.totals.extras if each.type_ in kinds]
        shown = prices or [price for price in (self.totals.subtotal, self.totals.total) if price is not None]
        units = {price and price.unit for price in shown}
        if len(units) != 1 or units == {None} or any(price.value is None for price in prices):
            return None
        return Price(unit=units.pop(), value=sum(price.value for price in prices))


_DISCOUNTS = ("discount", "discount-shipping")

# The currencies whose minor unit is not a hundredth (ISO 4217, list one).
_DECIMALS = (
    dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0)
    | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
    | dict.fromkeys("CLF UYW".split(), 4)
)


# ---------------------------------------------------------------- JSON

# A text that is no UTF-8 is a ValueError; msgspec's own are too, from 0.21 on.
REFUSED = (msgspec.MsgspecError, ValueError)


def parse_json(content: bytes) -> Any:
    """Read a JSON text in UTF-8; NaN, Infinity and an integer of thousands of digits as null.

    Raises `UnexpectedBody`, which quotes nothing of it.
    """
    try:
        with contextlib.suppress(*REFUSED):
            return msgspec.json.decode(content)
        # The standard library takes half a surrogate pair, and numbers that JSON does not have.
        return json.loads(content, parse_constant=lambda _: None, parse_int=_integer)
    except RecursionError:
        raise UnexpectedBody("nested too deeply") from None
    except ValueError as error:
        reason = type(error).__name__ if isinstance(error, UnicodeError) else str(error)
        raise UnexpectedBody(f"not JSON: {reason}") from None


def _integer(digits: str) -> int | None:
    try:
        return int(digits)
    except ValueError:  # More than Python converts.
        return None


def _check_text(content: bytes) -> None:
    """Raises ValueError for what is no UTF-8. Half a surrogate pair is taken, as by the standard library."""
    if not content.isascii():
        content.decode(errors="surrogatepass")


def format_json(value: Any) -> bytes:
    """Write a JSON value in UTF-8, without blanks."""
    with contextlib.suppress(*REFUSED, TypeError, OverflowError):
        return msgspec.json.encode(value)
    # An integer of any length; half a surrogate pair has no UTF-8, but an escape.
    return json.dumps(value, separators=(",", ":"), default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, tuple | list | Listing):
        return [_plain(each) for each in value]
    if isinstance(value, datetime.datetime):
        utc = value.astimezone(datetime.UTC)
        return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value.value if isinstance(value, StrEnum) else value
