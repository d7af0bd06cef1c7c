"""webflow-orders-contract, or python -m webflow_orders_contract: hold a server to openapi.yaml and report.

Without --target it brings its own mock. With --target it only reads, slowly; the token is in WEBFLOW_TOKEN.
A server of your own (--own-server) is treated as the mock is: everything, and at full speed.
Exit status: 0 everything held, 1 something did not, 2 the run could not be made.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .settings import MOST_PER_MINUTE, PROFILES, RESERVE, Settings, UsageError, token_from


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="webflow-orders-contract",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _about_a_server(parser.add_argument_group("a server of yours").add_argument)
    _about_a_receiver(parser.add_argument_group("a receiver of webhooks").add_argument)
    _about_the_run(parser.add_argument_group("the run").add_argument)
    return parser


def _about_a_server(add: Callable[..., object]) -> None:
    add("--target", metavar="URL", help="a server to read, such as https://api.webflow.com")
    add("--site", metavar="ID", help="the site there, 24 hexadecimal digits")
    add("--write", metavar="ORDER", help="also write to this order, and put back what was there")
    add("--refund", metavar="ORDER", help="also refund this order, for good")
    add("--refund-again", metavar="ORDER", help="the same id again, for --refund is for good")
    about = "requests a minute that this token may make (default: %(default)s)"
    add(
        "--per-minute", type=int, metavar="N", default=MOST_PER_MINUTE, dest="requests_per_minute", help=about
    )
    about = "of them left to the shop's own apps (default: %(default)s)"
    add("--reserve", type=int, metavar="N", default=RESERVE, help=about)
    add("--invalid", action="store_true", help="ask with invalid values as well; still only GET")
    add("--state", type=Path, metavar="FOLDER", help="where a write is noted before it is made")
    add("--own-server", action="store_true", help="the target is yours, and no shop: fuzz it, writes and all")
    about = "a variable with a token of your own server that may only read"
    add("--reader-token", metavar="VARIABLE", help=about)
    about = "a variable with a token of your own server that may only write"
    add("--writer-token", metavar="VARIABLE", help=about)
    about = "a variable with a token of another shop there, which must not see this one"
    add("--other-token", metavar="VARIABLE", help=about)
    about = "a variable with a token of your own server that is allowed few requests a minute"
    add("--throttled-token", metavar="VARIABLE", help=about)
    about = "a site that the token must not see, and an order there"
    add("--other-site", nargs=2, metavar=("SITE", "ORDER"), help=about)
    about = "a webhook of a site that the token must not see"
    add("--other-webhook", metavar="ID", help=about)
    add("--site-without-shop", metavar="SITE", help="a site that the token may see, and that has no shop")
    add("--reset", metavar="URL", help="a POST here makes your own server start over")


def _about_a_receiver(add: Callable[..., object]) -> None:
    about = (
        "a receiver of yours to post deliveries to, of orders that are invented; nothing else is done then"
    )
    add("--receiver", metavar="URL", help=about)
    add("--secret", metavar="VARIABLE", help="a variable with the secret that it verifies signatures with")
    about = "a page of yours that shows the comment of each order that it applied, as often as it did"
    add("--applied", metavar="URL", help=about)


def _about_the_run(add: Callable[..., object]) -> None:
    add(
        "--profile",
        choices=PROFILES,
        dest="wanted",
        help="refuse to run if the other options ask for another one",
    )
    add("--plan", action="store_true", help="say what would be sent, how many, how long; send nothing")
    about = "send other requests, the same ones for the same number; random takes one, and says which"
    add("--seed", type=_seed, metavar="N", help=about)
    add("--max-examples", type=int, metavar="N", default=Settings.max_examples, help="default: %(default)s")
    about = "keep what answers look like, without a value, and tell the drift (of a shop: always)"
    add("--record", action="store_true", help=about)
    about = "make webhooks, and remove them (default: where the server starts over)"
    add("--webhooks", action=argparse.BooleanOptionalAction, help=about)
    add("--no-v1", action="store_false", dest="with_v1", help="leave the deprecated v1 operations out")
    add("--dialect", choices=["observed", "documented"], default="observed", help="how our mock answers")
    add("--report", type=Path, metavar="FOLDER", default=Settings.report, help="default: %(default)s")
    about = "another OpenAPI description than the one that came with this"
    add("--spec", type=Path, metavar="FILE", help=about)


def _seed(text: str) -> int:
    if text != "random":
        try:
            return int(text)
        except ValueError:
            raise UsageError(f"--seed must be a whole number or random, not {text!r}.") from None
    seed = secrets.randbelow(1_000_000)
    print(f"Seed {seed}: --seed {seed} sends the same requests again.", file=sys.stderr)
    return seed


def settings_from(argv: Sequence[str] | None) -> Settings:
    given = vars(_parser().parse_args(argv))
    # An option that a script leaves empty is not given.
    named: dict[str, Any] = {name: None if value == "" else value for name, value in given.items()}
    if named["other_site"] is not None:
        named["other_site"] = tuple(named["other_site"])
    for name in ("reader_token", "writer_token", "other_token", "throttled_token", "secret"):
        if named[name] is not None and not os.environ.get(named[name]):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} names {named[name]}, which is no variable of the environment.")
    return Settings(token=token_from(os.environ), **named)


def main(argv: Sequence[str] | None = None) -> int:
    try:
        settings = settings_from(argv)
        try:
            from rich.console import Console

            from .plan import plan
            from .report.terminal import show
            from .run import run
        except ModuleNotFoundError as error:
            raise UsageError(f"{error}; pip install 'webflow-orders[contract]'") from None
        if settings.plan:
            print(plan(settings).text())
            return 0
        result = run(settings)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    show(Console(), result)
    if result.unwritten and result.ok:
        return 2
    return 0 if result.ok else 1


if __name__ == "__main__":
    sys.exit(main())
