"""Does a call go the way that the environment says, and what does a proxy that makes no way mean for a refund?"""

from __future__ import annotations

import asyncio
import ssl
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import pytest
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors
from webflow_orders._http import proxies

from contract_tests.client import faulty
from contract_tests.client.conftest import KINDS, ORDERS, SITE, TOKEN, answer
from contract_tests.client.faulty import FaultyServer
from contract_tests.client.http import tls
from contract_tests.client.living import ORDER

authority, identity, no_proxies = tls.authority, tls.identity, tls.no_proxies
REFUNDED = answer(200, ORDERS["refund"])
ONCE_MORE = RetryPolicy(max_retries=1)
PATH = f"/v2/sites/{SITE}/orders/dfa-3f1"


def call(kind: str, method: str, **arguments: Any) -> Any:
    """Make a client of the kind, call the method about dfa-3f1, and close it."""

    async def sleep(seconds: float) -> None:
        """No waiting."""

    given: dict[str, Any] = {"token": TOKEN, "site_id": SITE, "rate_limit": None, "timeout": 60} | arguments
    blocking, _, library = kind.partition("-")
    if blocking == "sync":
        with OrdersClient(**given, transport=library or None, sleep=lambda _: None) as client:
            return getattr(client, method)("dfa-3f1")

    async def main() -> Any:
        async with AsyncOrdersClient(**given, transport=library or None, sleep=sleep) as client:
            return await getattr(client, method)("dfa-3f1")

    return asyncio.run(main())


AIOHTTP = pytest.param(
    "async-aiohttp",
    marks=pytest.mark.skipif(find_spec("httpx_aiohttp") is None, reason="the extra aiohttp is not installed"),
)
EVERY_KIND = pytest.mark.parametrize("kind", [*KINDS, AIOHTTP])


@EVERY_KIND
def test_a_refund_goes_through_the_proxy_of_the_environment(
    kind: str, identity: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultyServer(REFUNDED) as server, FaultyServer(tls.way_to(server, identity)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert call(kind, "refund", base_url="https://shop.example").status == "refunded"
        assert [request.target for request in server.writes] == [f"{PATH}/refund"]
        assert proxy.connections == 1
        assert "authorization" not in proxy.requests[0].headers


NO_WAY = {
    "407": tls.refusing(407),
    "403": tls.refusing(403),
    "502": tls.refusing(502),
    "hangs up": faulty.close_read,
    "hangs up at once": faulty.close_unread,
    "breaks off": faulty.reset,
    "stalls": faulty.silence,
    "drips": faulty.drip_headers,
    "speaks no HTTP": faulty.garbage,
    "a way that ends": tls.no_handshake,
}


@EVERY_KIND
@pytest.mark.parametrize("refuse", NO_WAY.values(), ids=NO_WAY)
@pytest.mark.parametrize("method", ["get", "refund"])
def test_a_proxy_that_makes_no_way_means_that_nothing_was_sent(
    kind: str, method: str, refuse: Any, identity: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:

    def scenario(timeout: float) -> None:
        with FaultyServer(refuse) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            with pytest.raises(errors.APIConnectionError) as caught:
                call(kind, method, base_url="https://shop.example", timeout=timeout, retry=ONCE_MORE)
        assert not caught.value.sent
        # Tried again as a connection that was never made is; and nobody looks for a refund.
        # aiohttp by itself makes one more connection for a read.
        assert proxy.connections == 2 or (kind, method) == ("async-aiohttp", "get")
        assert {request.method for request in proxy.requests} <= {"CONNECT"}

    faulty.patiently(scenario)


@EVERY_KIND
@pytest.mark.parametrize(
    "lose", [faulty.close_read, faulty.reset, faulty.silence], ids=["closed", "reset", "silent"]
)
def test_what_is_lost_once_the_way_stands_is_unknown(
    kind: str, lose: Any, identity: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scenario(timeout: float) -> None:
        with FaultyServer(lose) as server, FaultyServer(tls.way_to(server, identity)) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            with pytest.raises(errors.OutcomeUnknownError):
                call(kind, "refund", base_url="https://shop.example", timeout=timeout, confirm=False)
            assert len(server.writes) == 1

    faulty.patiently(scenario)


@EVERY_KIND
def test_a_proxy_for_plain_http_has_the_request_so_that_what_it_loses_is_unknown(
    kind: str, no_proxies: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultyServer(faulty.close_read) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with pytest.raises(errors.OutcomeUnknownError):
            call(kind, "refund", base_url="http://shop.example", allow_http=True, confirm=False)
        assert [request.target for request in proxy.requests] == [f"http://shop.example{PATH}/refund"]


@EVERY_KIND
@pytest.mark.parametrize("proxied", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST.", "127.1"])
def test_loopback_never_goes_through_a_proxy(
    kind: str, host: str, proxied: str, no_proxies: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultyServer(ORDER) as server, FaultyServer(answer(500)) as proxy:
        monkeypatch.setenv(proxied, proxy.url)
        port = urlsplit(server.url).port
        assert call(kind, "get", base_url=f"http://{host}:{port}").order_id == "dfa-3f1"
        assert proxy.connections == 0


# ---------------------------------------------------------------- which proxy


PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(("no_proxy", "url", "through"), [
    ("", "https://api.webflow.com", True),
    ("*", "https://api.webflow.com", False),
    ("webflow.com", "https://api.webflow.com", False),
    ("api.webflow.com", "https://api.webflow.com", False),
    ("API.Webflow.COM", "https://api.webflow.com", False),
    (".webflow.com", "https://api.webflow.com", False),
    ("*.webflow.com", "https://api.webflow.com", False),
    (".webflow.com", "https://webflow.com", True),
    ("flow.com", "https://api.webflow.com", True),
    ("other.example, webflow.com", "https://api.webflow.com", False),
    ("other.example webflow.com", "https://api.webflow.com", False),
    ("https://api.webflow.com", "https://api.webflow.com", False),
    ("http://api.webflow.com", "https://api.webflow.com", True),
    ("api.webflow.com:443", "https://api.webflow.com", False),
    ("api.webflow.com:8443", "https://api.webflow.com", True),
    ("api.webflow.com:8443", "https://api.webflow.com:8443", False),
    ("10.0.0.0/8", "https://10.2.3.4", False),
    ("10.0.0.0/8", "https://11.2.3.4", True),
    ("10.2.3.4", "https://10.2.3.4", False),
    ("[::1]", "https://[fd00::7]", True),
    ("::1,fd00::/8", "https://[fd00::7]", False),
    ("[fd00::]/8", "https://[fd00::7]", False),
    ("[fd00::7]", "https://[fd00::7]", False),
    ("[fd00::7]:443", "https://[fd00::7]:443", False),
    ("[fd00::7]:444", "https://[fd00::7]:443", True),
    ("[::1, ]:x, 300.1.1.1/99, ://, \ud800", "https://api.webflow.com", True),
])  # fmt: skip
def test_no_proxy_is_read_and_what_cannot_be_read_is_passed_over(
    no_proxy: str, url: str, through: bool, no_proxies: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"https": PROXY, "no": no_proxy})
    assert proxies.from_environment(urlsplit(url)) == (PROXY if through else None)


@pytest.mark.parametrize(("named", "found"), [
    ({"https": "proxy.example:3128"}, PROXY), ({"all": PROXY}, PROXY), ({"http": PROXY}, None),
    ({"https": "socks5://proxy.example", "all": PROXY}, "socks5://proxy.example"), ({}, None),
    ({"https": f" {PROXY}\n"}, PROXY), ({"https": " "}, None),
])  # fmt: skip
def test_the_proxy_of_the_scheme_goes_before_that_for_all(
    named: dict[str, str], found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib.request.getproxies", lambda: named)
    assert proxies.from_environment(urlsplit("https://api.webflow.com")) == found


@pytest.mark.parametrize(
    "proxy",
    [
        "ftp://user:hidden@proxy.example", "http://user:hidden@[::1", "http://a:hidden@b:port", "http://",
        "http://a:hidden@:8080", "http://a:hidden@b:99999", "http://a:hidden@b c",
    ],
)  # fmt: skip
@EVERY_KIND
def test_a_proxy_that_cannot_be_one_is_refused_without_its_password(
    kind: str, proxy: str, no_proxies: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ValueError, match="environment's proxy") as caught:
        call(kind, "get")
    assert "hidden" not in str(caught.value)
