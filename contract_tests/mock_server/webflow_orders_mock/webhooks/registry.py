"""The webhooks of the account: who wants to be told of what.

Documented: 75 of a trigger for a site at the most, and a secret of 64 hexadecimal digits for each that a site's token
makes. Assumed: the order of a list, which is that of creation. Whether a trigger or a URL makes sense, the API asks.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from ..orders.database import Database
from ..orders.ledger import timestamp

NEW_ORDER, ORDER_CHANGED = "ecomm_new_order", "ecomm_order_changed"
ORDER_TRIGGERS = (NEW_ORDER, ORDER_CHANGED)
MOST = 75


class TooManyWebhooks(ValueError):
    """The site has 75 webhooks of this trigger already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One registration. Times are Unix seconds. An empty secret: its deliveries are not signed."""

    webhook_id: str
    site_id: str
    trigger: str
    url: str
    secret: str = field(repr=False)
    filter: Mapping[str, Any] | None = None
    created: float
    last_triggered: float | None = None
    active: bool = True

    @property
    def where(self) -> str:
        """Its URL without a password or a query, which may hold a secret."""
        try:
            found = urlsplit(self.url)
        except ValueError:
            return ""
        return f"{found.scheme}://{found.netloc.rpartition('@')[2]}{found.path}"

    def as_json(self) -> dict[str, Any]:
        """What may be shown to anybody."""
        return {
            "webhookId": self.webhook_id, "siteId": self.site_id, "triggerType": self.trigger, "url": self.where,
            "createdOn": timestamp(self.created), "active": self.active,
            "lastTriggered": None if self.last_triggered is None else timestamp(self.last_triggered),
        }  # fmt: skip


class Registry:
    """The webhooks by id. May be used from any thread."""

    def __init__(
        self, database: Database | None, now: Callable[[], float], lock: threading.RLock | None = None
    ) -> None:
        self._database, self._now, self._lock = database, now, lock or threading.RLock()
        self._made = 0
        found = database.webhooks() if database is not None else ()
        self._webhooks = {row["webhook_id"]: Webhook(**row) for row in found}

    def create(
        self,
        site_id: str,
        trigger: str,
        url: str,
        *,
        filter: Mapping[str, Any] | None = None,
        secret: str | None = None,
    ) -> Webhook:
        """Register a URL. Without a secret it gets one. Raises TooManyWebhooks."""
        with self._lock:
            if len(self.of_site(site_id, trigger)) >= MOST:
                raise TooManyWebhooks(f"the site has {MOST} webhooks of {trigger} already")
            key = secrets.token_hex(32) if secret is None else secret
            webhook = Webhook(
                webhook_id=self._new_id(), site_id=site_id, trigger=trigger, url=url, secret=key,
                filter=filter, created=self._now(),
            )  # fmt: skip
            self._put(webhook)
            return webhook

    def of_site(self, site_id: str, trigger: str | None = None) -> list[Webhook]:
        """Those of a site, or of one of its triggers, the oldest first."""
        return [each for each in self if each.site_id == site_id and trigger in (None, each.trigger)]

    def get(self, webhook_id: str) -> Webhook | None:
        return self._webhooks.get(webhook_id)

    def delete(self, webhook_id: str) -> bool:
        """Whether there was one."""
        with self._lock:
            if self._webhooks.pop(webhook_id, None) is None:
                return False
            if self._database is not None:
                self._database.delete_webhook(webhook_id)
            return True

    def triggered(self, webhook_id: str, at: float) -> None:
        self._change(webhook_id, last_triggered=at)

    def deactivate(self, webhook_id: str) -> None:
        """Have nothing more delivered. As with Webflow, no operation takes that back: make a new one."""
        self._change(webhook_id, active=False)

    def clear(self) -> None:
        """Forget them all, here; the file is cleared with the store."""
        with self._lock:
            self._webhooks.clear()
            self._made = 0

    def __iter__(self) -> Iterator[Webhook]:
        with self._lock:
            return iter(tuple(self._webhooks.values()))

    def __len__(self) -> int:
        return len(self._webhooks)

    def _change(self, webhook_id: str, **fields: Any) -> None:
        with self._lock:
            webhook = self._webhooks.get(webhook_id)
            if webhook is not None:
                self._put(replace(webhook, **fields))

    def _put(self, webhook: Webhook) -> None:
        self._webhooks[webhook.webhook_id] = webhook
        if self._database is not None:
            self._database.put_webhook(asdict(webhook))

    def _new_id(self) -> str:
        """The same ids for the same calls after a reset, so that a run can be repeated."""
        while True:
            self._made += 1
            webhook_id = hashlib.sha256(f"webhook/{self._made}".encode()).hexdigest()[:24]
            if webhook_id not in self._webhooks:
                return webhook_id
