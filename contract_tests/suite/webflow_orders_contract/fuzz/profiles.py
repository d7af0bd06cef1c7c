"""The two ways to run Schemathesis, as the configuration file each run writes and keeps beside its report.

`mock` fires at will, also at a server of one's own. The three `live` profiles are for somebody's shop; in all of them
Schemathesis only reads, with valid questions unless the operator allows others, slowly. The writes of `live-write`
and `live-refund` are none of its business.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..description import Operation
from ..gateway.proxy import Gateway

# Two runs must send the same requests, so nothing is remembered from the last one and nothing runs at once.
# The token is named here, never written: Schemathesis reads it from the environment. What the gateway says of every
# answer is not said a second time, and an operation that has failed is asked on. A proxy before a server refuses NUL
# in an address, as it does TRACE, in words of its own; in texts the model sends NUL.
COMMON = """\
base-url = {base_url}
hooks = "webflow_orders_contract.fuzz.hooks"
workers = 1
request-timeout = {timeout}
continue-on-failure = true
headers = {{ Authorization = "Bearer ${{WEBFLOW_TOKEN}}" }}
{seed}
[cache]
enabled = false

[analysis.constants]
enabled = false

[generation]
deterministic = true
database = "none"
max-examples = {max_examples}
allow-x00 = false
{generation}
[dictionaries]
sites = {{ values = {sites} }}
orders = {{ values = {orders} }}

[checks]
not_a_server_error = {{ enabled = false }}
status_code_conformance = {{ enabled = false }}
content_type_conformance = {{ enabled = false }}
response_headers_conformance = {{ enabled = false }}
response_schema_conformance = {{ enabled = false }}

[reports]
directory = {report}
har = {{ enabled = true, path = {har} }}
html = {{ enabled = true, path = {html} }}

"""

# Known ids most of the time, or nearly every answer would be a 404; and still some that nobody knows. The description
# has its links; whoever looks for more of them in the answers breaks down at a text such as "http://[".
MOCK = """\
[parameters]
"path.site_id" = { dictionary = "sites", probability = 0.9 }
"path.order_id" = { dictionary = "orders", probability = 0.8 }

[phases.coverage]
unexpected-methods = ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"]

[phases.stateful.inference]
algorithms = ["dependency-analysis"]
"""

# Every line is needed: the mode is ignored at the top level, coverage sends other methods by itself, every order
# it hears of becomes one more question, and a redirect would carry the token elsewhere. The gateway keeps the pace.
LIVE = """\
max-redirects = 0
request-retries = 0
"""
LIVE_GENERATION = "with-security-parameters = false\n"
LIVE_PHASES = """\
[parameters]
"path.site_id" = {site}
"header.Accept-Version" = "1.0.0"
"path.order_id" = {{ dictionary = "orders", probability = 1.0 }}

[checks.ignored_auth]
enabled = false

[phases.examples]
extra-data-sources = {{ responses = false }}

[phases.examples.generation]
mode = "positive"

[phases.coverage]
unexpected-methods = []
generate-duplicate-query-parameters = false

[phases.coverage.generation]
mode = {mode}

[phases.fuzzing.generation]
mode = {mode}

[phases.stateful]
enabled = false

[[operations]]
exclude-method = "GET"
enabled = false
"""
WITHOUT = """
[[operations]]
include-tag = "{}"
enabled = false
"""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What Schemathesis is to do. `orders` are ids that the server knows."""

    orders: Sequence[str]
    operations: Sequence[Operation]
    report: Path
    seed: int | None
    max_examples: int
    invalid: bool = False


def mock(aim: Aim, gateway: Gateway) -> str:
    return _common(aim, gateway) + MOCK + _left_out(aim)


def live(aim: Aim, gateway: Gateway) -> str:
    mode = _toml("all" if aim.invalid else "positive")
    phases = LIVE_PHASES.format(site=_toml(gateway.server.site), mode=mode)
    return LIVE + _common(aim, gateway, LIVE_GENERATION) + phases + _left_out(aim)


def _left_out(aim: Aim) -> str:
    """Tags that none of the operations has."""
    chosen = {each.tag for each in aim.operations}
    return "".join(WITHOUT.format(tag) for tag in ("orders_v1", "webhooks") if tag not in chosen)


def _common(aim: Aim, gateway: Gateway, generation: str = "") -> str:
    return COMMON.format(
        base_url=_toml(gateway.url),
        timeout=int(gateway.patience),
        seed="" if aim.seed is None else f"seed = {aim.seed}\n",
        max_examples=aim.max_examples,
        generation=generation,
        sites=_toml([gateway.server.site]),
        orders=_toml(list(aim.orders)),
        report=_toml(str(aim.report)),
        har=_toml(str(aim.report / "requests.har")),
        html=_toml(str(aim.report / "schemathesis")),
    )


def _toml(value: object) -> str:
    # A JSON string is a TOML string, and a list of them a TOML array.
    return json.dumps(value)
