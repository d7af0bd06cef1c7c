# @generated from openapi.yaml. Do not edit; run `make generate`.
from enum import StrEnum
from typing import Literal, TypeAlias


class DisputeStatus(StrEnum):
    """Stripe's words for how a dispute stands, as far as they are known."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    CHARGE_REFUNDED = "charge_refunded"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"

    @property
    def is_known(self) -> bool:
        """Whether openapi.yaml lists this word."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> "DisputeStatus | None":
        if not isinstance(value, str):
            return None
        unlisted = str.__new__(cls, value)
        unlisted._name_ = "UNLISTED"
        unlisted._value_ = value
        return unlisted


DisputeStatusWord: TypeAlias = Literal[
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "charge_refunded",
    "won",
    "lost",
    "prevented",
]
"""The words that openapi.yaml lists, for type checkers and editors."""
