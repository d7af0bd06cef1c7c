"""Is it noticed who may do more than he may, and said what could not be judged for want of a token?"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import Any
from xml.etree import ElementTree

import pytest
from webflow_orders_contract.description import read
from webflow_orders_contract.gateway.exchange import Failure
from webflow_orders_contract.gateway.memory import REFUSED, OrderMemory
from webflow_orders_contract.gateway.validator import Validator
from webflow_orders_contract.model.access import Access
from webflow_orders_contract.run import run as command
from webflow_orders_mock import MockServer, MockWebflow, Request, Response

from contract_tests.contract.conftest import gateway_to

READER, WRITER, HASTY = "reader-token-0815", "writer-token-0815", "hasty-token-0815"
ORDER, THEIRS = "dfa-3f1", "f0f-0f0"


def _mock(defect: str | None = None, token: str | None = None, of: type[Any] = MockWebflow) -> Any:
    mock = of(defect=defect, **({"token": token} if token else {}))
    mock.add_token(READER, scopes=["ecommerce:read"], sites=[mock.site_id])
    mock.add_token(WRITER, scopes=["ecommerce:write"], sites=[mock.site_id])
    mock.add_token(HASTY, sites=[mock.site_id], plan="enterprise:5")
    mock.seed(mock.site_id_of_another, {"orderId": THEIRS, "status": "unfulfilled"})
    mock.webhooks.create(mock.site_id_of_another, "ecomm_new_order", "https://example.com/theirs")
    return mock


def _their_webhook(mock: MockWebflow) -> str:
    return mock.webhooks.of_site(mock.site_id_of_another)[0].webhook_id


def _judged(
    mock: MockWebflow, unclear: list[str] | None = None, *, webhooks: bool = True, with_v1: bool = True
) -> list[Failure]:
    other = (mock.site_id_of_another, THEIRS)
    with gateway_to(mock) as gateway:
        told = Access(
            reader_token=READER, writer_token=WRITER, other_token=mock.token_of_another, throttled_token=HASTY,
            other_site=other, other_webhook=_their_webhook(mock), webhooks=webhooks, sleep=mock.forward,
            site_without_shop=mock.site_id_without_shop, unclear=[] if unclear is None else unclear, with_v1=with_v1,
        )  # fmt: skip
        return list(told.judge(gateway, ORDER))


def test_nothing_is_said_of_a_server_that_keeps_its_doors():
    assert _judged(_mock()) == []


class Modern(MockWebflow):
    """It has no v1."""

    def handle(self, request: Request) -> Response:
        if request.path.startswith("/sites/"):
            return Response(404, {"Content-Type": "text/html"}, b"<html>no such page</html>")
        return super().handle(request)


def test_nothing_is_asked_of_v1_if_it_is_left_out():
    assert _judged(_mock(of=Modern)) != []
    assert _judged(_mock(of=Modern), with_v1=False) == []


@pytest.mark.parametrize(
    ("defect", "what"),
    [
        ("reader-may-write", "a token that may only read only reads"),
        ("webhooks-need-no-scope", "a token that may only read only reads"),
        ("writer-may-read", "a token that may only write only writes"),
        ("own-site-is-shown", "another shop's token sees nothing of this one"),
        ("webhook-of-another-site", "another site's orders are hidden"),
        ("webhooks-of-all-sites", "another site's orders are hidden"),
        ("any-site-will-do", "another site's orders are hidden"),
        ("hidden-site-is-shown", "another site's orders are hidden"),
        ("no-shop-is-404", "a site without a shop has no orders"),
        ("limit-is-not-enforced", "the rate limit is kept"),
        ("limit-is-another-plan", "the rate limit is kept"),
        ("minute-never-ends", "the rate limit is kept"),
        ("too-many-is-503", "the rate limit is kept"),
    ],
)
def test_a_door_that_is_open_is_named_with_the_request(defect, what):
    found = [each for each in _judged(_mock(defect)) if each.what == what]
    assert found
    assert all(each.curl[-1].startswith("curl ") for each in found)


class Shopless(MockWebflow):
    """Where there is no shop, v1 lists no orders, and webhooks can not be listed."""

    def handle(self, request: Request) -> Response:
        answer, nowhere = super().handle(request), self.site_id_without_shop
        if request.path == f"/sites/{nowhere}/orders":
            return replace(answer, status=200, body=b"[]")
        return replace(answer, status=409) if request.path.endswith(f"{nowhere}/webhooks") else answer


def test_of_a_site_without_a_shop_v1_and_the_webhooks_are_judged_as_well():
    told = [each.message for each in _judged(_mock(of=Shopless))]
    assert told == ["404 is due, 200 came", "200 is due, 409 came"]


class Lax(MockWebflow):
    """Whoever may read may remove a webhook."""

    def handle(self, request: Request) -> Response:
        if request.method == "DELETE" and request.headers.get("authorization") == f"Bearer {READER}":
            request = replace(request, headers={**request.headers, "authorization": f"Bearer {self.token}"})
        return super().handle(request)


def test_a_reader_who_removes_a_webhook_is_named():
    assert [each.message for each in _judged(_mock(of=Lax))] == ["403 is due, 204 came"]


class Hasty(MockWebflow):
    """A server that counts the requests of the hasty token by itself, each time a bit wrong: `wrong` says how."""

    wrong = ""
    asked = refused = others = 0

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if request.headers.get("authorization") != f"Bearer {HASTY}":
            self.others += self.refused > 0
            return answer
        self.asked += 1
        self.refused += answer.status == 429
        left = answer.headers.get("X-RateLimit-Remaining")
        if self.wrong == "writes pass" and answer.status == 429 and request.method == "POST":
            return replace(answer, status=200)
        if self.wrong == "refuses early" and left == "1":
            return replace(answer, status=429, headers={**answer.headers, "Retry-After": "60"})
        if self.wrong == "begins with fewer" and self.refused and answer.status != 429:
            return replace(
                answer, headers={**answer.headers, "X-RateLimit-Remaining": str(int(left or 0) - 1)}
            )
        if self.wrong == "counts others" and answer.status != 429:
            left = str(int(left or 0) - self.others)
            return replace(answer, headers={**answer.headers, "X-RateLimit-Remaining": left})
        if self.wrong == "calls back too soon" and answer.status == 429:
            return replace(answer, headers={**answer.headers, "Retry-After": "3"})
        if self.wrong == "short minutes" and self.asked % 3 == 0:
            self.forward(61)
        return answer


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("writes pass", "429 is due, 200 came"),
        ("refuses early", "429, where 2 requests remained"),
        ("calls back too soon", "429, when more than 3 seconds had been waited"),
        ("counts others", "2 requests of 5 remain, when two were made, and one by another token"),
        ("begins with fewer", "3 requests of 5 remain, when one was made in a minute"),
    ],
)
def test_a_limit_that_is_kept_in_part_is_named(wrong, message):
    mock = _mock(of=Hasty)
    mock.wrong = wrong
    assert message in [each.message for each in _judged(mock)]


def test_a_reader_who_may_ask_little_is_waited_for():
    mock = _mock()
    mock.add_token(READER, scopes=["ecommerce:read"], sites=[mock.site_id], plan="enterprise:3")
    assert _judged(mock) == []


class RefusesAndFulfills(MockWebflow):
    """Whoever may not fulfill is told so, and it is done."""

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if request.path.endswith("/fulfill") and answer.status == 403:
            super().handle(replace(request, headers={"authorization": f"Bearer {self.token}"}))
        return answer


def test_what_a_reader_is_refused_is_tried_where_it_could_be_done():
    mock, validator = _mock(of=RefusesAndFulfills), Validator(read())
    with gateway_to(mock, watchers=[validator, OrderMemory(read(), validator)]) as gateway:
        assert list(Access(reader_token=READER).judge(gateway, "7c1-9fd")) == [], "an order that is fulfilled"
    assert REFUSED in [each.what for each in validator.failures]


class Hooked(MockWebflow):
    """A server that makes a webhook for whoever has an address of the site."""

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        made = request.method == "POST" and request.path.endswith("/webhooks")
        return replace(answer, status=201) if made else answer


def test_a_webhook_that_is_made_for_anybody_is_named_where_it_may_be_made():
    made = [each for each in _judged(_mock(of=Hooked)) if each.message.endswith("201 came")]
    assert [each.what for each in made] == [
        "a token that may only read only reads", "another shop's token sees nothing of this one",
        "another site's orders are hidden",
    ]  # fmt: skip
    assert _judged(_mock(of=Hooked), webhooks=False) == []


def test_a_minute_that_is_over_too_soon_is_no_failure_and_no_verdict():
    mock, unclear = _mock(of=Hasty), list[str]()
    mock.wrong = "short minutes"
    assert _judged(mock, unclear) == []
    assert unclear == ["whether too many requests are refused: its minutes were over too soon"]


def test_what_is_not_told_is_not_judged_and_said_so_everywhere(
    run, somebodys_server: MockServer, without_fuzzing
):
    target = ("--target", somebodys_server.url, "--site", somebodys_server.mock.site_id, "--own-server")
    result = run(*target, "--reset", f"{somebodys_server.url}/_mock/reset", "--no-v1")
    assert result.status == 0
    shown = (result.out, (result.report / "index.html").read_text())
    junit = ElementTree.parse(result.report / "junit.xml")
    for option in (
        "--reader-token", "--writer-token", "--other-token", "--throttled-token", "--other-site", "--other-webhook",
        "--site-without-shop",
    ):  # fmt: skip
        assert all(option in text for text in shown)
        assert any(option in case.attrib["name"] for case in junit.iter("testcase"))


def test_other_tokens_are_judged_and_shown_nowhere(run, secret_token, monkeypatch, without_fuzzing):
    monkeypatch.setenv("READER", READER)
    monkeypatch.setenv("WRITER", WRITER)
    monkeypatch.setenv("HASTY", HASTY)
    monkeypatch.setenv("OTHER", MockWebflow.token_of_another)
    with MockServer(_mock("any-site-will-do", secret_token)) as server:
        monkeypatch.setattr("webflow_orders_contract.run.run", partial(command, sleep=server.mock.forward))
        site = server.mock.site_id
        result = run(
            "--target", server.url, "--site", site, "--own-server", "--no-v1", "--reader-token", "READER",
            "--writer-token", "WRITER", "--other-token", "OTHER", "--throttled-token", "HASTY",
            "--other-site", server.mock.site_id_of_another, THEIRS, "--site-without-shop",
            server.mock.site_id_without_shop,
        )  # fmt: skip
    assert result.status == 1
    assert "another site's orders are hidden" in result.out
    (left,) = [line for line in result.out.splitlines() if "Not judged" in line]
    assert "whether a page has as many as 100 orders" in left, "nobody told how to see that"
    secrets = [os.environ[name].encode() for name in ("READER", "WRITER", "OTHER", "HASTY", "WEBFLOW_TOKEN")]
    for name, content in result.everything_written():
        assert not any(secret in content for secret in secrets), name


def test_a_variable_that_is_not_there_is_a_usage_error(run, somebodys_server: MockServer):
    target = ("--target", somebodys_server.url, "--site", somebodys_server.mock.site_id, "--own-server")
    result = run(*target, "--reader-token", "NOT_THERE")
    assert result.status == 2
    assert "--reader-token names NOT_THERE" in result.err
