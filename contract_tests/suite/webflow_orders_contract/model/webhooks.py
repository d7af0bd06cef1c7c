"""The model of webhooks: what is made is listed and read as it was made, and what is removed is gone.

It holds for every server of this API that can start over. Of our own mock it also knows other tokens and a site of
somebody else.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, NoReturn

from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from ..description import read
from ..gateway.exchange import Failure
from ..gateway.guard import Refused
from ..gateway.proxy import Gateway, NoAnswer
from .checker import Disagreement
from .diff import differences
from .runner import ModelResult, run_sequences

JSON = Any
HOOKS = {each.id: each for each in read().operations if each.is_about_webhooks}
MOST = 75
# From the answer's Date, and less than any two time zones differ.
NOW_IS_WITHIN = 600
TRIGGERS = ("ecomm_new_order", "ecomm_order_changed")
# Nobody has these hosts, and nobody will: whatever is posted there goes nowhere.
NOWHERE = "https://contract-run.invalid"
URLS = (
    NOWHERE, f"{NOWHERE}/", f"{NOWHERE}/webflow", f"{NOWHERE}:8443/a?b=c&d=%20", f"{NOWHERE}/{'x' * 500}",
    "http://user:word@contract-run.invalid/hook", "https://Contract-Run.invalid:443/Hook",
)  # fmt: skip
GOOD = {"triggerType": TRIGGERS[0], "url": URLS[2]}
# What is the server's to say.
ITS_OWN = {
    "id": "0" * 24, "secretKey": "of-my-own", "createdOn": "2001-01-01T00:00:00.000Z",
    "lastTriggered": "2001-01-01T00:00:00.000Z", "siteId": "0" * 24, "workspaceId": "0" * 24,
}  # fmt: skip
ODD_TRIGGERS: tuple[JSON, ...] = ("", "ecomm_nothing", "ECOMM_NEW_ORDER", None, 5, [])
ODD_URLS: tuple[JSON, ...] = (
    "",
    "/hook",
    "contract-run.invalid",
    "ftp://contract-run.invalid",
    None,
    5,
    [NOWHERE],
)
ODD: tuple[JSON, ...] = (
    {}, [], None, "x", 5, {"url": NOWHERE}, {"triggerType": TRIGGERS[0]},
    *({**GOOD, "triggerType": wrong} for wrong in ODD_TRIGGERS),
    *({**GOOD, "url": wrong} for wrong in ODD_URLS),
)  # fmt: skip
BROKEN = (
    (b'{"url": "x"', "application/json"),
    (b"", "application/json"),
    (json.dumps(GOOD).encode(), "text/plain"),
)
ODD_IDS = ("x", "0" * 23, "0" * 25, "G" * 24, "0" * 24 + "%0A")
WHICH = st.integers(0, 999)


class Checker:
    """A server, and the webhooks that it must have. `mock`: it is ours, and lets other tokens in."""

    def __init__(self, gateway: Gateway, *, mock: bool) -> None:
        self.gateway, self.mock = gateway, mock
        self.site = gateway.server.site
        self.known: dict[str, JSON] = {}
        self.gone: list[str] = []
        self.secrets: set[str] = set()
        self.requests = self.sequences = self.steps = 0
        self.compared: Counter[str] = Counter()
        self.now = time.time()
        self.failed: tuple[str, list[str], str] | None = None

    def begin(self) -> None:
        self.gateway.start_over()
        self.gateway.forget()
        self.sequences += 1
        self.gone, self.secrets = [], set()
        self.known = {each["id"]: each for each in self.ask("list-webhooks", 200)["webhooks"]}

    def ask(
        self, operation: str, *due: int, webhook: str = "", sent: JSON = ..., token: str | None = "", site: str = "",
        raw: tuple[bytes, str] | None = None,
    ) -> JSON:  # fmt: skip
        """The body of the answer, which must have one of these statuses. Raises Disagreement."""
        known = HOOKS[operation]
        headers = [] if token is None else [("Authorization", f"Bearer {token or self.gateway.server.token}")]
        if sent is not ...:
            raw = json.dumps(sent).encode(), "application/json"
        content, media = raw or (b"", "")
        headers += [("Content-Type", media)] if media else []
        path = known.path.format(site_id=site or self.site, webhook_id=webhook)
        asked = f"{known.method} {known.path.format(site_id='…', webhook_id=webhook[:40])}"
        self.requests += 1
        try:
            answer = self.gateway.ask(known.method, path, content, headers)
        except NoAnswer as error:
            self.wrong(f"{asked}: no answer: {error}")
        with suppress(ValueError):
            self.now = parsedate_to_datetime(answer.header("date")).timestamp()
        self.compared[operation] += 1
        self.expect(answer.status in due, f"{asked}: {due[0]} is due, {answer.status} came")
        if answer.status == 204:
            self.expect(not answer.content, f"{asked}: 204 came with a body")
            return None
        self.expect(answer.json is not None, f"{asked}: the body is no JSON")
        return answer.json

    def let_in(self, token: str, scopes: list[str]) -> None:
        asked = {"token": token, "scopes": scopes}
        answer = self.gateway.ask("POST", "/_mock/tokens", json.dumps(asked).encode())
        self.expect(answer.status < 300, f"the mock answered {answer.status} to a new token")

    def expect(self, truth: bool, otherwise: str) -> None:
        if not truth:
            self.wrong(otherwise)

    def wrong(self, complaint: str) -> NoReturn:
        if self.failed is None or len(self.gateway.sent) <= len(self.failed[1]):
            self.failed = complaint, list(self.gateway.curls()), self.gateway.told()
        raise Disagreement(complaint)

    def same(self, what: str, due: JSON, got: JSON) -> None:
        wrong = list(differences(due, got))
        self.expect(not wrong, f"{what}: {'; '.join(wrong[:4])}")

    # ------------------------------------------------------------------ what can be done

    def register(self, trigger: str, url: str) -> str:
        sent = {"triggerType": trigger, "url": url}
        return self.made(sent, self.ask("create-webhook", 201, sent=sent))

    def made(self, sent: JSON, made: JSON) -> str:
        self.expect(isinstance(made, dict), "create-webhook: this is no webhook")
        webhook = str(made.get("id"))
        self.expect(re.fullmatch("[0-9a-f]{24}", webhook) is not None, "create-webhook: it has no id")
        self.expect(webhook not in (*self.known, *self.gone), "create-webhook: its id is another one's")
        self.same(
            "create-webhook",
            {**sent, "siteId": self.site},
            {name: made.get(name) for name in (*sent, "siteId")},
        )
        secret = made.get("secretKey")
        self.expect(not self.mock or secret is not None, "create-webhook: a site token gets no secretKey")
        self.expect(secret is None or secret not in self.secrets, "create-webhook: two have one secretKey")
        self.secrets |= {secret} - {None}
        moment = datetime.fromisoformat(made["createdOn"]).timestamp() if "createdOn" in made else self.now
        self.expect(abs(moment - self.now) < NOW_IS_WITHIN, "create-webhook: createdOn is not now")
        self.known[webhook] = {name: value for name, value in made.items() if name != "secretKey"}
        self.look(webhook)
        return webhook

    def remove(self, webhook: str) -> None:
        self.ask("delete-webhook", 204, webhook=webhook)
        del self.known[webhook]
        self.gone.append(webhook)
        self.ask("get-webhook", 404, webhook=webhook)

    def look(self, webhook: str) -> None:
        self.same("get-webhook", self.known[webhook], self.ask("get-webhook", 200, webhook=webhook))

    def listed(self) -> None:
        found = self.ask("list-webhooks", 200)
        webhooks: JSON = found.get("webhooks") if isinstance(found, dict) else None
        self.expect(isinstance(webhooks, list), "list-webhooks: this is no list of webhooks")
        by_id = {str(each.get("id")): each for each in webhooks}
        self.expect(len(by_id) == len(webhooks), "list-webhooks: one is there twice")
        self.same("list-webhooks", self.known, by_id)
        page = found.get("pagination")
        total = page.get("total") if isinstance(page, dict) else len(webhooks)
        self.expect(total == len(webhooks), f"list-webhooks: there are {len(webhooks)}, and it says {total}")


class WebhooksMachine(RuleBasedStateMachine):
    checker: ClassVar[Checker]

    def __init__(self) -> None:
        super().__init__()
        self.checker.begin()

    def one(self, which: int) -> str:
        return list(self.checker.known)[which % len(self.checker.known)]

    @rule(trigger=st.sampled_from(TRIGGERS), url=st.sampled_from(URLS))
    def register(self, trigger: str, url: str) -> None:
        self.checker.register(trigger, url)
        self.checker.listed()

    @precondition(lambda self: self.checker.known)
    @rule(which=WHICH)
    def look(self, which: int) -> None:
        self.checker.look(self.one(which))

    @precondition(lambda self: self.checker.known)
    @rule(which=WHICH)
    def remove(self, which: int) -> None:
        self.checker.remove(self.one(which))
        self.checker.listed()

    @precondition(lambda self: self.checker.gone)
    @rule(which=WHICH)
    def remove_again(self, which: int) -> None:
        webhook = self.checker.gone[which % len(self.checker.gone)]
        self.checker.ask("delete-webhook", 404, webhook=webhook)
        self.checker.ask("get-webhook", 404, webhook=webhook)
        self.checker.listed()

    @rule(odd=st.sampled_from(ODD))
    def ask_for_what_cannot_be(self, odd: JSON) -> None:
        self.checker.ask("create-webhook", 400, sent=odd)
        self.checker.listed()

    def teardown(self) -> None:
        self.checker.steps += 1


def examples(checker: Checker) -> None:
    """What is not left to luck: asked once, before the random sequences."""
    checker.begin()
    for odd in ODD:
        checker.ask("create-webhook", 400, sent=odd)
    for raw in BROKEN:
        checker.ask("create-webhook", 400, raw=raw)
    for wrong in ODD_IDS:
        for operation in ("get-webhook", "delete-webhook"):
            checker.ask(operation, *((400,) if checker.mock else (400, 404)), webhook=wrong)
    first = checker.register(*GOOD.values())
    if first.upper() != first:
        for operation in ("get-webhook", "delete-webhook"):
            checker.ask(operation, 404, 400, webhook=first.upper())
    made = checker.ask("create-webhook", 201, 400, sent={**ITS_OWN, **GOOD})
    if "triggerType" in made:
        taken = [name for name, value in ITS_OWN.items() if made.get(name) == value]
        checker.expect(
            not taken, f"create-webhook: it takes {', '.join(taken)}, which is not the caller's to say"
        )
        checker.made(GOOD, made)
    for operation in HOOKS:
        checker.ask(operation, 401, webhook=first, token=None)
        checker.ask(operation, 401, webhook=first, token="nobody-s-token")
        checker.ask(operation, 404, webhook="0" * 24, site="0" * 24, **_body(operation))
    for trigger in TRIGGERS:
        for url in URLS:
            checker.register(trigger, url)
    checker.listed()
    if checker.mock:
        _strangers(checker, first)
    _limit(checker)
    for webhook in [*checker.known][::7]:
        checker.remove(webhook)
    checker.listed()


def _body(operation: str) -> dict[str, JSON]:
    return {"sent": GOOD} if operation == "create-webhook" else {}


def _limit(checker: Checker) -> None:
    """Of one trigger there are so many, and as many of the other: the list shows them all."""
    for trigger in TRIGGERS:
        have = sum(each["triggerType"] == trigger for each in checker.known.values())
        for _ in range(MOST - have):
            checker.register(trigger, URLS[2])
        checker.ask("create-webhook", 409, sent={**GOOD, "triggerType": trigger})
    checker.listed()
    checker.remove(next(name for name, each in checker.known.items() if each["triggerType"] == TRIGGERS[0]))
    checker.register(*GOOD.values())


def _strangers(checker: Checker, mine: str) -> None:
    """Tokens that may do less, and the site of somebody else, which our mock has."""
    from webflow_orders_mock import MockWebflow as mock

    theirs = mock.token_of_another
    foreign = checker.ask("create-webhook", 201, sent=GOOD, token=theirs, site=mock.site_id_of_another)["id"]
    for operation in HOOKS:
        checker.ask(operation, 404, webhook=foreign, site=mock.site_id_of_another, **_body(operation))
        checker.ask(operation, 404, webhook=mine, token=theirs, **_body(operation))
    checker.ask("get-webhook", 200, webhook=foreign, token=theirs)
    for token, scopes in (("model-hooks-reader", ["sites:read"]), ("model-no-hooks", ["ecommerce:write"])):
        checker.let_in(token, scopes)
        for operation, known in HOOKS.items():
            due = 200 if known.method == "GET" and scopes == ["sites:read"] else 403
            checker.ask(operation, due, webhook=mine, token=token, **_body(operation))
    checker.listed()


def run(gateway: Gateway, *, seed: int | None, sequences: int, mock: bool = True) -> ModelResult:
    """The examples, and random sequences, fewer than of orders, until one fails or all are through."""
    checker, start = Checker(gateway, mock=mock), time.perf_counter()
    complaint = ""
    try:
        examples(checker)
        run_sequences(WebhooksMachine, checker, seed, max(1, sequences // 4))
    except Disagreement as error:
        complaint = str(error)
    except (NoAnswer, Refused, HypothesisException, KeyError, TypeError, ValueError) as error:
        complaint = checker.failed[0] if checker.failed else f"no answer that can be read: {error}"
    finally:
        gateway.hang_up()
    _, curls, told = checker.failed or ("", [], "")
    return ModelResult(
        sequences=checker.sequences, requests=checker.requests, seconds=time.perf_counter() - start,
        steps=checker.steps, compared=dict(checker.compared), seed=seed or 0,
        failure=Failure("the model", "another answer was due", complaint, curls, told) if complaint else None,
    )  # fmt: skip
