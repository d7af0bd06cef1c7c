"""The operations of webhooks, one short function each: from a call that may be made to the body of its answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from webflow_orders_generated.schemas import CreateWebhookRequest

from ..orders.ledger import timestamp
from ..webhooks.registry import TooManyWebhooks, Webhook
from .admission import Call
from .errors import conflict
from .validation import read_body

WORKSPACE = "580e63fc8c9a982ac9b8b745"


def list_webhooks(call: Call) -> bytes:
    """All of them. The published list has a pagination, and none of its examples does."""
    found = [_shown(webhook) for webhook in call.webhooks.of_site(call.site.site_id)]
    page: dict[str, Any] = {"webhooks": found}
    if call.dialect == "documented":
        page["pagination"] = {"limit": max(100, len(found)), "offset": 0, "total": len(found)}
    return _json(page)


def get_webhook(call: Call) -> bytes:
    return _json(_shown(call.webhook()))


def create_webhook(call: Call) -> bytes:
    """Whoever asks has the token of a site, so there is a secret. The same address twice is two webhooks."""
    sent = read_body(call.request, CreateWebhookRequest, required=True)
    try:
        webhook = call.webhooks.create(call.site.site_id, sent["triggerType"], sent["url"])
    except TooManyWebhooks as error:
        raise conflict(str(error)) from None
    call.conclude = lambda applied: applied or call.webhooks.delete(webhook.webhook_id)
    return _json({**_shown(webhook), "secretKey": webhook.secret})


def delete_webhook(call: Call) -> bytes:
    webhook = call.webhook()
    call.conclude = lambda applied: applied and call.webhooks.delete(webhook.webhook_id)
    return b""


def _shown(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.webhook_id,
        "triggerType": webhook.trigger,
        "siteId": webhook.site_id,
        "workspaceId": WORKSPACE,
        "filter": webhook.filter,
        "lastTriggered": None if webhook.last_triggered is None else timestamp(webhook.last_triggered),
        "createdOn": timestamp(webhook.created),
        "url": webhook.url,
    }


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


# By the operationId of openapi.yaml.
HANDLERS: Mapping[str, Callable[[Call], bytes]] = {
    "list-webhooks": list_webhooks,
    "get-webhook": get_webhook,
    "create-webhook": create_webhook,
    "delete-webhook": delete_webhook,
}
