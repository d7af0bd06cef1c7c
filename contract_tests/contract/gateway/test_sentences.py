"""Is there a check for every sentence of openapi.yaml that says how things belong together?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from webflow_orders_contract.gateway.rules import webhooks
from webflow_orders_contract.model.access import HIDDEN, LIMITED, NO_SHOP, READER_READS
from webflow_orders_contract.report.page import SENTENCES
from webflow_orders_contract.webhooks import senders

from contract_tests.contract.sentences import HELD_BY

# What a webhook's receiver is told is no answer of a server.
NO_ANSWERS = (
    "/info",
    "/servers",
    "/tags",
    "/webhooks",
    "/components/parameters/Webhook",
    "/components/examples",
)
RELATES = re.compile(
    r"\b(sum|total|times|as|if|while|without|only|every|each|all|same|again|null|absent|empty|after|before|left|most"
    r"|negative|now|new|never|under|becomes?|stay|belong|instead|both|need|unset|missing|no|none|price of|name of"
    r"|the items|took|path|digits|status|sentence|counts?|capitals|back|skipped|asked|lacks|to 12|typically|name and"
    r"|how many|downloaded|discounts?|address is|v1 shape)\b",
    re.IGNORECASE,
)
OF_WEBHOOKS = {rule.__name__ for rule in webhooks.RULES}
CHECKS = {
    *SENTENCES,
    *OF_WEBHOOKS,
    *senders.CHECKS,
    HIDDEN,
    LIMITED,
    NO_SHOP,
    READER_READS,
    "another answer was due",
}


def _sentences(node: Any, pointer: str = "") -> Iterator[str]:
    if pointer.startswith(NO_ANSWERS) or pointer.endswith("Event"):
        return
    if isinstance(node, dict):
        for name, child in node.items():
            if name == "description" and isinstance(child, str):
                yield from re.split(r"(?<=[.;])\s+", child.strip())
            else:
                yield from _sentences(child, f"{pointer}/{name}")
    elif isinstance(node, list):
        for child in node:
            yield from _sentences(child, pointer)


def test_every_sentence_that_relates_is_held_by_a_check_or_says_why_by_none(spec):
    found = {each for each in _sentences(spec) if RELATES.search(each)}
    assert found - HELD_BY.keys() == set(), (
        "no rule holds these; name one in sentences.py, or why there is none"
    )


def test_no_sentence_is_held_that_is_not_said_any_more(spec):
    assert HELD_BY.keys() - set(_sentences(spec)) == set()


@pytest.mark.parametrize(
    "check", sorted({each for each in HELD_BY.values() if not each.startswith("no check: ")})
)
def test_a_check_that_is_named_is_one(check):
    assert check in CHECKS


def test_a_new_sentence_is_named(spec):
    price = spec["components"]["schemas"]["Price"]["properties"]["value"]
    price["description"] += " Never more than the total."
    assert "Never more than the total." in {each for each in _sentences(spec) if RELATES.search(each)}
