# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, ListOf, Model, Required, integer, text, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class ErrorV1(Model):
    """What went wrong, in the v1 shape."""

    msg: str
    """A sentence."""
    code: int
    """The HTTP status again."""
    name: str | None = None
    """What kind of error."""
    path: str | None = None
    """The path of the request."""
    err: str | None = None
    """Name and sentence."""
    problems: tuple[str, ...] = ()
    """What in particular; with a ValidationError."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_msg = Required(text, "")
_code = Required(integer, 0)
_problems = ListOf(text)

ErrorV1.FIELDS = {
    "msg": Field("msg", _msg),
    "code": Field("code", _code),
    "name": Field("name", text),
    "path": Field("path", text),
    "err": Field("err", text),
    "problems": Field("problems", _problems),
}

_new = unfrozen(ErrorV1)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.msg = _msg(get("msg"))
    self.code = _code(get("code"))
    self.name = value if type(value := get("name")) is str or value is None else text(value)
    self.path = value if type(value := get("path")) is str or value is None else text(value)
    self.err = value if type(value := get("err")) is str or value is None else text(value)
    self.problems = _problems(get("problems"))
    self.__class__ = ErrorV1
    return self


ErrorV1._read = _read
