"""A failure in a few lines: what was found, where, and what the server said."""

from __future__ import annotations

import contextlib
import json
import re

from schemathesis.core.failures import CustomFailure, Failure
from schemathesis.core.transport import Response

LONGEST = 300
MOST_LINES = 60


def described(failure: Failure, answer: Response | None, *, private: bool) -> str:
    """`private`: the orders are somebody's, so nothing of a successful answer is repeated."""
    pointer = re.search(r"^Schema at (\S+):", failure.message, re.MULTILINE)
    what = failure.message.split("\n\n")[0]
    if pointer:
        what = f"{'' if private else what + ', '}at {pointer[1]}"
    if not isinstance(failure, CustomFailure):
        what = f"{failure.title}: {what}" if what else failure.title
    return f"{what}\n{_answer(answer)}" if answer is not None else what


def answered(answer: Response | None) -> str:
    """The answer as a person reads it: status, headers, body; not more of it than fits on a screen or two."""
    if answer is None:
        return "No answer."
    head = [f"{answer.status_code} {answer.message}".strip()]
    head += [f"{name}: {', '.join(values)}" for name, values in answer.headers.items()]
    text = (answer.content or b"").decode("utf-8", errors="replace")
    with contextlib.suppress(ValueError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    lines = text.splitlines()
    more = [f"… {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    return "\n".join([*head, "", *(line[:LONGEST] for line in lines[:MOST_LINES]), *more]).strip()


def _answer(answer: Response) -> str:
    # An error tells about the request; anything else would be an order.
    body = answer.content.decode("utf-8", errors="replace")[:LONGEST] if answer.status_code >= 400 else ""
    return f"answered {answer.status_code} {body}".rstrip()
