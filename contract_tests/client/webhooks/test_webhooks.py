"""orders.webhooks: made once, told from those that were there before, removed for good, and no word of the secret."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders import errors, outcome_of, testing
from webflow_orders_mock import MockWebflow

from contract_tests.client.conftest import SITE, Blocking, Script, answer

URL = "https://user:hunter2@shop.example/hook?key=sesame"
ID, SECRET = "66f0a1b2c3d4e5f601234567", "0f" * 32
HOOK = {"id": ID, "triggerType": "ecomm_new_order", "url": URL, "siteId": SITE}
NONE = answer(json={"webhooks": []})
Client = Callable[..., Any]


@pytest.fixture
def mock() -> MockWebflow:
    return MockWebflow()


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, mock: MockWebflow) -> Iterator[Client]:
    """client(**options): of the mock, whose waits take no time."""
    with asyncio.Runner() as runner:

        def make(**options: Any) -> Any:
            if request.param == "sync":
                return testing.client(mock, **options)
            return Blocking(testing.async_client(mock, **options), runner)

        yield make


def made(mock: MockWebflow) -> list[str]:
    return [each.webhook_id for each in mock.webhooks]


def sent(mock: MockWebflow) -> list[str | None]:
    return [entry.operation_id for entry in mock.ledger]


# ---------------------------------------------------------------- a webhook's life


def test_it_is_made_listed_read_and_removed(client: Client, mock: MockWebflow) -> None:
    webhooks = client().webhooks
    hook = webhooks.create(URL, "ecomm_new_order")
    assert (hook.url, hook.trigger_type, hook.site_id) == (URL, "ecomm_new_order", SITE)
    assert len(hook.secret_key) == 64
    assert [each.id for each in webhooks.list()] == [hook.id]
    assert webhooks.get(hook.id).secret_key is None
    assert webhooks.delete(hook.id) is None
    with pytest.raises(errors.NotFoundError):
        webhooks.get(hook.id)
    with pytest.raises(errors.NotFoundError):
        webhooks.delete(hook.id)  # Nothing was in doubt: it is not there.
    assert len(webhooks.list()) == 0


def test_what_is_not_about_orders_is_read_without_loss(connect: Client) -> None:
    form = {"id": ID, "triggerType": "form_submission", "url": URL, "filter": {"name": "News"}, "new": [1.50]}
    strange = {**form, "triggerType": "seat_sold", "filter": None}
    listed = connect(Script(answer(json={"webhooks": [form, strange], "more": 1}))).webhooks.list()
    assert [each.trigger_type for each in listed] == ["form_submission", "seat_sold"]
    assert (listed.webhooks[0].filter_.name, listed.webhooks[1].filter_) == ("News", None)
    assert [each.to_dict() for each in listed] == [form, strange]
    assert listed.to_dict() == {"webhooks": [form, strange], "more": 1}


@pytest.mark.parametrize(
    "url",
    ["", "shop.example/hook", "//shop.example", "ftp://shop.example", "https://", "https:///hook", "https://?x",
     "https://shop.example/a b", "https://shop.example/#part", "https://shop.example/\n", "https://shop\x00.example",
     "https://shop[", "http://[", "http://[::1]/", "https://shop.example:hook/", "https://shop\\example", "https://@shop"],
)  # fmt: skip
def test_an_address_that_cannot_be_one_is_refused_unquoted(connect: Client, url: str) -> None:
    script = Script(NONE)
    with pytest.raises(ValueError, match="url must be an absolute address") as refused:
        connect(script).webhooks.create(url, "ecomm_new_order")
    assert not script.requests
    assert "shop" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/hook?a[]=1", "https://shop:pass%20word@my_host.example"]
)
def test_what_is_an_address_is_sent_as_it_is(connect: Client, url: str) -> None:
    script = Script(NONE, answer(json={**HOOK, "url": url, "secretKey": SECRET}))
    connect(script).webhooks.create(url, "ecomm_new_order")
    assert json.loads(script.requests[-1].content)["url"] == url


@pytest.mark.parametrize(
    ("method", "arguments", "kind"),
    [
        ("create", (5, "ecomm_new_order"), TypeError),
        ("create", (URL, "form_submission"), ValueError),
        ("create", (URL, None), TypeError),
        ("get", ("dfa-3f1",), ValueError),
        ("delete", (ID.upper(),), ValueError),
        ("delete", (None,), TypeError),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(
    connect: Client, method: str, arguments: tuple[Any, ...], kind: type[Exception]
) -> None:
    script = Script(NONE)
    with pytest.raises(kind):
        getattr(connect(script).webhooks, method)(*arguments)
    assert not script.requests


def test_only_the_site_is_needed_by_what_names_no_webhook(connect: Client) -> None:
    script = Script(answer(json=HOOK))
    assert connect(script, site_id=None).webhooks.get(ID).id == ID
    with pytest.raises(ValueError, match="no site"):
        connect(script, site_id=None).webhooks.list()


def test_the_webhooks_are_those_of_the_client_that_was_asked(client: Client, mock: MockWebflow) -> None:
    mock.add_token(mock.token)
    other = client().for_site(mock.site_id_of_another)
    hook = other.webhooks.create(URL, "ecomm_new_order")
    assert hook.site_id == mock.site_id_of_another
    assert len(client().webhooks.list()) == 0


# ---------------------------------------------------------------- an answer goes missing


@pytest.mark.parametrize("before", [0, 1, 2])
def test_a_lost_answer_is_found_among_those_that_were_there(
    client: Client, mock: MockWebflow, before: int
) -> None:
    for _ in range(before):
        mock.webhooks.create(SITE, "ecomm_new_order", URL)
    known = made(mock)
    mock.faults.outage(operation="create-webhook", applied=True)
    hook = client().webhooks.create(URL, "ecomm_new_order")
    assert [*known, hook.id] == made(mock)
    assert hook.secret_key is None
    assert outcome_of(hook).confirmed_by_rereading
    assert "its secret, which only the lost answer had" in outcome_of(hook).unseen
    assert sent(mock).count("create-webhook") == 1


@pytest.mark.parametrize("before", [0, 2])
def test_one_that_was_there_before_is_not_taken_for_it(
    client: Client, mock: MockWebflow, before: int
) -> None:
    for _ in range(before):
        mock.webhooks.create(SITE, "ecomm_new_order", URL)
    mock.webhooks.create(SITE, "ecomm_order_changed", URL)
    mock.faults.outage(operation="create-webhook")
    orders = client()
    with pytest.raises(errors.OutcomeUnknownError, match="not in the list so far") as unknown:
        orders.webhooks.create(URL, "ecomm_new_order")
    assert (unknown.value.order_id, unknown.value.last_seen) == ("", None)
    assert unknown.value.last_seen_at is not None
    assert sent(mock).count("create-webhook") == 1
    (write,) = orders.unsettled()
    assert (write.operation, write.order_id, write.site_id) == ("create-webhook", "", SITE)
    # It lands late.
    mock.webhooks.create(SITE, "ecomm_new_order", URL)
    (settlement,) = orders.settle()
    assert (settlement.became, settlement.order) == ("done", None)
    assert orders.unsettled() == []


def test_who_asks_again_looks_for_the_one_before_and_makes_no_second(
    client: Client, mock: MockWebflow
) -> None:
    mock.webhooks.create(SITE, "ecomm_new_order", URL)
    mock.faults.outage(operation="create-webhook")
    orders = client()
    with pytest.raises(errors.OutcomeUnknownError):
        orders.webhooks.create(URL, "ecomm_new_order")
    orders.webhooks.create("https://elsewhere.example", "ecomm_new_order")  # Another one is no concern of it.
    late = mock.webhooks.create(SITE, "ecomm_new_order", URL)
    hook = orders.webhooks.create(URL, "ecomm_new_order")
    assert (hook.id, outcome_of(hook).attempts) == (late.webhook_id, 0)
    assert orders.unsettled() == []


def test_who_asks_again_of_one_that_never_came_makes_it(client: Client, mock: MockWebflow) -> None:
    mock.faults.outage(operation="create-webhook")
    orders = client()
    with pytest.raises(errors.OutcomeUnknownError):
        orders.webhooks.create(URL, "ecomm_new_order")
    hook = orders.webhooks.create(URL, "ecomm_new_order")
    assert hook.secret_key is not None
    assert made(mock) == [hook.id]


def test_without_confirmation_nothing_is_listed_and_nothing_that_is_there_is_believed(
    client: Client, mock: MockWebflow
) -> None:
    orders = client(confirm=False)
    orders.webhooks.create(URL, "ecomm_new_order")
    mock.faults.outage(operation="create-webhook", applied=True)
    with pytest.raises(errors.OutcomeUnknownError, match="not seen since"):
        orders.webhooks.create(URL, "ecomm_new_order")
    assert sent(mock) == ["create-webhook", "create-webhook"]
    assert [each.became for each in orders.settle()] == ["open"]


def test_nothing_is_made_when_what_was_there_cannot_be_listed(client: Client, mock: MockWebflow) -> None:
    mock.faults.outage(times=5, operation="list-webhooks")
    with pytest.raises(errors.ServerError):
        client().webhooks.create(URL, "ecomm_new_order")
    assert "create-webhook" not in sent(mock)
    assert made(mock) == []


def test_a_refusal_is_a_refusal(client: Client, mock: MockWebflow) -> None:
    for _ in range(75):
        mock.webhooks.create(SITE, "ecomm_new_order", URL)
    orders = client()
    with pytest.raises(errors.ConflictError):
        orders.webhooks.create(URL, "ecomm_new_order")
    assert orders.unsettled() == []


@pytest.mark.parametrize("changed", [{"triggerType": "ecomm_order_changed"}, {"triggerType": None}])
def test_an_answer_about_another_trigger_is_doubted(connect: Client, changed: dict[str, Any]) -> None:
    script = Script(NONE, answer(201, {**HOOK, **changed}), answer(json={"webhooks": [HOOK]}))
    hook = connect(script).webhooks.create(URL, "ecomm_new_order")
    assert outcome_of(hook).confirmed_by_rereading


def test_a_server_may_write_the_address_otherwise(connect: Client) -> None:
    script = Script(NONE, answer(201, {**HOOK, "url": URL + "/"}))
    assert connect(script).webhooks.create(URL, "ecomm_new_order").url == URL + "/"


# ---------------------------------------------------------------- a removal


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("times", [1, 2])
def test_a_removal_is_sent_again_and_gone_is_gone(
    client: Client, mock: MockWebflow, applied: bool, times: int
) -> None:
    hook = mock.webhooks.create(SITE, "ecomm_new_order", URL).webhook_id
    mock.faults.outage(times=times, operation="delete-webhook", applied=applied)
    orders = client()
    orders.webhooks.delete(hook)
    assert made(mock) == []
    assert orders.unsettled() == []


def test_a_removal_whose_answers_are_all_lost_is_looked_for(client: Client, mock: MockWebflow) -> None:
    hook = mock.webhooks.create(SITE, "ecomm_new_order", URL).webhook_id
    mock.faults.outage(times=3, operation="delete-webhook", applied=True)
    client().webhooks.delete(hook)
    assert sent(mock) == ["delete-webhook"] * 3 + ["get-webhook"]


def test_a_removal_that_never_comes_to_be_is_unknown_and_can_be_settled(
    client: Client, mock: MockWebflow
) -> None:
    hook = mock.webhooks.create(SITE, "ecomm_new_order", URL).webhook_id
    mock.faults.outage(times=3, operation="delete-webhook")
    orders = client()
    with pytest.raises(errors.OutcomeUnknownError, match="still there"):
        orders.webhooks.delete(hook)
    assert [(write.operation, write.target) for write in orders.unsettled()] == [("delete-webhook", hook)]
    assert [each.became for each in orders.settle()] == ["open"]
    mock.webhooks.delete(hook)
    # Who asks again hears that it is done, though a removal of what is not there is refused.
    orders.webhooks.delete(hook)
    assert orders.unsettled() == []


def test_a_404_of_somebody_in_between_is_no_proof(connect: Client) -> None:
    lost = httpx.Response(404, text="<h1>Not found</h1>")
    script = Script(answer(502), answer(502), answer(502), lost)
    with pytest.raises(errors.OutcomeUnknownError):
        connect(script).webhooks.delete(ID)


@pytest.mark.parametrize("body", ["<h1>Sign in</h1>", "{}", "null", '{"id": "' + ID + '"}'])
@pytest.mark.parametrize("gone", [True, False])
def test_a_removal_is_answered_by_no_body_and_one_that_has_is_looked_after(
    connect: Client, body: str, gone: bool
) -> None:
    missing = answer(404, {"code": "resource_not_found", "message": "Not found"})
    script = Script(httpx.Response(200, text=body), missing if gone else answer(json=HOOK))
    orders = connect(script)
    if gone:
        assert orders.webhooks.delete(ID) is None
    else:
        with pytest.raises(errors.OutcomeUnknownError, match="though the server said it was done"):
            orders.webhooks.delete(ID)
    assert [each.method for each in script.requests][:2] == ["DELETE", "GET"]
    assert orders.unsettled() == [] or not gone


@pytest.mark.parametrize("blank", ["", "\n", "  "])
def test_a_removal_is_answered_by_nothing(connect: Client, blank: str) -> None:
    script = Script(httpx.Response(200, text=blank))
    connect(script).webhooks.delete(ID)
    assert len(script.requests) == 1


def test_only_a_removal_is_sent_again_after_doubt(connect: Client) -> None:
    script = Script(NONE, answer(500), NONE)
    with pytest.raises(errors.OutcomeUnknownError):
        connect(script).webhooks.create(URL, "ecomm_new_order")
    assert [each.method for each in script.requests].count("POST") == 1


# ---------------------------------------------------------------- secrets


def test_no_word_of_the_secret_or_the_address_is_shown(
    connect: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hook = connect(Script(NONE, answer(201, {**HOOK, "secretKey": SECRET}))).webhooks.create(
        URL, "ecomm_new_order"
    )
    assert hook.secret_key == SECRET
    shown = [repr(hook), str(hook), repr(outcome_of(hook)), caplog.text]
    assert not [text for text in shown if SECRET in text or "hunter2" in text or "sesame" in text]
    assert pickle.loads(pickle.dumps(hook)).secret_key == SECRET


@pytest.mark.parametrize(
    "spoiled",
    [
        answer(201, {"secretKey": SECRET, "url": URL, "triggerType": "ecomm_order_changed"}),
        httpx.Response(201, content=b'{"secretKey": "' + SECRET.encode() + b'", "url": "' + URL.encode()),
        answer(500, {"code": "internal_error", "message": "x", "secretKey": SECRET}),
        httpx.ReadError("gone"),
    ],
)
def test_no_local_of_a_traceback_shows_them(
    connect: Client, spoiled: httpx.Response | Exception, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    orders = connect(Script(NONE, spoiled, NONE), journal=journal)
    with pytest.raises(errors.OutcomeUnknownError) as unknown:
        orders.webhooks.create(URL, "ecomm_new_order")
    # Of the package's own frames; whoever calls knows the address that he gives.
    frames, error = [], unknown.value
    while error is not None:
        frames += traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), capture_locals=True)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    ours = [
        frame for frame in frames if "/webflow_orders" in frame.filename and frame.name not in ("create",)
    ]
    texts = [text for frame in ours for text in (frame.locals or {}).values()]
    assert texts
    texts += [repr(orders.unsettled()), str(unknown.value), repr(unknown.value)]
    assert not [text for text in texts if SECRET in text or "hunter2" in text or "sesame" in text]
    orders.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"hunter2" not in kept
    assert b"sesame" not in kept
    assert b"shop.example" not in kept
    with sqlite3.connect(journal) as database:
        assert database.execute("SELECT operation, ended FROM writes").fetchone()[0] == "create-webhook"


def test_another_process_settles_what_this_one_left(
    client: Client, mock: MockWebflow, tmp_path: Path
) -> None:
    mock.faults.outage(operation="create-webhook")
    orders = client(journal=tmp_path / "journal")
    with pytest.raises(errors.OutcomeUnknownError):
        orders.webhooks.create(URL, "ecomm_new_order")
    orders.close()
    mock.webhooks.create(SITE, "ecomm_new_order", URL)
    other = client(journal=tmp_path / "journal")
    assert [(each.write.operation, each.became) for each in other.settle()] == [("create-webhook", "done")]
    other.close()
