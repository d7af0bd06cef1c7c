# @generated from openapi.yaml. Do not edit; run `make generate`.
from enum import StrEnum
from typing import Literal, TypeAlias


class OrderTrigger(StrEnum):
    """What a webhook of orders is about."""

    ECOMM_NEW_ORDER = "ecomm_new_order"
    ECOMM_ORDER_CHANGED = "ecomm_order_changed"

    @property
    def is_known(self) -> bool:
        """Whether openapi.yaml lists this word."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> "OrderTrigger | None":
        if not isinstance(value, str):
            return None
        unlisted = str.__new__(cls, value)
        unlisted._name_ = "UNLISTED"
        unlisted._value_ = value
        return unlisted


OrderTriggerWord: TypeAlias = Literal["ecomm_new_order", "ecomm_order_changed"]
"""The words that openapi.yaml lists, for type checkers and editors."""
