"""What a schema cannot say about an answer. Each rule yields the complaints it has, and none when it holds.

The rules are pure: they see one exchange and do not know the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..exchange import Exchange
from .answers import (
    counted,
    error_has_the_shape_of_its_version,
    error_is_of_its_status,
    page_adds_up,
    rate_limit_adds_up,
    retry_after_is_no_longer_than_it_takes,
    v1_error_repeats_itself,
)
from .fields import (
    addresses_are_all_there,
    card_has_its_digits,
    dispute_is_told_whole,
    flags_agree,
    ids_are_of_what_they_say,
    inputs_have_one_answer,
    japanese_addresses_are_in_japan,
    payment_is_where_it_was_made,
    v1_has_names_of_its_own,
)
from .money import a_price_has_an_amount, order_has_one_currency, sums_add_up
from .orders import (
    action_has_its_effect,
    dates_agree_with_the_status,
    dates_lie_before_the_answer,
    order_is_the_one_asked_for,
    refund_is_told_as_asked,
)
from .spelling import names_are_spelt_as_described

Rule = Callable[[Exchange], Iterator[str]]

# Of whatever it is that is answered.
COMMON: tuple[Rule, ...] = (
    error_has_the_shape_of_its_version,
    error_is_of_its_status,
    rate_limit_adds_up,
    retry_after_is_no_longer_than_it_takes,
)
RULES: tuple[Rule, ...] = (
    order_is_the_one_asked_for,
    action_has_its_effect,
    dates_agree_with_the_status,
    dates_lie_before_the_answer,
    sums_add_up,
    order_has_one_currency,
    a_price_has_an_amount,
    refund_is_told_as_asked,
    page_adds_up,
    *COMMON,
)
# Those that must see what a customer's texts and flags are, and tell nothing of them.
NAMELESS: tuple[Rule, ...] = (
    dispute_is_told_whole,
    payment_is_where_it_was_made,
    ids_are_of_what_they_say,
    card_has_its_digits,
    addresses_are_all_there,
    japanese_addresses_are_in_japan,
    inputs_have_one_answer,
    flags_agree,
    v1_has_names_of_its_own,
    v1_error_repeats_itself,
    names_are_spelt_as_described,
)

__all__ = ["COMMON", "NAMELESS", "RULES", "Rule", "counted"]
