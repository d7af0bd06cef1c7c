"""Is what cannot be meant refused, in one sentence, before anything is sent?"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from webflow_orders_contract.__main__ import main, settings_from

HERE = "http://127.0.0.1:9"
SITE = "580e63e98c9a982ac9b8b741"
OWN = ["--target", HERE, "--site", SITE, "--own-server"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target", HERE], "needs --site"),
        (["--target", HERE, "--site", "dfa-3f1"], "24 hexadecimal digits"),
        (["--target", "http://shop.example", "--site", SITE], "https"),
        (["--target", "shop.example", "--site", SITE], "must be a URL"),
        (["--target", "https://me:secret@shop.example", "--site", SITE], "without credentials"),
        (["--target", "https://shop.example?a=b", "--site", SITE], "without credentials, query"),
        (["--site", SITE], "needs a --target"),
        (["--write", "dfa-3f1"], "--target"),
        (["--refund", "dfa-3f1"], "--target"),
        (["--target", HERE, "--site", SITE, "--write", "../x"], "one order"),
        (["--target", HERE, "--site", SITE, "--refund", "a/refund"], "one order"),
        (["--target", HERE, "--site", SITE, "--refund", "dfa-3f1"], "same order id twice"),
        (["--target", HERE, "--site", SITE, "--refund", "dfa-3f1", "--refund-again", "dfa-3f2"], "id twice"),
        (["--target", HERE, "--site", SITE, "--refund-again", "dfa-3f1"], "id twice"),
        (["--target", HERE, "--site", SITE, "--profile", "live-write"], "ask for is live."),
        (
            ["--target", HERE, "--site", SITE, "--profile", "live", "--write", "dfa-3f1"],
            "ask for is live-write",
        ),
        (["--profile", "live"], "ask for is mock"),
        (["--own-server"], "name it"),
        (["--target", "https://api.webflow.com", "--site", SITE, "--own-server"], "real shops"),
        (["--target", "https://webflow.com", "--site", SITE, "--own-server", "--plan"], "real shops"),
        (["--target", HERE, "--site", SITE, "--own-server", "--write", "dfa-3f1"], "written to anyway"),
        (
            ["--target", HERE, "--site", SITE, "--own-server", "--reset", "https://elsewhere.example"],
            "that is named",
        ),
        ([*OWN, "--reset", f"{HERE}/ag\u00e4in"], "in ASCII"),
        ([*OWN, "--reset", "ftp://127.0.0.1/x"], "must be a URL"),
        (["--target", HERE, "--site", SITE, "--reset", HERE], "--own-server"),
        (["--target", HERE, "--site", SITE, "--webhooks"], "left alone"),
        (["--target", HERE, "--site", SITE, "--reader-token", "HOME"], "Other tokens and sites"),
        (["--target", HERE, "--site", SITE, "--throttled-token", "HOME"], "Other tokens and sites"),
        (["--target", HERE, "--site", SITE, "--other-site", SITE, "dfa-3f1"], "Other tokens and sites"),
        ([*OWN, "--other-site", SITE.upper(), "dfa-3f1"], "--other-site needs the 24"),
        ([*OWN, "--other-site", SITE, "../x"], "one order there"),
        ([*OWN, "--other-webhook", "x"], "--other-webhook needs the 24"),
        ([*OWN, "--site-without-shop", "dfa-3f1"], "--site-without-shop needs the 24"),
        (["--receiver", f"{HERE}/hook"], "needs --secret"),
        (["--receiver", f"{HERE}/hook", "--secret", "NOT_THERE"], "no variable"),
        (["--receiver", "127.0.0.1/hook", "--secret", "HOME"], "must be a URL"),
        (["--receiver", HERE, "--secret", "HOME", "--applied", "/applied"], "must be a URL"),
        (["--receiver", HERE, "--secret", "HOME", "--target", HERE, "--site", SITE], "another run"),
        (["--secret", "HOME"], "see --receiver"),
        (["--applied", HERE], "see --receiver"),
        (["--reserve", "60"], "at least one request"),
        (["--reserve", "-1"], "no less than 0"),
        (["--target", "https://shop.example", "--site", SITE, "--per-minute", "61"], "at most 60"),
        (["--per-minute", "0"], "at least 1"),
        (["--max-examples", "0"], "at least 1"),
        (["--seed", "abc"], "--seed must be a whole number or random, not 'abc'."),
        (["--spec", "nowhere.yaml"], "no description"),
    ],
)
def test_a_usage_error_is_one_sentence_and_status_2(arguments, sentence, secret_token, capsys, tmp_path):
    assert main(["--report", str(tmp_path), *arguments]) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


@pytest.mark.parametrize(
    "host",
    [
        "api.webflow.com.", "api。webflow。com", "API.Webflow.COM", "api.webflow.com:443", "api.webflow.com:0443",
        "api%2ewebflow%2Ecom", "%61pi.webflow.com%2e", "ａｐｉ．webflow｡com", "api.ⓦebflow.com", "webflow.com.",
        "shop.WEBFLOW.io.", "webflow。io", "WEBFLOW.COM:8443",
    ],
)  # fmt: skip
def test_webflow_is_known_by_whatever_spelling(host, secret_token, capsys, tmp_path):
    given = [
        "--target",
        f"https://{host}",
        "--site",
        SITE,
        "--own-server",
        "--plan",
        "--report",
        str(tmp_path),
    ]
    assert main(given) == 2
    assert "real shops" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example@api.webflow.com", "https://api.webflow.com@shop.example", "https://@api.webflow.com",
        "https://shop.example\\@api.webflow.com", "https://shop.example\\.webflow.com", "https:\\\\api.webflow.com",
        "https://api.web\tflow.com", "https://api.webflow.com\n", " https://api.webflow.com", "https://api.web\xadflow.com",
        "https://api.webflow.com..", "https://api.webflow.com%00.shop.example", "https://shop.example%2f.webflow.com",
        "https://api.webflow.com%40shop.example", "https://shop.example:0", "https://shop.example:x", "https://[::1",
        "https://api.webflow.com%23.shop.example", "//api.webflow.com", "https:api.webflow.com",
        "https:///api.webflow.com",
    ],
)  # fmt: skip
@pytest.mark.parametrize("own", [True, False])
def test_an_address_that_can_be_read_in_two_ways_is_refused(url, own, secret_token, capsys, tmp_path):
    given = ["--target", url, "--site", SITE, *(["--own-server"] if own else []), "--plan"]
    assert main([*given, "--report", str(tmp_path)]) == 2
    assert "--target must be a" in capsys.readouterr().err


@pytest.mark.parametrize(
    "host", ["notwebflow.com", "webflow.com.example", "127.0.0.1:9", "[::1]:9", "LOCALHOST.:9"]
)
def test_a_server_that_is_none_of_theirs_is_ones_own(host, secret_token):
    scheme = "https" if "webflow" in host else "http"
    given = ["--target", f"{scheme}://{host}", "--site", SITE, "--own-server", "--plan"]
    assert settings_from(given).is_ours


@pytest.mark.parametrize(
    "line",
    [
        "--seed 7 --max-examples 3 --no-v1 --dialect documented --record --spec openapi.yaml",
        f"--target {HERE} --site {SITE} --own-server --reset {HERE}/reset --profile mock",
        f"--target {HERE} --site {SITE} --write a --refund b --refund-again b --invalid --reserve 3 --per-minute 9",
        f"--target {HERE} --site {SITE} --state 'a folder'",
        f"--target {HERE} --site {SITE} --write=-a --refund=--b --refund-again=--b",
        f"--target {HERE} --site {SITE} --own-server --reader-token HOME --throttled-token PATH --webhooks",
        f"--target {HERE} --site {SITE} --own-server --other-site {SITE} dfa-3f1 --no-webhooks",
        f"--receiver {HERE}/hook --secret HOME --applied {HERE}/applied",
    ],
)
def test_the_command_to_repeat_a_run_has_every_option(line, secret_token):
    given = settings_from(shlex.split(line))
    assert settings_from(shlex.split(given.command)[1:]) == given
    assert sorted(shlex.split(given.command)[1:]) == sorted(shlex.split(line))


@pytest.mark.parametrize("token", [None, "", "short", "has a space in it"])
def test_a_target_needs_a_token_of_the_environment(token, monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("WEBFLOW_TOKEN", raising=False)
    if token is not None:
        monkeypatch.setenv("WEBFLOW_TOKEN", token)
    assert main(["--report", str(tmp_path), "--target", HERE, "--site", SITE]) == 2
    assert "WEBFLOW_TOKEN" in capsys.readouterr().err


def test_a_token_is_no_argument(capsys):
    # It would stand in the shell's history, and in the list of processes.
    with pytest.raises(SystemExit) as stopped:
        main(["--token", "x"])
    assert stopped.value.code == 2


def test_a_report_that_can_not_be_written_is_a_plain_sentence(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["--report", str(tmp_path / "file" / "report")]) == 2
    assert "can not be written" in capsys.readouterr().err


def test_a_folder_that_takes_no_report_is_noticed_before_anything_is_sent(capsys, somebodys_server):
    # Whoever runs the tests may be root, who may write everywhere but there.
    nowhere = Path("/proc/self")
    if not nowhere.is_dir():
        pytest.skip("there is no folder that nobody may write to")
    given = ["--target", somebodys_server.url, "--site", somebodys_server.mock.site_id]
    assert main([*given, "--report", str(nowhere)]) == 2
    assert "The report can not be written to" in capsys.readouterr().err
    assert len(somebodys_server.mock.ledger) == 0


def test_a_random_seed_is_a_number_that_is_said_and_can_be_given_again(capsys, secret_token):
    settings = settings_from(["--seed", "random"])
    assert settings.seed is not None
    assert f"--seed {settings.seed} " in capsys.readouterr().err
    assert f"--seed {settings.seed}" in settings.command
