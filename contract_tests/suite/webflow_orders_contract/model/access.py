"""Who may do what: tokens that may only read, only write, are another shop's, or are told to slow down; and another
site, or one without a shop.

Of our mock the model knows such tokens; of another server it has to be told, and what it is not told is not judged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field

from ..description import Operation
from ..description.writes import WRITES
from ..gateway.exchange import Answer, Failure, parsed
from ..gateway.proxy import Gateway, NoAnswer
from ..gateway.throttle import MINUTE
from .state import OPERATIONS, READ, WRITE
from .webhooks import GOOD, HOOKS

# More requests a minute than this no token of these is allowed, or one would have to wait too long for the end of it.
MOST_REQUESTS = 300
PAGE, MOST_ORDERS = 100, 1000
SENT = {"update-order": b'{"comment": "not by this token"}', "create-webhook": json.dumps(GOOD).encode()}
READER_READS = "a token that may only read only reads"
WRITER_WRITES = "a token that may only write only writes"
OURS = "another shop's token sees nothing of this one"
HIDDEN = "another site's orders are hidden"
NO_SHOP = "a site without a shop has no orders"
LIMITED = "the rate limit is kept"


@dataclass(kw_only=True)
class Access:
    """`other_token` is another shop's. `other_site` is a site that the run's token may not see, and an order there;
    `other_webhook`, one of such a site; `site_without_shop` is a site that it may see. `sleep` passes a minute.

    `webhooks`: whether one that should not be made may be, for the server will start over."""

    reader_token: str | None = None
    writer_token: str | None = None
    other_token: str | None = None
    throttled_token: str | None = None
    other_site: tuple[str, str] | None = None
    other_webhook: str | None = None
    site_without_shop: str | None = None
    webhooks: bool = False
    with_v1: bool = True
    sleep: Callable[[float], object] = time.sleep
    # What could not be judged although it was told.
    unclear: list[str] = field(default_factory=list)

    @property
    def told(self) -> bool:
        return any(given is not None for given in self._given.values())

    @property
    def _given(self) -> dict[str, object]:
        """What each thing takes that may be judged."""
        given: dict[str, object] = {
            "what a token may do that may only read: --reader-token": self.reader_token,
            "what a token may do that may only write: --writer-token": self.writer_token,
            "whether another shop's token sees this one: --other-token": self.other_token,
            "whether another site's orders are hidden: --other-site": self.other_site,
            "what is said of a site without a shop: --site-without-shop": self.site_without_shop,
            "whether too many requests are refused: --throttled-token": self.throttled_token,
        }
        if self.webhooks or self.other_webhook is not None:
            given["whether another site's webhooks are hidden: --other-webhook"] = self.other_webhook
        return given

    @property
    def _operations(self) -> list[Operation]:
        return [each for each in OPERATIONS.values() if self.with_v1 or not each.is_v1]

    def judge(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        parts = (self._tokens, self._other_site, self._other_webhook, self._without_shop, self._throttled)
        for part in parts:
            try:
                yield from part(gateway, order)
            except NoAnswer as error:
                yield _failure(gateway, "every request is answered", f"no answer: {error}")

    def not_judged(self) -> list[str]:
        missing = (what for what, given in self._given.items() if given is None)
        return [*missing, *self.unclear]

    def _tokens(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        for token, lacks, refused, what in (
            (self.reader_token, (WRITE,), (403,), READER_READS),
            (self.writer_token, (READ,), (403,), WRITER_WRITES),
            (self.other_token, (READ, WRITE, None), (403, 404), OURS),
        ):
            if token is not None:
                yield from self._token(gateway, order, token, lacks, refused, what)

    def _token(
        self,
        gateway: Gateway,
        order: str,
        token: str,
        lacks: Collection[str | None],
        refused: Collection[int],
        what: str,
    ) -> Iterator[Failure]:
        """One that lacks these scopes. v1 names none, and whether it is there for who only writes is not said."""
        for operation in self._operations:
            if operation.scope is None and WRITE not in lacks:
                continue
            # Whether the order allows it, is not the token's business.
            let_in = (200,) if operation.method == "GET" else (200, 409)
            due = refused if operation.scope in lacks else let_in
            # One that could be written to, or nobody would see that it was.
            subject = _one_that_allows(gateway, operation.id) or order
            answer = self._patiently(gateway, operation.id, subject, token=token)
            yield from _due(gateway, answer, due, what)
        # Whoever may only write orders may make webhooks: they have scopes of their own.
        if self.webhooks and WRITE in lacks:
            answer = self._patiently(gateway, "create-webhook", token=token)
            yield from _due(gateway, answer, refused, what)
            with _one_webhook(gateway) as made:
                if made:
                    answer = self._patiently(gateway, "delete-webhook", made, token=token)
                    yield from _due(gateway, answer, refused, what)

    def _patiently(self, gateway: Gateway, operation: str, subject: str = "", *, token: str) -> Answer:
        """Another token may have few requests as well."""
        answer = _asked(gateway, operation, subject, token=token)
        if answer.status == 429:
            self.sleep(MINUTE + 1)
            answer = _asked(gateway, operation, subject, token=token)
        return answer

    def _other_site(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        if self.other_site is None:
            return
        site, theirs = self.other_site
        for operation in self._operations:
            yield from _due(gateway, _asked(gateway, operation.id, theirs, site=site), (403, 404), HIDDEN)
            if not operation.is_list:
                yield from _due(gateway, _asked(gateway, operation.id, theirs), (404,), HIDDEN)
            elif theirs in _listed(gateway, operation.id):
                yield _failure(gateway, HIDDEN, f"{operation.id} tells of an order that is another site's")
        if self.webhooks:
            yield from _due(gateway, _asked(gateway, "create-webhook", site=site), (403, 404), HIDDEN)

    def _other_webhook(self, gateway: Gateway, _: str) -> Iterator[Failure]:
        if self.other_webhook is None:
            return
        # An empty list may be right by chance.
        with _one_webhook(gateway) if self.webhooks else nullcontext():
            page = _asked(gateway, "list-webhooks").json
            listed = page.get("webhooks") if isinstance(page, dict) else None
            if any(isinstance(each, dict) and each.get("id") == self.other_webhook for each in listed or ()):
                yield _failure(gateway, HIDDEN, "list-webhooks tells of a webhook that is another site's")
        for name in ("get-webhook", "delete-webhook") if self.webhooks else ("get-webhook",):
            yield from _due(gateway, _asked(gateway, name, self.other_webhook), (403, 404), HIDDEN)

    def _without_shop(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        """v2 says so; v1 has no word for it, and knows no such orders. Webhooks are not the shop's."""
        site = self.site_without_shop
        if site is None:
            return
        for operation in self._operations:
            answer = _asked(gateway, operation.id, order, site=site)
            yield from _due(gateway, answer, (404,) if operation.is_v1 else (409,), NO_SHOP)
        if self.webhooks:
            yield from _due(gateway, _asked(gateway, "list-webhooks", site=site), (200,), NO_SHOP)

    def _throttled(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        if self.throttled_token is None:
            return
        refusal, minutes = None, 0
        before: int | None = None
        for _ in range(MOST_REQUESTS):
            answer = _asked(gateway, "get-order", order, token=self.throttled_token)
            if answer.status == 429:
                refusal = answer
                break
            limit, remaining = _left(answer)
            if before is not None and remaining is not None and remaining != before - 1:
                # A minute may have come to its end meanwhile, and then all of the next one is left.
                if limit is None or remaining != limit - 1 or remaining <= before:
                    yield _failure(gateway, LIMITED, f"{remaining} requests remain after {before} did")
                    return
                minutes += 1
            before = remaining
        if refusal is None and not minutes:
            yield _failure(gateway, LIMITED, f"{MOST_REQUESTS} requests in a row, and none was refused")
        elif refusal is None:
            self.unclear.append("whether too many requests are refused: its minutes were over too soon")
        elif before:
            yield _failure(gateway, LIMITED, f"429, where {before} requests remained")
        else:
            yield from self._refused(gateway, order)
            yield from self._let_in_again(gateway, order)

    def _refused(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        """Whatever the operation: the limit is the token's."""
        assert self.throttled_token is not None
        for operation in self._operations:
            answer = _asked(gateway, operation.id, order, token=self.throttled_token)
            limit, remaining = _left(answer)
            if answer.status != 429 and limit is not None and remaining == limit - 1:
                return  # A new minute.
            yield from _due(gateway, answer, (429,), LIMITED)

    def _let_in_again(self, gateway: Gateway, order: str) -> Iterator[Failure]:
        """Whoever waits as long as he was told is let in; after a whole minute, all of the next one is left."""
        assert self.throttled_token is not None
        answer = _asked(gateway, "get-order", order, token=self.throttled_token)
        told = _number(answer, "retry-after")
        first = MINUTE if told is None else min(told, MINUTE)
        for seconds in (first, MINUTE):
            self.sleep(seconds + 1)
            answer = _asked(gateway, "get-order", order, token=self.throttled_token)
            if answer.status == 429:
                yield _failure(gateway, LIMITED, f"429, when more than {seconds:.0f} seconds had been waited")
                return
            limit, remaining = _left(answer)
            # In a minute that slides some of it may still be used.
            if limit is None or remaining is None:
                return
            if remaining == limit - 1:
                yield from self._counted_alone(gateway, order, limit)
                return
        what = f"{remaining} requests of {limit} remain, when one was made in a minute"
        yield _failure(gateway, LIMITED, what)

    def _counted_alone(self, gateway: Gateway, order: str, limit: int) -> Iterator[Failure]:
        """Of a whole minute one request was made; what another token asks now takes nothing from it."""
        _asked(gateway, "get-order", order)
        _, remaining = _left(_asked(gateway, "get-order", order, token=self.throttled_token))
        # Or a new minute has begun.
        if remaining is not None and remaining not in (limit - 2, limit - 1):
            what = f"{remaining} requests of {limit} remain, when two were made, and one by another token"
            yield _failure(gateway, LIMITED, what)


def _number(answer: Answer, header: str) -> int | None:
    value = parsed(answer.header(header).encode())
    return value if isinstance(value, int) else None


def _left(answer: Answer) -> tuple[int | None, int | None]:
    """The limit, and what remains of it."""
    return _number(answer, "x-ratelimit-limit"), _number(answer, "x-ratelimit-remaining")


def _one_that_allows(gateway: Gateway, action: str) -> str | None:
    if action not in WRITES:
        return None
    page = f"/v2/sites/{gateway.server.site}/orders?status={WRITES[action].before[0]}&limit=1"
    found = gateway.request("GET", page).json
    with suppress(LookupError, TypeError):
        return str(found["orders"][0]["orderId"])
    return None


def _listed(gateway: Gateway, operation: str) -> Iterator[str]:
    """The ids of the orders that are listed, page by page; the last page is the one that shows what is looked for."""
    for offset in range(0, MOST_ORDERS, PAGE):
        gateway.forget()
        path = OPERATIONS[operation].path.format(site_id=gateway.server.site)
        found = gateway.request("GET", f"{path}?limit={PAGE}&offset={offset}").json
        page = found.get("orders") if isinstance(found, dict) else found
        orders = [each for each in page if isinstance(each, dict)] if isinstance(page, list) else []
        yield from (str(each.get("orderId")) for each in orders)
        if len(orders) < PAGE:
            return


def _asked(
    gateway: Gateway, operation: str, subject: str = "", *, site: str | None = None, token: str | None = None
) -> Answer:
    """About an order or a webhook; by the run's own token, and at its site, unless it is said otherwise."""
    known, body = OPERATIONS.get(operation) or HOOKS[operation], SENT.get(operation, b"")
    ids = {"site_id": site or gateway.server.site, "order_id": subject, "webhook_id": subject}
    headers = [("Authorization", f"Bearer {token or gateway.server.token}")]
    if body:
        headers += [("Content-Type", "application/json")]
    gateway.forget()
    try:
        return gateway.ask(known.method, known.path.format(**ids), body, headers)
    finally:
        gateway.hang_up()


@contextmanager
def _one_webhook(gateway: Gateway) -> Iterator[str]:
    """Its id, for as long as the block lasts; empty if none was made."""
    made = _asked(gateway, "create-webhook").json
    webhook = str(made.get("id", "")) if isinstance(made, dict) else ""
    yield webhook
    if webhook:
        _asked(gateway, "delete-webhook", webhook)


def _due(gateway: Gateway, answer: Answer, due: Collection[int], what: str) -> Iterator[Failure]:
    if answer.status not in due:
        wanted = " or ".join(map(str, due))
        yield _failure(gateway, what, f"{wanted} is due, {answer.status} came")


def _failure(gateway: Gateway, what: str, message: str) -> Failure:
    return Failure("access", what, message, gateway.curls(), gateway.told())
