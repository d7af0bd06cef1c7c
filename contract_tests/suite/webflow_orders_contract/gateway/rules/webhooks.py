"""What a schema cannot say about an answer of the operations of webhooks; as pure as the rules of orders."""

from __future__ import annotations

from collections.abc import Iterator

from ..exchange import Exchange


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


RULES = (
    webhook_is_the_one_asked_for,
    webhook_is_made_as_it_was_asked_for,
    secret_is_shown_once,
    webhooks_are_different_ones,
)
