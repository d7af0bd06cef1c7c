"""The client, wrong in one place each: what was meant, what stands there instead, and the tests that must see it."""

from __future__ import annotations

from attrs import frozen

OURS, GENERATED = "overrides/webflow_orders", "generated/webflow_orders_generated"
API, MODELS = "client/api/orders", "client/models"
REQUESTS = "calls/test_requests.py"
WIRE = "calls/test_requests_fit_the_spec.py"
PAGES = "calls/test_pagination.py"
EDGES = "limits/test_limiter_edges.py"


@frozen
class Mutant:
    """`old` stands in the file exactly once; `tests` is a file of this folder, and words for -k."""

    name: str
    package: str
    file: str
    old: str
    new: str
    tests: str
    words: str = ""


def ours(name: str, file: str, old: str, new: str, tests: str, words: str = "") -> Mutant:
    return Mutant(name, OURS, file, old, new, tests, words)


def generated(name: str, file: str, old: str, new: str, tests: str, words: str = "") -> Mutant:
    return Mutant(name, GENERATED, file, old, new, tests, words)


MUTANTS = [
    # ------------------------------------------------------------ what is asked, and of whom
    generated("a wrong path", f"{API}/refund_order.py", '/refund".format', '/refunds".format', REQUESTS),
    generated("the plural in a path of v1", f"{API}_v1/get_order_v1.py", 'path="/sites/{site_id}/order/{',
              'path="/sites/{site_id}/orders/{', REQUESTS),
    generated("a path of v1 without its site", f"{API}_v1/list_orders_v1.py", "quote(site_id", 'quote("0" * 24',
              REQUESTS),
    generated("a wrong method", f"{API}/update_order.py", 'method="PATCH"', 'method="PUT"', REQUESTS),
    ours("another operation", "_call/resources.py", "orders.unfulfill_order.request(",
         "orders.fulfill_order.request(", REQUESTS),
    ours("the site of before", "_clients/shared.py", "other.site_id = arguments.site_id(site_id)",
         "arguments.site_id(site_id)", REQUESTS, "for_site"),
    ours("the order id is not checked", "_call/arguments.py", "return _matching(ORDER_ID, value",
         "return value or _matching(ORDER_ID, value", "calls/test_arguments.py", "order_id"),
    ours("a redirect is followed", "_http/transport.py", "follow_redirects=False", "follow_redirects=True",
         "calls/test_errors.py", "redirect"),
    # ------------------------------------------------------------ query
    generated("a query is dropped", f"{API}/list_orders.py", 'params["status"] = str(status)', "pass", REQUESTS),
    generated("a query of v1 is dropped", f"{API}_v1/list_orders_v1.py", 'params["offset"] = str(offset)', "pass",
              REQUESTS),
    generated("a query is renamed", f"{API}/list_orders.py", 'params["limit"]', 'params["pageSize"]', REQUESTS),
    generated("an enum is sent by its name", f"{API}/list_orders.py", "str(status)", "status.name", REQUESTS),
    ours("the limit goes one too far", "_call/resources.py", "LARGEST_PAGE = 100", "LARGEST_PAGE = 101",
         "calls/test_arguments.py", "range"),
    ours("the limit is one too small", "_call/resources.py",
         'return arguments.integer(value, "limit", 1, LARGEST_PAGE)',
         'return arguments.integer(value, "limit", 1, LARGEST_PAGE) - 1', WIRE, "wire and list-orders-sync"),
    ours("the offset is one too large", "_call/resources.py", "offset=_offset(offset), limit=_limit(limit)",
         "offset=_offset(offset) + 1, limit=_limit(limit)", WIRE, "wire and list-orders-sync"),
    # ------------------------------------------------------------ headers
    ours("the token has no scheme", "_http/connection.py", 'f"Bearer {self.token.reveal()}"',
         "self.token.reveal()", REQUESTS),
    ours("the token is malformed", "_http/connection.py", 'f"Bearer {self.token.reveal()}"',
         'f"Bearer: {self.token.reveal()}"', REQUESTS),
    ours("JSON is not asked for", "_http/connection.py", '"Accept": "application/json"', '"Accept": "*/*"', REQUESTS),
    ours("v1 is asked for a version it has not", "_call/resources.py", 'V1_VERSION = "1.0.0"', 'V1_VERSION = "2.0.0"',
         REQUESTS),
    generated("the version is missing", f"{API}_v1/get_order_v1.py",
              'headers["Accept-Version"] = str(accept_version)',
              "pass", REQUESTS),
    ours("a header of one call goes to the next instead", "_http/engine.py", "made.headers.update(asked.headers)",
         "self._headers.update(asked.headers)", REQUESTS),
    # ------------------------------------------------------------ bodies
    generated("a field of a body is renamed", f"{MODELS}/update_order_request.py", '"shippingTrackingURL"',
              '"shippingTrackingUrl"', REQUESTS),
    ours("two notes are swapped", "_call/resources.py", "comment=arguments.text(comment,",
         "comment=arguments.text(shipping_provider,", REQUESTS),
    ours("the reason of a refund is dropped", "_call/resources.py", "body = models.RefundOrderRequest(",
         "models.RefundOrderRequest(", REQUESTS),
    ours("the customer is always told", "_call/resources.py", "send_order_fulfilled_email=send_email",
         "send_order_fulfilled_email=True", REQUESTS),
    ours("a body is sent as a form", "_http/engine.py", "json=asked.json", "data=asked.json",
         REQUESTS),
    ours("any date of a refund is one", "_call/operation.py", 'order.status in ("disputed", "dispute-lost") and ', "",
         "calls/test_outcomes.py", "date_of"),
    ours("any transport is believed", "_http/failures.py", "(of_library and isinstance(error, before))",
         "isinstance(error, before)", "http/test_transports.py", "two_ways"),
    ours("what a signal raises leaves no trace", "_call/executor.py", "if error is self.raised or",
         "if isinstance(error, Exception) or", "endings/test_interrupts.py", "whatever_is_raised"),
    # ------------------------------------------------------------ pages
    ours("pagination stops early", "_call/pagination.py", "or following == total",
         "or following + self._size >= total", PAGES),
    ours("pagination of v1 stops early", "_call/pagination.py", "page.sent < self._size",
         "page.sent <= self._size", PAGES),
    ours("pagination steps by what was asked for", "_call/pagination.py", "following, total = offset + page.sent",
         "following, total = offset + self._size", PAGES),
    ours("a page is asked for too many", "_call/pagination.py", "or following == total", "", PAGES),
    ours("an empty page is believed against a total", "_call/pagination.py",
         "if not page.sent and offset < (total := self._total_by(page) or 0):", "if False:", PAGES, "empty"),
    ours("a total that was told is forgotten", "_call/pagination.py",
         "self._total if page.total is None else page.total", "page.total", PAGES, "told"),
    ours("nothing at all is believed", "_call/pagination.py", "if not sent and offset == 0 and total is None:",
         "if False:", PAGES, "nothing"),
    ours("a page that was not asked for is taken", "_call/pagination.py", "if page.offset is not None and",
         "if False and", PAGES, "elsewhere"),
    ours("the same page is asked for once too often", "_call/pagination.py", "PATIENCE = 3", "PATIENCE = 4", PAGES,
         "again"),
    ours("a page that is shown twice adds up to the total", "_call/pagination.py", "if is_last and here and",
         "if False and", PAGES, "proof"),
    ours("a finished file is taken for a journal", "export/journal.py", "if not self._is_at(self.part):", "if False:",
         "export/test_files.py", "finished_while"),
    ours("what appeared meanwhile is replaced", "export/conductor.py",
         "journal.part, overwrite=asked.overwrite", "journal.part, overwrite=True",
         "export/test_files.py", "appears"),
    ours("the filter is lost after the first page", "_clients/blocking.py",
         "self.list(status=status, offset=offset, limit=size)",
         "self.list(status=None if offset else status, offset=offset, limit=size)", PAGES),
    # ------------------------------------------------------------ what is read
    generated("a date is shifted by its zone", "client/types.py",
              "return moment if moment.tzinfo else moment.replace", "return moment.replace", "calls/test_reading.py",
              "date"),
    generated("a date is written in its zone as UTC", "client/types.py", "utc = value.astimezone(datetime.UTC)",
              "utc = value.replace(tzinfo=datetime.UTC)", "calls/test_reading.py", "hand"),
    generated("an enum is written by its name", "client/types.py", "value.value if isinstance(value, StrEnum)",
              "value.name if isinstance(value, StrEnum)", "calls/test_reading.py", "hand"),
    ours("an answer about another order is believed", "_call/operation.py",
         "self.target not in (None, answered) and", "False and",
         "calls/test_errors.py", "another_order"),
    ours("the token may be quoted", "errors.py", "secret.scrub(message)", "message", "calls/test_errors.py",
         "token"),
    # ------------------------------------------------------------ what is sent again, and what is looked at
    ours("a write is sent again after a 502", "outcomes.py", "Case(Event.SERVER_ERROR,    Next.AGAIN,  Next.LOOK,",
         "Case(Event.SERVER_ERROR,    Next.AGAIN,  Next.AGAIN,", "calls/test_outcomes.py", "lost_write"),
    ours("a lost write is not done", "outcomes.py", "Case(Event.CUT_OFF,         Next.AGAIN,  Next.LOOK,",
         "Case(Event.CUT_OFF,         Next.AGAIN,  Next.STOP,", "calls/test_outcomes.py", "lost_write"),
    ours("nobody looks", "_call/executor.py", "for pause in LOOKS if self.options.confirm else ():",
         "for pause in ():", "calls/test_outcomes.py", "lost_write"),
    ours("a contradiction is believed", "_call/executor.py", "or not operation.expects.contradicts(result)",
         "or operation.expects.contradicts(result)", "calls/test_outcomes.py", "doubted"),
    ours("the note is swallowed", "_call/executor.py", "error.add_note(note)", "str(note)",
         "endings/test_interrupts.py"),
    ours("a write is settled before its answer", "_call/executor.py", "    yield from self._begin(operation)\n",
         "    yield from self._begin(operation)\n        self.journal.settle(self.number)\n",
         "writes/test_journal_file.py", "survives_a_kill"),
    ours("the journal is written after the send", "_call/executor.py",
         "        yield from self._begin(operation)\n        try:\n"
         "            result, outcome = yield from self._exchange(operation)\n",
         "        try:\n            result, outcome = yield from self._exchange(operation)\n"
         "            yield from self._begin(operation)\n", "endings/test_endings.py"),
    ours("a write is in doubt only after it was sent", "_call/executor.py", "    self.in_doubt = True  # Before",
         "    pass  # Before", "endings/test_interrupts.py", "any_line"),
    ours("an interrupt between two steps is nobody's", "_call/driver.py",
         "work.close()  # An interrupt may have come between two of its steps.\n"
         "                executor.account(operation, error)", "work.close()",
         "endings/test_interrupts.py", "second"),
    ours("an answer is struck out before its caller is told", "_call/journal.py", "told = set(self._told)",
         "told = set(self._answered)", "writes/test_journal_file.py", "another_thread or nobody_but"),
    ours("any thread strikes out any answer", "_call/journal.py", "thread == threading.get_ident()", "True",
         "writes/test_journal_file.py", "nobody_but"),
    ours("whoever settles is told after it is struck out", "_clients/blocking.py",
         "            settlements.append(judged(write, seen, error, give_up_after))\n",
         "            settlements.append(judged(write, seen, error, give_up_after))\n"
         "            self._engine.journal.settle(write.id)\n", "writes/test_journal.py", "told_nothing"),
    ours("a cache is believed about a write", "_call/operation.py", "if self.decides and re", "if False and re",
         "writes/test_fault_table_answers.py", "cache"),
    ours("an application in process is believed that it was not reached", "_http/transport.py",
         " and not isinstance(choice, applications)", "", "http/test_transports.py", "in_process"),
    ours("a file is opened beside SQLite", "_common/files.py", "os.O_CREAT | os.O_EXCL | ", "os.O_CREAT | ",
         "writes/test_journal.py", "takes_no_lock"),
    ours("SQLite is carried over a fork", "_call/journal.py", "        if journal._process == os.getpid():\n",
         "        if False:\n", "writes/test_journal_file.py", "outlives"),
    ours("the time limit of a job is a failure of the transport", "_common/signals.py",
         "    while isinstance(cause, Exception) and", "    while False and", "endings/test_time_limits.py"),
    ours("a second interrupt is not accounted for", "_call/driver.py",
         "            # Of another one, if a second interrupt came before that was done.\n"
         "            executor.account(operation, error)\n", "            pass\n",
         "endings/test_interrupts.py", "second"),
    ours("whoever has the id of a process that died is that process", "_common/processes.py",
         "birth_of(process) == born", "True", "writes/test_journal_file.py", "same_id"),
    # ------------------------------------------------------------ how long is waited
    ours("a minute holds one too many", "limits.py", "if place + self._used >= self._limit:",
         "if place + self._used > self._limit:", "limits/test_limits.py", "ever_holds"),
    ours("a pause holds only for who comes", "limits.py", "at = max(now, self._not_before)", "at = now", EDGES),
    ours("what others use is not counted", "limits.py", "if others > 0:", "if False:", EDGES),
    ours("an answer from before the pause undoes it", "limits.py",
         "self._not_before = max(self._not_before, now + min(seconds, LONGEST_BACKOFF))",
         "self._not_before = now + min(seconds, LONGEST_BACKOFF)", EDGES),
    ours("a pause has no end", "limits.py", "now + min(seconds, LONGEST_BACKOFF))", "now + seconds)", EDGES),
    ours("a place that is given up stays taken", "limits.py", "self._waiting.remove(reservation)\n            elif",
         "pass\n            elif", "limits/test_shared_limits_gone.py", "given_back"),
    ours("a server may name any limit", "limits.py", "min(limit, MOST)", "limit", EDGES),
    ours("a limiter that fails lets everybody go", "shared_limits.py", "if self._refuses:\n                raise",
         "if self._refuses:\n                return 0.0", "limits/test_shared_limits_gone.py", "counted_in"),
    ours("the queue has no bound", "_call/executor.py", "if now + wait > until:", "if False:",
         "limits/test_waiting.py", "queue"),
    ours("the deadline is not for a look", "_call/executor.py", "if self.clock() + pause >= self.until:", "if False:",
         "limits/test_waiting.py", "looking"),
    ours("the server's Retry-After is ignored", "_call/retry.py", "asked = error.retry_after if", "asked = None if",
         "writes/test_retry.py"),
    ours("one retry too many", "_call/retry.py", "if retries >= self.max_retries", "if retries > self.max_retries",
         "writes/test_retry.py"),
]  # fmt: skip
