"""The account of a drift: what differs, and the changes of the description that would mend it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..description import Description
from .compare import Finding, compared
from .recordings import Answers, added_up, read
from .spec_fixes import SOURCE, Change, applied

SOURCE_NAME = "recording"
# A change may bring another one to light, below what was unknown.
ROUNDS = 5


@dataclass(frozen=True)
class Drift:
    """`changes` make the description fit; what they can not mend is in `findings` alone."""

    answers: int
    findings: list[Finding]
    changes: list[Change] = field(default_factory=list)

    @property
    def drifted(self) -> list[Finding]:
        return [each for each in self.findings if each.is_drift]

    def as_json(self) -> dict[str, Any]:
        rows = [{name: v for name, v in asdict(each).items() if name != "changes"} for each in self.findings]
        return {"answers": self.answers, "drifted": len(self.drifted), "findings": rows}


def drift(description: Description, answers: list[Answers], source: str = SOURCE_NAME) -> Drift:
    count = sum(each.count for each in answers)
    changes = _changes(description.document, answers, source, count)
    return Drift(count, compared(description, answers), changes)


def drift_of(path: Path, description: Description, source: str = SOURCE_NAME) -> Drift:
    return drift(description, added_up(read(path, description)), source)


def _changes(document: Mapping[str, Any], answers: list[Answers], source: str, count: int) -> list[Change]:
    made: dict[str, Change] = {}
    for _ in range(ROUNDS):
        current = applied(document, list(made.values()))
        new: dict[str, Change] = {}
        for finding in compared(Description(current), answers):
            for change in finding.changes:
                # Of two for the same place, or for one inside of the other, the second waits for the next round.
                if not any(_touch(change.pointer, other) for other in new):
                    new[change.pointer] = Change(change.pointer, _sourced(change.value, source))
        if not new:
            break
        made |= new
    if made and source not in document.get("x-sources", {}):
        made["/x-sources/"] = Change(f"/x-sources/{source}", f"A recording of {count} answers.")
    return list(made.values())


def _touch(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _sourced(value: Any, source: str) -> Any:
    return json.loads(json.dumps(value).replace(json.dumps(SOURCE)[1:-1], source))


def render(found: Drift) -> str:
    lines: list[str] = []
    for operation, status in dict.fromkeys((each.operation, each.status) for each in found.findings):
        lines.append(f"\n{operation}, {status}")
        here = [each for each in found.findings if (each.operation, each.status) == (operation, status)]
        lines += [f"  {_line(each)}" for each in here if each.is_drift]
        never = [each.pointer for each in here if not each.is_drift]
        lines += [f"  never seen: {', '.join(never)}"] if never else []
    verdict = f"{len(found.drifted)} differences in {found.answers} answers."
    return "\n".join([*lines, "", verdict if found.drifted else f"No difference in {found.answers} answers."])


def _line(each: Finding) -> str:
    where = f" {each.pointer}" if each.pointer else ""
    return f"{each.kind}{where}: the spec says {each.spec}; seen {each.seen} ({each.times} of {each.of})"
