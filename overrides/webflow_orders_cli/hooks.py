"""`webhooks`: where Webflow posts what happens to orders, and a receiver to watch it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from cyclopts import App
from webflow_orders import webhooks
from webflow_orders.models import OrderTriggerWord, Webhook

from .orders import JsonFlag
from .shop import Shop
from .terminal import (
    NotDone,
    UsageError,
    confirmed,
    is_terminal,
    moment,
    money,
    print_json,
    print_pairs,
    print_table,
    say,
    told,
)

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"
VARIABLE = "WEBFLOW_WEBHOOK_SECRET"

app = App(name="webhooks", help="Where Webflow posts what happens to orders.")


@app.command(name="list")
def list_(*, json_: JsonFlag = False, shop: Shop = Shop()) -> None:
    """List the webhooks of the site.

    Args:
        json_: An object a line.
    """
    with shop.connect() as orders:
        found = [*orders.webhooks.list()]
    if json_:
        for each in found:
            print_json(each.to_dict())
    elif found:
        print_table(
            ("Webhook", "About", "Posts to", "Last posted"),
            [(each.id, each.trigger_type, each.url, moment(each.last_triggered)) for each in found],
            whole=("Webhook",),
        )
    else:
        say("No webhooks.")


@app.command
def create(
    url: str,
    /,
    *,
    trigger: OrderTriggerWord,
    secret_file: Path | None = None,
    json_: JsonFlag = False,
    shop: Shop = Shop(),
) -> None:
    """Have Webflow post to an address. Its secret is shown once.

    Args:
        url: Where to post.
        trigger: About what.
        secret_file: Write the secret into this new file, which is its owner's alone, instead of showing it.
        json_: Print the webhook as one object on a line.
    """
    with _new(secret_file) as file, shop.connect() as orders:
        made: Webhook = orders.webhooks.create(url, trigger)
        if file is not None:
            try:
                file.write((made.secret_key or "").encode())
            except OSError as error:
                raise NotDone(
                    f"Webhook {made.id} is made, but its secret is lost, for it cannot be written: {error.strerror}."
                    f" webflow-orders webhooks delete {made.id}, and make another."
                ) from None
    shown = made.to_dict()
    became = f"Webhook {made.id} is made."
    if secret_file is not None:
        shown.pop("secretKey", None)
    elif made.secret_key:
        became += f" Its secret is lost: webflow-orders webhooks delete {made.id}, and make another."
    with told(became):
        if json_:
            print_json(shown)
        else:
            print_pairs([("Webhook", made.id), ("About", made.trigger_type), ("Posts to", made.url),
                         ("Secret", shown.get("secretKey"))])  # fmt: skip
    if not made.secret_key:
        say(
            "It has no secret of its own: its deliveries are signed with the app's client secret, if an app made it."
        )
    elif secret_file is None:
        say("Keep the secret: it is not shown again.")
    else:
        say(f"Its secret is in {secret_file}.")


@contextmanager
def _new(path: Path | None) -> Iterator[RawIOBase | None]:
    """A file for a secret, its owner's alone; there before the secret is, and gone if nothing was written to it."""
    if path is None:
        yield None
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"No file for the secret can be made at {path}: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            yield file
    finally:
        if not path.stat().st_size:
            path.unlink()


@app.command
def delete(
    webhook_id: str,
    /,
    *,
    yes: bool = False,
    shop: Shop = Shop(),
) -> None:
    """Remove a webhook.

    Args:
        webhook_id: The webhook, as the list shows it.
        yes: Without asking.
    """
    if not (yes or is_terminal()):
        raise UsageError("Nobody is here to be asked: add --yes.")
    with shop.connect() as orders:
        if not (yes or confirmed(f"Remove webhook {webhook_id}?")):
            raise NotDone("Nothing was removed.")
        orders.webhooks.delete(webhook_id)
    say(f"Webhook {webhook_id} is removed.")


@app.command
def listen(*, port: int = 8000, secret_file: Path | None = None, json_: JsonFlag = False) -> None:
    """Show deliveries as they come, on 127.0.0.1, until Ctrl-C; a tunnel of yours brings them there.

    Only what is signed with the secret is shown, each change once; the others are told on stderr.

    Args:
        port: Where to listen; 0 takes any free port.
        secret_file: A file with the secret; otherwise it is in WEBFLOW_WEBHOOK_SECRET.
        json_: An object a line: the body of each delivery.
    """
    secret = _secret(secret_file) if secret_file else os.environ.get(VARIABLE, "")
    if not secret:
        raise UsageError(f"No secret: set {VARIABLE}, or name a file with it by --secret-file.")
    if not 0 <= port <= 65535:
        raise UsageError("--port must be 0 to 65535.")
    try:
        listener = server(port, secret, show_json if json_ else show)
    except OSError as error:
        raise NotDone(
            f"Port {port} cannot be had: {error.strerror}. Choose another with --port, or 0 for any free one."
        ) from None
    with listener:
        say(f"Listening on http://{HOST}:{listener.server_port}/ until Ctrl-C.")
        try:
            listener.serve_forever()
        except KeyboardInterrupt:
            say("Stopped.")
        if listener.unshown is not None:
            raise listener.unshown


def _secret(path: Path) -> str:
    """What is in the file, without what an editor puts around it."""
    try:
        return path.read_text("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8.") from None


def show(event: webhooks.Event) -> None:
    order = event.order if isinstance(event, webhooks.OrderEvent) else None
    words = (order.order_id, order.status, money(order.customer_paid)) if order else ("not about an order",)
    print_pairs([(event.trigger or "a bare order", "  ".join(words))])


def show_json(event: webhooks.Event) -> None:
    payload = event.order.to_dict() if isinstance(event, webhooks.OrderEvent) else None
    if isinstance(event, webhooks.OtherEvent):
        payload = event.payload
    print_json({"triggerType": event.trigger, "payload": payload})


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    unshown: OSError | None = None
    """Why nothing can be shown any more; it stops then, and what was not shown is not answered with 200."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # Whoever posted has gone.
            super().handle_error(request, client_address)


class _Handler(WSGIRequestHandler):
    timeout = 30

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what is refused is told by the receiver."""


def server(port: int, secret: str, shown: Callable[[webhooks.Event], object]) -> _Server:
    """Serves a receiver of deliveries on this machine. Raises ValueError for a secret, OSError for a port."""

    def show_or_stop(event: webhooks.Event) -> None:
        try:
            shown(event)
        except OSError as error:
            listener.unshown = error
            listener.shutdown()
            raise

    receiver = webhooks.Receiver(secret, fallback=show_or_stop)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return receiver(environ, start_response)
        except OSError:  # Whoever posts sends no more, or nobody reads what is shown.
            start_response("500 Internal Server Error", [("Content-Length", "0")])
            return ()

    listener = make_server(HOST, port, application, server_class=_Server, handler_class=_Handler)
    return listener
