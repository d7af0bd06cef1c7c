"""python -m webflow_orders_contract.drift FROM: where does what was recorded differ from openapi.yaml?

FROM is a recording of `record.Recorder` or a HAR. Told are places, types and counts, and never a value. What would
have to change is proposed as a diff of the description.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from . import patch, replay, spec
from .compare import Finding, compared
from .mend import SOURCE, Change, applied
from .recordings import Answers, added_up, read
from .settings import UsageError
from .shapes import Shapes

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


def drift(document: Mapping[str, Any], answers: list[Answers], source: str = SOURCE_NAME) -> Drift:
    shapes = Shapes(document)
    findings = compared(shapes, answers)
    count = sum(each.count for each in answers)
    return Drift(count, findings, _changes(document, answers, source, count))


def drift_of(path: Path, document: Mapping[str, Any], source: str = SOURCE_NAME) -> Drift:
    return drift(document, added_up(read(path, Shapes(document))), source)


def _changes(document: Mapping[str, Any], answers: list[Answers], source: str, count: int) -> list[Change]:
    made: dict[str, Change] = {}
    for _ in range(ROUNDS):
        current = applied(document, list(made.values()))
        new: dict[str, Change] = {}
        for finding in compared(Shapes(current), answers):
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


def told(found: Drift) -> str:
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


def _parser() -> argparse.ArgumentParser:
    words = (__doc__ or "").split("\n\n", 1)
    parser = argparse.ArgumentParser("python -m webflow_orders_contract.drift", description=words[-1])
    parser.add_argument("recording", type=Path, metavar="FROM")
    parser.add_argument(
        "--spec", type=Path, metavar="FILE", help="default: openapi.yaml here, or the one that came"
    )
    parser.add_argument("--source", default=SOURCE_NAME, metavar="NAME", help="as x-sources is to name it")
    parser.add_argument("--replay", action="store_true", help="compare with what our mock answers instead")
    parser.add_argument("--fail", action="store_true", help="exit with 1 if there is a difference")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(argv)
    here = Path("openapi.yaml")
    try:
        path = spec.find(options.spec or (here if here.is_file() else None))
        document = spec.document(path)
        if options.replay:
            differences = replay.differences(read(options.recording, Shapes(document)), Shapes(document))
            print(replay.told(differences))
            return int(options.fail and bool(differences))
        found = drift_of(options.recording, document, options.source)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    print(told(found))
    if found.changes and path.suffix != ".json":
        print("\nProposed:\n")
        print(patch.diff(path.read_text(encoding="utf-8"), found.changes, path.name))
    return int(options.fail and bool(found.drifted))


if __name__ == "__main__":
    sys.exit(main())
