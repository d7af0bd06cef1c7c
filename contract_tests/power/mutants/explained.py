"""Why a change that alters an answer was not noticed; written by hand, by who looked.

Either the description leaves open what comes there, and the server that answers so is no wrong one; or it is wrong,
and missed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Why; then of which module, and which change of it: a pattern of "before -> after".
Reasons = Sequence[tuple[str, Sequence[tuple[str, str]]]]
ALLOWED: Reasons = (
    (
        "An error of v1 need not have `path` and `err`.",
        [("api/errors.py", r"body \|= .* -> pass")],
    ),
    (
        "What an error calls the body as a whole is told nowhere, nor which of two complaints comes first.",
        [("api/validation.py", "'body' -> .*|raise malformed\\('body', 'is required'\\) -> pass")],
    ),
    (
        "The description does not forbid the wrapper of a v1 update; that v2 refuses it is assumed.",
        [("api/validation.py", r"'fields' -> .*|raise invalid\(\('fields'.* -> pass")],
    ),
    (
        "How large a body may be is not published.",
        [
            ("api/validation.py", r"1024( \(2\))? -> .*|len\(request.body\) > MAX_BODY -> .*"),
            ("api/validation.py", r"raise malformed\('body', f'must be at most .* -> pass"),
        ],
    ),
    (
        "RFC 8259 lets a reader take more than JSON, such as NaN.",
        [("api/validation.py", "False -> True")],
    ),
    (
        "What can be no id is refused with a 400 or as unknown, with a 404; both are right.",
        [("api/admission.py", r"raise errors.invalid\(.*")],
    ),
    (
        "The description says nothing of other methods: neither of the 405 nor of its word or its name.",
        [("api/errors.py", "405 -> .*|'method_not_allowed' -> .*")],
    ),
    (
        "How many requests a plan has, no answer tells; the server keeps to the number that it says.",
        [("api/limits.py", r"(60|120|1000000)( \(\d\))? -> .*")],
    ),
    (
        "When a minute begins is not said, so it may be over sooner; and who counts in whole seconds lets it last one"
        " longer, and tells one second more to wait.",
        [("api/limits.py", "60.0 -> .*|1 -> 2")],
    ),
    (
        "What the id of a refund looks like is told nowhere.",
        [("orders/lifecycle.py", "7 -> .*|.*'paypalDetails'.* -> .*|16 -> .*")],
    ),
    (
        "v1 shows a key more, such as the `file` of an image; its schema allows others than it names.",
        [
            ("orders/dialects.py", "'(variantImage|isCustomerDeleted|isShippingRequired|purchasedItems)' -> .*"),
            ("orders/dialects.py", r"(if isinstance\(order.get\(|sent\[)'purchasedItems'\]?.* -> .*"),
        ],
    ),
    (
        "An image without a text instead lacks `alt`, which is optional.",
        [("orders/dialects.py", "'alt' -> .*")],
    ),
    (
        "A date may end in `+00:00` as well as in `Z`.",
        [("orders/ledger.py", r"'\+00:00' -> .*|.*\.replace\('\+00:00', 'Z'\) -> .*")],
    ),
    (
        "A 204 may say of what type it would be.",
        [("app.py", "204 -> .*")],
    ),
    (
        "What becomes of the limits when a server starts over is no matter of the description.",
        [("api/limits.py", r"self._windows.clear\(\) -> pass")],
    ),
)  # fmt: skip
MISSED: Reasons = (
    (
        "The server can not start over, which the run says, and stops with status 2; nothing is judged.",
        [
            ("orders/ledger.py", r"datetime.fromtimestamp\(seconds, UTC\) -> .*|'milliseconds' -> .*"),
            ("app.py", r"if control.owns\(request.path\): -> .*"),
        ],
    ),
    (
        "It takes two requests at the very same instant.",
        [("api/limits.py", "start <= now < start . WINDOW -> start < now < start . WINDOW")],
    ),
    (
        "One request too many is counted, once; somebody else could have made it before the run.",
        [("api/limits.py", "0 -> 1")],
    ),
    (
        "It takes a body of more than a megabyte, which what stands before a server may refuse by itself.",
        [("api/validation.py", r"malformed\('body', f'must be at most .* -> malformed.*")],
    ),
)  # fmt: skip


def is_allowed(module: str, before: str, after: str) -> bool:
    return bool(_reason(ALLOWED, module, before, after))


def reason(module: str, before: str, after: str) -> str:
    """Empty if nobody has looked."""
    return _reason((*ALLOWED, *MISSED), module, before, after)


def _reason(reasons: Reasons, module: str, before: str, after: str) -> str:
    change = f"{before} -> {after}"
    return next(
        (why for why, which in reasons for name, of in which if name == module and re.fullmatch(of, change)),
        "",
    )
