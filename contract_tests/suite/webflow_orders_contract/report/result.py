"""What came of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..drive.driver import StepResult
from ..fuzz.tally import Tally
from ..gateway.exchange import Failure
from ..gateway.validator import Validator
from ..model.runner import ModelResult
from ..webhooks.result import WebhookResult
from .causes import Cause, causes

# operation -> check -> how often it held, and how often it did not
Checks = dict[str, dict[str, list[int]]]


@dataclass(frozen=True, kw_only=True)
class Result:
    """`target` names the server for people; `again` says how to bring it back, `replay` how to repeat the run.

    `site` is empty where no API was judged, but a receiver of webhooks.
    A POST to `reset` has the server start over. `not_judged` is what could not be seen, and how it could be;
    `unwritten`, why there is no report.
    """

    target: str
    site: str
    tally: Tally
    validator: Validator
    drive: Sequence[StepResult]
    report: Path
    seconds: float
    seed: int | None
    replay: str
    again: str = ""
    reset: str | None = None
    not_judged: Sequence[str] = ()
    model: ModelResult | None = None
    webhooks: WebhookResult | None = None
    unwritten: str = ""

    @property
    def ok(self) -> bool:
        return not self.causes

    @cached_property
    def causes(self) -> list[Cause]:
        return causes((each for found in self.by_part().values() for each in found), self.reset)

    def by_part(self) -> dict[str, list[Failure]]:
        """What each part of the run has found, the one that sees every answer first."""
        errors = [*self.tally.errors, *([] if self.tally.finished else ["the run was cut short"])]
        fuzzed = [*self.tally.failures, *(Failure("Schemathesis", "error", error) for error in errors)]
        return {
            "every answer": list(self.validator.failures),
            "Schemathesis": fuzzed,
            "the model": [self.model.failure] if self.model and self.model.failure else [],
            "the generated client": [step.failure for step in self.drive if step.failure is not None],
            **({self.webhooks.part: self.webhooks.failures} if self.webhooks is not None else {}),
        }

    def checks(self) -> Checks:
        """Of the validator and of Schemathesis, for the operations that were fuzzed; and of webhooks."""
        found = {
            name: {**row.by_check, **self.validator.counts.get(name, {})}
            for name, row in self.tally.rows.items()
        }
        return found | ({self.webhooks.part: self.webhooks.counts} if self.webhooks is not None else {})

    def verdict(self) -> str:
        if self.ok:
            return "Everything held."
        count = len(self.causes)
        return f"{count} failure{'s' if count != 1 else ''}."
