"""Does our mock answer in the shapes that were recorded? Each recorded kind of exchange is made with the mock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from ..description import Description, Operation
from ..gateway.recorder import line_of
from .recordings import Answers, Line, added_up

if TYPE_CHECKING:
    from webflow_orders_mock import MockWebflow

NOBODY = "000-000"


@dataclass(frozen=True)
class Difference:
    """`recorded` and `mock` say what is there; either may be nothing."""

    operation: str
    status: int
    pointer: str
    recorded: str
    mock: str


def differences(lines: Iterable[Line], description: Description) -> list[Difference]:
    found: list[Difference] = []
    for recorded in added_up(lines):
        answered = _answered(recorded, description)
        if answered is None:
            there = f"answered {recorded.count} times"
            found.append(Difference(recorded.operation, recorded.status, "", there, "never answers so"))
        else:
            found += _between(recorded, answered)
    return found


def _between(recorded: Answers, answered: Answers) -> list[Difference]:
    found = []
    for pointer in sorted(recorded.seen.keys() | answered.seen.keys()):
        here, there = _types(recorded, pointer), _types(answered, pointer)
        # A recording need not have seen everything; but what it has seen, the mock should be able to send.
        if (here and not here <= there) or (not here and _never_left_out(recorded, answered, pointer)):
            words = (" or ".join(sorted(types)) or "absent" for types in (here, there))
            found.append(Difference(recorded.operation, recorded.status, pointer, *words))
    parents = {each.pointer for each in found if "absent" in (each.recorded, each.mock)}
    return [each for each in found if not _inside(each.pointer, parents)]


def _never_left_out(recorded: Answers, answered: Answers, pointer: str) -> bool:
    """Whether the mock always sends it, where the recording has the object around it and never this."""
    parent = pointer.rpartition("/")[0]
    always = answered.times(pointer) == answered.times(parent, "object")
    return bool(pointer) and always and recorded.times(parent, "object") > 0


def _inside(pointer: str, parents: set[str]) -> bool:
    return any(pointer.startswith(f"{parent}/") for parent in parents if parent)


def _types(answers: Answers, pointer: str) -> set[str]:
    types = answers.seen.get(pointer, {"types": {}})["types"]
    # Whether a text is empty is chance; whether it is a date is not.
    return {name if name == "string:date-time" else name.split(":")[0] for name in types}


def _answered(recorded: Answers, description: Description) -> Answers | None:
    """What a fresh mock answers to the same operation with the same status; None if it can not be brought to."""
    from webflow_orders_mock import MockWebflow

    made = Answers(recorded.operation, recorded.status)
    for dialect in ("observed", "documented"):
        mock = MockWebflow(dialect=dialect)
        with httpx.Client(transport=mock.transport(), base_url="https://mock.invalid") as client:
            for answer in _asked(mock, client, recorded, description):
                asked = (answer.request.method, str(answer.request.url), answer.status_code)
                told = (list(answer.headers), answer.headers.get("content-type", ""), answer.content)
                line = line_of(description, *asked, *told)
                if line is not None and line["status"] == recorded.status:
                    made.add(line)
    return made if made.count else None


def _asked(
    mock: MockWebflow, client: httpx.Client, recorded: Answers, description: Description
) -> list[httpx.Response]:
    if recorded.status == 429:
        mock.faults.rate_limit()
    elif recorded.status >= 500:
        mock.faults.outage(status=recorded.status)
    token = "nobody" if recorded.status == 401 else mock.token
    if recorded.status == 403:
        token = "no-scope"
        mock.add_token(token, scopes=[], sites=[mock.site_id])
    client.headers["Authorization"] = f"Bearer {token}"
    operation = description.named(recorded.operation)
    if operation is None or operation.is_about_webhooks:
        return []  # A fresh mock has no webhook to be asked about.
    no_shop = recorded.status == 409 and operation.is_list
    site = mock.site_id_without_shop if no_shop else mock.site_id
    if operation.is_list:
        query = {"limit": "0"} if recorded.status == 400 else {}
        return [client.get(operation.path.format(site_id=site), params=query)]
    there = [order for owner, order in mock.orders if owner == site]
    orders = [NOBODY] if recorded.status == 404 else there
    return [_one(client, operation, site, order, recorded.status == 400) for order in orders]


def _one(client: httpx.Client, operation: Operation, site: str, order: str, wrong: bool) -> httpx.Response:
    if operation.method == "GET":
        return client.get(operation.path.format(site_id=site, order_id="%20" if wrong else order))
    sent = {"comment": 7 if wrong else "replayed"} if operation.id == "update-order" else [] if wrong else {}
    path = operation.path.format(site_id=site, order_id=order)
    return client.request(operation.method, path, json=sent)


def render(found: list[Difference]) -> str:
    lines = [
        f"{each.operation}, {each.status}{' ' + each.pointer if each.pointer else ''}: "
        f"recorded {each.recorded}; the mock {each.mock}"
        for each in found
    ]
    count = f"{len(found)} differences between the recording and the mock."
    return "\n".join([*lines, "", count if found else "The mock answers in the shapes that were recorded."])
