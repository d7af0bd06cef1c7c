"""Is what is logged of use, and nobody's secret?"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders import RetryPolicy, errors

from contract_tests.client import faulty
from contract_tests.client.conftest import ORDERS, SITE, TOKEN, answer, perform
from contract_tests.client.faulty import FaultyServer
from contract_tests.client.living import ORDER

dial = faulty.dial

# Digits of a card are not part of the number of a port.
SECRETS = [TOKEN, r"[\w.]+@[\w.]+", r"(?<!\d)4242(?!\d)", "Lovelace"]
SHOWN = {
    "customerInfo": {"fullName": "Ada Lovelace", "email": "ada@example.com"},
    "stripeCard": {"last4": "4242", "ownerName": "Ada Lovelace"},
}


def test_nothing_secret_is_logged_by_anybody_whatever_goes_wrong(
    dial: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    full = answer(200, ORDERS["refund"] | SHOWN)
    html = httpx.Response(502, html=f"<p>{SHOWN}</p>")
    script: list[Any] = [
        full, answer(200, {"orderId": "other"} | SHOWN), answer(200, [SHOWN]), html, answer(404, SHOWN),
        answer(401, {"message": f"who is {TOKEN}?", "code": TOKEN}), answer(302, Location="/login"),
        answer(429, Retry_After="9999"), httpx.Response(200, content=str(SHOWN).encode()), faulty.close_unread,
        faulty.close_read, faulty.reset, faulty.garbage, faulty.cut(full), faulty.half(full),
        faulty.half_chunked(full), faulty.half_until_close(full), faulty.longer_than_it_says(full, by=9),
        faulty.gzipped(full.content), faulty.gzipped(full.content, upto=40), faulty.bomb(1),
        faulty.drip_body(full), faulty.drip_headers, faulty.silence,
    ]  # fmt: skip
    with caplog.at_level(0):
        for name in ("httpx", "httpx2", "httpcore", "httpcore2", "webflow_orders"):
            caplog.set_level(logging.DEBUG, logger=name)
        for step in script:
            for method in ("get", "refund"):
                with FaultyServer(step, full) as server:
                    client = dial(server, timeout=0.2, max_body=10_000, retry=RetryPolicy(max_retries=1))
                    try:
                        assert perform(client, method).order_id == "dfa-3f1"
                    except errors.WebflowOrdersError as error:
                        logging.getLogger("shop").exception("failed: %s %r", error, error)
        with FaultyServer(
            answer(200, {"orders": [ORDERS["get"] | SHOWN, None], "pagination": SHOWN})
        ) as server:
            assert len(list(dial(server).iter())) == 1
    text = "\n".join(caplog.text.splitlines() + [repr(record.__dict__) for record in caplog.records])
    assert [found for secret in SECRETS for found in re.findall(secret, text)] == []
    loggers = {record.name.split(".")[0] for record in caplog.records}
    libraries = ({"httpx", "httpcore"}, {"httpx2", "httpcore2"})
    assert {"webflow_orders", "shop"} < loggers, "otherwise this proves nothing"
    assert any(each < loggers for each in libraries), "otherwise this proves nothing"


def test_a_call_is_logged_under_one_name(dial: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="webflow_orders"), FaultyServer(answer(503), ORDER) as server:
        dial(server).get("dfa-3f1")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("webflow_orders")]
    path = f"/v2/sites/{SITE}/orders/dfa-3f1"
    assert [re.sub(r"in \d+ ms", "in N ms", line) for line in lines] == [
        f"GET {path} 503 in N ms, attempt 1, request id None",
        f"503 unknown: no readable error body (GET {path}); trying again in 0.5 s",
        f"GET {path} 200 in N ms, attempt 2, request id None",
    ]
    assert {record.name for record in caplog.records} == {"webflow_orders"}


def test_a_log_at_every_level_has_method_path_status_time_and_no_secret(
    dial: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    full = answer(200, ORDERS["get"] | SHOWN, X_Request_Id="req-7")
    with caplog.at_level(0), FaultyServer(faulty.half(full), full) as server:
        dial(server).get("dfa-3f1")
    text = "\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records)
    path = rf"/v2/sites/{SITE}/orders/dfa-3f1"
    ours = [record.getMessage() for record in caplog.records if record.name == "webflow_orders"]
    assert any(line.startswith(f"GET {path} 200 in ") for line in ours)
    assert any(line.endswith(" ms, attempt 2, request id req-7") for line in ours)
    assert "httpcore" in text, "they are listened to as well"
    assert [found for secret in SECRETS for found in re.findall(secret, text)] == []
