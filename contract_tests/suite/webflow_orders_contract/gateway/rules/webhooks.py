"""What a schema cannot say about an answer of the operations of webhooks; as pure as the rules of orders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..exchange import Exchange

OF_ORDERS = ("ecomm_new_order", "ecomm_order_changed")


def webhook_is_the_one_asked_for(exchange: Exchange) -> Iterator[str]:
    site, wanted = exchange.ids.get("site_id"), exchange.ids.get("webhook_id")
    for webhook in exchange.webhooks():
        if wanted is not None and webhook.get("id") != wanted:
            yield f"asked for webhook {wanted}, got {webhook.get('id')!r}"
        if site is not None and webhook.get("siteId", site) != site:
            yield f"asked for the webhooks of site {site}, got one of {webhook.get('siteId')!r}"


def webhook_is_made_as_it_was_asked_for(exchange: Exchange) -> Iterator[str]:
    if exchange.operation != "create-webhook" or not isinstance(exchange.sent, dict):
        return
    for webhook in exchange.webhooks():
        for name in ("triggerType", "url"):
            if webhook.get(name) != exchange.sent.get(name):
                yield f"{name} was sent, but the answer has another"


def secret_is_shown_once(exchange: Exchange) -> Iterator[str]:
    """To whoever made the webhook."""
    for webhook in exchange.webhooks():
        if "secretKey" in webhook and exchange.operation != "create-webhook":
            yield "the secretKey of a webhook is shown again"


def webhooks_are_different_ones(exchange: Exchange) -> Iterator[str]:
    ids = [webhook.get("id") for webhook in exchange.webhooks()]
    if len(set(map(str, ids))) < len(ids):
        yield "a webhook is on the list twice"


def webhook_is_about_orders(exchange: Exchange) -> Iterator[str]:
    """A filter is about a form."""
    for webhook in exchange.webhooks():
        if webhook.get("triggerType") in OF_ORDERS and webhook.get("filter"):
            yield f"a webhook of {webhook['triggerType']} has a filter"


def webhook_is_new(exchange: Exchange) -> Iterator[str]:
    """Nothing was posted yet, and deliveries are signed with 64 hexadecimal digits."""
    if exchange.operation != "create-webhook":
        return
    for webhook in exchange.webhooks():
        if webhook.get("lastTriggered"):
            yield "lastTriggered is set, before anything was posted"
        if not re.fullmatch("[0-9a-f]{64}", str(webhook.get("secretKey", "0" * 64))):
            yield "the secretKey is not 64 hexadecimal digits"


RULES = (
    webhook_is_about_orders,
    webhook_is_new,
    webhook_is_the_one_asked_for,
    webhook_is_made_as_it_was_asked_for,
    secret_is_shown_once,
    webhooks_are_different_ones,
)
