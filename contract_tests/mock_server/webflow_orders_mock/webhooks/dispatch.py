"""When a delivery is sent, and what comes of its answers.

Documented: exactly 200 is success, and a redirect is not; three retries, ten minutes apart; repeated failure
deactivates the webhook. Assumed: that one delivery whose attempts all fail is such a repeated failure, and that those
which wait are then not sent; and ten seconds for an answer, for Webflow only says that a slow one is a failure.

A delivery is noted where the state changes, under the mock's lock, and sent afterwards without it, so that a receiver
may call the API. It is sent in the thread of whoever changed the order, before that call returns, and retries in that
of whoever puts the clock forward; or, once `start` was called, as a mock that listens does, in a thread of its own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ..orders.database import Database
from ..orders.dialects import Dialect, StoredOrder
from .deliveries import Attempt, Deliveries, Delivery
from .faults import Faults
from .posting import Answer, App, Poster
from .registry import ORDER_TRIGGERS, Registry, Webhook
from .wire import FORMS, Posted, posted

log = logging.getLogger("webflow_orders_mock")

RETRIES, APART = 3, 600.0
PATIENCE = 10.0
# No more often than this is a clock looked at that stands still.
_NAP = 0.05


class _Job(NamedTuple):
    """One thing to send. `again`: the bytes of an attempt that is replayed. `era`: after how many resets it is."""

    era: int
    delivery: Delivery
    webhook: Webhook
    is_replay: bool = False
    again: Posted | None = None


class Webhooks(Registry):
    """`mock.webhooks`: who is told of changes, and the telling.

    `time_limit` is how many seconds a receiver has for its answer.
    """

    def __init__(
        self,
        database: Database | None,
        now: Callable[[], float],
        lock: threading.RLock,
        *,
        site_id: str,
        dialect: Dialect,
        anywhere: bool,
    ) -> None:
        super().__init__(database, now, lock)
        self._site_id, self._dialect, self._anywhere = site_id, dialect, anywhere
        self.deliveries: Deliveries = Deliveries()
        self.time_limit: float = PATIENCE
        self.faults: Faults = Faults()
        # `mock.webhooks.fault("late", seconds=90)`
        self.fault: Callable[..., None] = self.faults.add
        self._poster = Poster()
        # Of those that wait: when they are due, and in which order they were put there.
        self._ranks: dict[int, tuple[float, int]] = {}
        self._ranked = self._era = 0
        self._held: list[Delivery] = []
        self._replays: list[_Job] = []
        self._is_busy = self._has_thread = False
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition(lock)

    # ------------------------------------------------------------------ for tests

    def deliver_to(
        self, app: App, *, url: str = "http://testserver/", secret: str | None = None
    ) -> tuple[Webhook, ...]:
        """Have what goes to this URL's host go to an ASGI or a WSGI application, without a socket.

        With a secret, the site also gets a webhook at this URL for each of the two triggers of orders, signed with
        it. A `reset` takes these, and leaves the application. No lifespan is run.

        Raises ValueError for what is no http(s) URL.
        """
        self._poster.connect(url, app)
        triggers = () if secret is None else ORDER_TRIGGERS
        return tuple(self.create(self._site_id, trigger, url, secret=secret) for trigger in triggers)

    def replay(self, number: int, attempt: int | None = None) -> Delivery:
        """Send a delivery once more: signed anew, or, given one of its attempts, the very same bytes.

        An attempt beyond the rules: where it is taken, the delivery is delivered; where not, nothing changes.
        Raises ValueError where there is no such delivery or attempt, or its webhook is gone.
        """
        with self._lock:
            delivery = self.deliveries.number(number)
            webhook = self.get(delivery.webhook_id)
            if webhook is None or not self._poster.reaches(webhook.url, anywhere=self._anywhere):
                why = "gone" if webhook is None else "not on this machine"
                raise ValueError(f"the webhook of delivery {number} is {why}")
            same = next((each.posted for each in delivery.attempts if each.number == attempt), None)
            if attempt is not None and same is None:
                raise ValueError(f"delivery {number} has no attempt {attempt!r:.20}")
            self._replays.append(_Job(self._era, delivery, webhook, True, same))
        self.run()
        return self.deliveries.get(number) or delivery

    def start(self) -> None:
        """From now on deliver from a thread, so that no call waits for a receiver."""
        self._has_thread = True

    def settle(self, seconds: float = 30) -> bool:
        """Wait until nothing is being sent or due, so long at the most, and say whether it came to that."""
        self.run()
        with self._changed:
            return self._changed.wait_for(self._is_settled, seconds)

    def stop(self) -> None:
        """End the thread, and give up what is under way. What waits goes out with the next call."""
        with self._changed:
            self._has_thread = False
            thread, self._thread = self._thread, None
            self._changed.notify_all()
        self._poster.close()
        if thread is not None:
            thread.join(timeout=10)

    # ------------------------------------------------------------------ for the mock

    def tell(self, trigger: str, site_id: str, stored: StoredOrder) -> None:
        """Note that an order is new, or has changed. The mock holds its lock, and calls `run` without it."""
        now, order_id = self._now(), str(stored.order["orderId"])
        for webhook in self.of_site(site_id, trigger):
            if not webhook.active:
                continue
            fault = self.faults.next(trigger, order_id)
            kind = None if fault is None else fault.kind
            pause = fault.seconds if fault is not None and kind in ("late", "swapped") else 0
            delivery = Delivery(
                number=self.deliveries.last_number + 1, webhook_id=webhook.webhook_id, site_id=site_id,
                order_id=order_id, trigger=trigger, where=webhook.where, at=now, due=now + pause, fault=fault,
                retries_left=RETRIES, payload=stored.serialized("v2", self._dialect),
            )  # fmt: skip
            if kind == "lost":
                self.deliveries.put(replace(delivery, state="lost", due=None))
                continue
            self._wait(delivery)
            if kind == "swapped":
                self._held.append(delivery)
            else:
                self._let_go(delivery)

    def due(self) -> float | None:
        """When the next attempt is to be made by whoever calls `run`; None if there is none."""
        with self._lock:
            if self._has_thread or self._is_busy or not self._ranks:
                return None
            return min(self._ranks.values())[0]

    def run(self) -> int:
        """Make the attempts that are due, in their order, and say how many. Whoever is at it makes them all."""
        made = 0
        while True:
            with self._changed:
                if self._is_busy and not made:
                    return 0
                job = None if self._has_thread else self._take()
                self._is_busy = job is not None
                if job is None:
                    self._wake()
                    return made
            try:
                self._do(job)
            except BaseException:
                with self._lock:
                    self._is_busy = False
                    interrupted = self._current(job)
                    if interrupted is not None and interrupted.due is not None:
                        self._wait(interrupted)
                raise
            made += 1

    def clear(self) -> None:
        super().clear()
        with self._lock:
            for each in (self.deliveries, self.faults, self._ranks, self._held, self._replays):
                each.clear()
            self._era += 1

    # ------------------------------------------------------------------ order

    def _wait(self, delivery: Delivery) -> None:
        """Let it wait until it is due, behind those that are due then already."""
        assert delivery.due is not None
        self._ranked += 1
        self._ranks[delivery.number] = (delivery.due, self._ranked)
        self.deliveries.put(delivery)

    def _let_go(self, after: Delivery) -> None:
        """What this delivery was to overtake, and is not sent yet, comes right after it."""
        mine = [held.number for held in self._held if held.webhook_id == after.webhook_id]
        self._held = [held for held in self._held if held.webhook_id != after.webhook_id]
        for number in mine:
            held = self.deliveries.get(number)
            if held is not None and number in self._ranks and held.retries_left == RETRIES:
                self._wait(replace(held, due=after.due))

    def _take(self) -> _Job | None:
        """What is to be sent now, if something is. What is due and cannot be sent ends here."""
        if self._replays:
            return self._replays.pop(0)
        while self._ranks:
            number = min(self._ranks, key=self._ranks.__getitem__)
            if self._ranks[number][0] > self._now():
                break
            del self._ranks[number]
            delivery = self.deliveries.number(number)
            webhook = self.get(delivery.webhook_id)
            if webhook is None or not webhook.active:
                self.deliveries.put(replace(delivery, state="dropped", due=None))
            elif not self._poster.reaches(webhook.url, anywhere=self._anywhere):
                log.warning("delivery %s is not sent: %s is not on this machine", number, delivery.where)
                self.deliveries.put(replace(delivery, state="blocked", due=None))
            else:
                return _Job(self._era, delivery, webhook)
        return None

    # ------------------------------------------------------------------ attempts

    def _do(self, job: _Job) -> None:
        delivery, fault = job.delivery, job.delivery.fault
        made = RETRIES - delivery.retries_left
        about = (delivery.trigger, delivery.payload, job.webhook.secret, self._now())
        if job.is_replay:
            self._post(job, job.again or posted(*about))
            return
        if fault is not None and fault.kind in FORMS and made < fault.attempts:
            self._post(job, FORMS[fault.kind](*about, fault.seconds), spoilt_by=fault.kind)
        else:
            for _ in range(2 if fault is not None and fault.kind == "twice" and not made else 1):
                self._post(job, posted(*about))
        with self._lock:
            after = self._current(job)
            if after is None or after.due is None:
                return
            if after.retries_left:
                self._wait(replace(after, due=after.due + APART, retries_left=after.retries_left - 1))
            else:
                self.deliveries.put(replace(after, state="failed", due=None))
                self.deactivate(after.webhook_id)
                log.warning(
                    "the webhook for %s is deactivated: delivery %s failed", after.where, after.number
                )

    def _post(self, job: _Job, sent: Posted, *, spoilt_by: str | None = None) -> None:
        """Send it, and note what came of it."""
        at, limit = self._now(), self.time_limit
        answer = self._poster.post(job.webhook.url, sent, limit)
        took = self._now() - at
        if took > limit and not self._has_thread and answer.status is not None:
            # Here a receiver lives by the mock's clock. With a thread, others may have put that forward.
            answer = Answer(
                None, f"answered {answer.status} after {took:.0f} s, and had {limit:g} s", answer.body
            )
        with self._lock:
            found = self._current(job)
            if found is None:
                return
            attempt = Attempt(
                number=len(found.attempts) + 1, at=at, status=answer.status, outcome=outcome(answer),
                fault=spoilt_by, is_replay=job.is_replay, posted=sent, answer=answer.body,
                is_retry=not job.is_replay and found.retries_left < RETRIES,
            )  # fmt: skip
            noted = replace(found, attempts=(*found.attempts, attempt))
            if attempt.ok:
                self._ranks.pop(found.number, None)
                noted = replace(noted, state="delivered", due=None)
            self.deliveries.put(noted)
            self.triggered(found.webhook_id, at)

    def _current(self, job: _Job) -> Delivery | None:
        """What has become of its delivery, unless the mock was reset meanwhile."""
        return self.deliveries.get(job.delivery.number) if job.era == self._era else None

    # ------------------------------------------------------------------ by itself

    def _wake(self) -> None:
        """The thread, if one was asked for. There is none before there is something to send."""
        if self._has_thread and self._thread is None and (self._ranks or self._replays):
            self._thread = threading.Thread(
                target=self._work, name="webflow-orders-mock-webhooks", daemon=True
            )
            self._thread.start()
        self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._is_busy = False
                self._changed.notify_all()
                while (job := self._take() if self._is_mine() else None) is None:
                    if not self._is_mine():
                        return
                    first = min(self._ranks.values(), default=None)
                    self._changed.wait(None if first is None else max(_NAP, first[0] - self._now()))
                self._is_busy = True
            self._do(job)

    def _is_settled(self) -> bool:
        is_due = any(due <= self._now() for due, _ in self._ranks.values())
        return not (self._is_busy or self._replays or is_due)

    def _is_mine(self) -> bool:
        return self._thread is threading.current_thread()


def outcome(answer: Answer) -> str:
    if answer.status == 200:
        return "delivered"
    if answer.status is None or answer.why:
        return answer.why
    if 300 <= answer.status < 400:
        return f"answered {answer.status}: redirects are not followed"
    return f"answered {answer.status}: 200 alone is success"
