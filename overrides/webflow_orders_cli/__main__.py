"""`webflow-orders`, or `python -m webflow_orders_cli`."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line. Returns 0 if it was done, 1 if it was not, 2 if it cannot be right, 3 if nobody knows."""
    try:
        from .app import run
    except KeyboardInterrupt:
        print("Interrupted. Nothing was sent.", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in ("cyclopts", "rich"):
            raise
        print(f"webflow-orders needs {missing}: pip install 'webflow-orders[cli]'", file=sys.stderr)
        return 2
    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
