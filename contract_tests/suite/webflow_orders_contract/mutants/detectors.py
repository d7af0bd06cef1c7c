"""The parts of the contract run, each let loose on a mock of its own until something is noticed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from webflow_orders_mock import MockServer, MockWebflow, Request, Response

from .. import description
from ..drive.driver import KINDS, Driver
from ..drive.scenario import ALL, LIFE, READING
from ..fuzz import engine, profiles
from ..fuzz.orders import known_orders
from ..gateway.budget import BudgetMemory
from ..gateway.exchange import Failure, Server
from ..gateway.memory import OrderMemory
from ..gateway.proxy import Gateway
from ..gateway.validator import Validator
from ..model import runner, webhooks
from ..model.access import Access
from ..model.checker import ModelChecker
from ..model.learned import LearnedChecker
from ..model.machine import AnyServersMachine, OrdersMachine
from ..model.runner import ModelResult
from ..model.state import READ, WRITE
from ..settings import Settings, UsageError
from ..webhooks import rounds

FIRST_FAILURE = "max-failures = 1\n"
# Without the two phases that take nine tenths of the time.
QUICK = "\n[phases.fuzzing]\nenabled = false\n\n[phases.stateful]\nenabled = false\n"


# What whoever has the mock could tell a stranger's run.
READER_TOKEN, WRITER_TOKEN, THROTTLED_TOKEN = (
    "reader-of-the-bench",
    "writer-of-the-bench",
    "throttled-at-the-bench",
)
THEIR_ORDER = "0ff-ed5"


class CountingMock(MockWebflow):
    """A mock that knows how often it was asked, whatever it was told to forget in between.

    It has an order and a webhook in another site, tokens that may only read or only write, and one that is allowed
    few requests.
    """

    asked = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        mine = [self.site_id, self.site_id_without_shop]
        self.add_token(READER_TOKEN, scopes=[READ], sites=mine)
        self.add_token(WRITER_TOKEN, scopes=[WRITE], sites=mine)
        self.add_token(THROTTLED_TOKEN, sites=mine, plan="enterprise:5")

    def reset(self) -> None:
        super().reset()
        order = {"orderId": THEIR_ORDER, "status": "unfulfilled", "metadata": {}, "purchasedItems": []}
        self.seed(self.site_id_of_another, order)
        self.webhooks.create(self.site_id_of_another, "ecomm_new_order", "https://example.com/theirs")

    def handle(self, request: Request) -> Response:
        self.asked += not request.path.startswith("/_mock")
        return super().handle(request)


@dataclass(frozen=True)
class Detection:
    """What was noticed, by which checks of which part. No part: nothing was."""

    part: str = ""
    checks: tuple[str, ...] = ()
    message: str = ""


NOTHING = Detection()


@dataclass(frozen=True)
class Bench:
    """A way to a server under test that judges every answer, and what is known of who may do what there."""

    gateway: Gateway
    validator: Validator
    seed: int | None = None
    scratch: Path = field(default_factory=Path)
    access: Access = field(default_factory=Access)
    # How often the server was asked.
    asked: Callable[[], int] = lambda: 0
    # Whether webhooks may be made; if not, the parts leave them alone, as a run does with --no-webhooks.
    webhooks: bool = True


@contextmanager
def bench(
    defect: str | None = None,
    seed: int | None = None,
    mock: CountingMock | None = None,
    *,
    starts_over: bool = True,
) -> Iterator[Bench]:
    """A mock with this one defect, a healthy one, or the one that is given, served for as long as the block lasts."""
    mock = mock or CountingMock(defect=defect)
    with MockServer(mock) as served:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        server = Server(base_url=served.url, site=mock.site_id, token=mock.token)
        reset = served.url + "/_mock/reset" if starts_over else None
        with bench_of(server, reset, access_to(mock), seed, lambda: mock.asked) as at:
            yield replace(at, webhooks=starts_over)


def access_to(mock: CountingMock) -> Access:
    """What whoever has the mock would tell of it."""
    return Access(
        reader_token=READER_TOKEN,
        writer_token=WRITER_TOKEN,
        other_token=mock.token_of_another,
        throttled_token=THROTTLED_TOKEN,
        other_site=(mock.site_id_of_another, THEIR_ORDER),
        other_webhook=mock.webhooks.of_site(mock.site_id_of_another)[0].webhook_id,
        site_without_shop=mock.site_id_without_shop,
        webhooks=True,
        sleep=mock.forward,
    )


@contextmanager
def bench_of(
    server: Server, reset: str | None, access: Access, seed: int | None, asked: Callable[[], int]
) -> Iterator[Bench]:
    """The same for any server."""
    validator = Validator(description.read(), stop_at_first=True)
    memories = [each(description.read(), validator) for each in (BudgetMemory, OrderMemory)]
    with (
        TemporaryDirectory() as scratch,
        Gateway(server, reset=reset, watchers=[validator, *memories]) as gateway,
    ):
        yield Bench(gateway, validator, seed, Path(scratch), access, asked)


def by_schemathesis(at: Bench, ending: str = "") -> Detection:
    """All phases, to the first failure."""
    known = description.read()
    try:
        orders = known_orders(at.gateway)
        aim = profiles.Aim(
            orders=orders,
            operations=[each for each in known.operations if at.webhooks or not each.is_about_webhooks],
            report=at.scratch,
            seed=at.seed,
            max_examples=Settings.max_examples,
        )
        config = profiles.mock(aim, at.gateway).replace("{ enabled = true", "{ enabled = false")
        tally = engine.run(
            at.gateway, known, aim.operations, FIRST_FAILURE + config + ending, at.scratch, quiet=True
        )
    except UsageError as error:
        return _found(at) or Detection("schemathesis", ("error",), str(error))
    return _found(at) or _found(at, "schemathesis", tally.failures) or NOTHING


def by_coverage(at: Bench) -> Detection:
    """The examples of the spec and the edges of every parameter, to the first failure."""
    return by_schemathesis(at, QUICK)


def _found(at: Bench, part: str = "rule", found: Sequence[Failure] | None = None) -> Detection | None:
    """What a part has found, or what the validator saw while one was at work."""
    found = at.validator.failures if found is None else found
    checks = tuple(dict.fromkeys(each.what for each in found))
    return Detection(part, checks, f"{found[0].where}: {found[0].message}") if found else None


def _modelled(at: Bench, result: ModelResult) -> Detection:
    if result.failure is not None:
        return Detection("model", ("model",), result.failure.message)
    return _found(at) or NOTHING


def by_model(at: Bench) -> Detection:
    found = _by_model(at, ModelChecker(at.gateway), OrdersMachine)
    return found if found != NOTHING else by_model_of_webhooks(at, mock=True)


def by_model_of_webhooks(at: Bench, *, mock: bool = False) -> Detection:
    """Our mock's, or any server's."""
    if not at.webhooks:
        return NOTHING
    return _modelled(at, webhooks.run(at.gateway, seed=at.seed, sequences=runner.SEQUENCES, mock=mock))


def by_deliveries(at: Bench) -> Detection:
    """What a server that is on this machine delivers to the webhooks that are made at it."""
    if not at.webhooks:
        return NOTHING
    judged = rounds.run(at.gateway, description.read(), another_site=at.access.site_without_shop)
    return _found(at, "deliveries", judged.failures) or _found(at) or NOTHING


def by_model_of_any_server(at: Bench) -> Detection:
    """What the model makes of a server that it only knows by reading."""
    return _by_model(at, LearnedChecker(at.gateway, at.validator), AnyServersMachine)


def by_access(at: Bench) -> Detection:
    """What a run makes of the tokens and the site that it was told of."""
    try:
        order = known_orders(at.gateway)[0]
    except UsageError:
        return _found(at) or NOTHING
    at.gateway.start_over()
    return _found(at, "access", list(at.access.judge(at.gateway, order))) or _found(at) or NOTHING


def _by_model(at: Bench, checker: ModelChecker, machine: type[AnyServersMachine]) -> Detection:
    # Once the validator has complained, no more sequences are needed.
    checker.tell = lambda _: at.validator.failures and checker.end()
    with closing(checker):
        result = runner.run(checker, seed=at.seed, sequences=runner.SEQUENCES, shrink=False, machine=machine)
    return _modelled(at, result)


def by_drive(at: Bench) -> Detection:
    steps = ALL if at.webhooks else (*READING, *LIFE)
    for kind in KINDS:
        for step in Driver(at.gateway).drive(kind, steps, lambda step: None):
            if step.verdict == "failed":
                return Detection("drive", (step.step,), step.note)
    return _found(at) or NOTHING


Part = Callable[[Bench], Detection]
STRANGER, ALONE = "stranger", "alone"
# The part that should notice goes first; then the others, and all phases of Schemathesis, the slowest, at the end.
ORDER: Mapping[str, tuple[Part, ...]] = {
    "schemathesis": (by_coverage, by_model, by_drive, by_schemathesis),
    "rule": (by_coverage, by_model, by_drive, by_schemathesis),
    "model": (by_model, by_drive, by_schemathesis),
    "drive": (by_drive, by_model, by_schemathesis),
    "healthy": (by_schemathesis, by_model, by_drive),
    # All that there is for a server of which nothing is known but that it can start over, and the options.
    STRANGER: (
        by_access,
        by_drive,
        by_deliveries,
        by_model_of_webhooks,
        by_model_of_any_server,
        by_coverage,
        by_schemathesis,
    ),
    # And for one of which nothing is known: in the order of a run, for what is used up stays so. Its
    # webhooks are left alone, as a run does that can not have it start over.
    ALONE: (by_drive, by_model_of_any_server, by_schemathesis),
}
