"""What a stranger can not see, and why: of a defect in here nothing is to be noticed."""

from __future__ import annotations

from webflow_orders_mock.defects import DEFECTS

from .detectors import ALONE, STRANGER

# Whatever is told.
FROM_OUTSIDE: dict[str, str] = {
    "slash-at-the-end": "no path of the description ends with a slash, and no sentence says what becomes of one",
    "last-of-two": "no sentence says what becomes of a parameter that is given twice",
    "oversized-body": "how large a body may be is not published",
    "order-moves": "in which order a list comes is documented nowhere, so it may be another one after a write",
    "secret-is-never-shown": "only the webhooks of a site's own token have one, and nobody says whose token it is",
}
READER, WRITER, OTHER_TOKEN, THROTTLED, OTHER, NO_SHOP = (
    f"it takes --{name}"
    for name in (
        "reader-token", "writer-token", "other-token", "throttled-token", "other-site", "site-without-shop",
    )
)  # fmt: skip
# And where nothing is told.
WITHOUT_OPTIONS: dict[str, str] = {
    "reader-may-write": READER,
    "reader-may-refund": READER,
    "no-scope-is-401": READER,
    "no-scope-is-404": READER,
    "writer-may-read": WRITER,
    "own-site-is-shown": OTHER_TOKEN,
    "hidden-site-is-shown": OTHER,
    "no-shop-is-404": NO_SHOP,
    "too-many-is-503": THROTTLED,
    "limit-is-another-plan": THROTTLED,
    "limit-is-not-enforced": THROTTLED,
    "minute-never-ends": THROTTLED,
    "no-retry-after": THROTTLED,
    "retry-after-is-a-date": THROTTLED,
    "retry-after-is-in-milliseconds": THROTTLED,
}


WEBHOOKS = "webhooks are left alone where the server can not start over"


def reason(name: str, order: str) -> str:
    """Empty if whoever judges in this order can see it."""
    told = FROM_OUTSIDE if order in (ALONE, STRANGER) else {}
    if order == ALONE:
        about_webhooks = [each.name for each in DEFECTS.values() if each.family == "webhooks"]
        told = {**dict.fromkeys(about_webhooks, WEBHOOKS), **WITHOUT_OPTIONS, **told}
    return told.get(name, "")
