"""The fault table, part three: what the caller passes. One test for each row, in its order. Nothing is ever sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contract_tests.client import faulty
from contract_tests.client.conftest import ORDERS, WRITES, answer
from contract_tests.client.faulty import FaultyServer

dial = faulty.dial


@pytest.fixture
def deaf() -> Iterator[FaultyServer]:
    """A server that must not hear of a call."""
    with FaultyServer(answer(200, ORDERS["get"])) as server:
        yield server
        assert server.connections == 0


def refused(client: Any, order_id: Any, kind: type[Exception] = ValueError) -> None:
    for method in ["get", *WRITES]:
        arguments = {"comment": "x"} if method == "update" else {}
        with pytest.raises(kind, match="order_id must be"):
            getattr(client, method)(order_id, **arguments)


@pytest.mark.parametrize("order_id", ["a b", "dfa/3f1", "ä", "x" * 65, "dfa-3f1 "])
def test_an_id_is_letters_digits_hyphens_and_underscores(
    dial: Callable[..., Any], deaf: FaultyServer, order_id: str
) -> None:
    refused(dial(deaf), order_id)


def test_an_id_cannot_climb_to_another_path(dial: Callable[..., Any], deaf: FaultyServer) -> None:
    refused(dial(deaf), "../../../token/authorized_by")


@pytest.mark.parametrize("order_id", ["100-007/refund#", "100-007/refund?"])
def test_an_id_cannot_make_an_unfulfill_a_refund(
    dial: Callable[..., Any], deaf: FaultyServer, order_id: str
) -> None:
    refused(dial(deaf), order_id)


@pytest.mark.parametrize("order_id", ["a/b", "x?limit=1", "x#frag"])
def test_an_id_cannot_add_a_segment_or_a_query_or_cut_the_path(
    dial: Callable[..., Any], deaf: FaultyServer, order_id: str
) -> None:
    refused(dial(deaf), order_id)


@pytest.mark.parametrize("order_id", ["a%2Fb", "%2e%2e"])
def test_an_id_cannot_be_escaped_beforehand(
    dial: Callable[..., Any], deaf: FaultyServer, order_id: str
) -> None:
    refused(dial(deaf), order_id)


@pytest.mark.parametrize("order_id", ["..", "."])
def test_an_order_id_of_dots_is_refused(dial: Callable[..., Any], deaf: FaultyServer, order_id: str) -> None:
    refused(dial(deaf), order_id)


@pytest.mark.parametrize("site_id", ["..", ".", "x/../y"])
def test_a_site_id_of_dots_is_refused(dial: Callable[..., Any], deaf: FaultyServer, site_id: str) -> None:
    with pytest.raises(ValueError, match="site_id must be"):
        dial(deaf, site_id=site_id)
    with pytest.raises(ValueError, match="site_id must be"):
        dial(deaf).for_site(site_id)


def test_an_empty_id_is_refused(dial: Callable[..., Any], deaf: FaultyServer) -> None:
    refused(dial(deaf), "")
    with pytest.raises(ValueError, match="site_id must be"):
        dial(deaf, site_id="")


def test_none_is_no_id(dial: Callable[..., Any], deaf: FaultyServer) -> None:
    refused(dial(deaf), None, TypeError)
    with pytest.raises(ValueError, match="no site"):
        dial(deaf, site_id=None).get("dfa-3f1")


@pytest.mark.parametrize("order_id", ["dfa\r\nX-Admin: 1", "dfa-3f1\n", "dfa\x00"])
def test_an_id_cannot_smuggle_a_header(dial: Callable[..., Any], deaf: FaultyServer, order_id: str) -> None:
    refused(dial(deaf), order_id)


@pytest.mark.parametrize("token", ["SECRET\r\nX-Admin: 1", "SEC\nRET", "SECRET\x00"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_echoed(
    dial: Callable[..., Any], deaf: FaultyServer, token: str
) -> None:
    with pytest.raises(ValueError, match="token") as caught:
        dial(deaf, token=token)
    assert "SEC" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize("token", ["", " ", "sécret"])
def test_an_empty_token_or_one_beyond_ascii_is_refused_at_once(
    dial: Callable[..., Any], deaf: FaultyServer, token: str
) -> None:
    with pytest.raises(ValueError, match="token"):
        dial(deaf, token=token)


@pytest.mark.parametrize("token", [" secret", "secret\n", "secret\r\n"])
def test_blanks_around_a_token_are_stripped(dial: Callable[..., Any], token: str) -> None:
    with FaultyServer(answer(200, ORDERS["get"])) as server:
        dial(server, token=token).get("dfa-3f1")
        assert server.requests[0].headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize(("arguments", "says"), [
    ({"status": "no-such"}, "one of"), ({"limit": 1000}, "from 1 to 100"), ({"offset": -5}, "from 0 to"),
])  # fmt: skip
def test_a_filter_out_of_range_is_refused_and_the_range_named(
    dial: Callable[..., Any], deaf: FaultyServer, arguments: dict[str, Any], says: str
) -> None:
    for api in ("v2", "v1"):
        with pytest.raises(ValueError, match=says):
            dial(deaf, api=api).list(**arguments)


def test_a_reason_that_is_not_listed_is_refused(dial: Callable[..., Any], deaf: FaultyServer) -> None:
    with pytest.raises(ValueError, match="one of duplicate, fraudulent, requested"):
        dial(deaf).refund("dfa-3f1", reason="bogus")


def test_an_update_of_nothing_is_refused(dial: Callable[..., Any], deaf: FaultyServer) -> None:
    for arguments in ({}, {"comment": None}):
        with pytest.raises(ValueError, match="nothing to update"):
            dial(deaf).update("dfa-3f1", **arguments)
