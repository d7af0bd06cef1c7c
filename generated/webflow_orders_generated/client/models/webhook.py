# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, ClassVar

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.webhook_filter import WebhookFilter
    from ..models.webhook_trigger import WebhookTrigger


@model(
    {
        "trigger_type": "triggerType",
        "workspace_id": "workspaceId",
        "site_id": "siteId",
        "filter_": "filter",
        "last_triggered": "lastTriggered",
        "created_on": "createdOn",
        "secret_key": "secretKey",
    }
)
class Webhook(Model):
    """An address that Webflow posts one kind of event to."""

    DOCUMENT: ClassVar[bool] = True
    id: str
    """The webhook, 24 hexadecimal digits."""
    trigger_type: WebhookTrigger
    """What it is posted about. An open list."""
    url: str
    """Where it is posted."""
    workspace_id: str | None = None
    """The workspace that the site belongs to, 24 hexadecimal digits."""
    site_id: str | None = None
    """The site, 24 hexadecimal digits."""
    filter_: WebhookFilter | None = None
    """Which form it is about, if it is about forms."""
    last_triggered: datetime.datetime | None = None
    """When something was posted last; null or absent before the first time."""
    created_on: datetime.datetime | None = None
    """When it was made."""
    secret_key: str | None = None
    """What its deliveries are signed with, 64 hexadecimal digits; of a webhook that a site token made. In the
    answer to the request that made it, and in no other."""
