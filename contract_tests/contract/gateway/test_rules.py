"""Does each rule hold for a right answer, and complain about a wrong one? One that can not complain is no rule."""

from __future__ import annotations

import re
from typing import Any

import pytest
from webflow_orders_contract.gateway.exchange import Exchange
from webflow_orders_contract.gateway.rules import NAMELESS, RULES, answers, fields, money, orders, spelling

from contract_tests.contract.gateway.exchanges import (
    CARD,
    DAY,
    EURO,
    FROM,
    FULFILLED,
    ID,
    INVALID,
    LONG_AFTER,
    LONG_BEFORE,
    NO_ORDER,
    PAID,
    REFUNDED,
    SEEN_TWICE,
    SOON_AFTER,
    V1_ERROR,
    V2_ERROR,
    bought,
    get,
    limits,
    listed,
    metadata,
    order,
    page,
    price,
    refund,
    too_many,
    totals,
    v1,
)

RIGHT = {
    "paid with a card": get(order(**PAID, stripeCard=CARD)),
    "paid at PayPal": get(order(paymentProcessor="paypal", stripeDetails={"chargeId": ""}, stripeCard={})),
    "where it goes": get(order(allAddresses=[FROM | {"japanType": None}], shippingAddress=FROM)),
    "addresses that are not listed": get(order(allAddresses=[], shippingAddress=FROM)),
    "what is said twice": get(order(**SEEN_TWICE)),
    "the names of v1": v1(requiresShipping=True, metadata={"buyNow": True}),
    "a minute": too_many("60"),
    "an error of v1 about its path": Exchange(**NO_ORDER, answer=V1_ERROR | {"path": "/a/A%2541%3f?x=1"}),
    "about its path as it was sent": Exchange(**NO_ORDER, answer=V1_ERROR | {"path": "/a/%41%2541%3F"}),
    "about its path decoded": Exchange(**NO_ORDER, answer=V1_ERROR | {"path": "/a/A%41?"}),
    "an input of each kind": get(
        order(customData=[{"name": "x", "textInput": ""}, {"name": "y", "checkbox": False}])
    ),
    "a moment that is a date": too_many("Wed, 21 Oct 2026 07:28:00 GMT"),
    "a fulfilled order and when it was answered": get(FULFILLED, headers={"date": LONG_AFTER}),
    "just fulfilled": Exchange(
        operation="fulfill-order", order_id=ID, answer=FULFILLED, headers={"date": SOON_AFTER}
    ),
    "what was bought": get(order(**bought())),
    "what was bought, in digits": get(order(**bought(rowTotal=price("20")))),
    "a total": get(order(totals=totals(5, "-2", 3))),
    "an amount that is none": get(order(totals=totals(None, None, "x"))),
    "refunded as requested": refund("requested", "requested_by_customer"),
    "refunded without a reason": refund(None, None),
    "an order": get(order()),
    "a fulfilled order": get(FULFILLED),
    "a refunded order": get(REFUNDED),
    "an order with keys missing": get({"orderId": ID, "status": "fulfilled"}),
    "fulfill": Exchange(operation="fulfill-order", order_id=ID, answer=FULFILLED),
    "unfulfill": Exchange(operation="unfulfill-order", order_id=ID, answer=order()),
    "refund": Exchange(operation="refund-order", order_id=ID, answer=REFUNDED),
    "a refused refund": Exchange(operation="refund-order", order_id=ID, status=409, answer=V2_ERROR),
    "update": Exchange(
        operation="update-order",
        order_id=ID,
        sent={"comment": "x", "shippingProvider": ""},
        answer=order(comment="x", shippingProvider=None),
    ),
    "a page": listed(page(order())),
    "a full page": listed(page(order(), limit=1, total=5), limit="1"),
    "a page past the end": listed(page(offset=7, total=5), offset="7"),
    "a filtered page": listed(page(FULFILLED), status="fulfilled"),
    "a page of v1": Exchange(operation="list-orders-v1", answer=[order()], query={"limit": ["1"]}),
    "an error of v1": Exchange(operation="get-order-v1", order_id=ID, status=404, answer=V1_ERROR),
    "a 429 of v1 in the shape of v2": Exchange(
        operation="get-order-v1", status=429, answer=V2_ERROR | {"code": "too_many_requests"}
    ),
    "a word that nobody has published": get(V2_ERROR | {"code": "out_of_office"}, status=400),
    "what is wrong, of each kind": get(
        V2_ERROR | {"code": "bad_request", "details": ["a b", {"field": "a"}, {}]}, status=400
    ),
    "keys that nobody has published": get(order(shippedOn=DAY, allAddresses=[{"line1": "a", "line3": "b"}])),
    "the field that is wrong, in a body": get(
        V2_ERROR | {"code": "bad_request", "details": [{"field": "body"}, {"field": "site_id"}]}, status=400
    ),
    "an error of v1 with its problem": Exchange(operation="list-orders-v1", status=400, answer=INVALID),
    "the rate limit": limits("60", "59"),
    "the rate limit, used up": limits("60", "0", 429, V2_ERROR | {"code": "too_many_requests"}),
    "no rate limit headers": get(V2_ERROR | {"code": "not_authorized"}, status=401),
    "a proxy's page": get(None, status=502),
}

WRONG = {
    "another order": (orders.order_is_the_one_asked_for, get(order(orderId="000-000"))),
    "fulfilled, yet not": (
        orders.action_has_its_effect, Exchange(operation="fulfill-order", order_id=ID, answer=order())
    ),
    "unfulfilled, yet not": (
        orders.action_has_its_effect, Exchange(operation="unfulfill-order", order_id=ID, answer=FULFILLED)
    ),
    "refunded, yet not": (
        orders.action_has_its_effect, Exchange(operation="refund-order", order_id=ID, answer=FULFILLED)
    ),
    "a note that is lost": (
        orders.action_has_its_effect,
        Exchange(operation="update-order", order_id=ID, sent={"comment": "x"}, answer=order()),
    ),
    "fulfilled without a date": (orders.dates_agree_with_the_status, get(order(status="fulfilled"))),
    "unfulfilled with a date": (orders.dates_agree_with_the_status, get(FULFILLED | {"status": "unfulfilled"})),
    "refunded without a date": (orders.dates_agree_with_the_status, get(order(status="refunded"))),
    "fulfilled but refunded": (orders.dates_agree_with_the_status, get(REFUNDED | {"status": "fulfilled"})),
    "disputed without a date": (orders.dates_agree_with_the_status, get(order(status="disputed"))),
    "fulfilled before it was placed": (
        orders.dates_agree_with_the_status, get(FULFILLED | {"fulfilledOn": "2025-03-01T00:00:00.000Z"})
    ),
    "a wrong date on a page": (orders.dates_agree_with_the_status, listed(page(order(status="refunded")))),
    "fulfilled in a year": (orders.dates_lie_before_the_answer, get(FULFILLED, headers={"date": LONG_BEFORE})),
    "fulfilled now, and a year ago": (
        orders.dates_lie_before_the_answer,
        Exchange(operation="fulfill-order", order_id=ID, answer=FULFILLED, headers={"date": LONG_AFTER}),
    ),
    "a dispute that changed before it was one": (
        orders.dates_agree_with_the_status,
        get(order(disputedOn=DAY, disputeUpdatedOn="2025-03-30T08:12:40.102Z"), headers={"date": LONG_AFTER}),
    ),
    "a row that is not count times price": (money.sums_add_up, get(bought(rowTotal=price(99)))),
    "a count that is not the sum": (money.sums_add_up, get(bought() | {"purchasedItemsCount": 3})),
    "a subtotal that is not the items": (money.sums_add_up, get(bought() | {"totals": {"subtotal": price(1)}})),
    "a total without the extras": (
        money.sums_add_up, get({"totals": totals(5, "2", 5)})
    ),
    "a discount that is added": (
        money.sums_add_up, get({"totals": {"extras": [{"type": "discount-shipping", "price": price(5)}]}})
    ),
    "more left than was paid": (money.sums_add_up, get({"customerPaid": price(5), "netAmount": price(6)})),
    "more left than is without the fee": (
        money.sums_add_up,
        get({"customerPaid": price(50), "netAmount": price("49"), "applicationFee": price(2)}),
    ),
    "paid less than nothing": (money.sums_add_up, get({"customerPaid": price(-5)})),
    "kept less than nothing": (money.sums_add_up, get({"applicationFee": price("-1")})),
    "a refund by the id of the charge": (
        fields.ids_are_of_what_they_say, get(order(stripeDetails={"refundId": "ch_1"}))
    ),
    "a charge by the id of the customer": (
        fields.ids_are_of_what_they_say, listed(page(order(stripeDetails={"chargeId": "cus_1"})))
    ),
    "refunded for another reason": (orders.refund_is_told_as_asked, refund("requested", "requested")),
    "refunded for no reason": (orders.refund_is_told_as_asked, refund("requested", None)),
    "refunded for a reason that nobody gave": (orders.refund_is_told_as_asked, refund(None, "fraudulent")),
    "refunded without an id": (
        orders.refund_is_told_as_asked,
        Exchange(operation="refund-order", answer=REFUNDED | {"stripeDetails": {"refundId": None}}),
    ),
    "a refund of what is not refunded": (
        orders.refund_is_told_as_asked, get(order(paypalDetails={"refundId": "4T"}))
    ),
    "refunded before it was fulfilled": (
        orders.dates_agree_with_the_status, get(REFUNDED | {"fulfilledOn": "2025-04-30T08:12:40.102Z"})
    ),
    "a currency without an amount": (
        money.a_price_has_an_amount, get(order(totals={"extras": [{"price": {"unit": "USD", "amount": 5}}]}))
    ),
    "a dispute of which nothing is known": (
        fields.dispute_is_told_whole, get(order(status="dispute-lost", disputedOn=DAY, disputeLastStatus=None))
    ),
    "a dispute that never was": (fields.dispute_is_told_whole, get(order(disputeLastStatus="won"))),
    "PayPal's, with a charge of Stripe's": (
        fields.payment_is_where_it_was_made, get(order(**PAID | {"paymentProcessor": "paypal"}))
    ),
    "PayPal's, with a card": (
        fields.payment_is_where_it_was_made, get(order(paymentProcessor="paypal", stripeCard=CARD))
    ),
    "Stripe's, with an order of PayPal's": (
        fields.payment_is_where_it_was_made, get(order(**PAID | {"paypalDetails": {"orderId": "4T"}}))
    ),
    "paid by nobody, with a card": (
        fields.payment_is_where_it_was_made, get(order(paymentProcessor=None, stripeCard=CARD))
    ),
    "a card with two digits": (fields.card_has_its_digits, get(order(stripeCard=CARD | {"last4": "42"}))),
    "January is 0": (
        fields.card_has_its_digits, get(order(stripeCard=CARD | {"expires": {"year": 2031, "month": 0}}))
    ),
    "the year is 31": (
        fields.card_has_its_digits, get(order(stripeCard=CARD | {"expires": {"year": 31, "month": 1}}))
    ),
    "goes to an address that nobody gave": (
        fields.addresses_are_all_there,
        get(order(allAddresses=[FROM | {"line1": "2 Nowhere"}], shippingAddress=FROM)),
    ),
    "is billed to where it goes": (fields.addresses_are_all_there, get(order(billingAddress=FROM))),
    "files, and no downloads": (fields.flags_agree, get(order(**SEEN_TWICE | {"hasDownloads": False}))),
    "a flag below that is not that at the top": (fields.flags_agree, get(order(**metadata(hasDownloads=False)))),
    "another processor below": (fields.flags_agree, get(order(**metadata(paymentProcessor="paypal")))),
    "shipped by one name only": (fields.flags_agree, get(order(**SEEN_TWICE | {"requiresShipping": False}))),
    "bought by one name only": (fields.flags_agree, get(order(**metadata(buyNow=True)))),
    "a name of v2 in v1": (fields.v1_has_names_of_its_own, v1(isShippingRequired=True)),
    "a name of v2 in the metadata of v1": (fields.v1_has_names_of_its_own, v1(metadata={"isBuyNow": True})),
    "an error of v1 with the words of another": (
        answers.v1_error_repeats_itself,
        Exchange(operation="get-order-v1", status=404, answer=V1_ERROR | {"err": "no"}),
    ),
    "an error of v1 about another path": (
        answers.v1_error_repeats_itself,
        Exchange(operation="get-order-v1", path="/a/b", status=404, answer=V1_ERROR | {"path": "/c"}),
    ),
    "written as in Japan, and elsewhere": (
        fields.japanese_addresses_are_in_japan,
        get(order(shippingAddress=FROM | {"japanType": "kana", "country": "US"})),
    ),
    "an input with two answers": (
        fields.inputs_have_one_answer,
        get(order(customData=[{"name": "Gift", "textInput": "x", "checkbox": True}])),
    ),
    "a century to wait": (answers.retry_after_is_no_longer_than_it_takes, too_many("3528000060")),
    "an hour to wait": (answers.retry_after_is_no_longer_than_it_takes, too_many("60000")),
    "more than the limit": (answers.page_adds_up, listed(page(order(), FULFILLED, limit=1), limit="1")),
    "more than the limit, v1": (
        answers.page_adds_up,
        Exchange(operation="list-orders-v1", answer=[order(), FULFILLED | {"orderId": "x"}], query={"limit": ["1"]}),
    ),
    "another limit": (answers.page_adds_up, listed(page(order(), limit=50), limit="10")),
    "another offset": (answers.page_adds_up, listed(page(offset=0, total=0), offset="3")),
    "a total that does not add up": (answers.page_adds_up, listed(page(order(), total=2))),
    "the filter ignored": (answers.page_adds_up, listed(page(order()), status="fulfilled")),
    "the filter ignored, v1": (
        answers.page_adds_up,
        Exchange(operation="list-orders-v1", answer=[order()], query={"status": ["fulfilled"]}),
    ),
    "an order twice": (answers.page_adds_up, listed(page(order(), order()))),
    "more kept than was paid": (
        money.sums_add_up, get({"customerPaid": price(5), "applicationFee": price("6")})
    ),
    "two currencies": (money.order_has_one_currency, get(order(netAmount=EURO))),
    "two currencies, deep down": (
        money.order_has_one_currency, get(order(totals={"extras": [{"price": EURO}]}))
    ),
    "a currency in small letters": (
        money.order_has_one_currency,
        get({"orderId": ID, "status": "pending", "netAmount": {"unit": "eur", "value": 1}}),
    ),
    "an error of v1 in v2": (answers.error_has_the_shape_of_its_version, get(V1_ERROR, status=404)),
    "an error of v2 in v1": (
        answers.error_has_the_shape_of_its_version,
        Exchange(operation="get-order-v1", status=404, answer=V2_ERROR),
    ),
    "an error of v1 with another status": (
        answers.error_has_the_shape_of_its_version,
        Exchange(operation="get-order-v1", status=400, answer=V1_ERROR),
    ),
    "an error of v1 without its problem": (
        answers.error_has_the_shape_of_its_version,
        Exchange(operation="list-orders-v1", status=400, answer=INVALID | {"problems": []}),
    ),
    "a sentence for a field": (
        answers.error_has_the_shape_of_its_version,
        get(V2_ERROR | {"details": [{"field": "must be JSON", "message": "body"}]}, status=409),
    ),
    "a word of another status": (answers.error_is_of_its_status, get(V2_ERROR, status=404)),
    "a name of another status": (
        answers.error_is_of_its_status,
        Exchange(operation="get-order-v1", status=404, answer=V1_ERROR | {"name": "ServerError"}),
    ),
    "a key in the way of Python": (
        spelling.names_are_spelt_as_described, listed(page(order(shipping_address=FROM)))
    ),
    "a key with a letter too many": (
        spelling.names_are_spelt_as_described, get(order(totals={"subtotal": EURO, "totals": EURO}))
    ),
    "a key of one in a list, with another capital": (
        spelling.names_are_spelt_as_described, get(order(purchasedItems=[{"variantSku": "a"}]))
    ),
    "two letters in each other's place": (
        spelling.names_are_spelt_as_described, get(V2_ERROR | {"code": "conflcit"}, status=409)
    ),
    "a word as a constant": (
        spelling.names_are_spelt_as_described, get(V2_ERROR | {"code": "RESOURCE_NOT_FOUND"}, status=404)
    ),
    "a British word": (
        spelling.names_are_spelt_as_described, get(V2_ERROR | {"code": "not_authorised"}, status=401)
    ),
    "a key of a refusal, misspelt": (
        spelling.names_are_spelt_as_described, get({"code": "conflict", "message": "no", "detail": []}, status=409)
    ),
    "a name of v1, misspelt": (
        spelling.names_are_spelt_as_described,
        Exchange(operation="get-order-v1", status=404, answer=V1_ERROR | {"name": "NotFounds"}),
    ),
    "a field that nobody can be wrong in": (
        spelling.names_are_spelt_as_described,
        Exchange(
            operation="list-orders", status=400, answer=V2_ERROR | {"details": [{"field": "limits"}]}
        ),
    ),
    "more left than there was": (answers.rate_limit_adds_up, limits("60", "61", 404)),
    "nothing counted": (answers.rate_limit_adds_up, limits("60", "60")),
    "less than nothing left": (answers.rate_limit_adds_up, limits("60", "-1")),
    "too many, yet some left": (answers.rate_limit_adds_up, limits("60", "3", 429)),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_no_rule_complains_about_what_is_right(name):
    assert [complaint for rule in (*RULES, *NAMELESS) for complaint in rule(RIGHT[name])] == []


@pytest.mark.parametrize("name", WRONG)
def test_its_rule_complains_about_what_is_wrong(name):
    rule, exchange = WRONG[name]
    assert list(rule(exchange))


@pytest.mark.parametrize("name", ["Order", "DigitalOrder", "OrderList", "OrderV1"])
def test_no_rule_complains_about_the_examples_of_the_spec(name, examples):
    told = Exchange(operation="list-orders" if name == "OrderList" else "get-order", answer=examples[name])
    assert [
        complaint
        for rule in (money.sums_add_up, orders.dates_agree_with_the_status)
        for complaint in rule(told)
    ] == []


def test_each_rule_has_something_to_complain_about():
    assert {rule for rule, _ in WRONG.values()} == {*RULES, *NAMELESS}


def _leaves(node: Any) -> set[str]:
    if isinstance(node, dict | list):
        return set().union(*map(_leaves, node.values() if isinstance(node, dict) else node))
    return {str(node)} if isinstance(node, str | int) and not isinstance(node, bool) else set()


@pytest.mark.parametrize("name", [name for name, (rule, _) in WRONG.items() if rule in NAMELESS])
def test_a_rule_that_sees_a_customers_order_tells_no_value_of_it(name):
    rule, exchange = WRONG[name]
    words = {word for said in rule(exchange) for word in re.findall(r"[\w.@-]+", said)}
    # What the description itself says, of payments, addresses and the bounds of a number.
    assert words & _leaves(exchange.answer) <= {"shipping", "billing", "1", "no"}
