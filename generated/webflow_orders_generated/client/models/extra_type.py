# @generated from openapi.yaml. Do not edit; run `make generate`.
from enum import StrEnum
from typing import Literal, TypeAlias


class ExtraType(StrEnum):
    """What kind of extra it is."""

    DISCOUNT = "discount"
    DISCOUNT_SHIPPING = "discount-shipping"
    SHIPPING = "shipping"
    TAX = "tax"

    @property
    def is_known(self) -> bool:
        """Whether openapi.yaml lists this word."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> "ExtraType | None":
        if not isinstance(value, str):
            return None
        unlisted = str.__new__(cls, value)
        unlisted._name_ = "UNLISTED"
        unlisted._value_ = value
        return unlisted


ExtraTypeWord: TypeAlias = Literal["discount", "discount-shipping", "shipping", "tax"]
"""The words that openapi.yaml lists, for type checkers and editors."""
