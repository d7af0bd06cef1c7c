"""What the Schemathesis process is told by ours, beyond its configuration file: one environment variable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

VARIABLE = "WEBFLOW_ORDERS_CONTRACT_TASK"


@dataclass(frozen=True, kw_only=True)
class Task:
    tally: str
    operations: Mapping[str, str]
    """operationId by Schemathesis's label."""
    reset: str | None = None
    """Where to POST so that the mock starts over; None for a server that is not ours."""
    only_read: str | None = None
    """The one origin that may be read, with GET alone; None where anything goes."""
    interval: float = 0.0
    reserve: int = 0
    """Requests of a minute that are left to others."""
    spec: str = ""
    recording: str | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Task:
        return cls(**json.loads(environment[VARIABLE]))
