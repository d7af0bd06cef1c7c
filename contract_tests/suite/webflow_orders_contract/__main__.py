"""python -m webflow_orders_contract: hold a server to openapi.yaml and report.

Without --target it brings its own mock. With --target it only reads, slowly; the token is in WEBFLOW_TOKEN.
Exit status: 0 everything held, 1 something did not, 2 the run could not be made.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .settings import REQUESTS_PER_MINUTE, Settings, UsageError, token_from


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m webflow_orders_contract",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _about_a_server(parser.add_argument_group("a server of yours").add_argument)
    _about_the_run(parser.add_argument_group("the run").add_argument)
    return parser


def _about_a_server(add: Callable[..., object]) -> None:
    add("--target", metavar="URL", help="a server to read, such as https://api.webflow.com")
    add("--site", metavar="ID", help="the site there, 24 hexadecimal digits")
    add("--write", metavar="ORDER", help="also write to this order, and put back what was there")
    add("--refund", metavar="ORDER", help="also refund this order, for good")
    add(
        "--per-minute",
        type=int,
        metavar="N",
        default=REQUESTS_PER_MINUTE,
        help="requests (default: %(default)s)",
    )


def _about_the_run(add: Callable[..., object]) -> None:
    add("--seed", type=int, metavar="N", help="send other requests; the same ones for the same number")
    add("--max-examples", type=int, metavar="N", default=Settings.max_examples, help="default: %(default)s")
    add("--no-v1", action="store_true", help="leave the deprecated v1 operations out")
    add("--dialect", choices=["observed", "documented"], default="observed", help="how our mock answers")
    add("--report", type=Path, metavar="FOLDER", default=Settings.report, help="default: %(default)s")
    add(
        "--spec",
        type=Path,
        metavar="FILE",
        help="another OpenAPI description than the one that came with this",
    )


def _settings(argv: Sequence[str] | None) -> Settings:
    options = _parser().parse_args(argv)
    return Settings(
        target=options.target or None,
        site=options.site or None,
        token=token_from(os.environ),
        write=options.write or None,
        refund=options.refund or None,
        with_v1=not options.no_v1,
        dialect=options.dialect,
        seed=options.seed,
        max_examples=options.max_examples,
        requests_per_minute=options.per_minute,
        report=options.report,
        spec=options.spec,
    )


def main(argv: Sequence[str] | None = None) -> int:
    try:
        settings = _settings(argv)
        try:
            from rich.console import Console

            from .run import run
            from .table import show
        except ModuleNotFoundError as error:
            raise UsageError(f"{error}; pip install 'webflow-orders[contract]'") from None
        result = run(settings)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    show(Console(), result)
    return 0 if result.ok else 1


if __name__ == "__main__":
    sys.exit(main())
