"""`unsettled` and `settle`: the writes whose outcome nobody knows."""

from __future__ import annotations

import re
from typing import Any

from webflow_orders.journal import UnsettledWrite

from .orders import JsonFlag
from .shop import Shop
from .terminal import UsageError, moment, print_json, print_table, say, told

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def unsettled(*, json_: JsonFlag = False, shop: Shop = Shop()) -> int:
    """List the writes whose outcome is not known.

    By a lost answer, by Ctrl-C, or by a kill.
    Ends with status 3 if there are any.

    Args:
        json_: An object a line.
    """
    with shop.connect() as orders:
        writes = orders.unsettled()
    if json_:
        for write in writes:
            print_json(_fields(write))
    elif writes:
        print_table(
            ("Of", "What", "Since", "Ended"),
            [(write.target, write.attempted, moment(write.since), write.ended) for write in writes],
        )
        say("webflow-orders settle looks what became of them.")
    else:
        say("Nothing is unsettled.")
    return 3 if writes else 0


def settle(*, give_up_after: str | None = None, json_: JsonFlag = False, shop: Shop = Shop()) -> int:
    """Say what became of each unsettled write, by a look at what it was for.

    One that is not shown may yet land, and stays unsettled. Ends with status 3 if there are any of those,
    or an e-mail that nobody knows of.

    Args:
        give_up_after: Strike out what is older than this and not shown: 10m, 2h, 1d.
        json_: An object a line.
    """
    with shop.connect() as orders:
        found = orders.settle(give_up_after=seconds(give_up_after))
        left = [write for write in orders.unsettled() if write.is_under_way]
    rows, lines = [], []
    is_unknown = bool(left)
    for write, became, error in ((each.write, each.became, each.error) for each in found):
        emails = [text for text in write.unseen if "e-mail" in text]
        not_known = "; ".join(emails) if became != "given up" else ""
        is_unknown = is_unknown or became == "open" or bool(not_known)
        rows.append((write.target, write.attempted, became, str(error) if error else not_known))
        lines.append(
            {**_fields(write), "became": became, "notKnown": not_known, "error": error and str(error)}
        )
    with told(*(", ".join(filter(None, row)) + "." for row in rows)):
        if json_:
            for line in lines:
                print_json(line)
        elif rows:
            print_table(("Of", "What", "Became", "Not known"), rows)
    for write in left:
        say(f"Under way in process {write.process}: {write}.")
    if any(each.became == "open" for each in found):
        say("What is open may yet land: look again in some minutes, then --give-up-after 10m strikes it out.")
    elif not found and not left:
        say("Nothing is unsettled.")
    return 3 if is_unknown else 0


def seconds(text: str | None) -> float | None:
    """A span of time such as 10m. Raises UsageError."""
    if text is None:
        return None
    if not (found := re.fullmatch(r"([0-9]{1,6})([smhd])", text.strip())):
        raise UsageError(f"{text!r} is no span of time: write 90s, 10m, 2h or 1d.")
    return float(int(found[1]) * _SECONDS[found[2]])


def _fields(write: UnsettledWrite) -> dict[str, Any]:
    return {
        "of": write.target, "operation": write.operation, "attempted": write.attempted,
        "since": write.since.isoformat(), "ended": write.ended,
    }  # fmt: skip
