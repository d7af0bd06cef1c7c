"""The last gate before the network, for a Schemathesis that is let loose on a server that is not ours.

Its configuration already says "GET only, this host only, slowly". But it probes a server on its own account
before it starts, and a new release may find another reason to send something; here nothing passes unasked. And no
answer passes as it came: Schemathesis, its reports and its log only ever see one without a customer's data.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
from urllib3 import HTTPHeaderDict, HTTPResponse

from . import spec
from .gate import Gate, Halt
from .pace import Pace
from .record import Recorder
from .redact import Redactor, reason
from .shapes import Shapes
from .task import Task

# Schemathesis marks its probes, which carry bytes that are no question for somebody's shop.
PROBE = "X-Schemathesis-Probe"


@dataclass(frozen=True, kw_only=True)
class Wire:
    """What stands between this process and a server that is not ours."""

    gate: Gate
    pace: Pace
    redactor: Redactor | None = None
    recorder: Recorder | None = None
    halt: Halt = field(default_factory=Halt)

    def before(self, request: requests.PreparedRequest) -> None:
        why = "it is a probe" if PROBE in request.headers else self.gate.refusal(request.method, request.url)
        if why or self.halt.reason:
            raise requests.RequestException(f"Not sent: {why or self.halt.reason}.", request=request)
        self.pace.wait()

    def after(self, answer: requests.Response) -> requests.Response:
        self.pace.heard(answer.status_code, answer.headers)
        method, url = str(answer.request.method), str(answer.request.url)
        if self.recorder is not None:
            self.recorder.record(method, url, answer.status_code, answer.headers, answer.content)
        self.halt.heard(method, url, answer.status_code)
        if self.halt.reason:
            # Stops Schemathesis as Ctrl+C would: the listener still writes down what there was.
            print(self.halt.reason, file=sys.stderr, flush=True)
            raise KeyboardInterrupt
        return answer if self.redactor is None else _redacted(answer, self.redactor)


def wire_for(task: Task) -> Wire | None:
    """None where anything goes: at a server of one's own."""
    if not task.only_read:
        return None
    shapes = Shapes(spec.document(Path(task.spec)))
    return Wire(
        gate=Gate(task.only_read),
        pace=Pace(task.interval, reserve=task.reserve),
        redactor=Redactor(shapes),
        recorder=recorder_for(task),
    )


def recorder_for(task: Task) -> Recorder | None:
    if task.recording is None:
        return None
    return Recorder(task.recording, shapes=Shapes(spec.document(Path(task.spec))))


def guard(wire: Wire) -> None:
    """From now on, no request of this process leaves unless it is allowed, and in its turn."""
    send = requests.Session.send

    def guarded(
        self: requests.Session, request: requests.PreparedRequest, **kwargs: Any
    ) -> requests.Response:
        wire.before(request)
        try:
            answer = send(self, request, **kwargs)
            return wire.after(answer)
        except requests.RequestException as error:
            # Its words may quote what the server sent.
            kind = requests.Timeout if isinstance(error, requests.Timeout) else requests.ConnectionError
            raise kind(f"no answer ({type(error).__name__})", request=request) from None

    # Replaced on the class, for Schemathesis makes its sessions itself.
    requests.Session.send = guarded  # type: ignore[method-assign]


def record(recorder: Recorder) -> None:
    """From now on, what every answer to this process looks like is written down, and nothing else is different."""
    send = requests.Session.send

    def recorded(
        self: requests.Session, request: requests.PreparedRequest, **kwargs: Any
    ) -> requests.Response:
        answer = send(self, request, **kwargs)
        method, url = str(request.method), str(request.url)
        recorder.record(method, url, answer.status_code, answer.headers, answer.content)
        return answer

    requests.Session.send = recorded  # type: ignore[method-assign]  # On the class, as above.


def _redacted(answer: requests.Response, redactor: Redactor) -> requests.Response:
    """Another answer, made of what may stay: nothing of the first is carried over unseen."""
    request = answer.request
    made = requests.Response()
    made.status_code, made.reason = answer.status_code, reason(answer.status_code)
    headers = HTTPHeaderDict(redactor.headers(answer.headers.items()))
    made.headers.update(headers)
    made._content = redactor.body(str(request.method), str(request.url), answer.status_code, answer.content)
    made.raw = HTTPResponse(BytesIO(), headers, answer.status_code, version=11, preload_content=False)
    made.encoding, made.url, made.request, made.elapsed = "utf-8", answer.url, request, answer.elapsed
    return made
