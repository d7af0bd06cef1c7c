"""Refusals, and the two bodies they are sent in.

v2: `{code, message, externalReference, details}`, v1: `{msg, code, name, path, err, problems?}`. The words
are those of the examples in openapi.yaml. Assumed, because nobody publishes them: the 405, and the 404 of an
unknown order, which says `resource_not_found` as every published 404 does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from webflow_orders_generated.schemas import Error, ErrorV1

from ..messages import InvalidAnswer

# status: name, sentence. Documented: the names that Webflow's SDKs of v1 read. 405 and 503 are assumed.
V1_WORDS: Mapping[int, tuple[str, str]] = {
    400: ("ValidationError", "Validation Failure"),
    401: ("Unauthorized", "Unauthorized"),
    404: ("NotFound", "Route not found"),
    405: ("MethodNotAllowed", "Method not allowed"),
    409: ("Conflict", "Conflict"),
    429: ("RateLimit", "Rate limit hit"),
}


@dataclass
class Refusal(Exception):
    """An answer that is not 2xx. `details` are pairs of a field and what is wrong with it."""

    status: int
    code: str
    message: str
    details: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, version: str, path: str) -> bytes:
        """The JSON for `version` ("v1" or "v2") of the API, checked against the spec.

        Raises InvalidAnswer.
        """
        shape = self._v1(path) if version == "v1" else self._v2()
        sent = json.dumps(shape, ensure_ascii=False).encode()
        try:
            (ErrorV1 if version == "v1" else Error).model_validate_json(sent, by_alias=True, by_name=False)
        except ValueError as error:
            raise InvalidAnswer(f"the body of a {self.status} breaks the spec: {error}") from error
        return sent

    def _v2(self) -> dict[str, object]:
        details = [{"field": name, "message": what} for name, what in self.details]
        return {"code": self.code, "message": self.message, "externalReference": None, "details": details}

    def _v1(self, path: str) -> dict[str, object]:
        name, sentence = V1_WORDS.get(self.status, ("ServerError", "Internal server error"))
        if self.code == "unsupported_version":
            name, sentence = "UnsupportedVersion", self.message
        body: dict[str, object] = {"msg": sentence, "code": self.status, "name": name}
        body |= {"path": path, "err": f"{name}: {sentence}"}
        if self.details:
            body["problems"] = [f"{field}: {what}" for field, what in self.details]
        return body


def invalid(*details: tuple[str, str]) -> Refusal:
    return Refusal(400, "validation_error", "Validation Error", details)


def malformed(field: str, what: str) -> Refusal:
    return Refusal(400, "bad_request", "Bad Request: Request is malformed", ((field, what),))


def unsupported_version(pattern: str) -> Refusal:
    details = (("Accept-Version", f"must match {pattern}"),)
    return Refusal(400, "unsupported_version", "The requested API version does not exist", details)


def not_authorized() -> Refusal:
    return Refusal(401, "not_authorized", "Request not authorized")


def missing_scope(scope: str) -> Refusal:
    return Refusal(403, "missing_scopes", f"OAuthForbidden: You are missing the following scopes - {scope}")


def not_found(what: str) -> Refusal:
    return Refusal(404, "resource_not_found", f"Requested resource not found: The {what} cannot be found")


def method_not_allowed(allow: str) -> Refusal:
    return Refusal(405, "method_not_allowed", "Method not allowed", headers={"Allow": allow})


def no_shop() -> Refusal:
    return Refusal(409, "ecommerce_not_enabled", "Ecommerce is not yet initialized")


def conflict(message: str) -> Refusal:
    return Refusal(409, "conflict", message)


def too_many_requests(retry_after: int) -> Refusal:
    return Refusal(429, "too_many_requests", "Too many requests", headers={"Retry-After": str(retry_after)})


def failed(status: int) -> Refusal:
    code = "service_unavailable" if status == 503 else "internal_error"
    return Refusal(status, code, "An Internal Error occurred")
