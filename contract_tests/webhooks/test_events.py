"""Is each body that Webflow sends, or has sent, read without loss, and never as an empty order?"""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from webflow_orders import Order, webhooks
from webflow_orders.models import OrderV1
from webflow_orders.webhooks import WebhookError

from contract_tests.webhooks.deliveries import body_of, envelope

read = webhooks.parse_unverified


@pytest.mark.parametrize(
    ("trigger", "kind"),
    [("ecomm_new_order", webhooks.NewOrder), ("ecomm_order_changed", webhooks.OrderChanged)],
)
@pytest.mark.parametrize(
    ("example", "model"), [("Order", Order), ("DigitalOrder", Order), ("OrderV1", OrderV1)]
)
def test_the_envelope_round_an_order_of_either_shape(
    examples: dict[str, Any], trigger: str, kind: type[Any], example: str, model: type[Any]
) -> None:
    body = envelope(examples[example], trigger)
    event = read(body)
    assert type(event) is kind
    assert isinstance(event, webhooks.OrderEvent)
    assert type(event.order) is model
    assert event.order.order_id == examples[example]["orderId"]
    assert event.order.to_dict() == examples[example]
    assert (event.trigger, event.raw, event.sent_at) == (trigger, body, None)


@pytest.mark.parametrize(("example", "model"), [("Order", Order), ("OrderV1", OrderV1)])
def test_the_bare_order_of_v1_and_of_v2_until_2024_12(
    examples: dict[str, Any], example: str, model: type[Any]
) -> None:
    event = read(body_of(examples[example]))
    assert isinstance(event, webhooks.BareOrder)
    assert type(event.order) is model
    assert event.trigger is None
    assert event.order.to_dict() == examples[example]


@pytest.mark.parametrize("name", ["NewOrderEvent", "OrderChangedEvent"])
def test_the_examples_of_the_spec_are_events(examples: dict[str, Any], name: str) -> None:
    event = read(body_of(examples[name]))
    assert isinstance(event, webhooks.NewOrder | webhooks.OrderChanged)
    assert event.trigger == examples[name]["triggerType"]
    assert event.order.to_dict() == examples[name]["payload"]


def test_a_v2_order_may_have_the_word_of_v1_beside_its_own(examples: dict[str, Any]) -> None:
    event = read(envelope({**examples["Order"], "requiresShipping": True}))
    assert isinstance(event, webhooks.OrderChanged)
    assert type(event.order) is Order


@pytest.mark.parametrize("payload", [{"stock": 3, "é": None}, [], None, 7, {"orderId": "dfa-3f1"}])
@pytest.mark.parametrize("trigger", ["ecomm_inventory_changed", "form_submission", "ecomm_new_order "])
def test_an_unknown_trigger_is_kept_with_its_name_and_its_payload(trigger: str, payload: Any) -> None:
    body = body_of({"triggerType": trigger, "payload": payload, "more": 1})
    event = read(body)
    assert isinstance(event, webhooks.OtherEvent)
    assert (event.trigger, event.payload, event.raw) == (trigger, payload, body)
    assert read(b'{"triggerType":"x"}') == webhooks.OtherEvent(
        trigger="x", payload=None, raw=b'{"triggerType":"x"}'
    )


def test_what_an_order_has_besides_is_kept_to_the_byte() -> None:
    order = b'{"orderId":"dfa-3f1","status":"on the moon","n":1.0,"e":1e2,"big":123456789012345678901,"u":"\\u00e9"}'
    event = read(b'\xef\xbb\xbf{"triggerType":"ecomm_order_changed", "payload": ' + order + b"}")
    assert isinstance(event, webhooks.OrderChanged)
    assert event.order.to_json() == order
    assert event.order.status == "on the moon"
    assert isinstance(event.order, Order)
    assert event.order.additional_properties["big"] == 123456789012345678901


def test_an_order_in_what_is_not_quite_json_is_read_all_the_same() -> None:
    event = read(
        b'{"triggerType":"ecomm_new_order","payload":{"orderId":"dfa-3f1","status":"pending","n":NaN,"s":"\\ud800"}}'
    )
    assert isinstance(event, webhooks.NewOrder)
    assert event.order.to_dict() == {"orderId": "dfa-3f1", "status": "pending", "n": None, "s": "\ud800"}


@pytest.mark.parametrize(
    "content",
    [
        {}, {"payload": {"orderId": "dfa-3f1", "status": "pending"}}, [], None, 7, "order", True,
        {"orderId": "dfa-3f1"}, {"status": "pending"}, {"orderId": "", "status": "pending"},
        {"orderId": None, "status": "pending"}, {"orderId": "dfa-3f1", "status": ""},
        {"orderId": ["dfa-3f1"], "status": "pending"}, {"orderId": "dfa-3f1", "status": {}},
        {"triggerType": "ecomm_new_order"}, {"triggerType": "ecomm_new_order", "payload": None},
        {"triggerType": "ecomm_new_order", "payload": []}, {"triggerType": "ecomm_new_order", "payload": {}},
        {"triggerType": "ecomm_order_changed", "payload": {"orderId": "dfa-3f1"}},
        {"triggerType": "ecomm_new_order", "orderId": "dfa-3f1", "status": "pending"},
        {"triggerType": "", "payload": {}}, {"triggerType": 7, "payload": {}}, {"triggerType": ["x"]},
    ],
)  # fmt: skip
def test_an_order_that_is_none_is_an_error_and_never_empty(content: Any) -> None:
    with pytest.raises(WebhookError) as caught:
        read(body_of(content))
    assert caught.value.reason == "no event"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"\xff\xfe{", b"a=1&b=2", b"[" * 100_000, b'{"a":' * 100_000]
)
def test_a_body_that_is_not_json(body: bytes) -> None:
    with pytest.raises(WebhookError) as caught:
        read(body)
    assert caught.value.reason == "not JSON"


def test_an_event_shows_no_customer_and_travels(examples: dict[str, Any]) -> None:
    events = [
        read(envelope(examples["Order"])),
        read(body_of(examples["OrderV1"])),
        read(envelope({"name": "Wilhelmina Quandt"}, "form_submission\n\u202e")),
    ]
    assert [repr(event) for event in events] == [
        "OrderChanged(order=Order(order_id='dfa-3f1', status='fulfilled', customer_paid='68.44 USD'))",
        f"BareOrder(order={events[1].order!r})",  # type: ignore[attr-defined]
        "OtherEvent(trigger='form_submission')",
    ]
    assert "Quandt" not in repr(events) + str(events)
    for event in events:
        assert pickle.loads(pickle.dumps(event)) == copy.deepcopy(event) == event
        assert json.loads(event.raw)
        with pytest.raises(AttributeError):
            event.raw = b""  # type: ignore[misc]
