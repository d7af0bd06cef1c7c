"""A failure in a few lines: what was found, where, and what the server said."""

from __future__ import annotations

import re

from schemathesis.core.failures import CustomFailure, Failure
from schemathesis.core.transport import Response

from .curl import LONGEST


def described(failure: Failure, answer: Response | None, *, private: bool) -> str:
    """`private`: the orders are somebody's, so nothing of a successful answer is repeated."""
    pointer = re.search(r"^Schema at (\S+):", failure.message, re.MULTILINE)
    what = failure.message.split("\n\n")[0]
    if pointer:
        what = f"{'' if private else what + ', '}at {pointer[1]}"
    if not isinstance(failure, CustomFailure):
        what = f"{failure.title}: {what}" if what else failure.title
    return f"{what}\n{_answer(answer)}" if answer is not None else what


def _answer(answer: Response) -> str:
    # An error tells about the request; anything else would be an order.
    body = answer.content.decode("utf-8", errors="replace")[:LONGEST] if answer.status_code >= 400 else ""
    return f"answered {answer.status_code} {body}".rstrip()
