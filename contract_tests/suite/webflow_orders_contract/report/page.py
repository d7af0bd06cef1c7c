"""What the page of a report shows, put in order for its template: nothing here is computed twice, or fetched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ..drive.driver import KINDS, StepResult
from ..gateway.budget import FALLS
from ..gateway.memory import AGREE, DATED, LEAVES, REFUSED, SAME_IN_V1, STORED
from ..webhooks import cases, senders
from .result import Checks, Result

# Beside the folder of the run, where `make mutants` leaves its score.
MUTANTS = Path("mutants")
# What each check says of an answer when it holds; the gateway's, then Schemathesis's.
SENTENCES = {
    "documented_status": "The description has this status for the operation.",
    "no_server_error": "The server does not break down, whatever it is sent.",
    "documented_headers": "The headers of the description are there, each once, and as it has them.",
    "content_type": "The answer is of the type that the description names.",
    "answer_is_whole": "The answer comes to its end.",
    "well_formed_json": "The body is JSON, in UTF-8, and no object has a key twice.",
    "schema": "The body fits its schema.",
    "order_is_the_one_asked_for": "The order is the one that was asked for.",
    "action_has_its_effect": "After a write the order has the status, and the texts, that it was given.",
    "dates_agree_with_the_status": "An order has the dates of its status, no other, and none before it was accepted.",
    "dates_lie_before_the_answer": "Nothing has happened that is still to come; what was just done is dated now.",
    "sums_add_up": "Items, subtotal, extras and total add up; no more is left and kept than was paid.",
    "refund_is_told_as_asked": "A refund has an id and the reason that was given; what is not refunded has neither.",
    "page_adds_up": "A page has as many orders as its limit, its offset and the total say, and only those asked for.",
    "order_has_one_currency": "All amounts of an order are in one currency.",
    "a_price_has_an_amount": "What names a currency has an amount.",
    "dispute_is_told_whole": "An order that was never disputed has no state of a dispute.",
    "payment_is_where_it_was_made": "The details of a payment are those of who took it.",
    "ids_are_of_what_they_say": "An id of Stripe's begins as one of its own kind, and not as that of something else.",
    "card_has_its_digits": "A card shows four digits, and a month of a year.",
    "addresses_are_all_there": "The shipping and the billing address are among all addresses, and of their kind.",
    "japanese_addresses_are_in_japan": "An address that is written as in Japan is there.",
    "inputs_have_one_answer": "What a customer entered in an input is one text, or one tick.",
    "flags_agree": "What an order says twice it says alike.",
    "v1_has_names_of_its_own": "v1 calls things as v1 does.",
    "v1_error_repeats_itself": "An error of v1 names the request's path, and says its name and sentence once more.",
    "retry_after_is_no_longer_than_it_takes": "Whoever is told to wait waits for a minute, not for an hour.",
    "error_has_the_shape_of_its_version": "An error of v1 looks like one of v1, and one of v2 like one of v2.",
    "error_is_of_its_status": "The word of an error is not one that the description has for another status.",
    "names_are_spelt_as_described": "Keys, and the words of errors, are spelt as the description spells them.",
    "rate_limit_adds_up": "What remains of the rate limit is no more than the limit, and nothing after a 429.",
    "webhook_is_the_one_asked_for": "The webhook is the one that was asked for.",
    "webhook_is_made_as_it_was_asked_for": "A new webhook has the trigger and the address that were asked for.",
    "secret_is_shown_once": "Only the answer that tells of a new webhook has its secret.",
    "webhooks_are_different_ones": "No webhook is on a list twice.",
    "webhook_is_about_orders": "A webhook of orders has no filter, which is for forms.",
    "webhook_is_new": "Nothing was posted to a new webhook yet, and its secret is 64 hexadecimal digits.",
    FALLS: "Within a minute the requests that remain only become fewer.",
    STORED: "What a write has answered is what a second look shows.",
    LEAVES: "A write has changed what it is for, and nothing else.",
    DATED: "What is done once more has the date of that, and not of the first time.",
    REFUSED: "A write that was refused has changed nothing.",
    AGREE: "Two reads of an order tell the same, if nobody wrote to it in between.",
    SAME_IN_V1: "v1 tells of an order what v2 tells of it.",
    cases.ACCEPTS: "What the description allows, rightly signed, is answered with exactly 200.",
    cases.VERIFIES: "What is not signed, or wrongly, is refused with a 4xx, and breaks nothing down.",
    cases.HEEDS_TIME: "What was signed more than five minutes ago, or is signed ahead, is refused with a 4xx.",
    cases.ONCE: "What comes again, or has been overtaken, is answered with exactly 200.",
    cases.SURVIVES: "What is signed and yet no event is ignored or refused, and breaks nothing down.",
    cases.APPLIES: "What was accepted is applied once, and nothing else is.",
    senders.FORM: "A delivery is a POST of JSON.",
    senders.SCHEMA: "The body of a delivery fits the schema of its event.",
    senders.SIGNED: "A delivery is signed: timestamp, colon and the very bytes, by the webhook's secret.",
    senders.TIMED: "The timestamp is when it was sent, in milliseconds, of a retry too.",
    senders.TRIGGER: "A delivery names the trigger that its webhook is for.",
    senders.STATE: "A delivery has the order as the API shows it after the change.",
    senders.AFTER: "A delivery comes after the change, and never before.",
    senders.COMPLETE: "Of each change every webhook for it is told.",
    senders.ONCE: "What was answered with 200 does not come again.",
    senders.RETRIED: "What was answered otherwise comes again, ten minutes apart, three times at the most.",
    senders.NO_MORE: "Nothing else is posted: no redirect is followed, and nothing comes to a webhook that is gone.",
    "negative_data_rejection": "A request that the description forbids is refused.",
    "positive_data_acceptance": "A request that the description allows is not refused as invalid.",
    "missing_required_header": "A request without a header that is required is refused.",
    "unsupported_method": "A method that the description does not have is answered with 405.",
    "allow_header_conformance": "An answer 405 names the methods that there are.",
    "object_level_authorization": "What is another's is not shown.",
    "ignored_auth": "Without a token, or with a wrong one, nothing is answered.",
    "use_after_free": "What was deleted is not found again.",
    "ensure_resource_availability": "What was just made can be read.",
}
SHOWN_DRIFTS = 200
# What `make mutants` calls the parts of the suite, and people do.
PARTS = {"model": "the model", "drive": "the client", "schemathesis": "Schemathesis", "rule": "our rules"}


@dataclass(frozen=True)
class CheckRow:
    """A check over all operations; `failed_at` has those at which it failed, and how often."""

    name: str
    sentence: str
    held: int
    failed: int
    failed_at: str


def checks(by_operation: Checks) -> list[CheckRow]:
    """What failed comes first, then in the order of the sentences."""
    order = [*SENTENCES]
    names = dict.fromkeys(name for row in by_operation.values() for name in row)
    known = sorted(names, key=lambda name: order.index(name) if name in order else len(order))
    return sorted((_row(name, by_operation) for name in known), key=lambda row: not row.failed)


def _row(check: str, by_operation: Checks) -> CheckRow:
    counts = {name: row[check] for name, row in by_operation.items() if check in row}
    held, failed = (sum(count[which] for count in counts.values()) for which in (0, 1))
    at = ", ".join(f"{name} {failed} of {held + failed}" for name, (held, failed) in counts.items() if failed)
    words = check.replace("_", " ")
    return CheckRow(words, SENTENCES.get(check, f"{words.capitalize()}."), held, failed, at)


@dataclass(frozen=True)
class Took:
    """A step of the drive, as both clients took it."""

    step: str
    verdicts: dict[str, str]
    note: str
    time: str

    @property
    def failed(self) -> bool:
        return "failed" in self.verdicts.values()


def steps(drive: Sequence[StepResult]) -> list[Took]:
    """The n-th step of the one client beside the n-th of the other, for a step may be taken twice."""
    by_client = [[step for step in drive if step.client == client] for client in KINDS]
    found = []
    for each in zip_longest(*by_client):
        both = [step for step in each if step is not None]
        time = ", ".join(f"{step.seconds * 1000:.0f}" for step in both) + " ms"
        found.append(Took(both[0].step, {step.client: step.verdict for step in both}, both[0].note, time))
    return found


@dataclass(frozen=True)
class Score:
    """How many servers that are wrong on purpose the suite noticed, of how many; and the names of the others.

    `parts`: how many of them which part of the suite noticed. `families`: of each kind, how many of how many.
    """

    caught: int
    of: int
    missed: list[str]
    parts: dict[str, int]
    families: dict[str, tuple[int, int]]


def score(reports: Path) -> Score | None:
    """From whatever `make mutants` left there; None when there is nothing that can be read."""
    verdicts = [each for path in sorted(reports.glob("*.json")) for each in _verdicts(path)]
    wrong = [each for each in verdicts if each.get("family") != "healthy"]
    if not wrong:
        return None
    missed = [str(each.get("name", "?")) for each in wrong if not each.get("part")]
    parts = Counter(PARTS.get(str(each["part"]), "another part") for each in wrong if each.get("part"))
    families = Counter(str(each.get("family", "?")) for each in wrong)
    caught = Counter(str(each.get("family", "?")) for each in wrong if each.get("part"))
    return Score(
        len(wrong) - len(missed),
        len(wrong),
        missed,
        dict(parts.most_common()),
        {family: (caught[family], count) for family, count in families.items()},
    )


def _verdicts(path: Path) -> Iterable[dict[str, Any]]:
    found = _json(path)
    verdicts = found.get("verdicts") if isinstance(found, dict) else None
    return [each for each in verdicts if isinstance(each, dict)] if isinstance(verdicts, list) else []


@dataclass(frozen=True)
class Fact:
    number: str
    what: str
    bad: bool = False


def facts(result: Result, drift: dict[str, Any] | None, score: Score | None) -> list[Fact]:
    """The numbers at the top; those of what was not done are left out."""
    failures = len(result.causes)
    found = [Fact(str(failures), "failure" if failures == 1 else "failures", bad=bool(failures))]
    if result.site:
        found += [
            Fact(f"{result.tally.cases:,}", "requests by Schemathesis"),
            Fact(f"{result.validator.answers:,}", "answers validated"),
        ]
    if result.model is not None:
        found.append(Fact(f"{sum(result.model.compared.values()):,}", "answers compared with the model"))
    if result.site:
        found.append(Fact(str(len(result.drive)), "steps by the client"))
    if result.webhooks is not None:
        found.append(Fact(str(result.webhooks.deliveries), "deliveries"))
    found.append(Fact(f"{result.seconds:.0f} s", "in all"))
    if drift is not None:
        count = len(drift["drifted"])
        found.append(Fact(str(count), "differences to the spec", bad=bool(count)))
    if score is not None:
        found.append(Fact(f"{score.caught} of {score.of}", "seeded defects caught", bad=bool(score.missed)))
    return found


def modelled(result: Result) -> list[tuple[str, int]]:
    """Each operation, and how many of its answers were compared with the model's; in the order of the matrix."""
    compared = result.model.compared if result.model is not None else {}
    known = list(result.tally.rows)
    order = sorted(compared, key=lambda name: known.index(name) if name in known else len(known))
    return [(name, compared[name]) for name in order]


def drift(path: Path) -> dict[str, Any] | None:
    found = _json(path)
    if not isinstance(found, dict):
        return None
    drifted = [each for each in found["findings"] if each["kind"] != "never seen"]
    never = [each for each in found["findings"] if each["kind"] == "never seen"]
    return found | {"drifted": drifted[:SHOWN_DRIFTS], "never": never}


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
