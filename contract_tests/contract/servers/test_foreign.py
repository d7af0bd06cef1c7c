"""Is a server that somebody else wrote judged as hard as our mock, and left alone where it is right?

FOREIGN=all judges every wrong one, and the right ones by every part; without it few are, and not by all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from webflow_orders_contract.gateway.exchange import Server
from webflow_orders_contract.model import examples, runner
from webflow_orders_contract.model.access import Access
from webflow_orders_contract.mutants.detectors import (
    NOTHING,
    ORDER,
    STRANGER,
    Bench,
    Detection,
    Part,
    bench_of,
    by_access,
    by_drive,
    by_model_of_any_server,
)

from contract_tests.contract import foreign_careless, foreign_wrong
from contract_tests.contract.foreign import HASTY, OTHER_SITE, OWNER, READER, SITE, THEIRS, ForeignServer
from contract_tests.contract.foreign_right import RIGHT

ALL = os.environ.get("FOREIGN") == "all"
WRONG = foreign_wrong.WRONG | foreign_careless.WRONG
# One that each part notices: the tokens, the client, the model, the rules, the odd queries.
FEW = ("WritesAcrossSites", "RefusedRefundMovesTheDate", "TakesAnyField", "PaypalCharge", "BreaksOnNul",
       "ListsAnotherSite", "ShippingWipesTheWish", "BreaksOff", "SnakeCase", "CachesByPath")  # fmt: skip
# What is asked by example that shows it; the others are noticed before anything is.
BY_EXAMPLE = {
    "TakesAnyField": examples.bodies, "ShippingWipesTheWish": examples.lives, "BreaksOnNul": examples.odd_queries,
    "CachesByPath": examples.tokens,
}  # fmt: skip
# What only the model could take amiss.
FORETOLD = ("ShortIds", "TellsWhen", "Decimals")


@contextmanager
def _bench(server: ForeignServer, seed: int | None = None) -> Iterator[Bench]:
    """A minute passes at once."""
    ahead = [0.0]
    now = server.now
    server.now = lambda: now() + sum(ahead)  # type: ignore[method-assign]
    told = Access(
        reader_token=READER, throttled_token=HASTY, other_site=(OTHER_SITE, THEIRS), sleep=ahead.append
    )
    with server.served() as url:
        others = {READER: "$READER", HASTY: "$HASTY"}
        where = Server(base_url=url, site=SITE, token=OWNER, others=others)
        with bench_of(where, f"{url}/again", told, seed, lambda: server.asked) as at:
            yield replace(at, webhooks=False)  # It is a server of orders alone.


def _judged(server: ForeignServer, parts: Sequence[Part], seed: int | None = None) -> Detection:
    with _bench(server, seed) as at:
        return next((found for part in parts if (found := part(at)) != NOTHING), NOTHING)


@pytest.mark.parametrize("name", WRONG if ALL else FEW)
def test_a_wrong_server_of_somebody_else_is_found_to_be_wrong(name, monkeypatch):
    if not ALL:
        monkeypatch.setattr(runner, "SEQUENCES", 1)
        monkeypatch.setattr(examples, "EXAMPLES", [BY_EXAMPLE[name]] if name in BY_EXAMPLE else [])
    assert _judged(WRONG[name](), ORDER[STRANGER]) != NOTHING


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_said_of_one_that_is_only_unusual(name, monkeypatch):
    monkeypatch.setattr(runner, "SEQUENCES", 1)
    few = (by_access, by_drive, *([by_model_of_any_server] if name in FORETOLD else []))
    assert _judged(RIGHT[name](), ORDER[STRANGER] if ALL else few) == NOTHING


@pytest.mark.parametrize("seed", range(20 if ALL else 1))
def test_nothing_is_said_of_the_right_one(seed, monkeypatch):
    parts = ORDER[STRANGER] if ALL else (by_access, by_drive, by_model_of_any_server)
    if not ALL:
        monkeypatch.setattr(runner, "SEQUENCES", 1)
    assert _judged(ForeignServer(), parts, seed) == NOTHING
