"""What does OpenTelemetry hear of a call, what never, and does hearing change anything?"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, get_current_span
from webflow_orders import AsyncOrdersClient, errors
from webflow_orders.otel import OpenTelemetry
from webflow_orders.testing import MockWebflow

from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Script, answer
from contract_tests.client.interrupting import limited

REFUNDED = answer(200, ORDERS["refund"])
NOT_REFUNDED = answer(200, {"orderId": "dfa-3f1", "status": "fulfilled"})
CUT = httpx.ReadError("reset")


class Stopped(BaseException):
    pass


def stop(request: httpx.Request) -> httpx.Response:
    raise Stopped


class Heard:
    """A program's OpenTelemetry, and what it was told."""

    def __init__(self, *, order_ids: bool = False, processor: SpanProcessor | None = None) -> None:
        self._spans, self._metrics = InMemorySpanExporter(), InMemoryMetricReader()
        self._tracers, self._meters = TracerProvider(), MeterProvider([self._metrics])
        if processor is not None:
            self._tracers.add_span_processor(processor)
        self._tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self.telemetry = OpenTelemetry(
            tracer_provider=self._tracers, meter_provider=self._meters, order_ids=order_ids
        )

    @property
    def call(self) -> ReadableSpan:
        (span,) = [span for span in self._spans.get_finished_spans() if span.parent is None]
        return span

    @property
    def attempts(self) -> list[ReadableSpan]:
        return [span for span in self._spans.get_finished_spans() if span.parent == self.call.context]

    @property
    def outcome(self) -> Any:
        return (self.call.attributes or {})["webflow_orders.outcome"]

    def points(self, metric: str) -> list[Any]:
        data = self._metrics.get_metrics_data()
        metrics = data.resource_metrics[0].scope_metrics[0].metrics if data else []
        return [point for each in metrics if each.name == metric for point in each.data.data_points]

    def all(self) -> str:
        spans = "".join(span.to_json() for span in self._spans.get_finished_spans())
        data = self._metrics.get_metrics_data()
        return spans + (data.to_json() if data else "")

    def close(self) -> None:
        self._tracers.shutdown()
        self._meters.shutdown()


@pytest.fixture
def heard() -> Iterator[Heard]:
    heard = Heard()
    yield heard
    heard.close()


@pytest.fixture
def refund(connect: Callable[..., Any], heard: Heard) -> Callable[..., Script]:
    def refund(*steps: Any, telemetry: OpenTelemetry | None = None, **options: Any) -> Script:
        script = Script(*steps)
        connect(script, telemetry=telemetry or heard.telemetry, **options).refund("dfa-3f1")
        return script

    return refund


def test_a_call_is_a_span_and_each_request_one_under_it(refund: Callable[..., Script], heard: Heard) -> None:
    refund(answer(429, Retry_After="9"), REFUNDED)
    assert heard.call.name == "refund-order"
    assert heard.call.attributes == {
        "webflow_orders.operation": "refund-order",
        "webflow_orders.outcome": "done",
    }
    assert heard.call.status.status_code is StatusCode.UNSET
    route = "/v2/sites/{site_id}/orders/{order_id}/refund"
    told = {
        "http.request.method": "POST",
        "url.template": route,
        "server.address": "api.webflow.com",
        "server.port": 443,
    }
    first, second = heard.attempts
    assert {first.name, second.name} == {f"POST {route}"}
    assert first.attributes == {**told, "http.response.status_code": 429, "error.type": "429"}
    assert first.status.status_code is StatusCode.ERROR
    assert second.attributes == {**told, "http.request.resend_count": 1, "http.response.status_code": 200}


@pytest.mark.parametrize(
    ("steps", "ending", "outcome", "requests"),
    [
        ([REFUNDED], None, "done", ["POST"]),
        ([CUT, REFUNDED], None, "confirmed", ["POST", "GET"]),
        ([answer(409, {"code": "conflict"})], errors.ConflictError, "not done", ["POST"]),
        ([CUT] + [NOT_REFUNDED] * 4, errors.OutcomeUnknownError, "unknown", ["POST"] + ["GET"] * 4),
        ([stop], Stopped, "unknown", ["POST"]),
    ],
)  # fmt: skip
def test_the_outcome_is_told(
    refund: Callable[..., Script],
    heard: Heard,
    steps: list[Any],
    ending: type[BaseException] | None,
    outcome: str,
    requests: list[str],
) -> None:
    if ending is None:
        refund(*steps)
    else:
        with pytest.raises(ending):
            refund(*steps)
        assert (heard.call.attributes or {})["error.type"] == ending.__name__
    assert heard.outcome == outcome
    assert [span.name.split()[0] for span in heard.attempts] == requests
    (point,) = heard.points("webflow_orders.call.duration")
    assert point.count == 1
    assert point.attributes["webflow_orders.outcome"] == outcome


def test_the_time_limit_of_a_job_is_told_by_its_own_name(refund: Callable[..., Script], heard: Heard) -> None:
    def handler(number: int, frame: object) -> None:
        raise TimeoutError

    with limited(handler) as up:

        def time_is_up(request: httpx.Request) -> httpx.Response:
            up()
            return httpx.Response(200)

        with pytest.raises(TimeoutError):
            refund(time_is_up)
    assert heard.outcome == "unknown"
    for span in (heard.call, *heard.attempts):
        assert (span.attributes or {})["error.type"] == "TimeoutError"


def test_waits_are_counted_by_their_reason(refund: Callable[..., Script], heard: Heard) -> None:
    with pytest.raises(errors.OutcomeUnknownError):
        refund(answer(429, Retry_After="9"), CUT, *[NOT_REFUNDED] * 4)
    waits = {
        point.attributes["webflow_orders.reason"]: (point.count, point.sum)
        for point in heard.points("webflow_orders.wait.duration")
    }
    assert waits == {"retry": (1, pytest.approx(9, abs=0.1)), "look": (3, 7.0)}


def test_no_order_no_token_and_no_word_of_a_server_is_told(
    refund: Callable[..., Script], heard: Heard
) -> None:
    with pytest.raises(errors.NotFoundError):
        refund(answer(404, {"code": "x", "message": f"Ada Lovelace {TOKEN}"}))
    assert "refund-order" in heard.all()
    for secret in (TOKEN, "dfa-3f1", SITE, "Lovelace"):
        assert secret not in heard.all()


def test_order_ids_are_told_when_asked_for(refund: Callable[..., Script]) -> None:
    heard = Heard(order_ids=True)
    refund(REFUNDED, telemetry=heard.telemetry)
    assert (heard.call.attributes or {})["webflow_orders.order_id"] == "dfa-3f1"
    assert all("dfa-3f1" not in span.to_json() for span in heard.attempts)
    heard.close()


@pytest.mark.parametrize("fails_at", ["on_start", "on_end"])
def test_a_processor_that_raises_changes_nothing(
    refund: Callable[..., Script], fails_at: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(SpanProcessor):
        pass

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the collector is gone")

    setattr(Broken, fails_at, fail)
    heard = Heard(processor=Broken())
    script = refund(REFUNDED, telemetry=heard.telemetry)
    assert len(script.requests) == 1
    assert "OpenTelemetry failed (RuntimeError)" in caplog.text
    heard.close()


def test_whatever_instruments_the_library_is_under_the_attempt(
    heard: Heard, connect: Callable[..., Any]
) -> None:
    seen: list[Any] = []

    def send(request: httpx.Request) -> httpx.Response:
        seen.append(get_current_span().get_span_context())
        return httpx.Response(200, json=ORDERS["get"])

    connect(send, telemetry=heard.telemetry).get("dfa-3f1")
    assert seen == [heard.attempts[0].context]
    assert not get_current_span().get_span_context().is_valid


def test_tasks_are_told_apart(heard: Heard) -> None:
    mock = MockWebflow()

    async def work() -> None:
        async with AsyncOrdersClient(
            token=mock.token, site_id=mock.site_id, transport=mock.transport(), telemetry=heard.telemetry
        ) as orders:
            await asyncio.gather(*[orders.get("dfa-3f1") for _ in range(10)])

    asyncio.run(work())
    spans = heard._spans.get_finished_spans()
    calls = {span.context.span_id for span in spans if span.parent is None}
    assert len(calls) == 10
    assert {span.parent.span_id for span in spans if span.parent is not None} == calls


def test_nothing_of_it_is_imported_when_it_is_off() -> None:
    program = (
        "import sys; from webflow_orders import OrdersClient; from webflow_orders.testing import MockWebflow\n"
        "mock = MockWebflow()\n"
        "with OrdersClient(token=mock.token, site_id=mock.site_id, transport=mock.transport()) as orders:\n"
        "    orders.list()\n"
        "print(sorted(name for name in sys.modules if name.startswith('opentelemetry')))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
