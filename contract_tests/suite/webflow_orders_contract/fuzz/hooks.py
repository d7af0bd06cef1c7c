"""What Schemathesis loads, inside of its own process: a fresh server in time, and a count of what it does.

All that is known of Schemathesis's insides is in this module.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request as Post, urlopen

import schemathesis
from hypothesis import strategies as st
from schemathesis import cli
from schemathesis.cli import EventHandler
from schemathesis.core.failures import CustomFailure, Failure as FoundFailure
from schemathesis.core.transport import Response
from schemathesis.engine import events
from schemathesis.engine.recorder import CheckNode, Interaction, RecordedScenario
from schemathesis.generation.meta import TestPhase
from schemathesis.generation.stateful.state_machine import APIStateMachine

from ..gateway.curl import LONGEST, TOKEN, answered, curl, redacted
from ..gateway.exchange import Answer, Failure, Request
from ..progress import SECONDS_BETWEEN_LINES, bar
from .engine import WHOLE_RUN
from .tally import Tally, Task

if TYPE_CHECKING:
    from schemathesis.generation.case import Case
    from schemathesis.hooks import HookContext

VISIBLE = st.characters(min_codepoint=33, max_codepoint=126)
NOBODYS = r"https?://[a-z0-9]{1,20}\.invalid(:[1-9][0-9]{0,3})?(/[0-9A-Za-z._~%=&?/-]{0,30})?"
# Examples, coverage, fuzzing: each for every operation.
PHASES = 3


def start_over(task: Task) -> None:
    """Give the server its orders back. A refund cannot be undone: without this they would soon be used up."""
    if not task.reset:
        return
    try:
        with urlopen(Post(task.reset, method="POST", data=b"")) as answer:
            answer.read()
    except OSError:
        # Without a fresh server each further failure would be a riddle. The gateway says why.
        raise KeyboardInterrupt from None


def register(task: Task, token: str) -> None:
    @schemathesis.hook
    def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
        # Outside of a scenario each case has a fresh server to itself, so one curl line is enough to see it again.
        if case.meta is None or case.meta.phase.name is not TestPhase.STATEFUL:
            start_over(task)

    @schemathesis.hook
    def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
        # Schemathesis can not make a header from a pattern with a full stop, such as that of Accept-Version: its
        # coverage phase would put an invalid one into every case. From a format with a generator of its own it can.
        for parameter in _parameters(raw_schema):
            schema = parameter.get("schema", {})
            if parameter.get("in") == "header" and "pattern" in schema:
                schema.setdefault("format", f"x-{parameter['name'].lower()}")
                made = st.from_regex(schema["pattern"], alphabet=VISIBLE)
                schemathesis.openapi.format(schema["format"], made)

        # A server of one's own posts to each address that it is given: to hosts that nobody has or will have.
        for schema in _schemas(raw_schema):
            if str(schema.get("pattern", "")).startswith("^https?://"):
                schema["format"] = "x-nobodys-address"
                schemathesis.openapi.format("x-nobodys-address", st.from_regex(NOBODYS, fullmatch=True))

    make = APIStateMachine.__init__

    def begin(self: APIStateMachine) -> None:
        start_over(task)
        make(self)

    # There is one machine for each scenario. Replaced on the class, for Schemathesis makes the subclass itself,
    # and overrides `setup`.
    APIStateMachine.__init__ = begin  # type: ignore[method-assign]
    cli.handler()(type("ContractListener", (Listener,), {"task": task, "secrets": {token: TOKEN}}))


def _schemas(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the fields of each shared object."""
    objects = schema.get("components", {}).get("schemas", {}).values()
    return [field for each in objects for field in each.get("properties", {}).values()]


def _parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that are shared, those of each path and of each operation; references lead to the shared ones."""
    found = list(schema.get("components", {}).get("parameters", {}).values())
    for item in schema.get("paths", {}).values():
        for node in (item, *(each for each in item.values() if isinstance(each, dict))):
            found += node.get("parameters", [])
    return found


class Listener(EventHandler[Any]):
    """Hears each scenario as it is finished: counts it, says so on the screen, writes the tally at the end."""

    task: Task
    secrets: Mapping[str, str]

    def __init__(self, *args: Any, **params: Any) -> None:
        self.tally = Tally()
        for operation in self.task.operations.values():
            self.tally.row(operation)
        self.progress = Progress(operations=len(self.task.operations))
        self._known: dict[str, list[FoundFailure]] = {}

    def handle_event(self, ctx: Any, event: events.EngineEvent) -> None:
        if isinstance(event, events.ScenarioFinished) and event.is_test_scenario:
            self._scenario(event)
        elif isinstance(event, events.NonFatalError):
            self._error(f"{event.label}: {event.value}")
        elif isinstance(event, events.FatalError):
            self._error(str(event.exception))
        elif isinstance(event, events.EngineFinished):
            self._end(event)

    def shutdown(self, ctx: Any) -> None:
        self.tally.save(Path(self.task.tally))

    def _scenario(self, event: events.ScenarioFinished) -> None:
        recorder = event.recorder
        sent = [
            self._name(node.value.operation.label)
            for key, node in recorder.cases.items()
            if key in recorder.interactions
        ]
        for name in sent:
            row = self.tally.row(name)
            row.cases += 1
            row.seconds += event.elapsed_time / len(sent)
        for key, interaction in recorder.interactions.items():
            answer = interaction.response
            if answer is not None and 200 <= answer.status_code < 300:
                self.tally.row(self._name(recorder.cases[key].value.operation.label)).answered_2xx += 1
        failed = sum(
            [self._check(recorder, key, node) for key, nodes in recorder.checks.items() for node in nodes]
        )
        operation = self._name(event.label) if event.label else None
        self.progress.scenario(event.phase.value, operation, len(sent), failed)

    def _check(self, recorder: RecordedScenario, key: str, node: CheckNode) -> bool:
        """Count one check; true if it is a failure that was not known yet."""
        operation = self._name(recorder.cases[key].value.operation.label)
        self.tally.row(operation).checked(node.name, held=node.failure_info is None)
        if node.failure_info is None or self._is_known(node.name, node.failure_info.failure):
            return False
        found = node.failure_info.failure
        steps = [step.case_id for step in node.failure_info.steps] or [found.case_id or key]
        seen = [recorder.interactions[step] for step in steps if step in recorder.interactions]
        message = described(found, seen[-1].response if seen else None, private=self.task.private)
        # Of the requests before it only the writes matter: what a read found, such as an id, is written out.
        needed = [each for each in seen[:-1] if each.request.method != "GET"] + seen[-1:]
        curls = [curl(_request(each), self.secrets) for each in needed]
        shown = self._answer(seen[-1].response) if seen else ""
        self.tally.fail(Failure(operation, node.name, redacted(message, self.secrets), curls, shown))
        return True

    def _is_known(self, check: str, failure: FoundFailure) -> bool:
        # Schemathesis tells by operation, kind and place whether two failures are one.
        known = self._known.setdefault(check, [])
        if failure in known:
            return True
        known.append(failure)
        return False

    def _answer(self, answer: Response | None) -> str:
        if answer is None:
            return "No answer."
        headers = [(name, ", ".join(values)) for name, values in answer.headers.items()]
        # The body has been decoded already.
        headers = [(name, value) for name, value in headers if name.lower() != "content-encoding"]
        return answered(
            Answer(answer.status_code, answer.message, headers, answer.content or b""), self.secrets
        )

    def _error(self, text: str) -> None:
        text = redacted(text, self.secrets)
        self.tally.errors.append(text)
        self.progress.say(f"  error: {text}")

    def _end(self, event: events.EngineFinished) -> None:
        for failure in event.failures:
            name = failure.title.split("`")[1] if "`" in failure.title else failure.title
            self.tally.fail(Failure(WHOLE_RUN, name, failure.message))
        self.progress.end()
        self.tally.seconds = event.running_time
        # A run that was cut short proves nothing.
        self.tally.finished = event.stop_reason.value == "completed"

    def _name(self, label: str) -> str:
        return self.task.operations.get(label, label)


def _request(interaction: Interaction) -> Request:
    sent = interaction.request
    headers = [(name, values[0]) for name, values in sent.headers.items()]
    return Request(sent.method, sent.uri, headers, sent.body or b"")


def described(failure: FoundFailure, answer: Response | None, *, private: bool) -> str:
    """A failure in a few lines. `private`: nothing of a successful answer is repeated."""
    pointer = re.search(r"^Schema at (\S+):", failure.message, re.MULTILINE)
    what = failure.message.split("\n\n")[0]
    if pointer:
        what = f"{'' if private else what + ', '}at {pointer[1]}"
    if not isinstance(failure, CustomFailure):
        what = f"{failure.title}: {what}" if what else failure.title
    if answer is None:
        return what
    # An error tells about the request; anything else would be an order.
    body = answer.content.decode("utf-8", errors="replace")[:LONGEST] if answer.status_code >= 400 else ""
    return f"{what}\n{f'answered {answer.status_code} {body}'.rstrip()}"


class Progress:
    """One line for each operation and phase, with a bar, and one every few seconds while scenarios run.

    How many scenarios there will be nobody knows: the bar is that of the phases before them.
    """

    def __init__(self, operations: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._scenarios = self._cases = self._failed = self._told = 0
        self._clock, self._done, self._all = clock, 0, operations * PHASES
        self._began = self._said = clock()

    def say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def scenario(self, phase: str, operation: str | None, cases: int, failed: int) -> None:
        if operation is not None:
            self._done += 1
            if cases:
                self.say(f"{_line(phase, operation, cases, failed):<48} {self.bar()}")
            return
        self._scenarios += 1
        self._cases += cases
        self._failed += failed
        if self._clock() - self._said >= SECONDS_BETWEEN_LINES:
            self._of_scenarios(phase)

    def bar(self) -> str:
        return bar(self._done, self._all, self._clock() - self._began)

    def end(self) -> None:
        """The scenarios that no line has told of yet."""
        if self._scenarios > self._told:
            self._of_scenarios("stateful")

    def _of_scenarios(self, phase: str) -> None:
        self._said, self._told = self._clock(), self._scenarios
        self.say(_line(phase, f"{self._scenarios} scenarios", self._cases, self._failed))


def _line(phase: str, what: str, cases: int, failed: int) -> str:
    verdict = f"{failed} FAILED" if failed else "ok"
    return f"  {phase:<10} {what:<18} {cases:>4} cases  {verdict}"


if "WEBFLOW_ORDERS_CONTRACT_TASK" in os.environ:
    register(Task.from_environment(os.environ), os.environ["WEBFLOW_TOKEN"])
