"""Random sequences of requests, each answer held against the model.

A mock of ours is reset before every sequence, told of tokens, and its clock is put forward; of another server only
what is published is expected.
"""

from __future__ import annotations

from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ..description.writes import NOTES, STATUSES, WRITES
from . import strategies
from .bodies import NOTHING, ODD_BODIES, Body
from .checker import HASTY, HASTY_LIMIT, READER, WRITER, ModelChecker
from .examples import ask_by_example, look_at, page_by_page
from .state import OPERATIONS, methods_of


class AnyServersMachine(RuleBasedStateMachine):
    """Reads and writes that every server of this API must answer alike."""

    checker: ClassVar[ModelChecker]

    def __init__(self) -> None:
        super().__init__()
        self.checker.begin()

    @invariant()
    def count(self) -> None:
        self.checker.steps += 1

    def order(self, which: int) -> str:
        """Any kind of order as likely as any other, however many there are of it."""
        kinds = self.checker.kinds
        kind = kinds[which % len(kinds)]
        return kind[which // len(kinds) % len(kind)]

    def again(self) -> str:
        """The order that was written to last. Before there is one, any: which rules there are must not depend on what
        was answered, for a server that can not start over answers otherwise the next time."""
        return self.checker.touched or self.order(0)

    def examples(self) -> None:
        ask_by_example(self.checker)

    # ------------------------------------------------------------------ reading

    @rule(operation=strategies.GETS, which=strategies.WHICH)
    def get(self, operation: str, which: int) -> None:
        self.checker.ask(operation, self.order(which))

    @rule(
        operation=strategies.LISTS,
        limit=st.none() | st.sampled_from(strategies.LIMITS),
        offset=st.none() | st.sampled_from(strategies.OFFSETS),
        status=st.none() | st.sampled_from(STATUSES),
    )
    def list(self, operation: str, **query: str | None) -> None:
        given = tuple((name, value) for name, value in query.items() if value is not None)
        self.checker.ask(operation, query=given)

    @rule(
        operation=strategies.LISTS, size=st.integers(4, 14), status=st.none() | st.sampled_from(STATUSES[1:3])
    )
    def walk(self, operation: str, size: int, status: str | None) -> None:
        page_by_page(self.checker, operation, size, status)

    @rule(operation=strategies.LISTS)
    def look_at_all(self, operation: str) -> None:
        self.checker.ask(operation)

    # ------------------------------------------------------------------ writing

    @rule(action=strategies.ACTIONS, which=strategies.WHICH, how=strategies.WHICH)
    def act(self, action: str, which: int, how: int) -> None:
        self._write(action, self.order(which), how)

    @rule(action=strategies.ACTIONS, which=strategies.WHICH, how=strategies.WHICH)
    def act_on_each_kind(self, action: str, which: int, how: int) -> None:
        bodies = strategies.GOOD_BODIES[action]
        for kind in self.checker.kinds:
            self.checker.ask(action, kind[which % len(kind)], body=bodies[how % len(bodies)])

    @rule(action=strategies.ACTIONS, how=strategies.WHICH)
    def act_again(self, action: str, how: int) -> None:
        self._write(action, self.again(), how)

    def _write(self, action: str, order: str, how: int) -> None:
        bodies = strategies.GOOD_BODIES[action]
        self.checker.ask(action, order, body=bodies[how % len(bodies)])
        look_at(self.checker, order)

    @rule(which=strategies.WHICH, notes=st.dictionaries(st.sampled_from(NOTES), strategies.TEXTS))
    def update(self, which: int, notes: dict[str, str]) -> None:
        self.checker.ask("update-order", self.order(which), body=Body.of(notes))
        look_at(self.checker, self.order(which))

    @rule(notes=st.dictionaries(st.sampled_from(NOTES), strategies.TEXTS, min_size=1))
    def update_again(self, notes: dict[str, str]) -> None:
        self.checker.ask("update-order", self.again(), body=Body.of(notes))
        look_at(self.checker, self.again())

    @rule(which=strategies.WHICH)
    def write_all_sorts_of_comments(self, which: int) -> None:
        for text in strategies.COMMENTS:
            self.checker.ask("update-order", self.order(which), body=Body.of({"comment": text}))

    @rule()
    def ask_for_an_unknown_order(self) -> None:
        for operation in strategies.OF_AN_ORDER:
            body = Body.of({"comment": "x"}) if operation == "update-order" else NOTHING
            self.checker.ask(operation, "000-000", body=body)


class OrdersMachine(AnyServersMachine):
    """All that, and what our mock refuses, in the order in which it does, and its tokens and its clock."""

    def examples(self) -> None:
        super().examples()
        for mine in (True, False):
            for stranger in (True, False):
                self.ask_for_somebody_elses_order(mine, stranger)

    @rule()
    def ask_for_an_unknown_order(self) -> None:
        # With an update that says nothing, which is refused before anybody looks for the order.
        for operation in strategies.OF_AN_ORDER:
            self.checker.ask(operation, "000-000")

    # ------------------------------------------------------------------ what must be refused

    def everything(self, which: int, **more: Any) -> None:
        """One request of every operation: what one of them refuses, another may let through."""
        for operation in OPERATIONS:
            self.checker.ask(operation, self.order(which), **more)

    @rule(operation=strategies.ANY, which=strategies.WHICH)
    def come_without_a_valid_token(self, operation: str, which: int) -> None:
        token = self.checker.token
        wrong = (None, "", token, f"Basic {token}", f"Token {token}", f"Bearer {token}x", f"Bearer {token[:-1]}",
                 f"Bearer {token.upper()}", "Bearer nobody")  # fmt: skip
        for authorization in wrong:
            self.checker.ask(operation, self.order(which), authorization=authorization)

    @rule(which=strategies.WHICH)
    def name_the_token_in_the_query(self, which: int) -> None:
        self.everything(which, authorization=None, query=(("access_token", self.checker.token),))

    @rule(which=strategies.WHICH, token=st.sampled_from((READER, WRITER)))
    def come_with_half_the_rights(self, which: int, token: str) -> None:
        self.everything(which, token=self.checker.let_in(token))
        self.checker.ask("get-order", self.order(which))

    @rule(which=strategies.WHICH)
    def be_a_stranger(self, which: int) -> None:
        self.everything(which, token=self.checker.stranger)

    @rule(mine=st.booleans(), stranger=st.booleans())
    def ask_for_somebody_elses_order(self, mine: bool, stranger: bool) -> None:
        order = self.checker.seed_the_hidden_site()
        site = self.checker.site if mine else self.checker.hidden_site
        token = self.checker.stranger if stranger else self.checker.token
        for operation in OPERATIONS:
            self.checker.ask(operation, order, site=site, token=token)

    @rule(which=strategies.WHICH, nowhere=st.booleans())
    def ask_where_no_shop_is(self, which: int, nowhere: bool) -> None:
        self.everything(which, site="0" * 24 if nowhere else self.checker.site_without_shop)

    @rule(operation=strategies.ANY, which=strategies.WHICH)
    def misspell_the_site(self, operation: str, which: int) -> None:
        site = self.checker.site
        for wrong in (site.upper(), site + "0", site[:-1], site + " ", site + "\n", "g" * 24):
            self.checker.ask(operation, self.order(which), site=wrong)

    @rule(operation=st.sampled_from(strategies.OF_AN_ORDER))
    def misspell_the_order(self, operation: str) -> None:
        for wrong in strategies.ODD_ORDER_IDS:
            self.checker.ask(operation, wrong)

    @rule(operation=strategies.LISTS)
    def ask_oddly(self, operation: str) -> None:
        for name, values in strategies.ODD_VALUES.items():
            for value in values:
                self.checker.ask(operation, query=((name, value),))
        self.checker.ask(operation, query=(("limit", "5"), ("limit", "6")))

    @rule(action=st.sampled_from(tuple(WRITES)), which=strategies.WHICH)
    def send_odd_bodies(self, action: str, which: int) -> None:
        for body in ODD_BODIES:
            self.checker.ask(action, self.order(which), body=body)
        look_at(self.checker, self.order(which))

    @rule(which=strategies.WHICH, method=strategies.METHODS)
    def use_another_method(self, which: int, method: str) -> None:
        for operation, known in OPERATIONS.items():
            if method not in methods_of(known.path):
                self.checker.ask(operation, self.order(which), method=method)

    @rule(which=strategies.WHICH)
    def end_with_a_slash(self, which: int) -> None:
        self.everything(which, tail="/")

    @rule(operation=st.sampled_from(("list-orders-v1", "get-order-v1", "get-order")), which=strategies.WHICH)
    def name_versions(self, operation: str, which: int) -> None:
        for version in strategies.VERSIONS:
            self.checker.ask(operation, self.order(which), accept_version=version)

    # ------------------------------------------------------------------ hurry

    @rule(operation=strategies.LISTS, times=st.integers(1, HASTY_LIMIT))
    def hurry(self, operation: str, times: int) -> None:
        token = self.checker.let_in(HASTY)
        for _ in range(times):
            self.checker.ask(operation, token=token, query=(("limit", "1"),))

    @rule(operation=strategies.LISTS)
    def hurry_too_much_and_wait(self, operation: str) -> None:
        self.hurry(operation, HASTY_LIMIT + 2)
        self.checker.wait_a_minute()
        self.hurry(operation, 2)
