"""Hears each scenario as Schemathesis finishes it: counts it, says so on the screen, writes the tally at the end."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from schemathesis.cli import EventHandler
from schemathesis.core.failures import Failure as FoundFailure
from schemathesis.core.transport import Response
from schemathesis.engine import events
from schemathesis.engine.recorder import CheckNode, RecordedScenario, Request

from .curl import answered, curl, redacted
from .describe import described
from .gate import Halt
from .tally import Failure, Tally
from .task import Task

WHOLE_RUN = "the whole run"
# Stateful scenarios are many and short.
SECONDS_BETWEEN_LINES = 5.0


class Listener(EventHandler[Any]):
    task: ClassVar[Task]
    token: ClassVar[str | None]
    halt: ClassVar[Halt]

    def __init__(self, *args: Any, **params: Any) -> None:
        self.tally = Tally()
        for operation in self.task.operations.values():
            self.tally.row(operation)
        self.progress = Progress()
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
        self.tally.stopped = self.halt.reason
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
        message = described(found, seen[-1].response if seen else None, private=bool(self.task.only_read))
        # Of the requests before it only the writes matter: what a read found, such as an id, is written out.
        needed = [each for each in seen[:-1] if each.request.method != "GET"] + seen[-1:]
        curls = [self._curl(interaction.request) for interaction in needed]
        shown = self._answer(seen[-1].response) if seen else ""
        self.tally.fail(Failure(operation, node.name, redacted(message, self.token), curls, shown))
        return True

    def _is_known(self, check: str, failure: FoundFailure) -> bool:
        # Schemathesis tells by operation, kind and place whether two failures are one.
        known = self._known.setdefault(check, [])
        if failure in known:
            return True
        known.append(failure)
        return False

    def _curl(self, request: Request) -> str:
        headers = {name: values[0] for name, values in request.headers.items()}
        return curl(request.method, request.uri, headers, request.body, self.token)

    def _answer(self, answer: Response | None) -> str:
        if answer is None:
            return "No answer."
        headers = [(name, ", ".join(values)) for name, values in answer.headers.items()]
        return answered(answer.status_code, answer.message, headers, answer.content or b"", self.token)

    def _error(self, text: str) -> None:
        text = redacted(text, self.token)
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


class Progress:
    """One line for each operation and phase, and one every few seconds while scenarios run."""

    def __init__(self) -> None:
        self._scenarios = self._cases = self._failed = self._told = 0
        self._said = time.monotonic()

    def say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def scenario(self, phase: str, operation: str | None, cases: int, failed: int) -> None:
        if operation is not None:
            if cases:
                self.say(_line(phase, operation, cases, failed))
            return
        self._scenarios, self._cases, self._failed = (
            self._scenarios + 1,
            self._cases + cases,
            self._failed + failed,
        )
        if time.monotonic() - self._said >= SECONDS_BETWEEN_LINES:
            self._of_scenarios(phase)

    def end(self) -> None:
        """The scenarios that no line has told of yet."""
        if self._scenarios > self._told:
            self._of_scenarios("stateful")

    def _of_scenarios(self, phase: str) -> None:
        self._said, self._told = time.monotonic(), self._scenarios
        self.say(_line(phase, f"scenario {self._scenarios}", self._cases, self._failed))


def _line(phase: str, what: str, cases: int, failed: int) -> str:
    verdict = f"{failed} FAILED" if failed else "ok"
    return f"  {phase:<10} {what:<18} {cases:>4} cases  {verdict}"
