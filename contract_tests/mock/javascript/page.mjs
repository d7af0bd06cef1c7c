// A person at the mock's page, in a real browser. Argument: {"url", "token", "site", "order"}. Prints what was seen.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const task = JSON.parse(process.argv[2]);
const browser = await chromium.launch({ executablePath: task.chromium, args: ["--no-sandbox"] });
const seen = { complaints: [] };

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(180_000); // A busy machine is no defect.
  const page = await context.newPage();
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  page.on("console", (message) => {
    // A refusal of the API that is asked for below is told of as a resource that failed to load.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) seen.complaints.push(message.text());
  });
  page.on("dialog", (dialog) => { seen.complaints.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (!request.url().startsWith(task.url) && !request.url().startsWith("data:")) seen.complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(task.url);
  await page.locator("#orders-rows tr:visible, #orders-none:visible").first().waitFor();
  await page.locator("#live.on").waitFor();
  return page;
}

const api = (page, method, path) => page.evaluate(async ([method, path, token]) => {
  const answer = await fetch(path, { method, headers: { Authorization: `Bearer ${token}` } });
  return answer.status;
}, [method, path, task.token]);
const said = (page, text) => page.locator("#said", { hasText: text }).waitFor();

const works = {
  // From opening the page to a refund that is seen to happen.
  async refund() {
    const page = await open();
    await page.fill("#search", task.order);
    await page.locator("#orders-rows button", { hasText: task.order }).click();
    await page.locator("#actions button", { hasText: "Refund" }).click();
    await said(page, `Order ${task.order} is refunded now.`);
    seen.offered = await page.locator("#actions button").allTextContents();
    seen.told = await page.evaluate(() => document.getElementById("order").contains(document.getElementById("said")));
    seen.within = await page.evaluate(() => document.getElementById("order").contains(document.activeElement));
    await page.keyboard.press("Escape");
    seen.status = await page.locator("#orders-rows tr td:nth-child(2)").first().textContent();
  },
  // What somebody else asks of the API appears, without a click.
  async ledger() {
    const page = await open();
    await api(page, "POST", `/v2/sites/${task.site}/orders/${task.another}/fulfill`);
    const row = page.locator("#ledger-rows tr", { hasText: "fulfill-order" }).first();
    await row.waitFor();
    seen.row = await row.locator("td").allTextContents();
  },
  async trouble() {
    const page = await open();
    await page.selectOption("#fault select[name=kind]", "outage");
    seen.asked = await page.locator("#fault label:visible").allTextContents().then((all) => all.map((text) => text.trim().split(" ")[0]));
    await page.fill("#fault input[name=status]", "503");
    await page.click("#fault button:text('Queue it')");
    await said(page, "1 queued.");
    seen.outage = await api(page, "GET", `/v2/sites/${task.site}/orders`);
    await page.click("#calm");
    await said(page, "No trouble is queued.");
    seen.calm = await api(page, "GET", `/v2/sites/${task.site}/orders`);
    await page.selectOption("#defect select", "refund-twice");
    await page.click("#defect button");
    await page.locator("#wrong:visible", { hasText: "refund-twice" }).waitFor();
    await page.selectOption("#defect select", "");
    await page.click("#defect button");
    await page.locator("#wrong").waitFor({ state: "hidden" });
    const before = await page.textContent("#time");
    await page.click("#clock button:text('a day')");
    await said(page, "now.");
    seen.days = (Date.parse((await page.textContent("#time")).replace(" ", "T") + "Z") - Date.parse(before.replace(" ", "T") + "Z")) / 86_400_000;
  },
  async deliveries() {
    const page = await open();
    await page.click("#place");
    await said(page, "was placed.");
    const first = page.locator("#deliveries-rows tr").first();
    await first.locator("td.good", { hasText: "delivered" }).first().waitFor();
    await first.locator("button").click();
    await said(page, "was sent again.");
    await first.locator("td:nth-child(6) div").nth(1).waitFor();
    seen.delivery = await first.locator("td").nth(1).textContent();
  },
  // What is done in one tab is seen in another, which is not touched.
  async tabs() {
    const [page, other] = [await open(), await open()];
    await other.selectOption("#fault select[name=kind]", "outage");
    await other.fill("#fault input[name=order_id]", task.aimed);
    await other.click("#fault button:text('Queue it')");
    await page.locator("#queued", { hasText: "1 queued" }).waitFor();
    seen.unaimed = await api(other, "GET", `/v2/sites/${task.site}/orders/${task.order}`);
    seen.aimed = await api(other, "GET", `/v2/sites/${task.site}/orders/${task.aimed}`);
    await other.selectOption("#defect select", "refund-twice");
    await other.click("#defect button");
    await page.locator("#wrong:visible", { hasText: "refund-twice" }).waitFor();
    seen.explained = (await page.textContent("#defect-says")) !== "";
    const before = await page.textContent("#time");
    await other.click("#clock button:text('a day')");
    await page.waitForFunction((before) => document.getElementById("time").textContent.slice(0, 10) > before.slice(0, 10), before);
    await page.locator("#orders-rows button", { hasText: task.order }).click();
    await api(other, "POST", `/v2/sites/${task.site}/orders/${task.order}/fulfill`);
    await page.locator("#order-facts dd", { hasText: "fulfilled" }).first().waitFor();
    await page.locator("#actions button", { hasText: "Unfulfill" }).waitFor();
    await page.keyboard.press("Escape");
    await other.click("#place");
    await page.fill("#search", (await other.locator("#said", { hasText: "was placed." }).textContent()).split(" ")[1]);
    await page.locator("#orders-rows button").click();
    await other.click("#reset button");
    await page.locator("#order").waitFor({ state: "hidden" });
    await page.locator("#ledger-rows tr").first().waitFor({ state: "detached" });
    await page.fill("#search", task.order);
    seen.status = await page.locator("#orders-rows tr td:nth-child(2)").textContent();
  },
  // A mock that is stopped and started again under an open page.
  async restart() {
    const start = async () => {
      const mock = spawn(task.mock[0], task.mock.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
      await once(mock.stdout, "data");
      return mock;
    };
    let mock = await start();
    try {
      const page = await open();
      await api(page, "POST", `/v2/sites/${task.site}/orders/${task.order}/refund`);
      await page.locator("#ledger-rows tr", { hasText: task.order }).waitFor();
      mock.kill();
      await once(mock, "exit");
      await page.locator("#live", { hasText: "not connected" }).waitFor();
      // An answer like this one, of a proxy before it, is the end of listening for a browser itself.
      const events = { asked: 0 };
      await page.route("**/_mock/events", (route) => { events.asked += 1; return route.fulfill({ status: 503 }); }, { times: 1 });
      mock = await start();
      await page.locator("#live.on").waitFor();
      await page.locator("#ledger-rows tr").first().waitFor({ state: "detached" });
      await page.fill("#search", task.order);
      await page.locator("#orders-rows tr", { hasText: "unfulfilled" }).waitFor();
      seen.refused = events.asked;
    } finally {
      mock.kill();
    }
  },
  async none() {
    const page = await open();
    if (task.chosen) await page.selectOption("#site", task.chosen);
    await page.locator("#orders-none:visible", { hasText: task.says }).waitFor();
    seen.count = await page.textContent("#orders-count");
    seen.said = await page.textContent("#said");
  },
  // By keyboard alone: to the orders, into one, out of it again, back where one was.
  async keyboard() {
    const page = await open();
    await page.keyboard.press("Tab");
    seen.skip = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press("Enter");
    for (let tries = 0; tries < 12 && !(await page.evaluate(() => document.activeElement.matches("td button"))); tries++) await page.keyboard.press("Tab");
    const id = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press("Enter");
    await page.locator("#order-title", { hasText: id }).waitFor();
    seen.within = await page.evaluate(() => document.getElementById("order").contains(document.activeElement));
    // Meanwhile the table is drawn anew, with other buttons.
    await api(page, "POST", `/v2/sites/${task.site}/orders/${task.another}/fulfill`);
    await page.locator("#orders-rows tr", { hasText: task.another }).locator("td", { hasText: /^fulfilled$/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.waitForFunction((id) => document.activeElement.textContent === id, id);
    seen.back = true;
  },
  // An order whose every text would like to be run.
  async hostile() {
    const page = await open();
    const count = await page.locator("#orders-rows td button").count();
    for (let index = 0; index < count; index++) {
      await page.locator("#orders-rows td button").nth(index).click();
      await page.keyboard.press("Escape");
    }
    seen.orders = count;
    seen.run = await page.evaluate(() => globalThis.run ?? null);
    seen.foreign = await page.evaluate(() => document.querySelectorAll("img, iframe, object, svg, script:not([src]), [onerror], [onload]").length);
    seen.shown = await page.locator("#orders-rows").textContent().then((text) => text.includes("<img"));
  },
  // Light and dark, wide and narrow: what axe knows of access, and nothing wider than the window.
  async looks() {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    seen.violations = [];
    seen.overflow = [];
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [390, 1280]) {
        const page = await open({ colorScheme, viewport: { width, height: 844 }, bypassCSP: true, reducedMotion: "reduce" });
        for (const opened of [false, true]) {
          if (opened) await page.locator("#orders-rows td button").first().click();
          await page.evaluate(axe);
          const found = await page.evaluate(() => globalThis.axe.run());
          seen.violations.push(...found.violations.map((each) => `${colorScheme} ${width}: ${each.id} ${each.nodes.map((node) => node.target).join(" ")}`));
          seen.overflow.push(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth));
        }
        await page.context().close();
      }
    }
  },
};

try {
  await works[task.work]();
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
