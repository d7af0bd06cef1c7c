"""A receiver as somebody might write it, without our package; and what may be wrong with it."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

SECRET = "5ecre7" * 10 + "5ecr"


class Refused(Exception):
    """Answer this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class PlainReceiver:
    """A WSGI application. `/applied` shows the comment of each order that it applied, as often as it did."""

    ok = 200
    oldest, furthest_ahead = 300.0, 300.0
    largest = 2**20

    def __init__(self) -> None:
        self.applied: list[str] = []
        self.newest: dict[str, tuple[float, Any]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = [("Content-Type", "text/plain")]
        if environ["PATH_INFO"] == "/applied":
            start_response("200 OK", headers)
            return ["\n".join(self.applied).encode()]
        try:
            status = self.take(environ)
        except Refused as refused:
            status = refused.status
        except Exception:  # As a framework does.
            status = 500
        start_response(f"{status} Whatever", [*headers, *([("Location", "/hook/")] if status == 302 else [])])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else b"."]

    def take(self, environ: dict[str, Any]) -> int:
        if environ["REQUEST_METHOD"] != "POST":
            raise Refused(405)
        size = int(environ.get("CONTENT_LENGTH") or 0)
        if size > self.largest:
            raise Refused(413)
        body = self.body(environ["wsgi.input"], size)
        timestamp, signature = (
            environ.get(f"HTTP_X_WEBFLOW_{name}", "") for name in ("TIMESTAMP", "SIGNATURE")
        )
        self.look_at(environ)
        self.verify(body, timestamp, signature)
        self.heed_the_time(timestamp)
        self.apply(self.read(body), float(timestamp))
        return self.ok

    def body(self, stream: Any, size: int) -> bytes:
        return bytes(stream.read(size))

    def pause(self, seconds: float) -> None:
        """What whoever sends slowly waits for between two pieces."""

    def look_at(self, environ: dict[str, Any]) -> None:
        """Whatever else it asks of a request."""

    def message(self, body: bytes, timestamp: str) -> bytes:
        return timestamp.encode("latin-1") + b":" + body

    def verify(self, body: bytes, timestamp: str, signature: str) -> None:
        due = hmac.new(SECRET.encode(), self.message(body, timestamp), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(due.encode(), signature.encode("latin-1")):
            raise Refused(401)

    def heed_the_time(self, timestamp: str) -> None:
        if not timestamp.isascii() or not timestamp.isdecimal():
            raise Refused(400)
        age = time.time() - int(timestamp) / 1000
        if age > self.oldest or -age > self.furthest_ahead:
            raise Refused(400)

    def read(self, body: bytes) -> dict[str, Any]:
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            raise Refused(400) from None
        if not isinstance(event, dict) or not isinstance(event.get("payload"), dict):
            raise Refused(400)
        return event

    def apply(self, event: dict[str, Any], signed: float) -> None:
        if event["triggerType"] not in ("ecomm_new_order", "ecomm_order_changed"):
            return
        order = event["payload"]
        order_id = order.get("orderId")
        if not isinstance(order_id, str):
            raise Refused(400)
        before, content = self.newest.get(order_id, (0.0, None))
        if content == order:
            return self.met_a_repeat(order)
        if signed < before:
            return self.met_an_older(order)
        self.newest[order_id] = signed, order
        self.applied.append(str(order.get("comment")))

    def met_a_repeat(self, order: dict[str, Any]) -> None:
        """It was applied."""

    def met_an_older(self, order: dict[str, Any]) -> None:
        """A newer one was applied."""


WRONG: dict[str, type[PlainReceiver]] = {}


def wrong(kind: type[PlainReceiver]) -> type[PlainReceiver]:
    WRONG[kind.__name__] = kind
    return kind


@wrong
class VerifiesNothing(PlainReceiver):
    def verify(self, body: bytes, timestamp: str, signature: str) -> None:
        return


@wrong
class SignsTheBodyAlone(PlainReceiver):
    def message(self, body: bytes, timestamp: str) -> bytes:
        return body


@wrong
class WritesTheBodyAnew(PlainReceiver):
    """As the documented example does."""

    def message(self, body: bytes, timestamp: str) -> bytes:
        parsed = json.dumps(self.read(body), separators=(",", ":"))
        return super().message(parsed.encode(), timestamp)


@wrong
class LetsTheUnsignedPass(PlainReceiver):
    """For those made in the dashboard."""

    def verify(self, body: bytes, timestamp: str, signature: str) -> None:
        if signature:
            super().verify(body, timestamp, signature)

    def heed_the_time(self, timestamp: str) -> None:
        if timestamp:
            super().heed_the_time(timestamp)

    def take(self, environ: dict[str, Any]) -> int:
        if not environ.get("HTTP_X_WEBFLOW_SIGNATURE"):
            environ["HTTP_X_WEBFLOW_TIMESTAMP"] = str(int(time.time() * 1000))
        return super().take(environ)


@wrong
class ComparesTheBeginning(PlainReceiver):
    def verify(self, body: bytes, timestamp: str, signature: str) -> None:
        due = hmac.new(SECRET.encode(), self.message(body, timestamp), hashlib.sha256).hexdigest()
        if not signature or not due.startswith(signature):
            raise Refused(401)


@wrong
class AlsoTakesAnEmptySecret(PlainReceiver):
    """Of two environments, one has none."""

    def verify(self, body: bytes, timestamp: str, signature: str) -> None:
        due = [
            hmac.new(key, self.message(body, timestamp), hashlib.sha256).hexdigest()
            for key in (SECRET.encode(), b"")
        ]
        if signature not in due:
            raise Refused(401)


@wrong
class HasAllTime(PlainReceiver):
    oldest = 1e12


@wrong
class BelievesTheFuture(PlainReceiver):
    """As the documented example does."""

    furthest_ahead = 1e12


@wrong
class HasNoTime(PlainReceiver):
    oldest = 60.0


@wrong
class TakesTheTimeForSeconds(PlainReceiver):
    def heed_the_time(self, timestamp: str) -> None:
        super().heed_the_time(timestamp + "000")


@wrong
class SaysNoContent(PlainReceiver):
    ok = 204


@wrong
class SaysAccepted(PlainReceiver):
    ok = 202


@wrong
class Redirects(PlainReceiver):
    def take(self, environ: dict[str, Any]) -> int:
        return super().take(environ) if environ["PATH_INFO"].endswith("/") else 302


@wrong
class BreaksDownOverASignature(PlainReceiver):
    """compare_digest takes no str that is not ASCII."""

    def verify(self, body: bytes, timestamp: str, signature: str) -> None:
        due = hmac.new(SECRET.encode(), self.message(body, timestamp), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(due, signature):
            raise Refused(401)


@wrong
class BreaksDownOverABody(PlainReceiver):
    def message(self, body: bytes, timestamp: str) -> bytes:
        return f"{timestamp}:{body.decode()}".encode()


@wrong
class BreaksDownOverATimestamp(PlainReceiver):
    def verify(self, body: bytes, timestamp: str, signature: str) -> None:
        int(timestamp)
        super().verify(body, timestamp, signature)


@wrong
class BreaksDownOverWhatIsNoJson(PlainReceiver):
    def read(self, body: bytes) -> dict[str, Any]:
        return json.loads(body)  # type: ignore[no-any-return]


@wrong
class SaysServerErrorToAForger(PlainReceiver):
    def verify(self, body: bytes, timestamp: str, signature: str) -> None:
        try:
            super().verify(body, timestamp, signature)
        except Refused:
            raise Refused(500) from None


@wrong
class KnowsEachField(PlainReceiver):
    def read(self, body: bytes) -> dict[str, Any]:
        event = super().read(body)
        if "loyalty" in event["payload"]:
            raise Refused(422)
        return event


@wrong
class WantsEachField(PlainReceiver):
    def read(self, body: bytes) -> dict[str, Any]:
        event = super().read(body)
        if "customerPaid" not in event["payload"]:
            raise Refused(422)
        return event


@wrong
class RefusesOtherTriggers(PlainReceiver):
    def apply(self, event: dict[str, Any], signed: float) -> None:
        if event["triggerType"] == "ecomm_inventory_changed":
            raise Refused(400)
        super().apply(event, signed)


@wrong
class RefusesALargeOrder(PlainReceiver):
    largest = 10_000


@wrong
class KnowsOneMediaType(PlainReceiver):
    def body(self, stream: Any, size: int) -> bytes:
        return bytes(stream.read(size))

    def pause(self, seconds: float) -> None:
        """What whoever sends slowly waits for between two pieces."""

    def look_at(self, environ: dict[str, Any]) -> None:
        if environ.get("CONTENT_TYPE") != "application/json":
            raise Refused(415)


@wrong
class TakesWhatIsThere(PlainReceiver):
    """Of a small body, which has always come at once."""

    def __init__(self) -> None:
        super().__init__()
        self.has_taken_a_part = threading.Event()

    def body(self, stream: Any, size: int) -> bytes:
        if size > 10_000:
            return super().body(stream, size)
        piece: bytes = stream.read1(size)
        if len(piece) < size:
            self.has_taken_a_part.set()
        return piece

    def pause(self, seconds: float) -> None:
        assert self.has_taken_a_part.wait(120)


@wrong
class BreaksDownOverACutBody(PlainReceiver):
    def body(self, stream: Any, size: int) -> bytes:
        body = super().body(stream, size)
        if len(body) < size:
            raise EOFError
        return body


@wrong
class CallsARepeatAConflict(PlainReceiver):
    def met_a_repeat(self, order: dict[str, Any]) -> None:
        raise Refused(409)


@wrong
class CallsAnOlderOneAConflict(PlainReceiver):
    def met_an_older(self, order: dict[str, Any]) -> None:
        raise Refused(409)


# What is seen with a page of what was applied alone.
UNSEEN: dict[str, type[PlainReceiver]] = {}


def unseen(kind: type[PlainReceiver]) -> type[PlainReceiver]:
    UNSEEN[kind.__name__] = kind
    return kind


@unseen
class AppliesRepeats(PlainReceiver):
    def met_a_repeat(self, order: dict[str, Any]) -> None:
        self.applied.append(order["comment"])


@unseen
class AppliesWhatIsOlder(PlainReceiver):
    def met_an_older(self, order: dict[str, Any]) -> None:
        self.applied.append(order["comment"])


@unseen
class AppliesBeforeItVerifies(PlainReceiver):
    def verify(self, body: bytes, timestamp: str, signature: str) -> None:
        try:
            super().verify(body, timestamp, signature)
        except Refused:
            with contextlib.suppress(ValueError):
                self.applied.append(json.loads(body)["payload"]["comment"])
            raise


@unseen
class AppliesNothing(PlainReceiver):
    def apply(self, event: dict[str, Any], signed: float) -> None:
        return
