"""A person at the mock's page: does it show what happens, do what is asked, and run nothing that an order says?

In a real Chromium, driven by playwright; how access is, axe says.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders_mock import MockServer, MockWebflow, order
from webflow_orders_mock.page.events import Watched

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
Person = Callable[..., dict[str, Any]]

HOSTILE = [
    "<img src=x onerror='globalThis.run=1'>",
    "<script>globalThis.run=1</script>",
    "</td></table><iframe srcdoc='<script>parent.run=1</script>'>",
    '"><svg onload=globalThis.run=1>',
    "javascript:globalThis.run=1",
    "{{constructor.constructor('globalThis.run=1')()}} ${globalThis.run=1} `",
    "\u202egnp.gpj\u2066 \u0000 \ufeff",
]


@pytest.fixture
def served() -> Iterator[MockServer]:
    with MockServer(MockWebflow()) as server:
        yield server


@pytest.fixture
def person(node: str, served: MockServer) -> Person:
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        pytest.skip("the page needs a Chromium, which is not here")

    def person(work: str, **more: Any) -> dict[str, Any]:
        task = {
            "work": work, "chromium": chromium, "url": served.url + "/", "token": served.mock.token,
            "site": served.mock.site_id, **more,
        }  # fmt: skip
        command = [node, "page.mjs", json.dumps(task)]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr
        seen: dict[str, Any] = json.loads(done.stdout)
        assert seen.pop("complaints") == []
        return seen

    return person


def test_a_refund_is_made_and_seen(person: Person, served: MockServer) -> None:
    seen = person("refund", order="dfa-3f1")
    assert seen == {"offered": [], "told": True, "within": True, "status": "refunded"}
    assert served.mock.orders[served.mock.site_id, "dfa-3f1"].status == "refunded"


def test_what_others_ask_of_the_api_appears(person: Person) -> None:
    number, _, request, status, changed = person("ledger", another="dfa-3f1")["row"]
    assert (number, request, status, changed) == ("1", "fulfill-orderdfa-3f1", "200", "yes")


def test_trouble_a_defect_and_the_clock_are_switched(person: Person) -> None:
    seen = person("trouble")
    assert seen.pop("asked") == ["Kind", "How", "Status", "Operation", "Order", "Carried"]
    assert seen == {"outage": 503, "calm": 200, "days": pytest.approx(1, abs=0.1)}


def test_a_delivery_is_watched_and_replayed(person: Person, served: MockServer) -> None:
    posted: list[int] = []

    def receiver(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        posted.append(int(environ["CONTENT_LENGTH"]))
        start("200 OK", [])
        return [b""]

    served.mock.webhooks.deliver_to(receiver, secret="a secret of the test")
    assert person("deliveries") == {"delivery": "ecomm_new_order"}
    assert len(posted) == 2


@pytest.mark.parametrize("aimed", ["true", "constructor"])
def test_what_is_done_in_one_tab_is_seen_in_another(person: Person, aimed: str) -> None:
    """And a fault that is aimed at an order strikes no other, though its id be a word of JavaScript."""
    seen = person("tabs", order="dfa-3f1", aimed=aimed)
    assert seen == {"unaimed": 200, "aimed": 500, "explained": True, "status": "unfulfilled"}


def test_a_mock_that_was_started_again_is_found_again(person: Person, served: MockServer) -> None:
    served.stop()
    command = [sys.executable, "-m", "webflow_orders_mock", "--port", str(served.port)]
    assert person("restart", order="dfa-3f1", mock=command) == {"refused": 1}


def test_a_shop_without_orders_says_so(person: Person, served: MockServer) -> None:
    seen = person("none", chosen=served.mock.site_id_of_another, says="This site has no orders.")
    assert seen == {"count": "0 of 0", "said": ""}


def test_too_many_orders_to_show_are_said_to_be(person: Person) -> None:
    with MockServer(MockWebflow(synthetic=10_001)) as many:
        seen = person("none", url=many.url + "/", says="there are 10001 orders: list them by the API")
    assert seen == {"count": "", "said": ""}


def test_it_is_used_by_keyboard(person: Person) -> None:
    assert person("keyboard", another="dfa-3f1") == {
        "skip": "Skip to the orders",
        "within": True,
        "back": True,
    }


def test_nothing_that_an_order_says_is_run(person: Person, served: MockServer) -> None:
    mock = served.mock
    for number, text in enumerate(HOSTILE):
        hostile = order(f"000-{number:03}", customer=(text, "someone@example.com"), comment=text)
        mock.seed(mock.site_id, {**hostile, "orderComment": text, "shippingTracking": text})
    seen = person("hostile")
    assert seen == {"orders": 27 + len(HOSTILE), "run": None, "foreign": 0, "shown": True}


def test_it_can_be_read_light_and_dark_wide_and_narrow(person: Person) -> None:
    assert person("looks") == {"violations": [], "overflow": [0] * 8}


# ------------------------------------------------------------ without a browser


def test_who_is_no_browser_is_told_in_words(served: MockServer) -> None:
    answer = httpx.get(served.url + "/")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "/_mock" in answer.text


@pytest.mark.parametrize("path", ["/", "/_mock/page/mock.js", "/_mock/page/mock.css", "/_mock/page/nothing"])
def test_its_policy_allows_no_script_but_its_own(served: MockServer, path: str) -> None:
    policy = httpx.get(served.url + path, headers={"Accept": "text/html"}).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/", "/_mock/page/mock.js", "/_mock/events"])
def test_it_is_not_for_pages_of_others(served: MockServer, path: str) -> None:
    assert httpx.get(served.url + path, headers={"Host": "evil.example"}).status_code == 403
    assert httpx.get(served.url + path, headers={"Origin": "https://evil.example"}).status_code == 403


def test_events_begin_with_what_there_is_and_tell_of_a_reset(served: MockServer) -> None:
    url, mock = served.url, served.mock
    httpx.get(f"{url}/v2/sites/{mock.site_id}/orders", headers={"Authorization": f"Bearer {mock.token}"})
    with httpx.stream("GET", f"{url}/_mock/events") as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        names = (line.partition(": ")[2] for line in answer.iter_lines() if line.startswith("event: "))
        assert [next(names) for _ in range(3)] == ["begin", "requests", "state"]
        mock.reset()
        assert next(names) == "begin"


def test_who_listens_does_not_keep_the_server_from_stopping() -> None:
    with MockServer(MockWebflow()) as server, httpx.stream("GET", f"{server.url}/_mock/events") as answer:
        lines = answer.iter_lines()
        assert next(lines) == "event: begin"
        server.stop()
        assert "event: state" in list(lines)


def test_what_a_tab_was_not_told_before_a_reset_it_is_not_told_after_it() -> None:
    mock = MockWebflow()
    mock.webhooks.deliver_to(lambda environ, start: [start("200 OK", []) or b""], secret="of the test")
    watched = Watched(mock)
    assert b"event: deliveries" not in watched.news()
    mock.act("fulfill", "dfa-3f1")
    mock.reset()
    assert b"event: deliveries" not in watched.news()
    mock.webhooks.create(mock.site_id, "ecomm_order_changed", "http://testserver/")
    mock.act("fulfill", "dfa-3f1")
    mock.webhooks.replay(1)
    assert watched.news().count(b"event: deliveries") == 1
    watched.forget()
    mock.act("refund", "dfa-3f1")
    assert b"event: deliveries" not in watched.news()


@pytest.mark.parametrize(
    "change",
    [
        lambda mock: mock.seed(mock.site_id, order("abc-def")),
        lambda mock: mock.forward(60),
        lambda mock: mock.faults.outage(),
        lambda mock: setattr(mock, "defect", "refund-twice"),
        lambda mock: mock.webhooks.create(mock.site_id, "ecomm_new_order", "http://127.0.0.1/"),
    ],
)
def test_a_change_of_the_state_is_told_once(change: Callable[[MockWebflow], object]) -> None:
    mock = MockWebflow()
    watched = Watched(mock)
    assert watched.news().startswith(b"event: begin\n")
    assert watched.news() == b""
    change(mock)
    assert watched.news() == b"event: state\ndata: []\n\n"
    assert watched.news() == b""
