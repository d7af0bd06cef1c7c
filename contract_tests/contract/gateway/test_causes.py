"""Is one cause one failure, told first, and shown by lines that work when they are pasted into a shell?"""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import subprocess
from xml.etree import ElementTree

import pytest
from webflow_orders_contract.gateway.curl import curl
from webflow_orders_contract.gateway.exchange import Failure, Request, Server
from webflow_orders_contract.report.causes import causes
from webflow_orders_mock import MockServer, MockWebflow, Request as Asked, Response

from contract_tests.contract.conftest import TOKEN

DATE = '"2025-03-29T21:29:21+0000" is not a "date-time"'
LATER = '"2026-11-02T01:09:00+0000" is not a "date-time"'


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("schema", f"/orders/0/acceptedOn: {DATE}"), ("schema", f"/3/acceptedOn: {LATER}"), True),
        (("schema", f"/acceptedOn: {DATE}"), ("schema", f"/refundedOn: {DATE}"), True),
        (("schema", f"/acceptedOn: {DATE}"), ("schema", '/acceptedOn: "soon" is not a "date-time"'), False),
        (("schema", '/a: 7 is not of type "string"'), ("schema", '/b: 7 is not of type "string"'), False),
        (("schema", "/items/0/a: 1 is odd"), ("schema", "/orders/7/items/12/a: 33 is odd"), True),
        (("sums_add_up", "order a-1: total is 7"), ("sums_add_up", "order b-2: total is 12"), True),
        (("sums_add_up", "order a-1: total is 7"), ("page_adds_up", "order a-1: total is 7"), False),
    ],
)
def test_a_cause_is_the_check_the_pointer_and_the_shape_of_the_value(one, other, same):
    found = causes([Failure("get-order", *one), Failure("list-orders", *other, times=4)], None)
    assert len(found) == (1 if same else 2)
    if same:
        assert dict(found[0].where) == {"get-order": 1, "list-orders": 4}
        assert found[0].places.startswith("list-orders (4 times), get-order")


def test_the_way_with_the_fewest_requests_is_shown_from_a_fresh_start_if_there_was_a_write():
    long = Failure("a", "check", "no", ["curl -X POST /x", "curl -X POST /y", "curl /z"])
    short = Failure("b", "check", "no", ["curl -X POST /x", "curl /z"])
    for reset in ("http://here/reset", "http://here/reset?of='it'&all=1"):
        (cause,) = causes([long, short], reset)
        first, *others = cause.curl
        assert shlex.split(first) == ["curl", "-sS", "-X", "POST", reset], "as a shell reads it"
        assert others == short.curl
    assert "start over" in cause.about
    (cause,) = causes([Failure("a", "check", "no", ["curl /z"])], "http://here/reset")
    assert cause.curl == ["curl /z"]


class Wrong(MockWebflow):
    """Its zones have no colon, and what is unfulfilled stays fulfilled."""

    def handle(self, request: Asked) -> Response:
        answer = super().handle(request)
        if answer.status != 200 or request.path.startswith("/_mock"):
            return answer
        body = answer.body.replace(b'Z"', b'+0000"')
        if request.path.endswith("/unfulfill"):
            body = json.dumps(json.loads(body) | {"status": "fulfilled"}).encode()
        return dataclasses.replace(answer, body=body)


@pytest.mark.parametrize(
    "change", [str, lambda it: it[:-1], str.swapcase, lambda it: f"{it}x", lambda it: f"{it}-x"]
)
def test_what_is_nearly_the_token_tells_it_to_nobody_and_can_be_pasted(change):
    """The run sends such things, to see whether they are taken for it."""
    server = Server(base_url="http://127.0.0.1", site="a", token=TOKEN)
    sent = change(TOKEN)
    line = curl(Request("GET", "http://127.0.0.1/", [("Authorization", f"Bearer {sent}")]), server.secrets)
    assert TOKEN[:-1].casefold() not in line.casefold()
    echo = line.replace("curl -sS -i -H", "printf %s", 1).removesuffix(" http://127.0.0.1/")
    said = subprocess.run(
        ["sh", "-c", echo], env={**os.environ, "WEBFLOW_TOKEN": TOKEN}, capture_output=True, text=True
    )
    assert said.stdout == f"Authorization: Bearer {sent}"


def test_what_is_told_of_a_wrong_server_can_be_pasted(run, secret_token):
    with MockServer(Wrong(token=secret_token)) as server:
        reset = f"{server.url}/_mock/reset"
        target = ("--target", server.url, "--site", server.mock.site_id, "--own-server", "--reset", reset)
        result = run(*target, "--max-examples", "1")
        assert result.status == 1
        told = {
            each["what"]: each for each in json.loads((result.report / "summary.json").read_text())["causes"]
        }
        all_causes = json.loads((result.report / "summary.json").read_text())["causes"]
        dates = [each for each in all_causes if each["what"] == "schema"]
        assert len(dates) == 1, "one cause, whichever operation and field"
        assert len(dates[0]["where"]) > 5
        effect = told["action_has_its_effect"]
        for cause, seen in ((dates[0], '+0000"'), (effect, '"status": "fulfilled"')):
            environment = {**os.environ, "WEBFLOW_TOKEN": TOKEN, "NO_PROXY": "*"}
            done = subprocess.run(
                ["sh", "-ec", "\n".join(cause["curl"])],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            assert "HTTP/1.1 200" in done.stdout
            assert seen in done.stdout
        assert effect["curl"][0] == f"curl -sS -X POST {reset}"
    cases = {
        (case.get("classname"), case.get("name")): case
        for case in ElementTree.parse(result.report / "junit.xml").iter("testcase")
    }
    failures = [failure for case in cases.values() for failure in case.iter("failure")]
    assert len(failures) == len(all_causes), "one cause is one failure here as well"
    first, *others = dates[0]["where"]
    assert "curl " in (cases[first, "schema"].find("failure").text or "")
    assert all(f"see {first}" in cases[where, "schema"].find("skipped").get("message") for where in others)
    lines = result.out.splitlines()
    at = next(number for number, line in enumerate(lines) if 'is not a "date-time"' in line)
    assert lines[at + 1].strip().startswith("schema in "), "the cause comes first"


@pytest.mark.parametrize(
    ("url", "headers", "body"),
    [
        ("/v2/[x]/{y,z}/../a?b=[1-3]", [], b""),
        ("/x", [("Content-Type", "application/json")], b'{"a": "\0 \xff \' $HOME"}'),
        ("/x", [("Content-Type", "application/json")], b"x" * 300_000),
        ("/x", [("X-Latin", "caf\xe9"), ("X-Quote", 'a "$b" `c`')], b"\xff\xfe"),
        ("/x", [("X-Percent", "100% \\n \xe9\x80'")], b'{"a": "two\nlines"}\n'),
        (f"/x?access_token={TOKEN}", [("X-Token", f"{TOKEN} $HOME")], TOKEN.encode()),
    ],
)  # fmt: skip
def test_whatever_was_sent_is_sent_again_by_the_line(url, headers, body):
    seen: list[Asked] = []

    class Listening(MockWebflow):
        def handle(self, request: Asked) -> Response:
            seen.append(request)
            return Response(200, {}, b"")

    with MockServer(Listening()) as server:
        line = curl(Request("POST", server.url + url, headers, body), {TOKEN: "$WEBFLOW_TOKEN"})
        assert TOKEN not in line
        environment = {**os.environ, "WEBFLOW_TOKEN": TOKEN, "NO_PROXY": "*"}
        for shell in ("sh", "bash"):
            subprocess.run([shell, "-ec", line], env=environment, capture_output=True, check=True)
    assert len(seen) == 2
    for asked in seen:
        assert asked.body == body
        assert asked.path + ("?" + asked.query if asked.query else "") == url
        assert [(name, asked.headers.get(name.lower())) for name, _ in headers] == headers
        assert ("content-type" in asked.headers) == any(name == "Content-Type" for name, _ in headers)
