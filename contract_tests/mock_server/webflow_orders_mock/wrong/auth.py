"""Who is let in, and what he may see."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from ..auth import READ
from ..messages import Response
from ..routes import OPERATIONS
from .tools import GETS, V1, V2, Effect, Row, Turn


def _let_in(status: int, *operations: str, when: Callable[[Turn], bool] = lambda turn: True) -> Effect:
    """What was refused with this status is carried out, in the name of the default token."""

    def effect(turn: Turn) -> Response:
        answer = turn.answer()
        concerned = turn.operation in operations and answer.status == status and when(turn)
        return turn.as_if(turn.mock.token) if concerned else answer

    return effect


def _authorization(turn: Turn) -> str:
    return turn.request.headers.get("authorization", "")


def _has_none(turn: Turn) -> bool:
    return not _authorization(turn)


def _is_a_stranger(turn: Turn) -> bool:
    return _authorization(turn).startswith("Bearer ")


def _is_of_another_scheme(turn: Turn) -> bool:
    return _authorization(turn).partition(" ")[2] == turn.mock.token


def _begins_like_it(turn: Turn) -> bool:
    token = _authorization(turn).removeprefix("Bearer ")
    return len(token) > 4 and (turn.mock.token.startswith(token) or token.startswith(turn.mock.token))


def _is_it_in_capitals(turn: Turn) -> bool:
    return _authorization(turn).lower() == f"bearer {turn.mock.token}".lower()


def _is_in_the_query(turn: Turn) -> bool:
    return f"access_token={turn.mock.token}" in turn.request.query


def _hidden_site(turn: Turn) -> Response:
    answer = turn.answer()
    hidden = turn.ids.get("site_id") == turn.mock.site_id_of_another
    return turn.as_if(turn.mock.token_of_another) if hidden and answer.status == 404 else answer


def _own_site(turn: Turn) -> Response:
    """The site is looked at, but not whose it is: the token of one shop sees another."""
    answer = turn.answer()
    known = turn.ids.get("site_id") == turn.mock.site_id
    return turn.as_if(turn.mock.token) if known and answer.status == 404 and not turn.order() else answer


def _any_site(turn: Turn) -> Response:
    """Orders are looked up by their id alone."""
    answer = turn.answer()
    if turn.operation not in GETS or answer.status != 404:
        return answer
    for site in turn.mock.store.sites.values():
        entry = site.orders.get(turn.ids["order_id"])
        if entry is not None:
            version = OPERATIONS[turn.operation].version
            return dataclasses.replace(answer, status=200, body=entry.rendered(version, turn.mock.dialect))
    return answer


_READING = tuple(name for name in V2 if OPERATIONS[name].scope == READ)
_WRITING = tuple(name for name in V2 if name not in _READING)

# fmt: off
TABLE: tuple[Row, ...] = (
    ("no-token-needed", "schemathesis", "A list is given to everybody.",
     _let_in(401, "list-orders", when=_has_none)),
    ("no-token-needed-to-refund", "schemathesis", "Anybody may refund.",
     _let_in(401, "refund-order", when=_has_none)),
    ("any-token-will-do", "schemathesis", "Any token is as good as a valid one.",
     _let_in(401, *V2, when=_is_a_stranger)),
    ("v1-needs-no-token", "schemathesis", "v1 is open to everybody.", _let_in(401, *V1, when=_has_none)),
    ("any-scheme-will-do", "model", "`Basic <token>` is as good as `Bearer <token>`.",
     _let_in(401, *V2, when=_is_of_another_scheme)),
    ("part-of-a-token-will-do", "model", "A token is valid if it begins as a valid one does.",
     _let_in(401, *V2, when=_begins_like_it)),
    ("capitals-will-do", "model", "Tokens are compared without regard to capitals.",
     _let_in(401, *V2, when=_is_it_in_capitals)),
    ("token-in-the-query", "model", "A token is taken from the query, where every log shows it.",
     _let_in(401, *V2, when=_is_in_the_query)),
    ("reader-may-write", "model", "A token that may only read may write.", _let_in(403, *_WRITING)),
    ("reader-may-refund", "model", "A token that may only read may refund, and nothing else.",
     _let_in(403, "refund-order")),
    ("writer-may-read", "model", "A token that may only write may read.", _let_in(403, *_READING)),
    ("hidden-site-is-shown", "model", "A site that the token may not see is shown to it.", _hidden_site),
    ("own-site-is-shown", "model", "The token of another shop sees this one.", _own_site),
    ("any-site-will-do", "model", "An order is found in any site, whichever was asked.", _any_site),
)
