# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..types import Model, Page, model

if TYPE_CHECKING:
    from ..models.pagination import Pagination
    from ..models.webhook import Webhook


@model({})
class WebhookList(Page, Model):
    """The webhooks of a site."""

    webhooks: Sequence[Webhook]
    """The webhooks."""
    pagination: Pagination | None = None
    """Which part of the list this page is."""

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[Webhook]: ...
