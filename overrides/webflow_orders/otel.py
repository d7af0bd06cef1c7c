"""Traces and metrics of calls, by OpenTelemetry's API alone (extra `otel`).

    from webflow_orders import OrdersClient
    from webflow_orders.otel import OpenTelemetry

    orders = OrdersClient(site_id="580e63e98c9a982ac9b8b741", telemetry=OpenTelemetry())

A call is a span named by its operation, such as `refund-order`; each time that it, or the look that follows a lost
answer, is sent is a child span with the names of OpenTelemetry's HTTP conventions: `POST` and the template of the
route, never the path. No token, no customer and no order id is in them, unless `order_ids` is asked for.

Attributes of a call's span, and labels of its metrics:

- `webflow_orders.outcome`: "done"; "confirmed", where the answer was lost and a look at the order showed that it was
  done; "not done"; or "unknown";
- `error.type`: the class of the exception that ended it.

Metrics, both histograms in seconds: `webflow_orders.call.duration` by operation and outcome, so that the unknown are
counted too; and `webflow_orders.wait.duration` by operation and reason: "limiter" (for a turn at the rate limiter),
"retry", or "look" (before an order is read again).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from . import errors
from ._call.operation import Operation, Send, Sleep
from ._common.extras import needed_by
from ._common.log import log
from ._common.signals import raised
from ._common.version import __version__

with needed_by("webflow_orders.otel", extra="otel"):
    from opentelemetry import metrics, trace

if TYPE_CHECKING:
    from ._call.executor import CallExecutor, Effects

T = TypeVar("T")


class OpenTelemetry:
    """What a client tells of its calls; pass it as `telemetry`, to any number of clients.

    Args:
        tracer_provider, meter_provider: where to; by default what the program has set for all.
        order_ids: whether spans have the attribute `webflow_orders.order_id`. Metrics never do.

    What a provider raises is logged, and decides nothing about a call.
    """

    def __init__(
        self,
        *,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
        order_ids: bool = False,
    ) -> None:
        self._tracer = trace.get_tracer("webflow_orders", __version__, tracer_provider)
        meter = metrics.get_meter("webflow_orders", __version__, meter_provider)
        self._calls = meter.create_histogram("webflow_orders.call.duration", "s", "From a call to its end")
        self._waits = meter.create_histogram(
            "webflow_orders.wait.duration", "s", "Waits of a call, by reason"
        )
        self._order_ids = order_ids

    def observe(self, effects: Effects[T], operation: Operation[T], executor: CallExecutor) -> Effects[T]:
        """Hand on what a call wants done and how that went, and tell of it."""
        name = operation.request.operation
        told: dict[str, Any] = {"webflow_orders.operation": name}
        span = self._start(name, trace.SpanKind.INTERNAL, told)
        if self._order_ids and operation.order_id is not None:
            _quietly(span.set_attribute, "webflow_orders.order_id", operation.order_id)
        began = time.monotonic()
        outcome = "not done"
        try:
            result = yield from self._forward(effects, executor.server, name, span)
            origin = getattr(result, "_origin", None)
            outcome = "confirmed" if origin is not None and origin.confirmed_by_rereading else "done"
            return result
        except BaseException as error:
            if executor.in_doubt or isinstance(error, errors.OutcomeUnknownError):
                outcome = "unknown"
            elif executor.done:
                outcome = "done"  # But its caller was interrupted before it could be told.
            told["error.type"] = type(raised(error)).__name__
            raise
        finally:
            told["webflow_orders.outcome"] = outcome
            _quietly(self._calls.record, time.monotonic() - began, told)
            _end(span, told)

    def _forward(self, effects: Effects[T], server: str, name: str, call: trace.Span) -> Effects[T]:
        answer: Any = None
        failure: BaseException | None = None
        sent: Counter[str] = Counter()
        while True:
            try:
                effect = effects.throw(failure) if failure is not None else effects.send(answer)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]  # What a generator returns has no type here.
            answer = failure = None
            try:
                if isinstance(effect, Send):
                    asked = effect.operation.request.operation
                    sent[asked] += 1
                    answer = yield from self._attempt(effect, server, call, again=sent[asked] - 1)
                    continue
                if isinstance(effect, Sleep):
                    waits = {"webflow_orders.operation": name, "webflow_orders.reason": effect.reason}
                    _quietly(self._waits.record, effect.seconds, waits)
                answer = yield effect
            except BaseException as error:
                failure = error

    def _attempt(self, effect: Send, server: str, call: trace.Span, *, again: int) -> Effects[Any]:
        """One HTTP request; what instruments the library below makes its spans under this one."""
        request = effect.operation.request
        address = urlsplit(server)
        told: dict[str, Any] = {
            "http.request.method": request.method,
            "url.template": request.template,
            "server.address": address.hostname or "",
            "server.port": address.port or {"http": 80}.get(address.scheme, 443),
        }
        if again:
            told["http.request.resend_count"] = again
        span = self._start(f"{request.method} {request.template}", trace.SpanKind.CLIENT, told, within=call)
        try:
            with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                raw: errors.RawResponse = yield effect
            told["http.response.status_code"] = raw.status_code
            if not 200 <= raw.status_code < 300:
                told["error.type"] = str(raw.status_code)
            return raw
        except BaseException as error:
            told["error.type"] = type(raised(error)).__name__
            raise
        finally:
            _end(span, told)

    def _start(
        self, name: str, kind: trace.SpanKind, told: dict[str, Any], within: trace.Span | None = None
    ) -> trace.Span:
        try:
            parent = None if within is None else trace.set_span_in_context(within)
            return self._tracer.start_span(name, parent, kind, told)
        except Exception as error:
            _failed(error)
            return trace.INVALID_SPAN


def _end(span: trace.Span, told: dict[str, Any]) -> None:
    """With the class of an exception and not its words, which name an order."""
    if "error.type" in told:
        _quietly(span.set_status, trace.StatusCode.ERROR)
    _quietly(span.set_attributes, told)
    _quietly(span.end)


def _quietly(tell: Callable[..., object], *arguments: Any) -> None:
    try:
        tell(*arguments)
    except Exception as error:
        _failed(error)


def _failed(error: Exception) -> None:
    log.warning("OpenTelemetry failed (%s)", type(error).__name__)
