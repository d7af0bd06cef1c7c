"""Holds what the headers of the rate limit say against what they said before: of a minute only less is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..description import Description
from .exchange import Answer, Exchange, Failure, Request
from .proxy import Gateway, Watcher
from .rules.answers import counted
from .throttle import MINUTE
from .validator import Validator

FALLS = "what_remains_only_falls"
# A new minute may begin once in this time; it is a bit less, for an answer may have been long on its way.
SHORT_MINUTE = 50.0


@dataclass
class _Minute:
    """What a token was told last, when it was heard of first, and when there was more left than before."""

    limit: int
    remaining: int
    since: float
    rose: float | None = None


class BudgetMemory(Watcher):
    """The clock only excuses: more may be left once in a minute, and whenever after a whole one.

    What is asked at the same time may be counted in any order, and is not judged.
    """

    def __init__(
        self, description: Description, validator: Validator, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._description, self._validator, self._clock = description, validator, clock
        self._minutes: dict[str, _Minute] = {}

    def began(self) -> None:
        self._minutes.clear()

    def saw(self, gateway: Gateway, request: Request, raw: Answer, shown: Answer) -> None:
        operation = self._description.operation(request.method, request.url, gateway.server.base_url)
        if gateway.counted or operation is None:
            self._minutes.clear()
            return
        exchange = Exchange.of(operation, request, shown, gateway.server.base_url)
        limit, remaining = counted(exchange)
        token = next((value for name, value in request.headers if name.lower() == "authorization"), "")
        known = self._minutes.get(token)
        if limit is None or remaining is None:
            return
        if known is None or gateway.crowded:
            self._minutes[token] = _Minute(limit, remaining, self._clock())
            return
        wrong = list(self._compared(known, limit, remaining))
        self._validator.count(operation.id, FALLS, held=not wrong)
        for message in wrong:
            self._validator.fail(gateway, Failure(operation.id, FALLS, message))

    def _compared(self, known: _Minute, limit: int, remaining: int) -> Iterator[str]:
        now, before = self._clock(), (known.limit, known.remaining)
        known.limit, known.remaining = limit, remaining
        if limit != before[0]:
            yield f"the limit is {limit}, and was {before[0]}"
        elif remaining >= before[1] and remaining:
            rose, known.rose = known.rose, now
            if rose is not None and now - rose < SHORT_MINUTE and now - known.since < MINUTE:
                yield f"{remaining} requests remain after {before[1]} did, twice within a minute"
