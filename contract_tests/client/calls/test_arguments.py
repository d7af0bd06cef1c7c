"""What cannot be right is refused before anything is sent."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given, strategies as st
from webflow_orders import AsyncOrdersClient, OrdersClient, v1
from webflow_orders._call import arguments
from webflow_orders._http import address
from webflow_orders.models import OrderStatus

from contract_tests.client.conftest import SITE, TOKEN, Script, answer
from contract_tests.conftest import ROOT

COMPONENTS = yaml.load((ROOT / "openapi.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)["components"]
PARAMETERS = COMPONENTS["parameters"]
BAD_IDS = [
    "", ".", "..", "a/b", "../../../token/authorized_by", "100-007/refund#", "x?limit=1", "x#frag", "a%2Fb", "%2e%2e",
    "dfa-3f1\n", "dfa-3f1\r\nX-Admin: 1", "\x00", " dfa-3f1", "dfa 3f1", "ドファ", "é", "a" * 65, "dfa-3f1/", "\\..",
    "a b", "dfa/3f1", "dfa-3f1 ", "100-007/refund?", "dfa\x00", "x/../y", "ä",
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD_IDS)
@pytest.mark.parametrize("method", ["get", "fulfill", "unfulfill", "refund", "update"])
def test_an_order_id_can_reach_no_other_path(connect: Callable[..., Any], method: str, bad: str) -> None:
    script = Script(answer(json={}))
    arguments = {"comment": "x"} if method == "update" else {}
    with pytest.raises(ValueError, match="order_id"):
        getattr(connect(script), method)(bad, **arguments)
    assert script.requests == []


@pytest.mark.parametrize("bad", [*BAD_IDS, "580E63E98C9A982AC9B8B741", "580e63e98c9a982ac9b8b74", SITE + "0"])
def test_a_site_id_can_reach_no_other_path(connect: Callable[..., Any], bad: str) -> None:
    with pytest.raises(ValueError, match="site_id"):
        connect(Script(answer()), site_id=bad)
    with pytest.raises(ValueError, match="site_id"):
        connect(Script(answer())).for_site(bad)


@pytest.mark.parametrize("bad", [None, 7, b"dfa-3f1", ["dfa-3f1"]])
@pytest.mark.parametrize("method", ["get", "fulfill", "unfulfill", "refund", "update"])
def test_an_id_of_another_type_is_a_type_error(connect: Callable[..., Any], method: str, bad: Any) -> None:
    script = Script(answer(json={}))
    arguments = {"comment": "x"} if method == "update" else {}
    with pytest.raises(TypeError, match="order_id must be a string"):
        getattr(connect(script), method)(bad, **arguments)
    assert script.requests == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"status": "no-such"}, "one of pending, "),
        ({"status": ""}, "one of pending, "),
        ({"status": OrderStatus("brand-new")}, "one of pending, "),
        ({"limit": 0}, "from 1 to 100"),
        ({"limit": 101}, "from 1 to 100"),
        ({"limit": 1000}, "from 1 to 100"),
        ({"offset": -5}, "from 0 to "),
        ({"offset": 2**53}, "from 0 to "),
    ],
)
@pytest.mark.parametrize("api", ["v2", "v1"])
def test_list_names_the_range(
    connect: Callable[..., Any], api: str, arguments: dict[str, Any], says: str
) -> None:
    script = Script(answer(json={}))
    (name,) = arguments
    with pytest.raises(ValueError, match=f"^{name} must be {says}"):
        connect(script, api=api).list(**arguments)
    assert script.requests == []


@pytest.mark.parametrize(
    "arguments", [{"limit": "10"}, {"limit": 10.0}, {"limit": True}, {"offset": None}, {"status": 3}]
)
def test_list_refuses_other_types(connect: Callable[..., Any], arguments: dict[str, Any]) -> None:
    ((name, value),) = arguments.items()
    with pytest.raises(TypeError, match=f"^{name} must be an? .*, not {type(value).__name__}$"):
        connect(Script(answer(json={}))).list(**arguments)


@pytest.mark.parametrize("api", ["v2", "v1"])
@pytest.mark.parametrize("arguments", [{"page_size": 0}, {"page_size": 101}, {"status": "no-such"}])
def test_iter_refuses_at_the_call_and_not_at_the_first_order(
    connect: Callable[..., Any], api: str, arguments: dict[str, Any]
) -> None:
    (name,) = arguments
    with pytest.raises(ValueError, match=f"^{name} must be"):
        connect(Script(answer(json={})), api=api).iter(**arguments)


def test_writes_refuse_what_makes_no_sense(connect: Callable[..., Any]) -> None:
    script = Script(answer(json={}))
    client = connect(script)
    with pytest.raises(ValueError, match="nothing to update"):
        client.update("dfa-3f1")
    with pytest.raises(ValueError, match="nothing to update"):
        client.update("dfa-3f1", comment=None)
    with pytest.raises(TypeError, match="comment must be a string"):
        client.update("dfa-3f1", comment=5)
    for reason in ("requested_by_customer", "bogus"):
        with pytest.raises(ValueError, match="one of duplicate, fraudulent, requested"):
            client.refund("dfa-3f1", reason=reason)
    with pytest.raises(TypeError, match="send_email must be a bool"):
        client.fulfill("dfa-3f1", send_email="yes")
    with pytest.raises(TypeError, match="confirm must be a bool"):
        client.with_options(confirm="no")
    assert script.requests == []


@pytest.mark.parametrize("kind", [OrdersClient, AsyncOrdersClient, v1.OrdersClient, v1.AsyncOrdersClient])
def test_a_client_that_was_refused_can_be_shown(kind: Any) -> None:
    with pytest.raises(ValueError, match="base_url") as caught:
        kind(token="t", base_url="https://user@x.example")
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert f"{kind.__name__}(not made)" in shown


@pytest.mark.parametrize("half", ["\ud800", "ok \udfff", "\U0001f600\ude00"])
def test_a_text_that_no_encoding_carries_is_refused_whatever_the_library(
    connect: Callable[..., Any], half: str
) -> None:
    script = Script(answer(json={}))
    with pytest.raises(ValueError, match=r"^comment holds half of a pair of surrogates"):
        connect(script).update("dfa-3f1", comment=half)
    assert script.requests == []


def test_a_client_without_a_site_says_what_is_missing(connect: Callable[..., Any]) -> None:
    client = connect(Script(answer(json={"orderId": "dfa-3f1", "status": "pending"})), site_id=None)
    with pytest.raises(ValueError, match="for_site"):
        client.get("dfa-3f1")
    assert client.for_site(SITE).get("dfa-3f1").order_id == "dfa-3f1"


@pytest.mark.parametrize(
    "bad", ["", "   ", "sec\nret", "sec\r\nret", "sécret", "two words", "\x00", "secret\x00"]
)
def test_a_bad_token_is_refused_at_construction_and_never_quoted(
    connect: Callable[..., Any], bad: str
) -> None:
    with pytest.raises(ValueError, match="token") as caught:
        connect(Script(answer()), token=bad)
    assert bad.strip() not in str(caught.value) or not bad.strip()
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_the_token_comes_from_the_argument_or_else_the_environment(
    connect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WEBFLOW_TOKEN", raising=False)
    with pytest.raises(ValueError, match="WEBFLOW_TOKEN"):
        connect(Script(answer()), token=None)
    monkeypatch.setenv("WEBFLOW_TOKEN", "from_environment")
    script = Script(answer(json={"orderId": "dfa-3f1", "status": "pending"}))
    connect(script, token=None).get("dfa-3f1")
    for blanks in ("  {}\n", " {}", "{}\n", "{}\r\n"):
        connect(script, token=blanks.format("from_argument")).get("dfa-3f1")
    sent = [request.headers["Authorization"] for request in script.requests]
    assert sent == ["Bearer from_environment", *["Bearer from_argument"] * 4]


def test_the_site_comes_from_the_argument_or_else_the_environment(
    connect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "580e63e98c9a982ac9b8b742"
    script = Script(answer(json={"orderId": "dfa-3f1", "status": "pending"}))
    with pytest.raises(ValueError, match="WEBFLOW_SITE"):
        connect(script, site_id=None).get("dfa-3f1")
    monkeypatch.setenv("WEBFLOW_SITE", other)
    assert connect(script, site_id=None).site_id == other
    assert connect(script, site_id=SITE).site_id == SITE
    connect(script, site_id=None).get("dfa-3f1")
    assert other in script.requests[-1].url.path
    for bad in ("", "my-site", other.upper()):
        monkeypatch.setenv("WEBFLOW_SITE", bad)
        with pytest.raises(ValueError, match=r"^WEBFLOW_SITE must be 24 hexadecimal digits"):
            connect(script, site_id=None)


def test_the_address_comes_from_the_argument_or_else_the_environment(
    connect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def asked(**given: Any) -> str:
        script = Script(answer(json={"orderId": "dfa-3f1", "status": "pending"}))
        connect(script, **given).get("dfa-3f1")
        return str(script.requests[0].url).partition("/v2/")[0]

    assert asked(base_url=None) == "https://api.webflow.com"
    monkeypatch.setenv("WEBFLOW_BASE_URL", "http://127.0.0.1:8080/")
    assert asked(base_url=None) == "http://127.0.0.1:8080"
    assert asked(base_url="https://shop.example.com") == "https://shop.example.com"
    assert not caplog.records
    monkeypatch.setenv("WEBFLOW_BASE_URL", "https://gateway.example.com/webflow")
    assert asked(base_url=None) == "https://gateway.example.com/webflow"
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "https://gateway.example.com/webflow, which WEBFLOW_BASE_URL names" in record.getMessage()


@pytest.mark.parametrize("bad", [
    "", "http://api.example.com", "http://127.0.0.1.example.com", "https://user:pw@api.webflow.com",
    "https://api.webflow.com/v2", "api.webflow.com",
])  # fmt: skip
def test_an_address_of_the_environment_is_checked_like_an_argument(
    connect: Callable[..., Any], bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBFLOW_BASE_URL", bad)
    with pytest.raises(ValueError, match=r"^WEBFLOW_BASE_URL (must|cannot)") as caught:
        connect(Script(answer()), base_url=None)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("bad", [
    "http://api.example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "api.webflow.com",
    "https://user:pw@api.webflow.com", "https://api.webflow.com/?a=b", "https://",
])  # fmt: skip
def test_a_token_goes_nowhere_in_the_clear(connect: Callable[..., Any], bad: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        connect(Script(answer()), base_url=bad)


@pytest.mark.parametrize(
    "good",
    [
        "http://127.0.0.1:8080",
        "http://localhost:1",
        "http://shop.localhost:1",
        "http://[::1]:1/",
        "https://proxy.example.com/webflow/",
    ],
)
def test_loopback_and_https_are_fine(connect: Callable[..., Any], good: str) -> None:
    script = Script(answer(json={"orderId": "dfa-3f1", "status": "pending"}))
    connect(script, base_url=good).get("dfa-3f1")
    assert str(script.requests[0].url) == f"{good.rstrip('/')}/v2/sites/{SITE}/orders/dfa-3f1"
    connect(script, base_url="http://gateway.internal", allow_http=True).get("dfa-3f1")


@pytest.mark.parametrize(("written", "host"), [
    ("https://API.Webflow.com.", "api.webflow.com"), ("https://api。webflow。com", "api.webflow.com"),
    ("https://ａｐｉ．ｗｅｂｆｌｏｗ．ｃｏｍ", "api.webflow.com"),
    ("https://bücher.example:443/x/", "xn--bcher-kva.example/x"),
    ("https://straße.example", "xn--strae-oqa.example"), ("https://shop.example:8443", "shop.example:8443"),
    ("https://[FD00::0:7]", "[fd00::7]"), ("https://0x7f.1:8443", "127.0.0.1:8443"),
    ("https://2130706433", "127.0.0.1"),
])  # fmt: skip
def test_a_host_is_normalised_before_it_is_judged(written: str, host: str) -> None:
    assert arguments.base_url(written, allow_http=False) == f"https://{host}"


@pytest.mark.parametrize("host", [
    "127.0.0.1", "127.8.9.1", "127.1", "0x7f000001", "017700000001", "localhost", "LOCALHOST.", "shop.localhost",
    "[::1]", "[::ffff:127.0.0.1]", "１２７．０．０．１",
])  # fmt: skip
def test_loopback_is_known_in_each_of_its_forms(host: str) -> None:
    assert address.is_loopback(address.split(f"http://{host}").hostname or "")


@pytest.mark.parametrize(("bad", "cause"), [
    ("https://api.webflow.com:99999", "Port"), ("https://api.webflow.com:x", "Port"),
    ("https://api.webflow.com:0", "port"),
    (f"https://{'a' * 64}.example", "1 to 63"), (f"https://{'ü' * 64}.example", "long"),
    ("https://a..example", "1 to 63"),
    (f"https://{'a.' * 130}example", "253"), ("https://[::1", "IPv6"), ("https://[::x]", "'::x'"),
    ("https://1.2.3.4.5", "IPv4"),
    ("https://xn--a.example", "not allowed"), ("https://xn--0.example", "A-label"),
    (f"https://shop.example/{'a' * 2000}", "longer than 2000"),
    ("https://shop_.example-", "1 to 63"), ("https://a b.example", "blank"),
    ("https://api.webflow.com\\@b.example", "backslash"),
    ("https://api.webflow.com/\n", "printed"), ("https://user:hidden@api.webflow.com", "without user"), ("", "http"),
])  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused_with_the_cause(bad: str, cause: str) -> None:
    with pytest.raises(ValueError, match=f"^base_url cannot be used: .*{re.escape(cause)}") as caught:
        OrdersClient(token=TOKEN, base_url=bad)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("path", ["/v2", "/v2/", "/v1", "/V2//", "/webflow/v2"])
def test_an_address_with_the_version_is_refused_with_the_reason(path: str) -> None:
    with pytest.raises(ValueError, match="must not end in a version, which each request adds itself"):
        OrdersClient(token=TOKEN, base_url=f"https://api.webflow.com{path}")
    OrdersClient(token=TOKEN, base_url="https://shop.example/v2x").close()


@pytest.mark.parametrize("path", ["/v2/sites", "/beta", "/v2/sites/580e63e98c9a982ac9b8b741/orders"])
def test_the_address_of_webflow_itself_has_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="without a path, which each request adds itself"):
        OrdersClient(token=TOKEN, base_url=f"https://API.webflow.com.{path}")
    OrdersClient(token=TOKEN, base_url=f"https://shop.example{path}").close()


@pytest.mark.parametrize("kind", [OrdersClient, AsyncOrdersClient])
def test_arguments_without_a_name_are_refused_with_what_to_write(kind: Any) -> None:
    with pytest.raises(
        TypeError, match=rf"^pass every argument by its name: {kind.__name__}\(token=…, site_id=…\)$"
    ):
        kind("tok")


@pytest.mark.parametrize("bad", [0, -1, float("nan"), float("inf"), 10**400])
def test_a_timeout_is_a_positive_number_of_seconds(connect: Callable[..., Any], bad: float) -> None:
    with pytest.raises(ValueError, match="timeout"):
        connect(Script(answer()), timeout=bad)


def test_the_patterns_are_those_of_the_spec() -> None:
    assert f"^{arguments.SITE_ID.pattern}$" == PARAMETERS["SiteId"]["schema"]["pattern"]
    assert f"^{arguments.ORDER_ID.pattern}$" == PARAMETERS["OrderId"]["schema"]["pattern"]
    url = COMPONENTS["schemas"]["CreateWebhookRequest"]["properties"]["url"]
    assert f"^{arguments.WEBHOOK_URL.pattern}$" == url["pattern"]


@given(st.text())
def test_only_the_addressed_path_is_ever_requested(order_id: str) -> None:
    script = Script(answer(404))
    import httpx

    with OrdersClient(token=TOKEN, site_id=SITE, transport=httpx.MockTransport(script)) as client:
        try:
            client.get(order_id)
        except ValueError:
            assert script.requests == []
        except Exception:
            path = script.requests[0].url.raw_path.decode()
            assert re.fullmatch(rf"/v2/sites/{SITE}/orders/[0-9A-Za-z_-]+", path)
            assert path.endswith("/" + order_id)


REFUSED: list[dict[str, Any]] = [
    {"base_url": "http://shop.example"}, {"timeout": -1}, {"site_id": "x"}, {"journal": "/no/such/folder/x"},
    {"transport": "curl"}, {"concurrency": 0}, {"rate_limit": -3}, {"token": f"Bearer {TOKEN}"},
    {"token": f"{TOKEN}\nx"}, {"by_position": True}, {"token": TOKEN.encode()},
]  # fmt: skip


@pytest.mark.parametrize("refused", REFUSED, ids=repr)
@pytest.mark.parametrize("kind", [OrdersClient, AsyncOrdersClient])
def test_what_refuses_an_argument_has_no_token_among_its_locals(kind: Any, refused: dict[str, Any]) -> None:
    given = {"token": TOKEN, "site_id": SITE, **refused}
    by_position = [given.pop("token")] if given.pop("by_position", False) else []
    with pytest.raises((ValueError, TypeError, OSError)) as caught:
        kind(*by_position, **given)
    assert caught.value.__traceback__ is not None
    below = caught.value.__traceback__.tb_next
    told = traceback.TracebackException(type(caught.value), caught.value, below, capture_locals=True)
    assert TOKEN not in "".join(told.format())


def test_no_refusal_shows_a_password_or_a_token_in_another_s_place() -> None:
    for odd in (
        "https://user:p4ss/x@h",
        "https://p4ss@h",
        "https://user\u2100p4ss@h",
        "https://h/p4ss@x",
    ):
        with pytest.raises(ValueError, match="cannot be used") as caught:
            OrdersClient(token=TOKEN, site_id=SITE, base_url=odd)
        assert "p4ss" not in "".join(traceback.format_exception(caught.value))
    with pytest.raises(ValueError, match=r"^site_id must be .*; got 64 characters$"):
        OrdersClient(token=SITE, site_id="5f" * 32)


def test_a_password_of_a_proxy_is_not_among_the_locals(monkeypatch: pytest.MonkeyPatch) -> None:
    for proxy in ("http://user:p4ss@h:99999", "ftp://user:p4ss@h"):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(ValueError, match="the environment's proxy") as caught:
            OrdersClient(token=TOKEN, site_id=SITE)
        error = caught.value
        told = traceback.TracebackException(type(error), error, error.__traceback__, capture_locals=True)
        assert not [
            frame
            for frame in told.stack
            if "p4ss" in str(frame.locals) and "webflow_orders" in frame.filename
        ]
