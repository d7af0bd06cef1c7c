"""Webhooks are held to what they must be, and made nowhere where nobody said that they may."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import httpx
import pytest
from webflow_orders_contract import report, run as whole_run
from webflow_orders_contract.description import read as described
from webflow_orders_contract.drive.scenario import ALL, WEBHOOKS
from webflow_orders_contract.fuzz import profiles
from webflow_orders_contract.fuzz.tally import Tally
from webflow_orders_contract.gateway.exchange import Exchange
from webflow_orders_contract.gateway.rules import webhooks as webhook_rules
from webflow_orders_contract.model import webhooks
from webflow_orders_contract.settings import Settings, UsageError
from webflow_orders_contract.webhooks.listener import Listener
from webflow_orders_contract.webhooks.senders import Hook
from webflow_orders_mock import MockServer, MockWebflow

from contract_tests.contract.conftest import TOKEN, gateway_to, mute

SITE, ID = "580e63e98c9a982ac9b8b741", "66f0a1b2c3d4e5f601234567"
HOOK = {"id": ID, "triggerType": "ecomm_new_order", "url": "https://a.invalid", "siteId": SITE}
NOW = "2025-03-01T09:15:30.001Z"
OWN = {"target": "http://127.0.0.1:1", "site": SITE, "token": TOKEN, "own_server": True}
RESET = {**OWN, "reset": "http://127.0.0.1:1/reset"}


@pytest.mark.parametrize(
    ("given", "drives", "fuzzes"),
    [
        ({}, True, True),
        ({"webhooks": False}, False, False),
        (RESET, True, True),
        ({**RESET, "webhooks": False}, False, False),
        (OWN, False, False),
        ({**OWN, "webhooks": True}, True, False),
        ({**OWN, "own_server": False}, False, False),
        ({**OWN, "own_server": False, "webhooks": False}, False, False),
    ],
)
def test_they_are_made_where_the_server_starts_over_or_somebody_says_so(given, drives, fuzzes):
    settings = Settings(**given)
    assert (settings.drives_webhooks, settings.fuzzes_webhooks) == (drives, fuzzes)
    steps = whole_run._steps("sync", None, settings)
    assert [step for step in steps if step in WEBHOOKS] == (list(WEBHOOKS) if drives else [])


def test_of_a_shop_they_are_left_alone_whatever_is_asked():
    with pytest.raises(UsageError, match="--webhooks is for a server of your own"):
        Settings(**{**OWN, "own_server": False, "webhooks": True})


@pytest.mark.parametrize(("webhooks", "words"), [(True, "--webhooks"), (False, "--no-webhooks"), (None, "")])
def test_what_asks_for_the_same_once_more_says_so(webhooks, words):
    assert Settings(**OWN, webhooks=webhooks).command.partition("--own-server")[2].strip() == words


@pytest.mark.parametrize("live", [True, False])
def test_schemathesis_is_told_to_leave_out_what_is_not_chosen(live, tmp_path):
    chosen = [each for each in described().operations if not each.is_about_webhooks]
    aim = profiles.Aim(orders=["dfa-3f1"], operations=chosen, report=tmp_path, seed=None, max_examples=1)
    with gateway_to(MockWebflow()) as gateway:
        config = (profiles.live if live else profiles.mock)(aim, gateway)
    assert 'include-tag = "webhooks"\nenabled = false' in config


@pytest.mark.parametrize("allowed", [True, False])
def test_without_a_start_over_what_is_made_is_removed_and_only_if_allowed(
    allowed, run, somebodys_server: MockServer, monkeypatch
):
    aims = []

    def fuzz(gateway, description, aim, config):
        aims.append(aim)
        return Tally(finished=True)

    monkeypatch.setattr(whole_run, "_fuzz", fuzz)
    monkeypatch.setattr(whole_run, "_model", lambda *_: (None, ""))
    monkeypatch.setattr(report, "write", lambda result, *_: result)
    monkeypatch.setattr(whole_run, "_access", lambda *_: None)
    server = somebodys_server
    mine = server.mock.webhooks.create(server.mock.site_id, "form_submission", "https://forms.example")
    words = ["--target", server.url, "--site", server.mock.site_id, "--own-server"]
    run(*words, *(["--webhooks"] if allowed else []))
    made = [entry.operation_id for entry in server.mock.ledger if entry.applied]
    # Each of the two clients makes one, and the judge of deliveries fifteen.
    assert made.count("create-webhook") == made.count("delete-webhook") == 17 * allowed
    assert [each.webhook_id for each in server.mock.webhooks] == [mine.webhook_id]
    assert not [each for aim in aims for each in aim.operations if each.is_about_webhooks]


@pytest.mark.parametrize("mock", [True, False])
def test_the_model_finds_nothing_at_a_healthy_mock(mock):
    with gateway_to(MockWebflow(), reset="/_mock/reset") as gateway:
        result = webhooks.run(gateway, seed=1, sequences=4, mock=mock)
    assert result.ok, result.failure
    assert set(result.compared) == set(webhooks.HOOKS)


def test_the_model_asks_the_mock_itself_and_no_proxy_of_the_environment(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with gateway_to(MockWebflow(), reset="/_mock/reset") as gateway:
        checker = webhooks.Checker(gateway, mock=True)
        webhooks.examples(checker)
        gateway.hang_up()
    assert checker.failed is None


def test_the_model_names_the_request_that_is_never_answered(monkeypatch):
    mute(monkeypatch, "/webhooks")
    with gateway_to(MockWebflow(), reset="/_mock/reset") as gateway:
        failure = webhooks.run(gateway, seed=1, sequences=4).failure
    assert failure is not None
    assert failure.message == "GET /v2/sites/…/webhooks: no answer: nothing came within 30 seconds"
    assert failure.curl[-1].endswith("/webhooks")


def test_the_model_shows_the_requests_that_led_to_what_is_wrong():
    with gateway_to(MockWebflow(defect="same-webhook-again"), reset="/_mock/reset") as gateway:
        result = webhooks.run(gateway, seed=1, sequences=4)
    assert result.failure is not None
    assert "its id is another one's" in result.failure.message
    assert "POST" in result.failure.curl[-1]


def _says_nothing_is_there(request, ask):
    answer = ask(request)
    if request.method != "GET" or not request.path.endswith("/webhooks") or answer.status != 200:
        return answer
    page = {"limit": 100, "offset": 0, "total": 0}
    return dataclasses.replace(
        answer, body=json.dumps({**json.loads(answer.body), "pagination": page}).encode()
    )


def _takes_a_secret(request, ask):
    answer = ask(request)
    if answer.status != 201:
        return answer
    asked, made = json.loads(request.body), json.loads(answer.body)
    secret = asked.get("secretKey", made["secretKey"])
    return dataclasses.replace(answer, body=json.dumps({**made, "secretKey": secret}).encode())


def _finds_ids_in_capitals(request, ask):
    return ask(dataclasses.replace(request, path=request.path.lower()))


def _writes_hosts_small(request, ask):
    body = request.body.replace(b"Contract-Run", b"contract-run")
    return ask(dataclasses.replace(request, body=body))


def _has_another_zone(request, ask):
    answer = ask(request)
    if answer.status != 201:
        return answer
    made = json.loads(answer.body)
    moment = datetime.fromisoformat(made["createdOn"]) + timedelta(minutes=30)
    return dataclasses.replace(answer, body=json.dumps({**made, "createdOn": moment.isoformat()}).encode())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (_has_another_zone, "createdOn is not now"),
        (_says_nothing_is_there, "it says 0"),
        (_takes_a_secret, "it takes secretKey"),
        (_finds_ids_in_capitals, "404 is due, 200 came"),
        (_writes_hosts_small, "create-webhook: /url"),
    ],
)
def test_the_model_finds_what_is_wrong(wrong, told):
    class Wrong(MockWebflow):
        def handle(self, request):
            ask = super().handle
            return ask(request) if request.path.startswith("/_mock") else wrong(request, ask)

    with gateway_to(Wrong(), reset="/_mock/reset") as gateway:
        failure = webhooks.run(gateway, seed=1, sequences=1, mock=False).failure
    assert failure is not None
    assert told in failure.message


def _answer(operation: str, answer: object, status: int = 200, sent: object = None, **ids: str) -> Exchange:
    return Exchange(
        operation=operation, ids=ids, is_about_webhooks=True, status=status, answer=answer, sent=sent
    )  # fmt: skip


RIGHT = [
    _answer("get-webhook", {**HOOK, "filter": None, "lastTriggered": NOW}, webhook_id=ID),
    _answer(
        "get-webhook", {**HOOK, "triggerType": "form_submission", "filter": {"name": "News"}}, webhook_id=ID
    ),
    _answer("list-webhooks", {"webhooks": [HOOK, {**HOOK, "id": "0" * 24}]}, site_id=SITE),
    _answer("create-webhook", {**HOOK, "secretKey": "0f" * 32}, 201, sent=HOOK, site_id=SITE),
    _answer("delete-webhook", None, 204, webhook_id=ID),
    _answer("get-webhook", {"code": "resource_not_found"}, 404, webhook_id=ID),
    _answer("list-webhooks", {"webhooks": "none"}, site_id=SITE),
]
WRONG = [
    ("webhook_is_the_one_asked_for", _answer("get-webhook", HOOK, webhook_id="0" * 24)),
    ("webhook_is_the_one_asked_for", _answer("list-webhooks", {"webhooks": [HOOK]}, site_id="0" * 24)),
    ("webhook_is_made_as_it_was_asked_for", _answer("create-webhook", HOOK, 201, sent={**HOOK, "url": "x"})),
    ("secret_is_shown_once", _answer("get-webhook", {**HOOK, "secretKey": "x"}, webhook_id=ID)),
    ("secret_is_shown_once", _answer("list-webhooks", {"webhooks": [{**HOOK, "secretKey": "x"}]})),
    ("webhook_is_about_orders", _answer("get-webhook", {**HOOK, "filter": {"name": ""}}, webhook_id=ID)),
    ("webhook_is_new", _answer("create-webhook", {**HOOK, "secretKey": "0f" * 24}, 201, sent=HOOK)),
    ("webhook_is_new", _answer("create-webhook", {**HOOK, "lastTriggered": NOW}, 201, sent=HOOK)),
    ("webhooks_are_different_ones", _answer("list-webhooks", {"webhooks": [HOOK, HOOK]}, site_id=SITE)),
]


@pytest.mark.parametrize("exchange", RIGHT)
def test_no_rule_complains_of_what_is_right(exchange):
    assert [complaint for rule in webhook_rules.RULES for complaint in rule(exchange)] == []


@pytest.mark.parametrize(("name", "exchange"), WRONG)
def test_a_rule_complains_of_what_is_wrong(name, exchange):
    assert [rule.__name__ for rule in webhook_rules.RULES if list(rule(exchange))] == [name]


def test_what_comes_to_an_address_without_its_query_is_for_no_webhook():
    with Listener(time.time, lambda order: None) as listener:
        url = listener.address()
        listener.expect(url, Hook(id=ID, trigger="ecomm_new_order", secret=None))
        for address in (url, url.partition("?")[0]):
            httpx.post(address, json={}, trust_env=False).raise_for_status()
        assert [each.hook for each in listener.deliveries] == [ID, ""]


def test_of_two_that_come_at_once_and_nobody_has_signed_each_webhook_has_one():
    both = threading.Barrier(2, timeout=10)  # Each looks at its order while the other does.
    with Listener(time.time, lambda order: both.wait()) as listener:
        url = listener.address()
        for name in ("one", "other"):
            listener.expect(url, Hook(id=name, trigger="ecomm_new_order", secret=name))
        with ThreadPoolExecutor() as senders:
            list(senders.map(lambda _: httpx.post(url, json={}, trust_env=False), range(2)))
        assert sorted(each.hook for each in listener.deliveries) == ["one", "other"]


def test_a_delivery_of_which_nobody_knew_the_length_is_read():
    with Listener(time.time, lambda order: None) as listener:
        with httpx.Client(trust_env=False) as sender:
            for _ in range(2):  # And again, over the same connection.
                sender.post(listener.address(), content=iter([b'{"a":', b"1}"])).raise_for_status()
        assert [each.body for each in listener.deliveries] == [b'{"a":1}'] * 2


def test_every_step_of_the_drive_is_taken_of_our_own_mock():
    assert whole_run._steps("async", None, Settings()) == ALL
