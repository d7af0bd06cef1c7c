"""Registers webhooks at a server, changes an order, listens to what is delivered, and has that judged."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from ..description import Description
from ..description.writes import kinds_of
from ..gateway.exchange import Failure, Request, parsed
from ..gateway.proxy import Gateway, NoAnswer
from .cases import CHANGED, NEW
from .listener import Listener
from .result import WebhookResult
from .senders import APART, COMPLETE, DELIVERIES, Change, Hook, Recording, judge

# For a delivery, by a server that has nothing else to do.
PATIENCE = 10.0
# Whoever signs other bytes than are sent, escaped ones for example, or cuts them, is found by such a note.
NOTE = "contract run: " * 25 + '<b>"packed"</b> & weighed, 3 kg / \u00fcber \u2028 \U0001f4e6'
# So many webhooks more hear of the last change; a site may have 75.
MANY = 10
NOTHING_TO_CHANGE = "whether changes are told of: no order is unfulfilled"
UNSIGNED = "whether deliveries are signed rightly: the server made a webhook without a secretKey"


class _NotMade(Exception):
    """The server did not do what the round needs; another part of the run says what is wrong."""


class Round:
    """`control`: where our mock is controlled; it alone can let time pass, and place an order.

    `another_site`: one where the token may register a webhook, and which has no orders.
    """

    def __init__(
        self,
        gateway: Gateway,
        description: Description,
        control: str | None,
        patience: float,
        another_site: str | None,
    ) -> None:
        self._gateway, self._description = gateway, description
        self._control, self._patience, self._another_site = control, patience, another_site
        self._ahead = 0.0
        self._http = httpx.Client(timeout=5, trust_env=False)
        self._hooks: list[Hook] = []
        self._changes: list[Change] = []
        self._missed = 0
        self._made: list[str] = []
        self._shown: list[tuple[str, Any]] = []
        self._not_judged: list[str] = []
        self._unknown: list[str] = []
        self._listener = Listener(self._now, self._look)

    def run(self) -> WebhookResult:
        start = time.perf_counter()
        self._gateway.start_over()
        problem, curls = "", list[str]()
        with self._listener, self._http:
            try:
                self._live()
            except (_NotMade, NoAnswer) as error:
                problem, curls = str(error), self._gateway.curls()
            finally:
                for webhook in self._made:
                    with suppress(NoAnswer):
                        self._gateway.request("DELETE", f"/v2/webhooks/{webhook}")
            deliveries = sorted(self._listener.deliveries, key=lambda each: each.at)
        recording = Recording(
            hooks=self._hooks,
            changes=self._changes,
            deliveries=deliveries,
            until=self._now(),
            shown=self._shown,
            unknown=self._unknown,
            tokens=self._gateway.server.secrets,
        )
        result = judge(recording, self._description)
        if problem:
            result.note(COMPLETE, [Failure(DELIVERIES, COMPLETE, problem, curls)])
        result.not_judged = self._not_judged
        result.seconds = time.perf_counter() - start
        return result

    # ------------------------------------------------------------------ what is done

    def _live(self) -> None:
        orders = self._orders("?status=unfulfilled&limit=100")
        if not orders:
            self._not_judged.append(NOTHING_TO_CHANGE)
            return
        # What is free can not be refunded.
        paid = [_id(each) for each in orders if each.get("paymentProcessor")]
        mine = (*paid, _id(orders[0]))[0]
        lasting, failing, leading = (self._register(CHANGED) for _ in range(3))
        gone, new = self._register(CHANGED, twin=lasting), self._register(NEW)
        self._register_elsewhere()
        self._write(mine, "PATCH", "", {"comment": NOTE}, lasting, gone, failing, leading)
        # Neither is a success, and nobody is to follow the second.
        self._listener.answer(failing.id, 500, 204)
        self._listener.answer(leading.id, 308)
        self._write(mine, "POST", "/fulfill", {}, lasting, gone, failing, leading)
        if self._control is None:
            self._not_judged += [
                "whether a delivery that was not taken comes again: nobody waits ten minutes for that",
                "whether a new order is told of: this API cannot place one",
            ]
        else:
            self._pass(APART, failing, leading)
            self._pass(APART, failing)
            self._place(new)
        # From here on those two may have to wait for their next attempts.
        self._refused(mine, "PATCH", "", {"comment": 5})
        self._turned_away(mine)
        self._write(mine, "POST", "/unfulfill", None, lasting, gone)
        self._look_at(gone)
        self._asked("DELETE", f"/v2/webhooks/{gone.id}", None, 204)
        self._listener.forget(gone.id)
        # When the other has heard of what follows, it would have, too.
        notes = ("comment", "shippingTracking", "shippingTrackingURL", "shippingProvider")
        for number, order in enumerate(self._one_of_each_kind()):
            note = {notes[number % len(notes)]: f"contract run: {number}"}
            self._write(order, "PATCH", "", note, lasting)
        self._write(mine, "POST", "/fulfill", {"sendOrderFulfilledEmail": True}, lasting)
        if not paid:
            self._not_judged.append("whether a refund is told of: no unfulfilled order was paid")
        # One that is sent, and one that is not; then neither can be sent any more.
        for order, body in zip(paid, ({}, {"reason": "requested"}), strict=False):
            self._write(order, "POST", "/refund", body, lasting)
            self._refused(order, "POST", "/fulfill", {})
        # And what is told of a refusal, is told before this is; by however many.
        many = [self._register(CHANGED) for _ in range(MANY)]
        self._write(mine, "PATCH", "", {"comment": "contract run: at last"}, lasting, *many)
        for hook in (lasting, failing, leading, new):
            self._look_at(hook)

    def _orders(self, query: str) -> list[Any]:
        page = self._asked("GET", f"/v2/sites/{self._site}/orders{query}", None, 200)
        orders = page.get("orders") if isinstance(page, dict) else None
        return [each for each in orders or () if isinstance(each, dict) and "orderId" in each]

    def _one_of_each_kind(self) -> list[str]:
        """By status, way of payment, and whether it is shipped; of each the one that tells most. And the last one."""
        found = [ids[-1] for ids in kinds_of({_id(each): each for each in self._orders("?limit=100")})]
        page = self._asked("GET", f"/v2/sites/{self._site}/orders?limit=1", None, 200)
        with suppress(LookupError, TypeError):
            last = self._orders(f"?limit=1&offset={page['pagination']['total'] - 1}")
            found.append(_id(last[0]))
        return [*dict.fromkeys(found)]

    def _register(self, trigger: str, twin: Hook | None = None) -> Hook:
        """With an address of its own, or, told apart by its secret, with that of its twin."""
        url = self._listener.address() if twin is None or twin.secret is None else str(twin.made.get("url"))
        made = self._asked(
            "POST", f"/v2/sites/{self._site}/webhooks", {"triggerType": trigger, "url": url}, 201
        )
        if not isinstance(made, dict):
            raise _NotMade(f"a webhook for {trigger} was not made")
        # Only one that a site token made has a secret of its own.
        shown = {name: value for name, value in made.items() if name != "secretKey"}
        secret = made.get("secretKey")
        known = secret if isinstance(secret, str) and secret else None
        hook = Hook(id=str(made.get("id")), trigger=trigger, secret=known, made=shown)
        if known is None and UNSIGNED not in self._not_judged:
            self._not_judged.append(UNSIGNED)
        self._hooks.append(hook)
        self._made.append(hook.id)
        self._listener.expect(url, hook)
        return hook

    def _register_elsewhere(self) -> None:
        """Nothing is for that one."""
        if self._another_site is not None:
            asked = {"triggerType": CHANGED, "url": self._listener.address()}
            answer = self._gateway.request(
                "POST", f"/v2/sites/{self._another_site}/webhooks", json.dumps(asked).encode()
            )
            if isinstance(answer.json, dict) and "id" in answer.json:
                self._made.append(str(answer.json["id"]))

    def _look_at(self, hook: Hook) -> None:
        """As it is shown by itself, and on the list."""
        answer = self._gateway.request("GET", f"/v2/webhooks/{hook.id}")
        page = self._asked("GET", f"/v2/sites/{self._site}/webhooks", None, 200)
        listed = page.get("webhooks") if isinstance(page, dict) else None
        named: list[Any] = [
            each for each in listed or () if isinstance(each, dict) and each.get("id") == hook.id
        ]
        self._shown.append((hook.id, answer.json if answer.status == 200 else None))
        self._shown += [(hook.id, each) for each in named or [None]]

    def _refused(self, order_id: str, method: str, path: str, body: object) -> None:
        """Whoever tells of it, has told of the change before twice."""
        self._asked(method, self._path(order_id) + path, body, 400, 409)

    def _turned_away(self, order_id: str) -> None:
        """No token, no change, and nothing to tell."""
        body = b'{"comment": "by nobody"}'
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        self._gateway.send(Request("PATCH", self._url(order_id), headers, body))
        self._gateway.hang_up()

    def _write(self, order_id: str, method: str, path: str, body: object, *told: Hook) -> None:
        with self._heard_by(*told):
            began = self._now()
            self._asked(method, self._path(order_id) + path, body, 200)
            self._changed(CHANGED, order_id, began, told)

    def _place(self, told: Hook) -> None:
        """What a customer does; nothing in the API does it."""
        order = {**self._orders("?limit=1")[0], "orderId": "c0f-fee"}
        with self._heard_by(told):
            began = self._now()
            self._http.post(f"{self._control}/sites/{self._site}/placed", json=order).raise_for_status()
            self._changed(NEW, "c0f-fee", began, [told])

    def _changed(self, trigger: str, order_id: str, began: float, told: Sequence[Hook]) -> None:
        order, hooks = self._asked("GET", self._path(order_id), None, 200), [each.id for each in told]
        self._changes.append(Change(trigger=trigger, order=order, began=began, told=hooks))

    def _pass(self, seconds: float, *told: Hook) -> None:
        """Let time pass, and hear of whom that makes due."""
        with self._heard_by(*told):
            self._ahead += seconds  # Before it passes there: what is due then may come before the answer.
            self._http.post(f"{self._control}/clock", json={"forward": seconds}).raise_for_status()

    @contextmanager
    def _heard_by(self, *hooks: Hook) -> Iterator[None]:
        """Wait for one delivery more to each. What does not come is missed in the end, and waited for only twice."""
        due = {hook.id: self._listener.count(hook.id) + 1 for hook in hooks}
        yield
        for hook_id, count in due.items():
            if not self._listener.wait_for(hook_id, count, self._patience if self._missed < 2 else 0.1):
                self._missed += 1

    # ------------------------------------------------------------------ the way there

    @property
    def _site(self) -> str:
        return self._gateway.server.site

    def _path(self, order_id: str) -> str:
        return f"/v2/sites/{self._site}/orders/{order_id}"

    def _url(self, order_id: str) -> str:
        return self._gateway.server.base_url.rstrip("/") + self._path(order_id)

    def _now(self) -> float:
        return time.time() + self._ahead

    def _asked(self, method: str, path: str, body: object, *due: int) -> Any:
        sent = b"" if body is None else json.dumps(body).encode()
        try:
            answer = self._gateway.request(method, path, sent)
        except NoAnswer as error:
            # How the order is since then, nobody knows.
            self._unknown += [] if method == "GET" else re.findall("/orders/([^/]+)", path)
            raise _NotMade(f"{method} {path.partition('?')[0]}: no answer: {error}") from None
        if answer.status not in due:
            raise _NotMade(
                f"{method} {path.partition('?')[0]} was answered {answer.status}, where {due[-1]} was due"
            )
        return answer.json

    def _look(self, order_id: str) -> Any:
        """Not through the gateway, which may be waiting for the very answer that this delivery is part of."""
        headers = {"Authorization": f"Bearer {self._gateway.server.token}"}
        try:
            answer = self._http.get(self._url(order_id), headers=headers)
        except httpx.HTTPError:
            return None
        return parsed(answer.content) if answer.status_code == 200 else None


def _id(order: Mapping[str, Any]) -> str:
    return str(order["orderId"])


def run(
    gateway: Gateway,
    description: Description,
    *,
    control: str | None = None,
    patience: float = PATIENCE,
    another_site: str | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> WebhookResult:
    result = Round(gateway, description, control, patience, another_site).run()
    say(f"  {result.deliveries} deliveries  {'ok' if result.ok else 'FAILED'}")
    return result
