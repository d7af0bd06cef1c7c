// Makes the calls that stand in its one argument with one of the official SDKs, and prints what became of each.
//
//   node drive.mjs '{"major": 3, "url": "http://127.0.0.1:1", "token": "t", "calls": [["list", "site"]]}'

const { major, url, token, calls } = JSON.parse(process.argv[2]);

async function orders() {
  if (major === 3) {
    const { WebflowClient } = await import("webflow-api");
    const base = `${url}/v2`;
    return new WebflowClient({ accessToken: token, environment: { base, dataApi: base, contentDeliveryApi: base } }).orders;
  }
  if (major === 2) {
    const { WebflowClient } = await import("webflow-api-2");
    return new WebflowClient({ accessToken: token, environment: `${url}/v2` }).orders;
  }
  // The SDKs of v1 have no words for orders: one asks by path.
  if (major === 1) {
    const { default: Webflow } = await import("webflow-api-1");
    const client = new Webflow({ token, version: "1.0.0" });
    client.client.defaults.baseURL = url; // It knows https alone.
    return { get: async (path, query) => (await client.get(path, query)).data };
  }
  const { default: Webflow } = await import("webflow-api-0");
  const client = new Webflow({ token, endpoint: url });
  return { get: (path, query) => client.get(path, query) };
}

const client = await orders();
const done = [];
for (const [method, ...rest] of calls) {
  try {
    done.push({ answer: await client[method](...rest) });
  } catch (error) {
    const { name, message, statusCode, code, body } = error;
    done.push({ error: { name: error.constructor?.name ?? name, message, status: statusCode ?? code, body } });
  }
}
console.log(JSON.stringify(done));
