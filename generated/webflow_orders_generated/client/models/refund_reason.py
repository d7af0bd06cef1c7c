# @generated from openapi.yaml. Do not edit; run `make generate`.
from enum import StrEnum
from typing import Literal, TypeAlias


class RefundReason(StrEnum):
    """Why. The order then shows it in Stripe's words, `requested` as requested_by_customer."""

    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    REQUESTED = "requested"

    @property
    def is_known(self) -> bool:
        """Whether openapi.yaml lists this word."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> "RefundReason | None":
        if not isinstance(value, str):
            return None
        unlisted = str.__new__(cls, value)
        unlisted._name_ = "UNLISTED"
        unlisted._value_ = value
        return unlisted


RefundReasonWord: TypeAlias = Literal["duplicate", "fraudulent", "requested"]
"""The words that openapi.yaml lists, for type checkers and editors."""
