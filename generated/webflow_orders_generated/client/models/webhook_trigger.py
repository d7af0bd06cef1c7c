# @generated from openapi.yaml. Do not edit; run `make generate`.
from enum import StrEnum
from typing import Literal, TypeAlias


class WebhookTrigger(StrEnum):
    """What a webhook can be about, as far as it is known."""

    FORM_SUBMISSION = "form_submission"
    SITE_PUBLISH = "site_publish"
    PAGE_CREATED = "page_created"
    PAGE_METADATA_UPDATED = "page_metadata_updated"
    PAGE_DELETED = "page_deleted"
    ECOMM_NEW_ORDER = "ecomm_new_order"
    ECOMM_ORDER_CHANGED = "ecomm_order_changed"
    ECOMM_INVENTORY_CHANGED = "ecomm_inventory_changed"
    COLLECTION_ITEM_CREATED = "collection_item_created"
    COLLECTION_ITEM_CHANGED = "collection_item_changed"
    COLLECTION_ITEM_DELETED = "collection_item_deleted"
    COLLECTION_ITEM_PUBLISHED = "collection_item_published"
    COLLECTION_ITEM_UNPUBLISHED = "collection_item_unpublished"
    COMMENT_CREATED = "comment_created"

    @property
    def is_known(self) -> bool:
        """Whether openapi.yaml lists this word."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> "WebhookTrigger | None":
        if not isinstance(value, str):
            return None
        unlisted = str.__new__(cls, value)
        unlisted._name_ = "UNLISTED"
        unlisted._value_ = value
        return unlisted


WebhookTriggerWord: TypeAlias = Literal[
    "form_submission",
    "site_publish",
    "page_created",
    "page_metadata_updated",
    "page_deleted",
    "ecomm_new_order",
    "ecomm_order_changed",
    "ecomm_inventory_changed",
    "collection_item_created",
    "collection_item_changed",
    "collection_item_deleted",
    "collection_item_published",
    "collection_item_unpublished",
    "comment_created",
]
"""The words that openapi.yaml lists, for type checkers and editors."""
