"""Who may do what: a token that may only read, another site, a token that is told to slow down.

Of our mock the model knows such tokens; of another server it has to be told, and what it is not told is not judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ..gateway.exchange import Answer, Failure, Request, parsed
from ..gateway.proxy import Gateway, NoAnswer
from .state import OPERATIONS, WRITE

# More requests a minute than this no token of these is allowed, or one would have to wait too long for the end of it.
MOST_REQUESTS = 300


@dataclass(frozen=True, kw_only=True)
class Access:
    """`other_site` is a site that the run's token may not see, and an order there."""

    reader_token: str | None = None
    throttled_token: str | None = None
    other_site: tuple[str, str] | None = None

    def judge(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        for part in (self._reader, self._other_site, self._throttled):
            try:
                yield from part(gateway, order)
            except NoAnswer as error:
                yield _failure(gateway, "every request is answered", f"no answer: {error}")

    def not_judged(self) -> list[str]:
        missing = {
            "what a token may do that may only read: --reader-token": self.reader_token,
            "whether another site's orders are hidden: --other-site": self.other_site,
            "whether too many requests are refused: --throttled-token": self.throttled_token,
        }
        return [what for what, given in missing.items() if given is None]

    def _reader(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        if self.reader_token is None:
            return
        for name, operation in OPERATIONS.items():
            due = (403,) if operation.scope == WRITE else (200,)
            answer = _asked(gateway, name, gateway.server.site, order, self.reader_token)
            yield from _due(gateway, answer, due, "a token that may only read only reads")

    def _other_site(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        if self.other_site is None:
            return
        site, theirs = self.other_site
        for name, operation in OPERATIONS.items():
            answer = _asked(gateway, name, site, theirs, gateway.server.token)
            yield from _due(gateway, answer, (403, 404), "another site's orders are hidden")
            if not operation.is_list:
                answer = _asked(gateway, name, gateway.server.site, theirs, gateway.server.token)
                yield from _due(gateway, answer, (404,), "another site's orders are hidden")

    def _throttled(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        if self.throttled_token is None:
            return
        before: int | None = None
        for _ in range(MOST_REQUESTS):
            answer = _asked(gateway, "get-order", gateway.server.site, order, self.throttled_token)
            remaining = parsed(answer.header("x-ratelimit-remaining").encode())
            if answer.status == 429:
                if before not in (None, 0):
                    yield _failure(
                        gateway, "the rate limit is kept", f"429, where {before} requests remained"
                    )
                return
            if before is not None and remaining != before - 1 and remaining is not None:
                what = f"{remaining} requests remain after {before} did"
                yield _failure(gateway, "the rate limit is kept", what)
                return
            before = remaining if isinstance(remaining, int) else before
        yield _failure(
            gateway, "the rate limit is kept", f"{MOST_REQUESTS} requests in a row, and none was refused"
        )


def _asked(gateway: Gateway, operation: str, site: str, order: str, token: str) -> Answer:
    known = OPERATIONS[operation]
    url = gateway.server.base_url.rstrip("/") + known.path.format(site_id=site, order_id=order)
    headers, body = [("Authorization", f"Bearer {token}")], b""
    if operation == "update-order":
        body = b'{"comment": "not by this token"}'
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    elif known.method != "GET":
        headers += [("Content-Length", "0")]
    gateway.forget()
    try:
        return gateway.send(Request(known.method, url, headers, body))
    finally:
        gateway.hang_up()


def _due(gateway: Gateway, answer: Answer, due: Collection[int], what: str) -> Iterator[Failure]:
    if answer.status not in due:
        wanted = " or ".join(map(str, due))
        yield _failure(gateway, what, f"{wanted} is due, {answer.status} came")


def _failure(gateway: Gateway, what: str, message: str) -> Failure:
    return Failure("access", what, message, gateway.curls(), gateway.told())
