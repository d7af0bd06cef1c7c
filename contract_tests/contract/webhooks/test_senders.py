"""Does the run tell a sender of webhooks that is wrong from one that is right?"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from webflow_orders.testing import client
from webflow_orders_contract.description import read as described
from webflow_orders_contract.webhooks import senders
from webflow_orders_contract.webhooks.cases import SIGNATURE, TIMESTAMP, signature
from webflow_orders_contract.webhooks.senders import Change, Delivery, Hook, Recording, judge
from webflow_orders_mock import MockWebflow, order as order_of_mock

DESCRIPTION = described()
NEW, CHANGED = "ecomm_new_order", "ecomm_order_changed"
MOMENT = 1_722_370_035.277
SECRET = "c0ffee" * 10 + "c0ff"


class Listening:
    """A receiver that writes down what comes, and takes it or not as it is told."""

    def __init__(self) -> None:
        self.mock = MockWebflow(clock=lambda: MOMENT)
        self.orders = client(self.mock)
        self.answers: list[int] = []
        self.deliveries: list[Delivery] = []
        self.changes: list[Change] = []
        self.hooks = []
        for trigger in (NEW, CHANGED):
            url = f"http://receiver.test/{trigger}"
            self.mock.webhooks.deliver_to(self, url=url)
            made = self.mock.webhooks.create(self.mock.site_id, trigger, url, secret=SECRET)
            as_made = json.loads(self.orders.webhooks.get(made.webhook_id).to_json())
            self.hooks.append(Hook(id=made.webhook_id, trigger=trigger, secret=SECRET, made=as_made))

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read()
        headers = [
            (key[5:].replace("_", "-").lower(), value) for key, value in environ.items() if key[:5] == "HTTP_"
        ]
        headers.append(("content-type", environ.get("CONTENT_TYPE", "")))
        answer = self.answers.pop(0) if self.answers else 200
        hook = next((each.id for each in self.hooks if environ["PATH_INFO"].endswith(each.trigger)), "")
        try:
            order_id = str(json.loads(body)["payload"]["orderId"])
            shown = json.loads(self.orders.get(order_id).to_json())
        except (ValueError, KeyError):
            shown = None
        self.deliveries.append(
            Delivery(hook=hook, at=self.mock.now(), answer=answer, headers=headers, body=body, shown=shown)
        )
        start_response(f"{answer} Whatever", [])
        return [b""]

    def change(self, order_id: str, trigger: str, do: Callable[[], object]) -> None:
        self.mock.forward(10)
        began = self.mock.now()
        do()
        order = json.loads(self.orders.get(order_id).to_json())
        self.changes.append(Change(trigger=trigger, order=order, began=began))

    def live(self) -> Recording:
        """An order's life; what is changed second is taken at the third attempt."""
        place = lambda: self.mock.place(order_of_mock("aaa-111", status="unfulfilled"))  # noqa: E731
        self.change("aaa-111", NEW, place)
        self.change("aaa-111", CHANGED, lambda: self.orders.update("aaa-111", comment="packed"))
        self.answers += [500, 204]
        self.change("aaa-111", CHANGED, lambda: self.orders.fulfill("aaa-111"))
        self.mock.forward(1300)
        self.change("aaa-111", CHANGED, lambda: self.orders.refund("aaa-111"))
        self.mock.forward(3000)
        return self.recording()

    def recording(self) -> Recording:
        shown = [(each.id, json.loads(self.orders.webhooks.get(each.id).to_json())) for each in self.hooks]
        return Recording(
            hooks=self.hooks,
            changes=self.changes,
            deliveries=self.deliveries,
            until=self.mock.now(),
            shown=shown,
            tokens=[self.mock.token],
        )


@pytest.fixture(scope="module")
def healthy() -> Recording:
    return Listening().live()


def failed(recording: Recording) -> set[str]:
    return {each.what for each in judge(recording, DESCRIPTION).failures}


def test_our_mock_is_a_right_sender(healthy: Recording) -> None:
    result = judge(healthy, DESCRIPTION)
    assert result.failures == []
    assert set(result.counts) == set(senders.CHECKS)
    assert result.deliveries == len(healthy.deliveries) == 6
    assert [each.answer for each in healthy.deliveries] == [200, 200, 500, 204, 200, 200]


# ---------------------------------------------------------------- wrong ones

Wrong = Callable[[Recording], Recording]


def each(change: Callable[[Delivery], Delivery]) -> Wrong:
    return lambda healthy: replace(healthy, deliveries=[change(delivery) for delivery in healthy.deliveries])


def signed(
    delivery: Delivery, body: bytes | None = None, timestamp: str | None = None, by: Any = None
) -> Delivery:
    """Signed anew, over another body, at another time or in another way."""
    body = delivery.body if body is None else body
    timestamp = delivery.values(TIMESTAMP)[0] if timestamp is None else timestamp
    made = (by or (lambda body, timestamp: signature(body, timestamp, SECRET)))(body, timestamp)
    others = [(name, value) for name, value in delivery.headers if name not in (TIMESTAMP, SIGNATURE)]
    return replace(delivery, body=body, headers=[*others, (TIMESTAMP, timestamp), (SIGNATURE, made)])


def without(delivery: Delivery, *names: str) -> Delivery:
    return replace(delivery, headers=[(name, value) for name, value in delivery.headers if name not in names])


def edited(delivery: Delivery, edit: Callable[[dict[str, Any]], Any]) -> Delivery:
    body = json.loads(delivery.body)
    return signed(delivery, json.dumps(edit(body) or body, separators=(",", ":")).encode())


def at(number: int, change: Callable[[Delivery], Delivery | None]) -> Wrong:
    """One of the deliveries is another, or is missing."""

    def wrong(healthy: Recording) -> Recording:
        other = change(healthy.deliveries[number])
        rest = list(healthy.deliveries)
        rest[number : number + 1] = [] if other is None else [other]
        return replace(healthy, deliveries=rest)

    return wrong


def twice(healthy: Recording) -> Recording:
    first, *rest = healthy.deliveries
    return replace(healthy, deliveries=[first, first, *rest])


def gives_up(healthy: Recording) -> Recording:
    return replace(healthy, deliveries=[*healthy.deliveries[:3], healthy.deliveries[5]])


def is_impatient(healthy: Recording) -> Recording:
    one, two, three = healthy.deliveries[2:5]
    soon = [replace(signed(two, timestamp=str(int((one.at + 5) * 1000))), at=one.at + 5)]
    later = [replace(signed(three, timestamp=str(int((one.at + 605) * 1000))), at=one.at + 605)]
    return replace(healthy, deliveries=[*healthy.deliveries[:3], *soon, *later, healthy.deliveries[5]])


def never_ends(healthy: Recording) -> Recording:
    one = healthy.deliveries[2]
    again = [
        replace(signed(one, timestamp=str(int((one.at + 600 * n) * 1000))), at=one.at + 600 * n, answer=500)
        for n in range(6)
    ]
    return replace(healthy, deliveries=[*healthy.deliveries[:2], *again, healthy.deliveries[5]])


def told_before(delivery: Delivery) -> Delivery:
    return replace(delivery, shown={**delivery.shown, "status": "unfulfilled", "refundedOn": None})


def _old_state(healthy: Recording) -> Recording:
    """The refund is told of with the order as it was."""
    old = json.loads(healthy.deliveries[0].body)["payload"]
    return at(5, lambda it: edited(it, lambda body: {**body, "payload": {**old, "status": "refunded"}}))(
        healthy
    )


def shown(**fields: str | None) -> Wrong:
    """Each webhook says so in the end."""
    return lambda healthy: replace(
        healthy, shown=[(hook, {**webhook, **fields}) for hook, webhook in healthy.shown]
    )


WRONG: dict[str, tuple[str, Wrong]] = {
    "signs the body alone": (senders.SIGNED, each(lambda it: signed(
        it, by=lambda body, stamp: hmac.digest(SECRET.encode(), body, "sha256").hex()))),
    "signs with another secret": (senders.SIGNED, each(lambda it: signed(
        it, by=lambda body, stamp: signature(body, stamp, "another")))),
    "signs with an empty secret": (senders.SIGNED, each(lambda it: signed(
        it, by=lambda body, stamp: signature(body, stamp, "")))),
    "signs before it prints": (senders.SIGNED, each(lambda it: replace(
        signed(it), body=json.dumps(json.loads(it.body)).encode()))),
    "signs in capitals": (senders.SIGNED, each(lambda it: signed(
        it, by=lambda body, stamp: signature(body, stamp, SECRET).upper()))),
    "does not sign": (senders.SIGNED, each(lambda it: without(it, SIGNATURE, TIMESTAMP))),
    "signs twice": (senders.SIGNED, each(lambda it: replace(it, headers=[*it.headers, *it.headers]))),
    "counts seconds": (senders.TIMED, each(lambda it: signed(it, timestamp=str(int(it.at))))),
    "writes a date": (senders.TIMED, each(lambda it: signed(it, timestamp="2024-07-30T20:07:15Z"))),
    "is ahead of time": (senders.TIMED, each(lambda it: signed(it, timestamp=str(int(it.at * 1000) + 60_000)))),
    "keeps the time of the first attempt": (senders.TIMED, lambda healthy: at(
        4, lambda it: signed(it, timestamp=healthy.deliveries[2].values(TIMESTAMP)[0]))(healthy)),
    "sends a form": (senders.FORM, each(lambda it: replace(
        without(it, "content-type"), headers=[("content-type", "application/x-www-form-urlencoded")]))),
    "sends another charset": (senders.FORM, each(lambda it: replace(
        without(it, "content-type"), headers=[("content-type", "application/json; charset=latin1")]))),
    "shows the secret": (senders.QUIET, each(lambda it: replace(it, headers=[*it.headers, ("x-secret", SECRET)]))),
    "shows the token": (senders.QUIET, each(lambda it: edited(it, lambda body: {**body, "by": MockWebflow.token}))),
    "puts": (senders.FORM, each(lambda it: replace(it, method="PUT"))),
    "cuts the body": (senders.FORM, at(1, lambda it: signed(it, it.body[:-20]))),
    "sends the bare order": (senders.SCHEMA, each(lambda it: edited(it, lambda body: body["payload"]))),
    "sends prices as floats": (senders.SCHEMA, each(lambda it: edited(
        it, lambda body: body["payload"]["customerPaid"].update(value=59.5)))),
    "sends an id instead of the order": (senders.SCHEMA, each(lambda it: edited(
        it, lambda body: {**body, "payload": {"orderId": body["payload"]["orderId"]}}))),
    "names another trigger": (senders.TRIGGER, at(3, lambda it: edited(
        it, lambda body: {**body, "triggerType": NEW}))),
    "tells of changes to the webhook for new orders": (senders.TRIGGER, lambda healthy: replace(
        healthy, deliveries=[replace(it, hook=healthy.hooks[0].id) for it in healthy.deliveries])),
    "sends the order as it was": (senders.STATE, _old_state),
    "leaves out the comment": (senders.STATE, each(lambda it: edited(
        it, lambda body: body["payload"].update(comment="")))),
    "tells before it is done": (senders.AFTER, at(5, told_before)),
    "loses a change": (senders.COMPLETE, at(1, lambda it: None)),
    "loses a new order": (senders.COMPLETE, at(0, lambda it: None)),
    "sends what was taken again": (senders.ONCE, twice),
    "takes 204 for taken": (senders.RETRIED, at(4, lambda it: None)),
    "takes 500 for taken": (senders.RETRIED, gives_up),
    "tries again at once": (senders.RETRIED, is_impatient),
    "tries for ever": (senders.RETRIED, never_ends),
    "tries again with another body": (senders.RETRIED, at(4, lambda it: edited(
        it, lambda body: {**body, "attempt": 3}))),
    "follows a redirect": (senders.NO_MORE, lambda healthy: replace(
        healthy, deliveries=[*healthy.deliveries, replace(healthy.deliveries[0], hook="", followed=True)])),
    "never says when": (senders.LAST, shown(lastTriggered=None)),
    "says an old time": (senders.LAST, shown(lastTriggered="2024-07-30T20:00:00.000Z")),
    "moves when it was made": (senders.STAYS, shown(createdOn="2024-07-30T20:00:00.000Z")),
    "follows a webhook to another address": (senders.STAYS, shown(url="https://elsewhere.example")),
    "removes a webhook": (senders.STAYS, lambda healthy: replace(
        healthy, shown=[(hook, None) for hook, _ in healthy.shown])),
    "says when to the webhook that heard nothing": (senders.LAST, lambda healthy: replace(
        healthy, deliveries=[it for it in healthy.deliveries if it.hook != healthy.hooks[0].id])),
}  # fmt: skip


def test_there_are_enough_of_them_and_each_check_catches_one() -> None:
    assert len(WRONG) >= 12
    assert {check for check, _ in WRONG.values()} == set(senders.CHECKS)


@pytest.mark.parametrize("name", WRONG)
def test_a_sender_that_is_wrong_is_noticed(name: str, healthy: Recording) -> None:
    check, wrong = WRONG[name]
    assert check in failed(wrong(healthy))


def test_what_came_and_is_wrong_is_not_missed_as_well(healthy: Recording) -> None:
    assert failed(WRONG["leaves out the comment"][1](healthy)) == {senders.STATE}
    assert senders.TRIGGER not in failed(WRONG["sends the bare order"][1](healthy))
    wrong = at(2, lambda it: edited(it, lambda body: body["payload"].update(comment="")))(healthy)
    two_left = replace(wrong, deliveries=[wrong.deliveries[at] for at in (0, 2, 5)])
    assert {senders.STATE, senders.COMPLETE} <= failed(two_left), "one of two is missed"


def test_what_is_told_shows_the_delivery_and_no_secret(healthy: Recording) -> None:
    wrong = WRONG["signs the body alone"][1](healthy)
    (first, *_) = judge(wrong, DESCRIPTION).failures
    assert first.message == "x-webflow-signature is of the body alone, without the timestamp"
    assert "aaa-111" in first.answer
    assert SECRET not in repr(judge(wrong, DESCRIPTION)) + repr(wrong)


@pytest.mark.parametrize("name", ["shows the secret", "shows the token"])
def test_what_a_sender_should_not_have_sent_is_not_told_either(name: str, healthy: Recording) -> None:
    result = judge(WRONG[name][1](WRONG["puts"][1](healthy)), DESCRIPTION)
    assert {senders.FORM, senders.QUIET} <= {each.what for each in result.failures}
    assert "aaa-111" in result.failures[0].answer
    for secret in (SECRET, MockWebflow.token):
        assert secret not in repr(result)


def test_what_comes_late_and_is_right_is_right() -> None:
    listening = Listening()
    listening.mock.webhooks.fault("late", seconds=60, trigger=CHANGED)
    assert failed(listening.live()) == set()


def test_a_retry_that_was_not_waited_for_is_not_missed(healthy: Recording) -> None:
    early = replace(healthy, deliveries=healthy.deliveries[:3], changes=healthy.changes[:3], shown=())
    assert failed(replace(early, until=early.deliveries[-1].at + 30)) == set()
    assert failed(early) == {senders.RETRIED}


def test_what_was_changed_and_changed_back_is_two_changes() -> None:
    listening = Listening()
    for status in ("fulfill", "unfulfill"):
        listening.change(
            "dfa-3f1", CHANGED, lambda status=status: getattr(listening.orders, status)("dfa-3f1")
        )
    listening.change("dfa-3f1", CHANGED, lambda: listening.orders.update("dfa-3f1", comment="a"))
    listening.change("dfa-3f1", CHANGED, lambda: listening.orders.fulfill("dfa-3f1"))
    listening.change("dfa-3f1", CHANGED, lambda: listening.orders.unfulfill("dfa-3f1"))
    assert listening.changes[2].order == listening.changes[4].order
    assert failed(listening.recording()) == set()
