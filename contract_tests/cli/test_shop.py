"""Which token goes where: options, profiles and the environment, and nothing behind one's back."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from webflow_orders_cli import shop as shops
from webflow_orders_cli.shop import API, Shop as Options
from webflow_orders_mock import order

from contract_tests.cli.conftest import IDS, Shop

SITE, OTHER = "580e63e98c9a982ac9b8b741", "580e63e98c9a982ac9b8b742"
PROFILES = f"""
[default]
token = "of-default"
site = "{SITE}"

[staging]
token = "of-staging"
base_url = "https://staging.example.com"
"""


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("WEBFLOW_TOKEN", "WEBFLOW_SITE", "WEBFLOW_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "webflow-orders" / "profiles.toml"
    path.parent.mkdir()
    path.write_text(PROFILES)
    path.chmod(0o600)
    return path


ENVIRONMENT = {"token": "of-environment", "site": OTHER, "base_url": "http://127.0.0.1:1"}


def test_a_profile_may_have_a_byte_order_mark(profiles: Path) -> None:
    profiles.write_text("\ufeff" + PROFILES, encoding="utf-8")
    assert Options(profile="staging").account().token == "of-staging"


@pytest.mark.parametrize(("environment", "options", "account"), [
    ((), {}, ("of-default", SITE, API, "profile default")),
    (("site",), {}, ("of-default", OTHER, API, "profile default")),
    (("base_url",), {}, ("of-default", SITE, API, "profile default")),
    (("token",), {}, ("of-environment", None, API, "the environment")),
    (("token", "site", "base_url"), {}, ("of-environment", OTHER, "http://127.0.0.1:1", "the environment")),
    (("token", "site", "base_url"), {"profile": "staging"},
     ("of-staging", None, "https://staging.example.com", "profile staging")),
    (("token", "site", "base_url"), {"profile": "default"}, ("of-default", SITE, API, "profile default")),
    (("token", "site"), {"profile": "staging", "site": SITE, "base_url": "https://b.example.com"},
     ("of-staging", SITE, "https://b.example.com", "profile staging")),
    (("token", "site", "base_url"), {"token": "typed"}, ("typed", OTHER, "http://127.0.0.1:1", "the options")),
    ((), {"token": "typed"}, ("typed", None, API, "the options")),
])  # fmt: skip
def test_a_token_goes_to_the_server_that_stands_beside_it(
    profiles: Path, monkeypatch: pytest.MonkeyPatch, environment: tuple[str, ...], options: dict[str, str],
    account: tuple[str | None, ...],
) -> None:  # fmt: skip
    for name in environment:
        monkeypatch.setenv(f"WEBFLOW_{name.upper()}", ENVIRONMENT[name])
    found = Options(**options).account()
    assert found == account
    assert account[0] not in repr(found) + repr(Options(**options))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_profile_that_others_can_read_is_not_used(shop: Shop, profiles: Path, mode: int) -> None:
    profiles.chmod(mode)
    said = shop.run("list")
    assert said.status == 2
    assert f"chmod 600 '{profiles}'" in said.err
    assert "of-default" not in said.err
    assert len(shop.mock.ledger) == 0


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners on this system")
def test_a_profile_of_somebody_else_is_not_used(
    shop: Shop, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shops.os, "getuid", lambda: profiles.stat().st_uid + 1)
    said = shop.run("list")
    assert (said.status, "belongs to somebody else" in said.err) == (2, True)


@pytest.mark.parametrize(("text", "says"), [
    ("token = secret-4711", "it is no TOML"), ('[default]\ntoken = "secret-4711', "it is no TOML"),
    ('[default]\ntoken = 4711', "'token' is not one of"), ('[default]\ntokn = "secret-4711"', "'tokn' is not one of"),
    ('default = "secret-4711"', "There is no profile 'default' in"), ('default = "secret-4711"', "there is none"),
    ('token = "secret-4711"', "'token' stands in no profile: write [default] above it"),
    ("\xff", "cannot be read"),
])  # fmt: skip
def test_a_profile_that_cannot_be_read_is_not_quoted(
    shop: Shop, profiles: Path, text: str, says: str
) -> None:
    profiles.write_bytes(text.encode("latin-1"))
    said = shop.run("list")
    assert said.status == 2
    assert says in said.err
    assert "4711" not in said.err


TOKEN = "4f1c9a7be03d5268" * 4


@pytest.mark.parametrize("words", [
    (TOKEN,), (f"--token={TOKEN}",), ("list", TOKEN), ("list", f"--{TOKEN}"), ("list", "--status", TOKEN),
    ("list", "--since", TOKEN), ("list", "--profile", TOKEN), ("list", "--site", TOKEN.upper()), ("show", TOKEN),
    ("ship", TOKEN), ("unship", TOKEN), ("refund", "a-b", "--yes", TOKEN), ("webhooks", "delete", TOKEN, "--yes"),
])  # fmt: skip
def test_a_token_in_the_wrong_place_is_not_shown(shop: Shop, words: tuple[str, ...]) -> None:
    said = shop.run(*words)
    assert said.status in (1, 2)
    assert TOKEN[:4] in said.err.lower() or "got 64 characters" in said.err
    assert TOKEN[:5] not in said.err.lower()


@pytest.mark.parametrize("text", [
    f'[default]\n{TOKEN} = "token"', f'[default.{TOKEN}]\ntoken = "x"', f'[other]\ntoken = "x"\n[{TOKEN}]',
])  # fmt: skip
def test_a_token_in_the_wrong_place_of_a_profile_is_not_shown(shop: Shop, profiles: Path, text: str) -> None:
    profiles.write_text(text)
    for words in (("list",), ("list", "--profile", "nobody")):
        said = shop.run(*words)
        assert (said.status, TOKEN[:5] in said.err) == (2, False)


def test_the_number_of_a_parcel_is_shown_whole(shop: Shop) -> None:
    number = "420100019400111899560000000000"
    shop.put({**order("111-111", status="fulfilled"), "shippingTracking": number})
    assert f"with another number, {number}" in shop.run("ship", "111-111", "--tracking", "TR1").err


def test_a_profile_that_is_not_there_is_named(shop: Shop, profiles: Path) -> None:
    said = shop.run("list", "--profile", "nobody")
    assert (said.status, "there is default, staging." in said.err) == (2, True)


def test_without_a_token_or_a_site_it_says_where_to_put_them(
    shop: Shop, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles.unlink()
    said = shop.run("list")
    assert (said.status, "WEBFLOW_TOKEN" in said.err, str(profiles) in said.err) == (2, True, True)
    monkeypatch.setenv("WEBFLOW_TOKEN", "t")
    said = shop.run("list")
    assert (said.status, "WEBFLOW_SITE" in said.err) == (2, True)


@pytest.mark.parametrize(("name", "value", "says"), [
    ("WEBFLOW_BASE_URL", "http://shop.example.com", "must be https"),
    ("WEBFLOW_BASE_URL", "", "cannot be used"),
    ("WEBFLOW_SITE", "my-shop", "24 hexadecimal digits"),
    ("WEBFLOW_TOKEN", "Bearer abc", "without that word"),
    ("WEBFLOW_TOKEN", "", "the token is empty"),
])  # fmt: skip
def test_what_cannot_be_right_is_told_before_anything_is_sent(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    said = shop.run("list")
    assert said.status == 2
    assert says in said.err
    assert len(shop.mock.ledger) == 0


def test_who_one_is(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tokens of its own: with that of the other tests it would wait for the minute in which they asked.
    monkeypatch.setenv("WEBFLOW_TOKEN", shop.mock.add_token("writer", plan="business"))
    shop.mock.add_token("reader", scopes=["ecommerce:read"], plan="starter")
    found = json.loads(shop.run("whoami", "--json").out)
    assert {name: found[name] for name in ("site", "orders", "mayWrite", "requestsPerMinute")} == {
        "site": shop.mock.site_id, "orders": len(IDS), "mayWrite": True, "requestsPerMinute": "120",
    }  # fmt: skip
    said = shop.run("whoami", "--token", "reader")
    assert "read; the scope ecommerce:write is missing" in said.out
    assert "Token from         the options" in said.out
    assert not any(entry.applied for entry in shop.mock.ledger)
    said = shop.run("whoami", "--token", "somebody-else")
    assert (said.status, "The token is not accepted" in said.err) == (1, True)
    assert "somebody-else" not in said.err


def test_where_no_journal_can_be_kept_it_says_what_to_do(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    said = shop.run("show", "000-001")
    assert (said.status, "Name another file with --journal." in said.err) == (2, True)
    assert shop.run("show", "000-001", "--journal", str(tmp_path / "journal.sqlite")).status == 0
