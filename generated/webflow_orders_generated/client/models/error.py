# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Either, Field, ListOf, Model, Nested, Required, text, unfrozen

if TYPE_CHECKING:
    from ..models.error_detail import ErrorDetail


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class Error(Model):
    """What went wrong."""

    code: str
    """Webflow's word for it. An open set; these are the published ones."""
    message: str
    """A sentence."""
    external_reference: str | None = None
    """A link to more."""
    details: tuple[str | ErrorDetail, ...] = ()
    """What in particular; often empty."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_code = Required(text, "")
_message = Required(text, "")
_details = ListOf(Either(text, Nested("ErrorDetail")))

Error.FIELDS = {
    "code": Field("code", _code),
    "message": Field("message", _message),
    "external_reference": Field("externalReference", text),
    "details": Field("details", _details),
}

_new = unfrozen(Error)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.code = _code(get("code"))
    self.message = _message(get("message"))
    self.external_reference = (
        value if type(value := get("externalReference")) is str or value is None else text(value)
    )
    self.details = _details(get("details"))
    self.__class__ = Error
    return self


Error._read = _read
