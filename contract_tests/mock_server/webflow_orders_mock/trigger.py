"""python -m webflow_orders_mock trigger: one delivery to a receiver of yours, and what its answer means.

    python -m webflow_orders_mock trigger refund dfa-3f1 --to http://127.0.0.1:8000/hook

Ends with 0 if the receiver answered as it should, with 1 if not, and with 2 if nothing could be sent.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from .app import MockWebflow
from .orders.elsewhere import ACTIONS, allowed
from .orders.lifecycle import IllegalTransition
from .seed import shop
from .seed.builder import order
from .webhooks.deliveries import Attempt
from .webhooks.posting import is_here, origin
from .webhooks.registry import NEW_ORDER, ORDER_CHANGED
from .webhooks.wire import FORMS

SECRET = "WEBFLOW_WEBHOOK_SECRET"
EVENTS = ("new", "changed", *ACTIONS)
FORGED = ("wrong_secret", "old_timestamp", "future_timestamp")
TO_REFUSE = (*FORGED, "truncated")


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    described = (__doc__ or "").partition("\n")[0].partition(": ")
    parser = argparse.ArgumentParser(prog=described[0], description=described[2].capitalize())
    parser.add_argument("event", choices=EVENTS, metavar="EVENT", help=", ".join(EVENTS))
    parser.add_argument("order", nargs="?", default="dfa-3f1", metavar="ORDER", help="default: dfa-3f1")
    parser.add_argument("--to", required=True, metavar="URL", help="the receiver")
    parser.add_argument(
        "--secret", default=os.environ.get(SECRET, ""), help=f"default: {SECRET}; unsigned without either"
    )
    faults = (*FORMS, "twice")
    parser.add_argument("--fault", choices=faults, metavar="KIND", help=", ".join(faults))
    parser.add_argument("--deliver-anywhere", action="store_true", help="also to another machine")
    options = parser.parse_args(argv)
    if options.fault in FORGED and not options.secret:
        parser.error(
            f"what is not signed cannot be signed wrongly: {options.fault} needs --secret or {SECRET}"
        )
    return options


def main(argv: Sequence[str]) -> int:
    options = _arguments(argv)
    mock = MockWebflow(shop=False, deliver_anywhere=options.deliver_anywhere)
    try:
        return _trigger(mock, options)
    except (IllegalTransition, ValueError) as error:
        print(f"webflow_orders_mock: {error}", file=sys.stderr)
        return 2
    finally:
        mock.close()


def _trigger(mock: MockWebflow, options: argparse.Namespace) -> int:
    if origin(options.to) is None:
        raise ValueError("--to must be an http or https URL")
    if not (options.deliver_anywhere or is_here(options.to)):
        raise ValueError("--to is not on this machine; if it is a receiver of yours, say --deliver-anywhere")
    event = "update" if options.event == "changed" else options.event
    trigger = NEW_ORDER if event == "new" else ORDER_CHANGED
    mock.webhooks.create(mock.site_id, trigger, options.to, secret=options.secret)
    if options.fault is not None:
        mock.webhooks.fault(options.fault)
    seeded = next((each.order for each in shop.orders() if each.order["orderId"] == options.order), None)
    # In a status in which this may happen to it.
    subject = seeded or order(options.order, status=next(iter(allowed(event)), "unfulfilled"))
    if event == "new":
        mock.place(subject)
    else:
        mock.seed(mock.site_id, subject)
        mock.act(event, options.order)
    delivery = mock.deliveries[0]
    kind = ", ".join(
        ["signed" if options.secret else "not signed", *([options.fault] if options.fault else [])]
    )
    status = mock.orders[mock.site_id, options.order].status
    print(f"POST {delivery.where}: {trigger}, order {options.order} is {status} ({kind})")
    verdicts = [_judged(attempt, options.fault, bool(options.secret)) for attempt in delivery.attempts]
    for attempt, (_, meaning) in zip(delivery.attempts, verdicts, strict=True):
        said = attempt.answer.decode(errors="replace")[:200]
        print(f"{attempt.status or 'no answer'} {said!r}" if said else f"{attempt.status or 'no answer'}")
        print(meaning)
    return 0 if all(is_right for is_right, _ in verdicts) else 1


def _judged(attempt: Attempt, fault: str | None, is_signed: bool) -> tuple[bool, str]:
    """Whether a receiver should answer so, and what comes of it."""
    status = attempt.status
    if fault in TO_REFUSE:
        if status is not None and 400 <= status < 500:
            return True, "Right: this is no delivery of Webflow's, and it was refused."
        if status == 200:
            return False, f"WRONG: it was taken, and its fault is {fault}. Anybody could send that."
        return False, "WRONG: it should be refused with 400, and not in this way."
    if status == 200:
        return True, "Right: 200 alone is success for Webflow."
    then = "Webflow posts it three more times, ten minutes apart, and then deactivates the webhook."
    return False, f"WRONG: {_why(attempt, is_signed)} {then}"


def _why(attempt: Attempt, is_signed: bool) -> str:
    status = attempt.status
    if status is None:
        return f"{attempt.outcome}."
    if status < 300:
        return f"{status} loses the webhook, for 200 alone is success."
    if status < 400:
        return "a redirect is a failure, and is not followed."
    if status in (400, 401, 403) and not is_signed:
        return f"it was refused, for it is not signed: give the receiver's secret by --secret or {SECRET}."
    if status in (400, 401, 403):
        return "it was refused. Is the secret the same, and is the raw body what is verified?"
    return "it failed." if status >= 500 else f"{status} says that there is no receiver at this URL."
