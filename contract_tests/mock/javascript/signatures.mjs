// Of each delivery that comes in by standard input: does the official helper take it for Webflow's, and what
// signature does Node's own crypto make?
//
//   echo '[{"headers": {"x-webflow-timestamp": "1"}, "body": "<base64>", "secret": "s"}]' | node signatures.mjs

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { WebflowClient } from "webflow-api";

const { webhooks } = new WebflowClient({ accessToken: "none" });
const found = [];
for (const { headers, body, secret } of JSON.parse(readFileSync(0))) {
  const raw = Buffer.from(body, "base64");
  const verified = await webhooks.verifySignature({ headers, body: raw.toString(), secret });
  const message = Buffer.concat([Buffer.from(`${headers["x-webflow-timestamp"]}:`), raw]);
  found.push({ verified, signature: createHmac("sha256", secret).update(message).digest("hex") });
}
console.log(JSON.stringify(found));
