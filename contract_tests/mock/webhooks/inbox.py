"""A receiver that keeps what it gets and answers as it is told; a WSGI application, and an ASGI one."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

SECRET = "0123456789abcdef" * 4
URL = "http://receiver.test/hook"
Scope = MutableMapping[str, Any]


@dataclass
class Letter:
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        return json.loads(self.body)

    @property
    def order(self) -> Any:
        return self.content["payload"]

    @property
    def timestamp(self) -> int:
        return int(self.headers["x-webflow-timestamp"])

    @property
    def is_signed_rightly(self) -> bool:
        """By a reading of the documentation of its own."""
        signed = hmac.new(SECRET.encode(), digestmod=hashlib.sha256)
        signed.update(self.headers["x-webflow-timestamp"].encode() + b":" + self.body)
        return signed.hexdigest() == self.headers["x-webflow-signature"]


@dataclass
class Inbox:
    """`answers` are given one after the other, and 200 after the last; an exception among them is raised."""

    answers: Iterable[int | Exception] = ()
    letters: list[Letter] = field(default_factory=list)
    on_letter: Callable[[Letter], object] | None = None

    def __post_init__(self) -> None:
        self._answers = iter(self.answers)

    def _take(self, headers: dict[str, str], body: bytes) -> int:
        letter = Letter(headers, body)
        self.letters.append(letter)
        if self.on_letter is not None:
            self.on_letter(letter)
        answer = next(self._answers, 200)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        assert environ["REQUEST_METHOD"] == "POST"
        headers = {
            key.removeprefix("HTTP_").lower().replace("_", "-"): value
            for key, value in environ.items()
            if key.startswith(("HTTP_", "CONTENT_"))
        }
        status = self._take(headers, environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response(f"{status} Said", [("Location", "/elsewhere")])
        return [b"as told"]

    async def asgi(
        self, scope: Scope, receive: Callable[[], Awaitable[Scope]], send: Callable[[Scope], Awaitable[None]]
    ) -> None:
        assert scope["method"] == "POST"
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        status = self._take({name.decode(): value.decode() for name, value in scope["headers"]}, body)
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"location", b"/elsewhere")]}
        )
        await send({"type": "http.response.body", "body": b"as told"})
