"""python -m webflow_orders_mock: the mock on 127.0.0.1, until Ctrl-C.

python -m webflow_orders_mock trigger EVENT ORDER --to URL: one webhook to a receiver of yours.
"""

from __future__ import annotations

import argparse
import errno
import os
import re
import shlex
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import socket

    import uvicorn

    from .app import MockWebflow
    from .orders.ledger import LedgerEntry


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="webflow-orders-mock",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8080, help="0 takes any free one (default: 8080)")
    parser.add_argument("--dialect", choices=["observed", "documented"], default="observed")
    plans = "starter, basic, cms, ecommerce, business, enterprise:<requests a minute>, or enterprise, which"
    parser.add_argument("--plan", default="enterprise", help=f"{plans} throttles nobody (default)")
    parser.add_argument("--empty", action="store_true", help="begin without orders")
    parser.add_argument(
        "--synthetic", type=int, default=0, metavar="N", help="begin with N orders, made as asked"
    )
    parser.add_argument("--db", metavar="PATH", help="keep the state in this SQLite file")
    parser.add_argument(
        "--live",
        type=_seconds,
        metavar="TIME",
        help="let something happen in the shop every 5s, say, or 500ms",
    )
    parser.add_argument("--seed", type=int, default=0, help="what happens there (default: 0)")
    parser.add_argument(
        "--deliver-anywhere", action="store_true", help="webhooks may go to other machines, too"
    )
    parser.add_argument("--token", default="mock-token", help="the token to accept (default: mock-token)")
    parser.add_argument("--defect", metavar="NAME", help="get one thing wrong, to see whether a test notices")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for each request, on stderr")
    parser.add_argument("--defects", action="store_true", help="list what can be got wrong, and stop")
    return parser.parse_args(argv)


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)(ms|s|m)?", text, re.ASCII)
    if found is None or not float(found[1]):
        raise argparse.ArgumentTypeError("a time is 5s, 500ms or 2m")
    return float(found[1]) * {"ms": 0.001, "m": 60}.get(found[2], 1)


def main(argv: Sequence[str] | None = None) -> int:
    given = sys.argv[1:] if argv is None else argv
    is_trigger = given[:1] == ["trigger"]
    options = None if is_trigger else _arguments(given)
    try:
        from .app import MockWebflow
        from .orders.database import DatabaseError
        from .server import listen, uvicorn_server
    except ModuleNotFoundError as error:
        print(f"{error}: pip install 'webflow-orders[testing]'", file=sys.stderr)
        return 2
    if options is None:
        from . import trigger

        return trigger.main(given[1:])
    if options.defects:
        from .defects import DEFECTS

        listed = (f"{each.name:<28} {each.family:<11} {each.sentence}" for each in DEFECTS.values())
        return 0 if all(_tell(line, sys.stdout) for line in listed) else 1
    try:
        listener = listen(options.port)
        mock = MockWebflow(
            dialect=options.dialect,
            plan=options.plan,
            path=options.db,
            shop=not options.empty,
            token=options.token,
            defect=options.defect,
            synthetic=options.synthetic,
            deliver_anywhere=options.deliver_anywhere,
        )
    except (OSError, OverflowError, ValueError, DatabaseError) as error:
        is_taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        said = f"port {options.port} is in use; choose another with --port, or 0 for any free one"
        print(f"webflow_orders_mock: {said if is_taken else error}", file=sys.stderr)
        return 2
    with listener:
        if options.verbose:
            mock.ledger.listen(_say)
        _serve(mock, uvicorn_server(mock), listener, options.live, options.seed)
    return 0


def _say(entry: LedgerEntry) -> None:
    path = entry.path.encode("ascii", "backslashreplace").decode()
    said = f"{entry.as_json()['time']} {entry.method} {path} {entry.status}{', changed' if entry.applied else ''}"
    _tell(said, sys.stderr)


def _tell(text: str, stream: TextIO | None) -> bool:
    """Whether it could be written. Where nobody reads it, the mock serves all the same."""
    if stream is None:
        return True
    try:
        print(text, file=stream, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # At exit Python would try again.
        return False
    return True


def _serve(
    mock: MockWebflow, server: uvicorn.Server, listener: socket.socket, every: float | None, seed: int
) -> None:
    from .living import LivingShop

    # uvicorn stops on SIGTERM and then raises it again: to have stopped is what was asked for, not a failure.
    # One that comes before uvicorn looks out for it must stop the server all the same.
    signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
    if mock.defect:
        _tell(f"WRONG ON PURPOSE: {mock.defect}", sys.stdout)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    example = f"{url}/v2/sites/{mock.site_id}/orders?limit=1"
    for line in (
        f"Webflow Orders mock ({mock.dialect}) on {url}: open it in a browser to watch; control under {url}/_mock",
        f"curl -H {shlex.quote(f'Authorization: Bearer {mock.token}')} {shlex.quote(example)}",
    ):
        _tell(line, sys.stdout)
    shop = LivingShop(mock, seed=seed)
    if every is not None:
        mock.webhooks.start()
        shop.live(every)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        shop.stop()
        mock.close()


if __name__ == "__main__":
    sys.exit(main())
