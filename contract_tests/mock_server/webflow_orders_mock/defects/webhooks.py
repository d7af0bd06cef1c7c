"""Webhooks that are made wrongly, shown to whom they should not be, or never go."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from ..messages import Response
from ..webhooks.registry import NEW_ORDER, ORDER_TRIGGERS
from .tools import Context, Json, Mutation, Row, answering, asking, changing_body, with_body

BY_ID = ("get-webhook", "delete-webhook")


def _each_webhook(change: Callable[[Json], Json], *operations: str) -> Mutation:
    def changed(body: Json) -> Json:
        return {**body, "webhooks": [*map(change, body["webhooks"])]} if "webhooks" in body else change(body)

    return lambda context: answering(
        lambda _, answer: with_body(answer, changed(json.loads(answer.body))),
        *operations,
        status=201 if context.operation == "create-webhook" else 200,
    )(context)


def _made(change: Callable[[Json], Json]) -> Mutation:
    return changing_body(change, "create-webhook", status=201)


def _sent(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Mutation:
    """Another webhook is made than was asked for."""

    def asked(context: Context) -> Json:
        try:
            sent = json.loads(context.request.body)
        except ValueError:
            return {}
        changed = change(sent) if isinstance(sent, dict) else sent
        return {"body": json.dumps(changed).encode()} if changed != sent else {}

    return asking(asked, "create-webhook")


def _told_as_asked(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Mutation:
    """Another webhook is made than was asked for, and the answer does not say so."""
    spoiled = _sent(change)

    def mutation(context: Context) -> Response:
        answer = spoiled(context)
        if context.operation != "create-webhook" or answer.status != 201:
            return answer
        sent = json.loads(context.request.body)
        return with_body(
            answer, {**json.loads(answer.body), **{key: sent[key] for key in ("triggerType", "url")}}
        )

    return mutation


def _secret_again(context: Context, answer: Response) -> Response:
    webhook = context.account.webhooks.get(context.ids["webhook_id"])
    return with_body(answer, {**json.loads(answer.body), "secretKey": webhook.secret}) if webhook else answer


def _still_there(*shown_by: str) -> Mutation:
    """What is removed is still shown by these."""

    def mutation(context: Context) -> Response:
        gone = context.memory.setdefault("gone", {})
        key = context.ids.get("webhook_id")
        before = context.answer(method="GET") if context.operation == "delete-webhook" else None
        answer = context.answer()
        if before is not None and answer.status == 204:
            gone[key] = json.loads(before.body)
        elif context.operation in shown_by and key in gone and answer.status == 404:
            return dataclasses.replace(with_body(answer, gone[key]), status=200)
        elif context.operation in shown_by and "webhook_id" not in context.ids and answer.status == 200:
            page = json.loads(answer.body)
            mine = [each for each in gone.values() if each["siteId"] == context.ids["site_id"]]
            return with_body(answer, {**page, "webhooks": page["webhooks"] + mine})
        return answer

    return mutation


def _not_removed(context: Context) -> Response:
    if context.operation != "delete-webhook":
        return context.answer()
    found = context.answer(method="GET")
    headers = {name: value for name, value in found.headers.items() if name != "Content-Type"}
    return Response(204, headers, b"") if found.status == 200 else context.answer()


def _twice(context: Context) -> Response:
    answer = context.answer()
    if context.operation == "create-webhook" and answer.status == 201:
        context.answer()
    return answer


def _same_again(context: Context) -> Response:
    """Who asks for the same again is given the one that is there."""
    answer = context.answer()
    if context.operation != "create-webhook" or answer.status != 201:
        return answer
    made = json.loads(answer.body)
    like = (made["siteId"], made["triggerType"], made["url"])
    known = context.memory.setdefault(like, answer)
    there = json.loads(known.body)["id"]
    if there == made["id"] or context.account.webhooks.get(there) is None:
        context.memory[like] = answer
        return answer
    context.account.webhooks.delete(made["id"])
    return with_body(answer, json.loads(known.body))


def _limit_is_not_held(context: Context, answer: Response) -> Response:
    """The oldest makes room."""
    sent = json.loads(context.request.body)
    registry = context.account.webhooks
    registry.delete(registry.of_site(context.ids["site_id"], sent["triggerType"])[0].webhook_id)
    return context.answer()


def _any_site(context: Context, answer: Response) -> Response:
    return context.as_if(context.account.token_of_another)


def _all_sites(context: Context, answer: Response) -> Response:
    """The list has the webhooks of every site, in the name of the one that was asked for."""
    page, site = json.loads(answer.body), context.ids["site_id"]
    for other in context.account.store.sites:
        if other != site:
            for each in context.account.webhooks.of_site(other):
                shown = {**page["webhooks"][0], "id": each.webhook_id} if page["webhooks"] else None
                page["webhooks"] += [shown] if shown else []
    return with_body(answer, page)


def _body_of_a_removal(context: Context, answer: Response) -> Response:
    headers = {**answer.headers, "Content-Type": "application/json"}
    return dataclasses.replace(answer, status=200, headers=headers, body=b'{"deleted":1}')


def _unknown_is_204(context: Context, answer: Response) -> Response:
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Type"}
    return dataclasses.replace(answer, status=204, headers=headers, body=b"")


def _scope(context: Context, answer: Response) -> Response:
    return context.as_if(context.account.token)


def _first(context: Context, answer: Response) -> Response:
    page = json.loads(answer.body)
    return with_body(answer, {**page, "webhooks": page["webhooks"][:10]})


SHORT = "https://example.com"

# fmt: off
TABLE: tuple[Row, ...] = (
    ("secret-is-shown-again", "rule", "A single webhook shows its secret.", answering(_secret_again, "get-webhook")),
    ("secret-is-one-for-all", "model", "Each webhook has the same secret.",
     _made(lambda hook: {**hook, "secretKey": "0f" * 32})),
    ("secret-is-never-shown", "model", "The answer that tells of a new webhook lacks its secret.",
     _made(lambda hook: {key: value for key, value in hook.items() if key != "secretKey"})),
    ("removed-webhook-is-listed", "model", "A webhook that was removed is still listed.",
     _still_there("list-webhooks")),
    ("removed-webhook-is-shown", "schemathesis", "A webhook that was removed can still be read.",
     _still_there("get-webhook")),
    ("webhook-is-not-removed", "schemathesis", "A removal answers 204, and removes nothing.", _not_removed),
    ("removal-has-a-body", "schemathesis", "A removal answers 200, with a body.",
     answering(_body_of_a_removal, "delete-webhook", status=204)),
    ("removal-of-nothing", "model", "The removal of a webhook that is not there answers 204.",
     answering(_unknown_is_204, "delete-webhook", status=404)),
    ("webhook-of-another-url", "rule", "The answer tells another address than was asked for.",
     _made(lambda hook: {**hook, "url": hook["url"] + "/"})),
    ("webhook-is-made-elsewhere", "drive", "The path of the address is lost, and the answer does not say so.",
     _told_as_asked(lambda sent: {**sent, "url": "/".join(str(sent.get("url")).split("/")[:3])})),
    ("trigger-is-another", "drive", "Each webhook is made for new orders, and the answer does not say so.",
     _told_as_asked(lambda sent: {**sent, "triggerType": "ecomm_new_order"} if sent.get("triggerType") ==
                    "ecomm_order_changed" else sent)),
    ("trigger-is-dropped", "schemathesis", "A webhook does not say what it is about.",
     _each_webhook(lambda hook: {key: value for key, value in hook.items() if key != "triggerType"},
                   "get-webhook", "create-webhook")),
    ("webhook-is-made-twice", "drive", "One request makes two webhooks.", _twice),
    ("same-webhook-again", "model", "Who registers the same twice has one webhook.", _same_again),
    ("webhook-is-200", "schemathesis", "A new webhook is answered with 200.",
     answering(lambda _, answer: dataclasses.replace(answer, status=200), "create-webhook", status=201)),
    ("webhooks-without-limit", "model", "The 76th webhook of a trigger pushes the first out.",
     answering(_limit_is_not_held, "create-webhook", status=409)),
    ("webhooks-end-at-ten", "model", "The list has ten webhooks at the most.", answering(_first, "list-webhooks")),
    ("webhook-of-another-site", "model", "A webhook of a site that the token may not see is shown, and removed.",
     answering(_any_site, *BY_ID, status=404)),
    ("webhooks-of-all-sites", "model", "The list has the webhooks of other sites as well.",
     answering(_all_sites, "list-webhooks")),
    ("webhooks-need-no-scope", "model", "A token for orders may make webhooks.",
     answering(_scope, "create-webhook", status=403)),
    ("webhook-url-is-anything", "schemathesis", "The address of a webhook may be anything.",
     _sent(lambda sent: sent if str(sent.get("url")).startswith("http") else {**sent, "url": SHORT})),
    ("webhook-trigger-is-anything", "schemathesis", "A webhook may be about anything.",
     _sent(lambda sent: sent if sent.get("triggerType") in ORDER_TRIGGERS else {**sent, "triggerType": NEW_ORDER})),
)
