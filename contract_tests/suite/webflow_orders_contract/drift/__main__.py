"""python -m webflow_orders_contract.drift FROM: where does what was recorded differ from openapi.yaml?

FROM is a recording of `record.Recorder` or a HAR. Told are places, types and counts, and never a value. What would
have to change is proposed as a diff of the description.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .. import description as descriptions
from ..settings import UsageError
from . import patch, replay
from .proposal import SOURCE_NAME, drift_of, render
from .recordings import read


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
        description = descriptions.read(options.spec or (here if here.is_file() else None))
        if options.replay:
            differences = replay.differences(read(options.recording, description), description)
            print(replay.render(differences))
            return int(options.fail and bool(differences))
        found = drift_of(options.recording, description, options.source)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    print(render(found))
    path = description.file
    if found.changes and path is not None and path.suffix != ".json":
        print("\nProposed:\n")
        print(patch.diff(path.read_text(encoding="utf-8"), found.changes, path.name))
    return int(options.fail and bool(found.drifted))


if __name__ == "__main__":
    sys.exit(main())
