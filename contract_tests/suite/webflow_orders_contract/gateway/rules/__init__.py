"""What a schema cannot say about an answer. Each rule yields the complaints it has, and none when it holds.

The rules are pure: they see one exchange and do not know the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..exchange import Exchange
from . import answers, fields, money, orders, spelling

Rule = Callable[[Exchange], Iterator[str]]

# Of whatever it is that is answered.
COMMON: tuple[Rule, ...] = (
    answers.error_has_the_shape_of_its_version,
    answers.error_is_of_its_status,
    answers.rate_limit_adds_up,
    answers.retry_after_is_no_longer_than_it_takes,
)
RULES: tuple[Rule, ...] = (
    orders.order_is_the_one_asked_for,
    orders.action_has_its_effect,
    orders.dates_agree_with_the_status,
    orders.dates_lie_before_the_answer,
    money.sums_add_up,
    money.order_has_one_currency,
    money.a_price_has_an_amount,
    orders.refund_is_told_as_asked,
    answers.page_adds_up,
    *COMMON,
)
# Those that must see what a customer's texts and flags are, and tell nothing of them.
NAMELESS: tuple[Rule, ...] = (
    fields.dispute_is_told_whole,
    fields.payment_is_where_it_was_made,
    fields.ids_are_of_what_they_say,
    fields.card_has_its_digits,
    fields.addresses_are_all_there,
    fields.japanese_addresses_are_in_japan,
    fields.inputs_have_one_answer,
    fields.flags_agree,
    fields.v1_has_names_of_its_own,
    answers.v1_error_repeats_itself,
    spelling.names_are_spelt_as_described,
)
