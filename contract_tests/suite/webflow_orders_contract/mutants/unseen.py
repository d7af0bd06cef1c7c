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
# And where nothing is told: what it takes to see them.
NEEDS = {
    "--reader-token": ("reader-may-write", "reader-may-refund", "no-scope-is-401", "no-scope-is-404"),
    "--writer-token": ("writer-may-read",),
    "--other-token": ("own-site-is-shown",),
    "--other-site": ("hidden-site-is-shown",),
    "--site-without-shop": ("no-shop-is-404",),
    "--throttled-token": (
        "too-many-is-503", "limit-is-another-plan", "limit-is-not-enforced", "minute-never-ends", "no-retry-after",
        "retry-after-is-a-date", "retry-after-is-in-milliseconds",
    ),
}  # fmt: skip
WITHOUT_OPTIONS = {name: f"it takes {option}" for option, names in NEEDS.items() for name in names}
WEBHOOKS = "webhooks are left alone where the server can not start over"


def reason(name: str, order: str) -> str:
    """Empty if whoever judges in this order can see it."""
    told = FROM_OUTSIDE if order in (ALONE, STRANGER) else {}
    if order == ALONE:
        about_webhooks = [each.name for each in DEFECTS.values() if each.family == "webhooks"]
        told = {**dict.fromkeys(about_webhooks, WEBHOOKS), **WITHOUT_OPTIONS, **told}
    return told.get(name, "")
