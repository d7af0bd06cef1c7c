# @generated from openapi.yaml. Do not edit; run `make generate`.
"""What the models are made of: `Model`, and the readers that give its fields their types."""

from __future__ import annotations

import contextlib
import datetime
import functools
import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import NoneType as NoneType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Self, TypeVar, cast

from .errors import UnexpectedBody

if TYPE_CHECKING:
    from decimal import Decimal

T = TypeVar("T")

Reader = Callable[[Any], T | None]


class Unset:
    """The type of `UNSET`: an argument that was not given."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET = Unset()


class Field(NamedTuple):
    """Where a field stands in the JSON object, and how it is read from there."""

    key: str
    read: Reader[Any]


class Model:
    """A JSON object with typed fields.

    A model that came from the server keeps the object as it was and reads its fields when one of them
    is first touched, and with them the objects in it that hold no further ones. So unknown fields, nulls,
    odd types and the spelling of dates survive `to_dict`, and one field that cannot be read costs nobody
    the others: it is None (see `unreadable`).
    """

    # `_origin` is for whoever fetched the model: it may leave there how it came by it.
    __slots__ = ("_origin", "_raw")

    FIELDS: ClassVar[Mapping[str, Field]] = {}
    _read: ClassVar[Callable[[dict[str, Any]], Any]]
    """Make one with all its fields read."""
    _slots: ClassVar[tuple[tuple[Callable[[Any, Any], None], Callable[[Any], Any]], ...]] = ()

    if TYPE_CHECKING:
        _origin: Any
        _raw: dict[str, Any]
        additional_properties: dict[str, Any]
    else:
        # Python asks here only while the slot of a field is empty. Hidden from type checkers,
        # which would take it as leave to touch any name.
        def __getattr__(self, name: str) -> Any:
            kind = type(self)
            if name in kind.FIELDS:
                read = kind._read(self._raw)
                for put, take in kind._slots or kind._find_slots():
                    put(self, take(read))
            elif name == "additional_properties":
                known = {field.key for field in kind.FIELDS.values()}
                object.__setattr__(self, name, {key: self._raw[key] for key in self._raw if key not in known})
            else:
                raise AttributeError(f"{kind.__name__} has no field {name!r}")
            return object.__getattribute__(self, name)

    @classmethod
    def _find_slots(cls) -> Any:
        # A frozen object has no quicker way in than its slots themselves.
        slots = [cls.__dict__[name] for name in cls.FIELDS]
        cls._slots = tuple((slot.__set__, slot.__get__) for slot in slots)
        return cls._slots

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Take a JSON object as the server would have sent it. Anything in it is accepted."""
        return cls._wrap(_copied(dict(source)))

    @classmethod
    def from_json(cls, content: bytes | str) -> Self:
        """Read a JSON text. Raises `UnexpectedBody` if it is not a JSON object."""
        value = parse_json(content)
        if not isinstance(value, dict):
            raise UnexpectedBody(f"expected a JSON object, got {type(value).__name__}")
        return cls._wrap(value)

    @classmethod
    def _wrap(cls, raw: dict[str, Any]) -> Self:
        self = cls.__new__(cls)
        object.__setattr__(self, "_raw", raw)
        return self

    def peek(self, name: str) -> Any:
        """One field of a model that came from the server, without the others being read."""
        field = self.FIELDS[name]
        return field.read(self._raw.get(field.key))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object: as it was received, or of the fields that were given. A copy."""
        raw = getattr(self, "_raw", None)
        if raw is not None:
            return _copied(raw)
        given = {field.key: getattr(self, name) for name, field in self.FIELDS.items()}
        return {key: _encoded(value) for key, value in given.items() if value not in (None, ())} | _copied(
            self.additional_properties
        )

    def to_json(self) -> bytes:
        """The JSON object as UTF-8."""
        raw = getattr(self, "_raw", None)
        value = self.to_dict() if raw is None else raw
        return format_json(value)

    @property
    def unreadable(self) -> dict[str, Any]:
        """What the server sent that does not fit its field's type, by JSON pointer. Empty as a rule."""
        return dict(_unreadable(type(self), self.to_dict(), ""))

    def __repr__(self) -> str:
        # Names, addresses and card digits must not reach a log: only these fields are shown.
        values = ((name, getattr(self, name)) for name in _SHOWN if name in self.FIELDS)
        shown = [f"{name}={value if isinstance(value, int) else str(value)!r}" for name, value in values]
        return f"{type(self).__name__}({', '.join(shown) or '…'})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_dict, (self.to_dict(),)


def unfrozen(model: type[Model]) -> Callable[[], Any]:
    """How to make objects of a model whose fields can be set, which is quick, until they are given its class."""
    setting = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    return functools.partial(object.__new__, type(model.__name__, (model,), {"__slots__": (), **setting}))


_SHOWN = ("order_id", "status", "unit", "value", "limit", "offset", "total")


# ---------------------------------------------------------------- readers: JSON value → typed value, or None


def text(value: Any) -> str | None:
    """A string; a number as its digits."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def integer(value: Any) -> int | None:
    """A whole number, also if it was sent as 2.0 or "2"."""
    if isinstance(value, str):
        # int() itself takes blanks, underscores, and any length at any cost.
        digits = value if value.isdigit() else value.removeprefix("-")
        return int(value) if digits.isdigit() and digits.isascii() and len(digits) <= 40 else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(value: Any) -> float | None:
    """A number as it was sent."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def boolean(value: Any) -> bool | None:
    """True or false, also in quotes."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def timestamp(value: Any) -> datetime.datetime | None:
    """An aware datetime; one that was sent without a zone is taken as UTC (assumption)."""
    if value is None:
        return None
    try:
        # RFC 3339 allows small letters, Python does not.
        moment = datetime.datetime.fromisoformat(value.upper())
    except (AttributeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def anything(value: Any) -> Any:
    """The JSON value itself."""
    return value


class _Named:
    """A class of `models`, by its name: its module is imported when the first such value is read."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._class: Any = None

    @property
    def kind(self) -> Any:
        if self._class is None:
            self._class = getattr(importlib.import_module(".models", __package__), self._name)
        return self._class


class OneOf(_Named):
    """A member of an enum; a word that it does not list becomes a member that is not `is_known`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._members: dict[str, Any] = {}

    def __call__(self, value: Any) -> Any:
        if type(value) is str:
            # An enum would ask a dictionary, too, after a while.
            return self._members.get(value) or self._member(value)
        return None if (word := text(value)) is None else self._member(word)

    def _member(self, word: str) -> Any:
        if not self._members:
            self._members = {member.value: member for member in self.kind}
        return self.kind(word)


class Nested(_Named):
    """A model."""

    _take: Callable[[dict[str, Any]], Any] | None = None

    def __call__(self, value: Any) -> Any:
        return (self._take or self._find())(value) if type(value) is dict else None

    def _find(self) -> Callable[[dict[str, Any]], Any]:
        # What holds no objects of its own is read with the object around it: one at a time would cost more.
        is_deep = any(_holds_models(field.read) for field in self.kind.FIELDS.values())
        self._take = self.kind._wrap if is_deep else self.kind._read
        return self._take


class Listing(tuple[T, ...]):
    """What could be read of a JSON array."""

    _lost = 0

    @property
    def sent(self) -> int:
        """How many items the array held, those that could not be read included: by it, paging keeps step."""
        return len(self) + self._lost


class ListOf(Generic[T]):
    """A `Listing` of what `item` reads, without what it cannot read."""

    def __init__(self, item: Reader[T]) -> None:
        self.item = item

    def __call__(self, value: Any) -> Listing[T]:
        if not value or not isinstance(value, list):
            return Listing()
        item = self.item
        listing = Listing([read for each in value if (read := item(each)) is not None])
        if len(listing) < len(value):
            listing._lost = len(value) - len(listing)
        return listing


class Either:
    """What the first of several readers can read."""

    def __init__(self, *readers: Reader[Any]) -> None:
        self.readers = readers

    def __call__(self, value: Any) -> Any:
        return next((read for reader in self.readers if (read := reader(value)) is not None), None)


class Required:
    """A field that is always there by its type; if the server breaks that promise, it is read from `empty`."""

    def __init__(self, read: Reader[Any], empty: Any) -> None:
        self.read = read
        self.empty = empty

    def __call__(self, value: Any) -> Any:
        read = self.read(value)
        return self.read(self.empty) if read is None else read


def _holds_models(read: Reader[Any]) -> bool:
    parts = read.readers if isinstance(read, Either) else [getattr(read, "item", getattr(read, "read", read))]
    return any(isinstance(part, Nested) for part in parts)


# ---------------------------------------------------------------- mixins: named by `x-mixin` in openapi.yaml


class Money:
    """An amount of money: `value` in minor units, exact, and `amount` in units."""

    __slots__ = ()

    if TYPE_CHECKING:
        unit: str | None
        value: int | None

    @property
    def amount(self) -> Decimal | None:
        """The amount in units of its currency, exact: 5892 USD cents are Decimal("58.92").

        None without a value or a unit. The number of decimals is ISO 4217's; that Webflow counts in the
        same minor units for currencies other than those with two decimals is an assumption.
        """
        if self.value is None or not self.unit:
            return None
        from decimal import Decimal  # Not needed until an amount is.

        return Decimal(self.value).scaleb(-_DECIMALS.get(self.unit.upper(), 2))


# The currencies whose minor unit is not a hundredth (ISO 4217, list one).
_DECIMALS = (
    dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0)
    | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
    | dict.fromkeys("CLF UYW".split(), 4)
)


# ---------------------------------------------------------------- JSON


def _null(_: str) -> None:
    """NaN and Infinity, which JSON does not have."""


_DECODER = json.JSONDecoder(parse_constant=_null)


class _Fast:
    """msgspec, if it is installed: faster, and exact (orjson makes floats of long integers)."""

    def __init__(self) -> None:
        self.decode: Callable[[bytes | str], Any] | None = None
        self.encode: Callable[[Any], bytes] | None = None
        self._looked = False

    def look(self) -> None:
        # With the first body, not with the import of this module.
        if not self._looked:
            self._looked = True
            with contextlib.suppress(ModuleNotFoundError):
                module = importlib.import_module("msgspec.json")
                self.decode, self.encode = module.decode, module.encode


_fast = _Fast()


def parse_json(content: bytes | str) -> Any:
    """Read a JSON text in UTF-8; NaN and Infinity as null. Raises `UnexpectedBody`."""
    _fast.look()
    if _fast.decode is not None:
        # What it refuses, such as a lone surrogate, the slow way may take; and says why if it does not.
        with contextlib.suppress(ValueError, RecursionError):
            return _fast.decode(content)
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return _DECODER.decode(text)
    except ValueError as error:
        # Not chained, and without the text: it may hold a customer's data.
        reason = type(error).__name__ if isinstance(error, UnicodeError) else str(error)
        raise UnexpectedBody(f"not JSON: {reason}") from None
    except RecursionError:
        raise UnexpectedBody("nested too deeply") from None


def format_json(value: Any) -> bytes:
    """Write a JSON value in UTF-8, without blanks."""
    _fast.look()
    if _fast.encode is not None:
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            return _fast.encode(value)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # Half of a surrogate pair has no UTF-8, but an escape.
        return json.dumps(value, separators=(",", ":")).encode()


def parse_list(content: bytes | str, item: Reader[T]) -> Listing[T]:
    """Read a JSON array, without the items that `item` cannot read. Raises `UnexpectedBody`."""
    value = parse_json(content)
    if not isinstance(value, list):
        raise UnexpectedBody(f"expected a JSON array, got {type(value).__name__}")
    return ListOf(item)(value)


def _copied(value: T) -> T:
    copy: Any = value
    if isinstance(value, dict):
        copy = {key: _copied(each) for key, each in value.items()}
    elif isinstance(value, list):
        copy = [_copied(each) for each in value]
    return cast(T, copy)


def _encoded(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, tuple | list):
        return [_encoded(each) for each in value]
    if isinstance(value, datetime.datetime):
        utc = value.astimezone(datetime.UTC)
        return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value.value if isinstance(value, StrEnum) else value


def _unreadable(model: type[Model], raw: dict[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    for field in model.FIELDS.values():
        yield from _unread(field.read, raw.get(field.key), f"{at}/{field.key}")


def _unread(read: Reader[Any], value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(read, Required):
        read = read.read
    if isinstance(read, Either) and isinstance(value, dict):
        read = next((each for each in read.readers if isinstance(each, Nested)), read)
    if value is None:
        return
    if isinstance(read, ListOf) and isinstance(value, list):
        for index, each in enumerate(value):
            yield from (
                _unread(read.item, each, f"{at}/{index}") if each is not None else [(f"{at}/{index}", None)]
            )
    elif isinstance(read, Nested) and isinstance(value, dict):
        yield from _unreadable(read.kind, value, at)
    elif read(value) in (None, ()):
        yield at, value
