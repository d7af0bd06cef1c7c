// The page of the mock. Text of an order only ever becomes a text node: nothing here makes markup of a string.
"use strict";

const MOST_ROWS = 200, MOST_REQUESTS = 300;
const $ = (id) => document.getElementById(id);
let orders = [], unlisted = "", webhooks = 0, actions = {}, defect = null, shown = null;
const ledger = [], deliveries = new Map();

// ------------------------------------------------------------ asking the mock

async function ask(path, body, method = body === undefined ? "GET" : "POST") {
  const options = { method, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch("/_mock" + path, options);
  } catch {
    throw new Error("the mock does not answer: has it been stopped?");
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `the mock says ${response.status}`);
  return answer;
}

let silence;
function say(text) {
  // Behind an open dialog nobody would see it, and no screen reader say it.
  const home = $("order").open ? $("order") : document.body;
  if ($("said").parentElement !== home) home.append($("said"));
  $("said").textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { $("said").textContent = ""; }, 6000);
}

/** Run what a person asked for, and say how it went. */
async function act(work, done) {
  try {
    const answer = await work();
    await refresh();
    say(typeof done === "function" ? done(answer) : done);
  } catch (error) {
    say(error.message);
  }
}

// ------------------------------------------------------------ drawing

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(...cells) {
  const made = element("tr");
  made.append(...cells);
  return made;
}

const short = (date) => (typeof date === "string" ? date.slice(0, 19).replace("T", " ") : "");
const money = (price) => (price && typeof price === "object" ? price.string ?? `${price.value} ${price.unit}` : "");
const tone = (status) => (status < 300 ? "good" : status < 500 ? "warn" : "bad");
const words = (value) => (typeof value === "string" ? value : "");

function focusOn(id) {
  [...$("orders-rows").querySelectorAll("button")].find((button) => button.textContent === id)?.focus();
}

function drawOrders() {
  const sought = $("search").value.trim().toLowerCase(), status = $("status").value;
  const found = orders.filter((order) => {
    const customer = order.customerInfo ?? {};
    const text = [order.orderId, customer.fullName, customer.email].map(words).join("\n").toLowerCase();
    return (!status || order.status === status) && text.includes(sought);
  });
  $("orders-count").textContent = unlisted ? "" : `${found.length} of ${orders.length}`;
  const had = document.activeElement?.closest("#orders-rows") ? document.activeElement.textContent : null;
  $("orders-rows").replaceChildren(...found.slice(0, MOST_ROWS).map((order) => {
    const open = element("button", order.orderId, "link");
    open.type = "button";
    open.addEventListener("click", () => show(order.orderId));
    const id = element("td", undefined, "id");
    id.append(open);
    return row(
      id, element("td", order.status, "word"), element("td", words(order.customerInfo?.fullName)),
      element("td", money(order.customerPaid), "number"), element("td", short(order.acceptedOn), "when"),
    );
  }));
  // Whoever is at an order with the keyboard stays there when the table is drawn anew.
  focusOn(had);
  $("orders-none").hidden = found.length > 0 && found.length <= MOST_ROWS;
  const none = unlisted || (orders.length ? "No order fits." : "This site has no orders.");
  $("orders-none").textContent = found.length ? `The first ${MOST_ROWS} are shown: search for the others.` : none;
}

function drawLedger(fresh) {
  const only = $("writes").checked;
  const rows = ledger.filter((entry) => !only || entry.applied).slice(-MOST_REQUESTS).reverse();
  $("ledger-rows").replaceChildren(...rows.map((entry) => {
    const request = element("td", entry.operationId ?? `${entry.method} ${entry.path}`, "path");
    request.title = `${entry.method} ${entry.path}`;
    if (entry.orderId) request.append(element("div", entry.orderId));
    const made = row(
      element("td", entry.seq, "number"), element("td", words(entry.time).slice(11, 19), "when"), request,
      element("td", entry.status, `number ${tone(entry.status)}`), element("td", entry.applied ? "yes" : ""),
    );
    if (entry.seq > fresh) made.className = "new";
    return made;
  }));
  $("ledger-none").hidden = ledger.length > 0;
  $("requests").textContent = ledger.length ? ledger.at(-1).seq : 0;
}

function drawDeliveries() {
  const had = document.activeElement?.closest("#deliveries-rows") ? document.activeElement.getAttribute("aria-label") : null;
  $("deliveries-rows").replaceChildren(...[...deliveries.values()].reverse().slice(0, MOST_ROWS).map((each) => {
    const attempts = element("td");
    for (const attempt of each.attempts) attempts.append(element("div", attempt.outcome, attempt.status === 200 ? "good" : "bad"));
    if (each.due) attempts.append(element("div", `next at ${short(each.due).slice(11)}`));
    const replay = element("button", "Replay");
    replay.type = "button";
    replay.setAttribute("aria-label", `Replay delivery ${each.delivery}`);
    replay.addEventListener("click", () => act(() => ask(`/deliveries/${each.delivery}/replay`, {}), `Delivery ${each.delivery} was sent again.`));
    const last = element("td");
    last.append(replay);
    return row(
      element("td", each.delivery, "number"), element("td", each.triggerType), element("td", each.orderId, "id"),
      element("td", each.url, "path"), element("td", each.state, each.state === "delivered" ? "good" : each.state === "waiting" ? "" : "bad"),
      attempts, last,
    );
  }));
  if (had !== null) [...$("deliveries-rows").querySelectorAll("button")].find((button) => button.getAttribute("aria-label") === had)?.focus();
  $("deliveries-none").hidden = deliveries.size > 0;
  $("webhooks").textContent = webhooks === 1 ? "1 webhook" : `${webhooks} webhooks`;
}

/** Open an order, or draw the open one anew where it has changed; one that is gone is closed. */
function show(id) {
  const order = orders.find((each) => each.orderId === id), json = JSON.stringify(order, null, 2);
  if (!order) {
    $("order").close();
    return;
  }
  if ($("order").open && shown === id && $("order-json").textContent === json) return;
  shown = id;
  const wasAtAction = $("actions").contains(document.activeElement);
  $("order-title").textContent = `Order ${order.orderId}`;
  const customer = order.customerInfo ?? {};
  const facts = {
    Status: order.status, Customer: [customer.fullName, customer.email].map(words).filter(Boolean).join(", "),
    Paid: money(order.customerPaid), Accepted: short(order.acceptedOn), Fulfilled: short(order.fulfilledOn),
    Refunded: short(order.refundedOn), Disputed: short(order.disputedOn), Comment: words(order.comment),
    Items: (Array.isArray(order.purchasedItems) ? order.purchasedItems : []).map((item) => `${item.count} × ${words(item.productName)}`).join(", "),
  };
  $("order-facts").replaceChildren(...Object.entries(facts).filter(([, text]) => text).flatMap(
    ([name, text]) => [element("dt", name), element("dd", text)],
  ));
  $("order-json").textContent = json;
  $("actions").replaceChildren(...Object.entries(actions).filter(([, from]) => from.includes(order.status)).map(([action]) => {
    const made = element("button", action[0].toUpperCase() + action.slice(1));
    made.type = "button";
    made.addEventListener("click", () => act(() => ask(orderPath(id), { action }), (answer) => `Order ${id} is ${answer.status} now.`));
    return made;
  }));
  if (wasAtAction) $("close").focus();
  if (!$("order").open) $("order").showModal();
}

const sitePath = () => `/sites/${encodeURIComponent($("site").value)}`;
const orderPath = (id) => `${sitePath()}/orders/${encodeURIComponent(id)}`;

// ------------------------------------------------------------ keeping up

function fill(select, options) {
  for (const [value, text] of options) {
    const made = element("option", text);
    made.value = value;
    select.append(made);
  }
}

let last = Promise.resolve(), next = null;
/** Ask for all of it: one at a time, and one that waits, so that nothing older is drawn over what is newer. */
function refresh() {
  return next ?? (last = next = last.catch(() => {}).then(() => { next = null; return load(); }));
}

async function load() {
  const state = await ask("");
  $("dialect").textContent = state.dialect;
  $("plan").textContent = state.plan;
  $("time").textContent = short(state.time);
  $("queued").textContent = state.faults ? `${state.faults} queued` : "none queued";
  $("wrong").hidden = !state.defect;
  $("wrong").textContent = state.defect ? `Wrong on purpose: ${state.defect}` : "";
  if (state.defect !== defect) {
    // Only when it has changed: somebody may be choosing another one.
    defect = state.defect;
    $("defect").elements.defect.value = defect ?? "";
    $("defect").elements.defect.dispatchEvent(new Event("change"));
  }
  webhooks = (await ask("/webhooks")).webhooks.length;
  const site = $("site");
  const shops = state.sites.filter((each) => each.shop).map((each) => each.siteId);
  if (shops.join() !== [...site.options].map((option) => option.value).join()) {
    const chosen = site.value;
    site.replaceChildren();
    fill(site, shops.map((id) => [id, id]));
    if (shops.includes(chosen)) site.value = chosen;
  }
  try {
    orders = (await ask(`${sitePath()}/orders`)).orders;
    unlisted = "";
    orders.sort((a, b) => words(b.acceptedOn).localeCompare(words(a.acceptedOn)));
  } catch (error) {
    orders = [];
    unlisted = error.message;
  }
  drawOrders();
  drawDeliveries();
  if ($("order").open) show(shown);
}

let soon;
function refreshSoon() {
  soon ??= setTimeout(() => { soon = undefined; refresh().catch((error) => say(error.message)); }, 150);
}

function listen() {
  const events = new EventSource("/_mock/events");
  events.addEventListener("open", () => { $("live").textContent = "live"; $("live").className = "live on"; });
  events.addEventListener("error", () => {
    $("live").textContent = "not connected"; $("live").className = "live";
    // Most browsers ask again by themselves when a mock was stopped; some give up.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  });
  events.addEventListener("begin", () => {
    ledger.length = 0;
    deliveries.clear();
    drawLedger(0);
    refreshSoon();
  });
  events.addEventListener("state", refreshSoon);
  events.addEventListener("requests", (event) => {
    const entries = JSON.parse(event.data), fresh = ledger.length ? ledger.at(-1).seq : Infinity;
    ledger.push(...entries);
    ledger.splice(0, ledger.length - 5000);
    drawLedger(fresh);
    refreshSoon();
  });
  events.addEventListener("deliveries", (event) => {
    for (const each of JSON.parse(event.data)) deliveries.set(each.delivery, each);
    for (const number of [...deliveries.keys()].slice(0, -5000)) deliveries.delete(number);
    drawDeliveries();
    refreshSoon();
  });
}

// ------------------------------------------------------------ what a person does

function fields(form) {
  const wanted = {};
  for (const input of form.elements) {
    if (!input.name || input.closest("[hidden]") || input.value === "") continue;
    wanted[input.name] = input.type === "number" ? Number(input.value) : input.name === "applied" ? input.value === "true" : input.value;
  }
  return wanted;
}

function onSubmit(id, work, done) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act(() => work(fields(event.target)), done);
  });
}

function onlyWhatTheKindTakes() {
  const kind = $("fault").elements.kind.value;
  for (const label of $("fault").querySelectorAll("[data-for]")) label.hidden = !label.dataset.for.split(" ").includes(kind);
}

async function begin() {
  const choices = await ask("/choices");
  actions = choices.actions;
  fill($("status"), choices.statuses.map((status) => [status, status]));
  fill($("fault").elements.operation, choices.operations.map((operation) => [operation, operation]));
  fill($("delivery-fault").elements.kind, choices.deliveryFaults.map((kind) => [kind, kind.replaceAll("_", " ")]));
  fill($("defect").elements.defect, Object.keys(choices.defects).map((name) => [name, name]));
  const explain = () => { $("defect-says").textContent = choices.defects[$("defect").elements.defect.value] ?? ""; };
  $("defect").elements.defect.addEventListener("change", explain);
  onlyWhatTheKindTakes();
  await refresh();
  explain();
  listen();
}

$("filter").addEventListener("input", drawOrders);
$("filter").addEventListener("submit", (event) => event.preventDefault());
$("site").addEventListener("change", refreshSoon);
$("writes").addEventListener("change", () => drawLedger(Infinity));
$("place").addEventListener("click", () => act(() => ask(`${sitePath()}/placed`, {}), (answer) => `Order ${answer.orderId} was placed.`));
$("close").addEventListener("click", () => $("order").close());
$("order").addEventListener("close", () => {
  document.body.append($("said"));
  focusOn(shown); // The button that it was opened with may have been drawn anew since.
});
$("fault").elements.kind.addEventListener("change", onlyWhatTheKindTakes);
$("calm").addEventListener("click", () => act(() => ask("/faults", undefined, "DELETE"), "No trouble is queued."));
onSubmit("fault", (wanted) => ask("/faults", wanted), (answer) => `${answer.queued} queued.`);
onSubmit("delivery-fault", (wanted) => ask("/webhooks/faults", wanted), "Queued for the next delivery.");
onSubmit("defect", (wanted) => ask("/defect", { defect: wanted.defect ?? null }), (answer) => answer.defect ? `From now on wrong: ${answer.defect}` : "The mock is right again.");
onSubmit("clock", (wanted) => ask("/clock", wanted), (answer) => `It is ${short(answer.time)} now.`);
for (const button of document.querySelectorAll("[data-forward]")) {
  button.addEventListener("click", () => act(() => ask("/clock", { forward: Number(button.dataset.forward) }), (answer) => `It is ${short(answer.time)} now.`));
}
onSubmit("reset", () => ask("/reset", {}), "The mock is as it was at the beginning.");
begin().catch((error) => say(error.message));
