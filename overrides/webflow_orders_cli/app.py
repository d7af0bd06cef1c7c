"""The command line as a whole: what there is, and with which status and which words it ends."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Sequence
from typing import Literal

from cyclopts import App, CycloptsError, Parameter
from webflow_orders import __version__, errors

from . import around, hooks, orders, settling, shipping
from .shop import Interrupted
from .terminal import NARROWEST, NotDone, Teller, UsageError, say, silence

DONE, NOT_DONE, USAGE, UNKNOWN = range(4)

app = App(
    name="webflow-orders",
    help="The orders of a Webflow shop. Unofficial.",
    help_epilogue="Status: 0 done, 1 not done, 2 a wrong command line, 3 nobody knows: look at the order.",
    help_format="markdown",
    version=__version__,
    result_action="return_value",
    suppress_keyboard_interrupt=False,
    default_parameter=Parameter(negative=(), show_default=False),
)
app.command(orders.list_, name="list")
app.command(orders.show)
app.command(shipping.ship)
for command in orders.WRITES:
    app.command(command)
app.command(orders.export)
app.command(hooks.app)
app.command(settling.unsettled)
app.command(settling.settle)
app.command(around.whoami)
app.command(around.mock, help_flags=[], version_flags=[])
app.command(around.contract, help_flags=[], version_flags=[])


@app.command
def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print what makes a shell complete this command.

    In its startup file, in zsh's after compinit: eval "$(webflow-orders completion bash)"

    Args:
        shell: Which one.
    """
    print(app.generate_completion(shell=shell))
    if shell == "zsh":
        # What is printed is for a file of $fpath, where `#compdef` says what it completes; eval does not read that.
        print("compdef _cyclopts_webflow-orders webflow-orders")


# The nearest of a kind comes first.
ADVICE: tuple[tuple[type[Exception], str], ...] = (
    (errors.UnsettledWriteError, "webflow-orders settle looks what became of the earlier one."),
    (errors.JournalUnavailableError, "Nothing was sent. Mend the journal, or name another with --journal."),
    (errors.QueueTimeoutError, "Nothing was sent. The shop's rate is used up: try again in a minute."),
    (errors.RateLimitError, "The shop's rate is used up, by others too: try again in a minute."),
    (errors.AuthenticationError, "The token is not accepted: make one in the site's settings for WEBFLOW_TOKEN."),
    (errors.PermissionDeniedError, "The token may not: it needs the scopes ecommerce:read and ecommerce:write."),
    (errors.NotFoundError, "There is no such order, or no such site: webflow-orders whoami, webflow-orders list."),
    (errors.ConflictError, "The shop refuses: webflow-orders show tells how the order stands."),
    (errors.BadRequestError, "The server does not take the request; it was not carried out."),
    (errors.RedirectError, "The server sends elsewhere, and a token does not follow: check the server's address."),
    (errors.APIConnectionError, "No whole answer came back: check the network, and try again."),
    (errors.ServerError, "The server has trouble: try again in some minutes."),
    (errors.ResponseDecodeError, "The server's answer cannot be read; is it Webflow's API?"),
)  # fmt: skip


def run(words: Sequence[str]) -> int:
    """Run a command line, and return its status. What went wrong is said on stderr, with what to do next."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # Whoever started it has closed it.
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - it stays open until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name may be in letters that the terminal does not have.
            stream.reconfigure(errors="backslashreplace")
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) < NARROWEST:  # Such as 0, where it is not known.
        del os.environ["COLUMNS"]
    teller = Teller()
    log = logging.getLogger("webflow_orders")
    log.addHandler(teller)
    level, propagate = log.level, log.propagate
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        return _run(words)
    finally:
        log.removeHandler(teller)
        log.setLevel(level)
        log.propagate = propagate


def _run(words: Sequence[str]) -> int:
    try:
        status = app(words, exit_on_error=False, print_error=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else DONE
    except CycloptsError as error:
        say(error)
        say("webflow-orders --help shows the commands, and webflow-orders COMMAND --help the options of one.")
        return USAGE
    except (UsageError, ModuleNotFoundError) as error:
        say(error)
        return USAGE
    except NotDone as error:
        say(error)
        return NOT_DONE
    except errors.OutcomeUnknownError as error:
        say(f"Nobody knows: {error}")
        say("Do not send it again. In a minute: webflow-orders settle")
        return UNKNOWN
    except errors.WebflowOrdersError as error:
        say(f"Not done: {error}")
        say(next((advice for kind, advice in ADVICE if isinstance(error, kind)), ""))
        return NOT_DONE
    except BrokenPipeError:
        silence(sys.stdout)  # Whoever read it has enough.
        return NOT_DONE
    except (Interrupted, KeyboardInterrupt) as error:
        return _interrupted(error)
    except OSError as error:
        say(f"Not done: {error}")
        return NOT_DONE
    except (ValueError, TypeError) as error:  # An argument that the client refuses.
        say(error)
        return USAGE


def _interrupted(error: BaseException) -> int:
    unsettled = error.unsettled if isinstance(error, Interrupted) else []
    say("Interrupted.")
    for write in unsettled:
        say(f"Unsettled: {write}.")
    if unsettled:
        say("Do not send it again. webflow-orders settle looks what became of it.")
        return UNKNOWN
    say("Nothing is unsettled.")
    return NOT_DONE
