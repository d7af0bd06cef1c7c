"""What came of the deliveries that were judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..gateway.exchange import Failure


@dataclass(kw_only=True)
class WebhookResult:
    """`part` says who was judged. `counts`: of each check, how often it held, and how often it did not."""

    part: str
    counts: dict[str, list[int]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    deliveries: int = 0
    seconds: float = 0.0
    not_judged: list[str] = field(default_factory=list)

    def note(self, check: str, complaints: Sequence[Failure]) -> None:
        self.counts.setdefault(check, [0, 0])[bool(complaints)] += 1
        self.failures += complaints

    @property
    def ok(self) -> bool:
        return not self.failures
