"""Judges a sender: what was delivered, held against what has changed and what the description says."""

from __future__ import annotations

import hmac
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from ..description import Description
from ..gateway.exchange import Failure
from .cases import SIGNATURE, TIMESTAMP, signature
from .result import WebhookResult

DELIVERIES = "the deliveries"
CHECKS = (
    "delivery_is_a_post_of_json", "delivery_fits_its_schema", "delivery_is_signed", "delivery_is_signed_when_sent",
    "delivery_names_its_trigger", "delivery_shows_the_order_as_it_became", "delivery_comes_after_the_change",
    "each_change_is_delivered", "each_change_is_delivered_once", "what_was_not_taken_is_sent_again",
    "nothing_else_is_delivered", "webhook_says_when_it_was_triggered", "delivery_keeps_secrets",
    "webhook_stays_as_it_was_made",
)  # fmt: skip
FORM, SCHEMA, SIGNED, TIMED, TRIGGER, STATE, AFTER, COMPLETE, ONCE, RETRIED, NO_MORE, LAST, QUIET, STAYS = (
    CHECKS
)

# Documented: three retries, ten minutes apart. How exactly is not.
RETRIES, APART, ROUGHLY = 3, 600.0, 60.0
# A delivery is refused by whoever verifies it when it is older; no clock is to be trusted to the second.
OLDEST, CLOCKS_DIFFER = 300.0, 5.0


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A webhook that was registered for the run.

    `secret`: None if it was not told, and nothing can be verified. `made`: what the API said of it then.
    """

    id: str
    trigger: str
    secret: str | None = field(repr=False)
    made: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A request to the URL of a webhook. `hook`: the webhook's id; empty if the URL is none's. `followed`: it came
    where a redirect has pointed.

    `at`: when it came, by the clock of the server. `answer`: what status it was given. `shown`: what the API said of
    its order at that moment, if that was asked.
    """

    hook: str
    at: float
    answer: int = 200
    followed: bool = False
    method: str = "POST"
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = field(default=b"", repr=False)
    shown: Any = field(default=None, repr=False)

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What was done, and the order as the API has shown it then. `began`: before it was asked for.

    `told`: the webhooks that must be told; None: all that are for it.
    """

    trigger: str
    order: Mapping[str, Any] = field(repr=False)
    began: float
    told: Sequence[str] | None = None

    @property
    def order_id(self) -> str:
        return str(self.order.get("orderId"))


@dataclass(frozen=True, kw_only=True)
class Recording:
    """`until`: how long it was listened; a retry that would have come later is not missed.

    `shown`: what the API said of webhooks in the end, each with the id of its webhook, and more than once. `unknown`:
    orders that a write was sent to, and not answered. `tokens`: with what the API is asked, which is nobody else's.
    """

    hooks: Sequence[Hook]
    changes: Sequence[Change]
    deliveries: Sequence[Delivery]
    until: float
    shown: Sequence[tuple[str, Any]] = field(default=(), repr=False)
    unknown: Collection[str] = ()
    tokens: Collection[str] = field(default=(), repr=False)


def judge(recording: Recording, description: Description) -> WebhookResult:
    return _Judge(recording, description).judge()


class _Judge:
    def __init__(self, recording: Recording, description: Description) -> None:
        self._recording = recording
        self._description = description
        self._hooks = {each.id: each for each in recording.hooks}
        self._secrets = [*recording.tokens, *(each.secret for each in recording.hooks if each.secret)]
        # Of each webhook: how many deliveries tell of no change as it was.
        self._strays: Counter[str] = Counter()
        self._result = WebhookResult(part=DELIVERIES, deliveries=len(recording.deliveries))

    def judge(self) -> WebhookResult:
        # Of each change and each webhook for it: the attempts.
        attempts: dict[tuple[str, int], list[Delivery]] = {}
        for each in self._recording.deliveries:
            hook = self._hooks.get(each.hook)
            self._note(NO_MORE, each, [] if hook else [_nobodys(each)])
            if hook is not None:
                number = self._one(each, hook)
                if number is not None:
                    attempts.setdefault((hook.id, number), []).append(each)
                else:
                    self._strays[hook.id] += 1
        for number, change in enumerate(self._recording.changes):
            for hook in self._recording.hooks:
                if hook.trigger == change.trigger and (change.told is None or hook.id in change.told):
                    self._all(change, attempts.get((hook.id, number), []), hook.id)
        for hook_id, webhook in self._recording.shown:
            self._note(STAYS, None, _changed(self._hooks[hook_id], webhook))
            if isinstance(webhook, dict):
                self._note(LAST, None, self._last(hook_id, webhook))
        return self._result

    def _note(self, check: str, about: Delivery | None, complaints: Iterable[str]) -> None:
        told = "" if about is None else _told(about)
        for secret in self._secrets:  # A sender who is wrong may have sent one.
            told = told.replace(secret, "…")
        self._result.note(check, [Failure(DELIVERIES, check, each, answer=told) for each in complaints])

    # ------------------------------------------------------------------ one delivery

    def _one(self, delivery: Delivery, hook: Hook) -> int | None:
        """Judge it by itself; the number of the change that it tells of."""
        body = _parsed(delivery.body)
        self._note(FORM, delivery, _form(delivery, body))
        if hook.secret is not None:
            self._note(SIGNED, delivery, _signed(delivery, hook.secret))
            self._note(TIMED, delivery, _timed(delivery))
        self._note(QUIET, delivery, _leaks(delivery, self._secrets))
        trigger = body.get("triggerType") if isinstance(body, dict) else None
        self._note(TRIGGER, delivery, _named(trigger, hook))
        if not isinstance(body, dict) or trigger not in self._description.document.get("webhooks", {}):
            self._note(SCHEMA, delivery, ["it is no event of the description"])
            return None
        self._note(SCHEMA, delivery, self._misfits(str(trigger), body))
        order = body.get("payload")
        number = self._change(delivery, order, hook)
        if (
            number is None
            and isinstance(order, dict)
            and str(order.get("orderId")) in self._recording.unknown
        ):
            return None
        self._note(STATE, delivery, [] if number is not None else self._differences(order))
        if number is None:
            return None
        self._note(AFTER, delivery, self._early(delivery, number))
        return number

    def _misfits(self, trigger: str, body: object) -> Iterator[str]:
        pointer = f"/webhooks/{trigger}/post/requestBody/content/application~1json/schema"
        for error in self._description.validator(pointer).iter_errors(body):
            yield f"{''.join(f'/{word}' for word in error.instance_path) or 'the body'}: {str(error.message)[:200]}"

    def _change(self, delivery: Delivery, order: object, hook: Hook) -> int | None:
        """Which change left the order so: of several, the last that was begun by then."""
        fitting = [
            number
            for number, change in enumerate(self._recording.changes)
            if change.trigger == hook.trigger and change.order == order
        ]
        begun = [number for number in fitting if self._recording.changes[number].began <= delivery.at]
        return begun[-1] if begun else fitting[0] if fitting else None

    def _differences(self, order: object) -> list[str]:
        """From the state that is nearest to it."""
        if not isinstance(order, dict):
            return ["its payload is no order"]
        mine = [each.order for each in self._recording.changes if each.order_id == str(order.get("orderId"))]
        if not mine:
            return ["it is about an order that was not changed"]
        wrong = [
            sorted(name for name in {*order, *state} if order.get(name, ...) != state.get(name, ...))
            for state in mine
        ]
        nearest = min(wrong, key=len)
        return [f"/{name}: it is not what the API shows after the change" for name in nearest] or [
            "the order is so after a change of another kind, and this webhook is not for that"
        ]

    def _early(self, delivery: Delivery, number: int) -> Iterator[str]:
        change = self._recording.changes[number]
        if delivery.at < change.began - CLOCKS_DIFFER:
            yield "it came before the change was asked for"
        elif delivery.shown is not None and delivery.shown != change.order:
            later = [
                each.order
                for each in self._recording.changes[number + 1 :]
                if each.order_id == change.order_id
            ]
            if delivery.shown not in later and change.order_id not in self._recording.unknown:
                yield "it came while the API still showed the order as it was before"

    # ------------------------------------------------------------------ all about one change

    def _all(self, change: Change, attempts: Sequence[Delivery], hook_id: str) -> None:
        if not attempts and self._strays[hook_id]:
            self._strays[hook_id] -= 1  # It came, and what is wrong with it was said.
            return
        missing = [] if attempts else [f"nothing came after {change.trigger} of {change.order_id}"]
        self._note(COMPLETE, None, missing)
        if missing:
            return
        last = attempts[-1]
        first = next((at for at, each in enumerate(attempts) if each.answer == 200), len(attempts) - 1)
        more = len(attempts) - first - 1
        again = (
            f"it came {more} times more after it was taken with 200, maybe for what came later or was refused"
        )
        self._note(ONCE, last, [again] if more else [])
        self._note(RETRIED, last, self._retried(attempts[: first + 1]))

    def _retried(self, attempts: Sequence[Delivery]) -> Iterator[str]:
        last = attempts[-1]
        if (
            last.answer != 200
            and len(attempts) <= RETRIES
            and self._recording.until > last.at + APART + ROUGHLY
        ):
            yield f"it was answered {last.answer}, and did not come again"
        if len(attempts) > RETRIES + 1:
            yield f"it was tried {len(attempts)} times, and {RETRIES + 1} are documented"
        for before, after in pairwise(attempts):
            if abs(after.at - before.at - APART) > ROUGHLY:
                yield f"it came again after {after.at - before.at:.0f} s, and {APART:.0f} are documented"
            if after.body != before.body and _parsed(after.body) != _parsed(before.body):
                yield "it came again with another body"

    # ------------------------------------------------------------------ what the API says of a webhook

    def _last(self, hook_id: str, webhook: Mapping[str, Any]) -> Iterator[str]:
        came = [each.at for each in self._recording.deliveries if each.hook == hook_id]
        said = webhook.get("lastTriggered")
        if not came:
            if said is not None:
                yield "lastTriggered is set, and nothing was delivered"
        elif said is None:
            yield f"lastTriggered is not set, and {len(came)} deliveries came"
        elif (moment := _moment(said)) is not None:
            # Of the very last it may not be noted yet.
            away = min(abs(moment - at) for at in came[-2:])
            if away > OLDEST:
                yield f"lastTriggered is {away:.0f} s away from the last delivery"


def _nobodys(delivery: Delivery) -> str:
    if delivery.followed:
        return f"a redirect was followed, with a {delivery.method}, to where nobody has registered a webhook"
    return f"a {delivery.method} came to a URL that no webhook of this site has"


def _form(delivery: Delivery, body: object) -> Iterator[str]:
    if delivery.method != "POST":
        yield f"it is a {delivery.method}, not a POST"
    media = [value.partition(";")[0].strip().lower() for value in delivery.values("content-type")]
    if media != ["application/json"]:
        yield f"its type is {' and '.join(media) or 'missing'}, not application/json"
    if any(
        re.search('charset=(?!"?utf-?8)', each, re.IGNORECASE) for each in delivery.values("content-type")
    ):
        yield "it claims to be in another charset than UTF-8"
    if body is None:
        yield "its body is no JSON in UTF-8"


def _signed(delivery: Delivery, secret: str) -> Iterator[str]:
    signatures, timestamps = delivery.values(SIGNATURE), delivery.values(TIMESTAMP)
    for name, values in ((SIGNATURE, signatures), (TIMESTAMP, timestamps)):
        if len(values) != 1:
            yield f"{name} is there {len(values)} times"
    if len(signatures) != 1 or len(timestamps) != 1:
        return
    if not re.fullmatch("[0-9a-f]{64}", signatures[0]):
        yield f"{SIGNATURE} is not of 64 digits, in lower-case hexadecimal"
    elif not hmac.compare_digest(signatures[0], signature(delivery.body, timestamps[0], secret)):
        yield f"{SIGNATURE} is {_guess(delivery, timestamps[0], signatures[0], secret)}"


def _leaks(delivery: Delivery, secrets: Sequence[str]) -> Iterator[str]:
    sent = [*(value for _, value in delivery.headers), delivery.body.decode(errors="replace")]
    if any(secret in text for secret in secrets for text in sent):
        yield "it has the secret of a webhook, or the token of whoever registered it"


def _guess(delivery: Delivery, timestamp: str, got: str, secret: str) -> str:
    """What it is the signature of, if that can be guessed."""
    written = json.dumps(_parsed(delivery.body), separators=(",", ":"), ensure_ascii=False).encode()
    guesses = {
        "of the body alone, without the timestamp": hmac.digest(
            secret.encode(), delivery.body, "sha256"
        ).hex(),
        "of the JSON as it is written anew, not of the bytes that came": signature(
            written, timestamp, secret
        ),
        "made with an empty secret": signature(delivery.body, timestamp, ""),
    }
    return next(
        (what for what, made in guesses.items() if made == got),
        "not of timestamp, colon and body by its secret",
    )


def _timed(delivery: Delivery) -> Iterator[str]:
    for text in delivery.values(TIMESTAMP):
        if not re.fullmatch("[0-9]{1,15}", text, re.ASCII):
            yield f"{TIMESTAMP} is no number of milliseconds"
            continue
        age = delivery.at - int(text) / 1000
        if abs(delivery.at - int(text)) < OLDEST:
            yield f"{TIMESTAMP} is in seconds, and milliseconds are documented"
        elif age > OLDEST - CLOCKS_DIFFER:
            yield f"it was signed {age:.0f} s before it came: whoever verifies it must refuse it"
        elif age < -CLOCKS_DIFFER:
            yield f"it is signed {-age:.0f} s ahead"


def _named(trigger: object, hook: Hook) -> Iterator[str]:
    if trigger not in (None, hook.trigger):  # One that is missing is for the schema.
        yield f"triggerType is not {hook.trigger}, for which the webhook is"


def _changed(hook: Hook, webhook: object) -> Iterator[str]:
    if not isinstance(webhook, dict):
        yield "it is not there any more, and nobody has removed it"
        return
    for name in hook.made.keys() & webhook.keys() - {"lastTriggered"}:
        if webhook[name] != hook.made[name]:
            yield f"/{name}: it was another when the webhook was made"


def _moment(text: object) -> float | None:
    """Whether it is a date at all is for the schema."""
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return None


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        return None


def _told(delivery: Delivery) -> str:
    """As a person reads it."""
    names = Counter(key.lower() for key, _ in delivery.headers)
    head = [f"{key}: {value}" for key, value in delivery.headers if names[key.lower()] < 10]
    return "\n".join([delivery.method, *head, "", delivery.body.decode(errors="replace")[:3000]])
