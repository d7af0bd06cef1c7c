"""Webhooks that are made wrongly, shown to whom they should not be, or never go."""

from __future__ import annotations

import dataclasses
import json

from ..messages import Response
from ..webhooks.registry import NEW_ORDER, ORDER_TRIGGERS
from .tools import Change, Context, Mutation, Row, answering, changing_body, drop, sending, with_body


def _made(change: Change) -> Mutation:
    return changing_body(change, "create-webhook", status=201)


def _told_as_asked(change: Change) -> Mutation:
    """Another webhook is made than was asked for, and the answer does not say so."""
    spoiled = sending(change, "create-webhook")

    def mutation(context: Context) -> Response:
        answer = spoiled(context)
        if context.operation != "create-webhook" or answer.status != 201:
            return answer
        sent, told = json.loads(context.request.body), json.loads(answer.body)
        return with_body(answer, {**told, **{key: sent[key] for key in ("triggerType", "url")}})

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
    return _as_removed(context, found) if found.status == 200 else context.answer()


def _as_removed(context: Context, answer: Response) -> Response:
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Type"}
    return Response(204, headers, b"")


def _twice(context: Context, answer: Response) -> Response:
    context.answer()
    return answer


def _same_again(context: Context, answer: Response) -> Response:
    """Who asks for the same again is given the one that is there."""
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
    return Response(200, answer.headers | {"Content-Type": "application/json"}, b'{"deleted":1}')


# fmt: off
TABLE: tuple[Row, ...] = (
    ("secret-is-shown-again", "rule", "A single webhook shows its secret.", answering(_secret_again, "get-webhook")),
    ("secret-is-one-for-all", "model", "Each webhook has the same secret.",
     _made(lambda hook: {**hook, "secretKey": "0f" * 32})),
    ("secret-is-never-shown", "model", "The answer that tells of a new webhook lacks its secret.",
     _made(drop("secretKey"))),
    ("removed-webhook-is-listed", "model", "A webhook that was removed is still listed.",
     _still_there("list-webhooks")),
    ("removed-webhook-is-shown", "schemathesis", "A webhook that was removed can still be read.",
     _still_there("get-webhook")),
    ("webhook-is-not-removed", "schemathesis", "A removal answers 204, and removes nothing.", _not_removed),
    ("removal-has-a-body", "schemathesis", "A removal answers 200, with a body.",
     answering(_body_of_a_removal, "delete-webhook", status=204)),
    ("removal-of-nothing", "model", "The removal of a webhook that is not there answers 204.",
     answering(_as_removed, "delete-webhook", status=404)),
    ("webhook-of-another-url", "rule", "The answer tells another address than was asked for.",
     _made(lambda hook: {**hook, "url": hook["url"] + "/"})),
    ("webhook-is-made-elsewhere", "drive", "The path of the address is lost, and the answer does not say so.",
     _told_as_asked(lambda sent: {**sent, "url": "/".join(str(sent.get("url")).split("/")[:3])})),
    ("trigger-is-another", "drive", "Each webhook is made for new orders, and the answer does not say so.",
     _told_as_asked(lambda sent: {**sent, "triggerType": "ecomm_new_order"} if sent.get("triggerType") ==
                    "ecomm_order_changed" else sent)),
    ("trigger-is-dropped", "schemathesis", "A webhook does not say what it is about.",
     lambda context: changing_body(drop("triggerType"), "get-webhook", "create-webhook",
                                   status=201 if context.operation == "create-webhook" else 200)(context)),
    ("webhook-is-made-twice", "drive", "One request makes two webhooks.",
     answering(_twice, "create-webhook", status=201)),
    ("same-webhook-again", "model", "Who registers the same twice has one webhook.",
     answering(_same_again, "create-webhook", status=201)),
    ("webhook-is-200", "schemathesis", "A new webhook is answered with 200.",
     answering(lambda _, answer: dataclasses.replace(answer, status=200), "create-webhook", status=201)),
    ("webhooks-without-limit", "model", "The 76th webhook of a trigger pushes the first out.",
     answering(_limit_is_not_held, "create-webhook", status=409)),
    ("webhooks-end-at-ten", "model", "The list has ten webhooks at the most.",
     changing_body(lambda page: {**page, "webhooks": page["webhooks"][:10]}, "list-webhooks")),
    ("webhook-of-another-site", "model", "A webhook of a site that the token may not see is shown, and removed.",
     answering(lambda context, _: context.as_if(context.account.token_of_another),
               "get-webhook", "delete-webhook", status=404)),
    ("webhooks-of-all-sites", "model", "The list has the webhooks of other sites as well.",
     answering(_all_sites, "list-webhooks")),
    ("webhooks-need-no-scope", "model", "A token for orders may make webhooks.",
     answering(lambda context, _: context.as_if(context.account.token), "create-webhook", status=403)),
    ("webhook-url-is-anything", "schemathesis", "The address of a webhook may be anything.",
     sending(lambda sent: sent if str(sent.get("url")).startswith("http") else {
         **sent, "url": "https://example.com"}, "create-webhook")),
    ("webhook-trigger-is-anything", "schemathesis", "A webhook may be about anything.",
     sending(lambda sent: sent if sent.get("triggerType") in ORDER_TRIGGERS else {
         **sent, "triggerType": NEW_ORDER}, "create-webhook")),
)
