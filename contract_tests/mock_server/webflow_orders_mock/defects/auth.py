"""Who is let in, and what he may see."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from ..api.auth import READ
from ..api.routes import OPERATIONS
from ..messages import Response
from .tools import GETS, V1, V2, Context, Mutation, Row, answering

When = Callable[[str, str], bool]


def _let_in(status: int, *operations: str, when: When = lambda header, token: True) -> Mutation:
    """What was refused with this status is carried out, in the name of the default token.

    `when` sees the Authorization header and that token.
    """

    def change(context: Context, answer: Response) -> Response:
        token = context.account.token
        concerned = when(context.request.headers.get("authorization", ""), token)
        return context.as_if(token) if concerned else answer

    return answering(change, *operations, status=status)


def _begins_like_it(header: str, token: str) -> bool:
    sent = header.removeprefix("Bearer ")
    return len(sent) > 4 and (token.startswith(sent) or sent.startswith(token))


def _in_the_query(context: Context, answer: Response) -> Response:
    token = context.account.token
    return context.as_if(token) if f"access_token={token}" in context.request.query else answer


def _hidden_site(context: Context, answer: Response) -> Response:
    hidden = context.ids.get("site_id") == context.account.site_id_of_another
    return context.as_if(context.account.token_of_another) if hidden else answer


def _own_site(context: Context, answer: Response) -> Response:
    """The site is looked at, but not whose it is: the token of one shop sees another."""
    known = context.ids.get("site_id") == context.account.site_id and not context.order()
    return context.as_if(context.account.token) if known else answer


def _any_site(context: Context, answer: Response) -> Response:
    """Orders are looked up by their id alone."""
    for site in context.account.store.sites.values():
        stored = site.orders.get(context.ids["order_id"])
        if stored is not None:
            body = stored.serialized(OPERATIONS[context.operation].version, context.account.dialect)
            return dataclasses.replace(answer, status=200, body=body)
    return answer


_READING = tuple(name for name in V2 if OPERATIONS[name].scope == READ)
_WRITING = tuple(name for name in V2 if name not in _READING)

# fmt: off
TABLE: tuple[Row, ...] = (
    ("no-token-needed", "schemathesis", "A list is given to everybody.",
     _let_in(401, "list-orders", when=lambda header, _: not header)),
    ("no-token-needed-to-refund", "schemathesis", "Anybody may refund.",
     _let_in(401, "refund-order", when=lambda header, _: not header)),
    ("any-token-will-do", "schemathesis", "Any token is as good as a valid one.",
     _let_in(401, *V2, when=lambda header, _: header.startswith("Bearer "))),
    ("v1-needs-no-token", "schemathesis", "v1 is open to everybody.",
     _let_in(401, *V1, when=lambda header, _: not header)),
    ("any-scheme-will-do", "model", "`Basic <token>` is as good as `Bearer <token>`.",
     _let_in(401, *V2, when=lambda header, token: header.partition(" ")[2] == token)),
    ("part-of-a-token-will-do", "model", "A token is valid if it begins as a valid one does.",
     _let_in(401, *V2, when=_begins_like_it)),
    ("capitals-will-do", "model", "Tokens are compared without regard to capitals.",
     _let_in(401, *V2, when=lambda header, token: header.lower() == f"bearer {token}".lower())),
    ("token-in-the-query", "model", "A token is taken from the query, where every log shows it.",
     answering(_in_the_query, *V2, status=401)),
    ("reader-may-write", "model", "A token that may only read may write.", _let_in(403, *_WRITING)),
    ("reader-may-refund", "model", "A token that may only read may refund, and nothing else.",
     _let_in(403, "refund-order")),
    ("writer-may-read", "model", "A token that may only write may read.", _let_in(403, *_READING)),
    ("hidden-site-is-shown", "model", "A site that the token may not see is shown to it.",
     answering(_hidden_site, status=404)),
    ("own-site-is-shown", "model", "The token of another shop sees this one.", answering(_own_site, status=404)),
    ("any-site-will-do", "model", "An order is found in any site, whichever was asked.",
     answering(_any_site, *GETS, status=404)),
)
