"""Do refusals and errors say the whole of what is wrong, and no more of it than fits in a line?"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from webflow_orders import errors
from webflow_orders._call import arguments

from contract_tests.client.conftest import TOKEN, Script, answer

CALL = errors.Call(operation="get-order", method="GET", path="/")
SITE_FORM = "24 hexadecimal digits in lower case"
ORDER_FORM = "1 to 64 letters, digits, - or _, such as 'dfa-3f1'"
LONG = "é" * 81


def usable(token: str) -> object:
    return arguments.usable(arguments.token(token))


@pytest.mark.parametrize(("check", "value", "kind", "words"), [
    (usable, 5, TypeError, "token must be a string, not int"),
    (usable, "a\nb", ValueError, "the token is empty, or holds a character that a header cannot carry"),
    (arguments.site_id, None, ValueError, "no site: pass site_id=, set WEBFLOW_SITE, or use for_site()"),
    (arguments.site_id, 5, TypeError, "site_id must be a string, not int"),
    (arguments.site_id, "5f", ValueError, f"site_id must be {SITE_FORM}; got '5f'"),
    (arguments.site_id, LONG, ValueError, f"site_id must be {SITE_FORM}; got 81 characters"),
    (arguments.order_id, 5, TypeError, "order_id must be a string, not int"),
    (arguments.order_id, LONG, ValueError, f"order_id must be {ORDER_FORM}; got 81 characters"),
    (lambda value: arguments.text(value, "comment"), 5, TypeError, "comment must be a string, not int"),
    (lambda value: arguments.flag(value, "resume"), 1, TypeError, "resume must be a bool, not int"),
    (lambda value: arguments.seconds(value, "timeout"), True, TypeError,
     "timeout must be a number of seconds, not bool"),
    (lambda value: arguments.seconds(value, "timeout"), "5", TypeError,
     "timeout must be a number of seconds, not str"),
    (lambda value: arguments.wait(value, "give_up_after"), -1, ValueError,
     "give_up_after must be a number of seconds, 0 or more; got -1"),
    (lambda value: arguments.base_url(value, allow_http=False), "http://shop.example.com", ValueError,
     "base_url must be https, or a loopback address; allow_http=True lifts this"),
    (lambda value: arguments.base_url(value, allow_http=False), "https://user@shop.example.com", ValueError,
     "base_url cannot be used: it must be an http(s) address without user, query or fragment"),
    (lambda value: arguments.base_url(value, allow_http=False), "https://api.webflow.com/v2/", ValueError,
     "base_url must not end in a version, which each request adds itself: leave out '/v2'"),
    (usable, "Bearer abc", ValueError, "the token is what comes after 'Bearer ': pass it without that word"),
    (lambda value: arguments.named("OrdersClient", value), 1, TypeError,
     "pass every argument by its name: OrdersClient(token=…, site_id=…)"),
])  # fmt: skip
def test_an_argument_that_cannot_be_right_is_refused_in_these_words(
    check: Callable[[Any], object], value: Any, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=f"^{re.escape(words)}$"):
        check(value)


def test_without_a_token_it_is_said_where_one_could_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEBFLOW_TOKEN", raising=False)
    with pytest.raises(ValueError, match=r"^no token: pass token=, or set WEBFLOW_TOKEN$"):
        arguments.usable(arguments.token(None))


def test_a_part_of_a_second_is_a_time() -> None:
    arguments.seconds(0.001, "timeout")


@pytest.mark.parametrize(("length", "shown"), [(199, 199), (200, 200), (201, 200), (5000, 200)])
def test_a_line_has_200_characters_at_the_most(length: int, shown: int) -> None:
    line = errors.one_line("x" * length)
    assert len(line) == shown
    assert line.endswith("…") is (length > 200)


def test_a_line_is_looked_for_in_the_first_twenty_times_as_many_characters() -> None:
    assert errors.one_line(" " * 3999 + "x") == "x"
    assert errors.one_line(" " * 4000 + "x") == ""


@pytest.mark.parametrize(("body", "code"), [
    ({"name": "OrderNotFound"}, "OrderNotFound"),
    ({"code": "c" * 61, "message": "m"}, "c" * 59 + "…"),
    ({"message": "m"}, "unknown"),
])  # fmt: skip
def test_the_code_is_the_servers_or_unknown(connect: Callable[..., Any], body: Any, code: str) -> None:
    with pytest.raises(errors.NotFoundError) as caught:
        connect(Script(answer(404, body))).get("dfa-3f1")
    assert caught.value.code == code


def test_the_token_is_taken_out_of_the_code_too(connect: Callable[..., Any]) -> None:
    with pytest.raises(errors.AuthenticationError) as caught:
        connect(Script(answer(401, {"code": TOKEN, "message": "no"}))).get("dfa-3f1")
    assert caught.value.code == "…"


def test_an_error_has_its_words_and_its_answer() -> None:
    raw = errors.RawResponse(status_code=200, incomplete="cut off")
    error = errors.APIConnectionError("cut off", call=CALL, raw=raw)
    assert (error.args, error.raw, error.sent) == (("cut off",), raw, True)
    assert errors.APIStatusError("no", call=CALL, raw=raw).code == "unknown"
