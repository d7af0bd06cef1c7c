"""What passes the gateway: requests, answers, and what is told of a failure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from ..description import Operation

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Server:
    """Whom a run speaks to: the base URL of the API, one site there, and the token for it."""

    base_url: str
    site: str
    token: str = field(repr=False)
    # Other tokens, each with the variable that has it.
    others: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def secrets(self) -> Mapping[str, str]:
        """Each token, by what it is called where it must not be shown."""
        return {self.token: "$WEBFLOW_TOKEN", **_nearly(self.token), **self.others}

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc


def _nearly(token: str) -> Mapping[str, str]:
    """What is sent to see whether it is taken for the token, as a shell makes it of that: it tells as much."""
    if len(token) < 8:
        return {}
    other_case = '$(printf %s "$WEBFLOW_TOKEN" | tr a-zA-Z A-Za-z)'
    return {token[:-1]: "${WEBFLOW_TOKEN%?}", token.swapcase(): other_case}


@dataclass(frozen=True)
class Request:
    """`url` is the server's, not the gateway's."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    status: int
    reason: str = ""
    headers: Headers = ()
    content: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str:
        """The last of that name; empty if there is none."""
        return next((value for key, value in reversed(self.headers) if key.lower() == name), "")

    @cached_property
    def decoded(self) -> bytes:
        """The body without its content coding; empty if that is broken."""
        if not self.header("content-encoding"):
            return self.content
        try:
            return httpx.Response(self.status, headers=list(self.headers), content=self.content).content
        except httpx.DecodingError:
            return b""

    @cached_property
    def json(self) -> Any:
        """What the body says; None if it is no JSON. Of all who ask, so nobody may change it."""
        return parsed(self.decoded)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request of an operation and its answer, read: what a rule needs to know."""

    operation: str
    path: str = ""
    order_id: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    is_about_webhooks: bool = False
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sent: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    answer: Any = None

    @classmethod
    def of(cls, operation: Operation, request: Request, answer: Answer, base: str) -> Exchange:
        url = urlsplit(request.url)
        ids = operation.matches(url.path.removeprefix(urlsplit(base).path)) or {}
        return cls(
            operation=operation.id,
            path=url.path,
            order_id=unquote(ids["order_id"]) if "order_id" in ids else None,
            ids={name: unquote(value) for name, value in ids.items()},
            is_about_webhooks=operation.is_about_webhooks,
            query=parse_qs(url.query, keep_blank_values=True),
            sent=parsed(request.body),
            status=answer.status,
            headers={name.lower(): value for name, value in answer.headers},
            answer=answer.json,
        )

    @property
    def is_v1(self) -> bool:
        return self.operation.endswith("-v1")

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def orders(self) -> list[dict[str, Any]]:
        """The orders of a successful answer, be it one, a page, or a bare array."""
        if not self.ok or self.is_about_webhooks:
            return []
        found: Any = self.answer
        if isinstance(found, dict) and "orders" in found:
            found = found["orders"]
        return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]

    def webhooks(self) -> list[dict[str, Any]]:
        """The webhooks of a successful answer."""
        if not self.ok or not self.is_about_webhooks or not isinstance(self.answer, dict):
            return []
        found: Any = self.answer.get("webhooks", [self.answer])
        return [each for each in (found if isinstance(found, list) else []) if isinstance(each, dict)]


def parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=number_of)
    except (ValueError, RecursionError):
        return None


def number_of(text: str) -> float:
    """As JSON Schema has it, to which 10.0 is an integer: it is 10, whoever writes it so."""
    value = float(text)
    return int(value) if value.is_integer() else value


@dataclass(frozen=True)
class Failure:
    """What went wrong, where, and the requests that show it; the last of `curl` is the one that failed.

    `where` is an operation or a part of the run, `what` the check. `times` is how often the same was seen.
    """

    where: str
    what: str
    message: str
    curl: Sequence[str] = ()
    answer: str = ""
    times: int = 1

    @property
    def pointer(self) -> str:
        """Where in an order it is, if the message begins with that; which order of a list it was does not matter."""
        found = re.match(r"(?:/orders)?(?:/[0-9]+(?=/))?(/[A-Za-z]\S*): ", self.message)
        return re.sub("/[0-9]+", "/*", found[1]) if found else ""

    @property
    def shape(self) -> str:
        """The first line, without what differs from one order to another: runs of digits and of letters in values."""
        line = self.message.split("\n")[0]
        if self.pointer:
            line = line.partition(": ")[2]
        line = re.sub(r"(order|id) [^\s:,]+", r"\1 #", line)
        line = re.sub(r"'[^']*'|\"[^\"]*\"(?= is not)", lambda value: _shape_of(value[0]), line)
        return re.sub("[0-9]+", "0", line)

    @property
    def cause(self) -> tuple[str, str, str]:
        """What two failures have in common that are one. A wrong format is one, at whichever pointer."""
        anywhere = re.search(r'is not a "[a-z-]+"$', self.shape)
        return self.what, "" if anywhere else self.pointer, self.shape


def _shape_of(value: str) -> str:
    """`'2025-03-29T21:29:21+0000'` is `'0-0-0A0:0:0+0'`; of a long text its length is not told."""
    runs = re.sub("[A-Z]+", "A", re.sub("[^\\W\\dA-Z_]+", "a", re.sub("[0-9]+", "0", value)))
    return runs if len(runs) <= 40 else "'…'"
