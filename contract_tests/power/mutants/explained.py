"""Why a change that alters an answer was not noticed; written by hand, by who looked."""

from __future__ import annotations

import re

_WORD = "'[A-Za-z_-]+'"
# Why; then of which module, and which change of it: a pattern of "before -> after".
REASONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "An error need not have it, and may have other keys; with `--record` the drift names a new one.",
        (
            ("api/errors.py", "'(field|message|externalReference|details|name|path|err)' -> .*"),
            ("api/errors.py", r"body \|= .* -> pass"),
        ),
    ),
    (
        "What an error calls the body as a whole, or a header, is told nowhere.",
        (
            ("api/validation.py", "'(body|Content-Type)' -> .*"),
            ("api/validation.py", r"raise malformed\('body', 'is required'\) -> pass"),
        ),
    ),
    (
        "That v2 refuses the wrapper of a v1 update is assumed; the description does not forbid it.",
        (("api/validation.py", r"'fields' -> .*|raise invalid\(\('fields'.* -> pass"),),
    ),
    (
        "How large a body may be is not published.",
        (
            ("api/validation.py", r"1024( \(2\))? -> .*"),
            ("api/validation.py", ".*MAX_BODY.* -> .*"),
        ),
    ),
    (
        "RFC 8259 lets a reader take more than JSON, such as NaN.",
        (("api/validation.py", "False -> True"),),
    ),
    (
        "It takes a site without a shop, and no option names one.",
        (
            ("api/admission.py", r"raise errors.no_shop\(\).*"),
            ("api/admission.py", "'v2' -> .*|route.version == 'v2' -> .*|'webhook' -> .*"),
            ("api/errors.py", r"409 -> .*|Refusal\(409, 'ecommerce_not_enabled.*"),
        ),
    ),
    (
        "What can be no id is refused with a 400 or as unknown, with a 404; both are right.",
        (("api/admission.py", r"raise errors.invalid\(.*"),),
    ),
    (
        "The description says nothing of other methods: neither of the 405 nor of its `Allow` or its name in v1.",
        (("api/errors.py", "405 -> .*|'Allow' -> .*"),),
    ),
    (
        "The server keeps to the number that it says. How many requests a plan has, no answer tells.",
        (("api/limits.py", r"60( \(2\))? -> .*|1000000 -> .*"),),
    ),
    (
        "It waits a second longer than it must, and so does the run, for clocks differ.",
        (("api/limits.py", "60.0 -> 61.0|1 -> 2"),),
    ),
    (
        "The refund's id is one character shorter; what it looks like is told nowhere.",
        (("orders/lifecycle.py", "7 -> 8"),),
    ),
    (
        "Images of v1 show the `file` of v2 as well; its schema allows more keys than it names.",
        (("orders/dialects.py", "'variantImage' -> .*"),),
    ),
    (
        "The words for errors are an open list. With `--record` the drift names one that is new; it is no failure.",
        (
            ("api/errors.py", f"{_WORD}( \\(2\\))? -> {_WORD}"),
            ("api/errors.py", "self.code == 'unsupported_version' -> self.code != 'unsupported_version'"),
        ),
    ),
)  # fmt: skip


def reason(module: str, before: str, after: str) -> str:
    """Empty if nobody has looked."""
    change = f"{before} -> {after}"
    return next(
        (why for why, which in REASONS for name, of in which if name == module and re.fullmatch(of, change)),
        "",
    )
