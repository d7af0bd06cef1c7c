# @generated from openapi.yaml. Do not edit; run `make generate`.
from enum import StrEnum
from typing import Literal, TypeAlias


class CardBrand(StrEnum):
    """Stripe's words for who issued a card, as far as they are known."""

    VISA = "Visa"
    AMERICAN_EXPRESS = "American Express"
    MASTERCARD = "MasterCard"
    DISCOVER = "Discover"
    JCB = "JCB"
    DINERS_CLUB = "Diners Club"
    UNIONPAY = "UnionPay"
    CARTES_BANCAIRES = "Cartes Bancaires"
    UNKNOWN = "Unknown"

    @property
    def is_known(self) -> bool:
        """Whether openapi.yaml lists this word."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> "CardBrand | None":
        if not isinstance(value, str):
            return None
        unlisted = str.__new__(cls, value)
        unlisted._name_ = "UNLISTED"
        unlisted._value_ = value
        return unlisted


CardBrandWord: TypeAlias = Literal[
    "Visa",
    "American Express",
    "MasterCard",
    "Discover",
    "JCB",
    "Diners Club",
    "UnionPay",
    "Cartes Bancaires",
    "Unknown",
]
"""The words that openapi.yaml lists, for type checkers and editors."""
