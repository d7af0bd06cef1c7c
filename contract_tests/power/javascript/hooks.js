// What Dredd's guide leaves to hooks: the token, and requests that bring about the errors that they can.
const { beforeEach } = require('hooks');

const elsewhere = (path) => path.replace(/(sites|webhooks)\/[0-9a-f]{24}/, `$1/${'f'.repeat(24)}`);

beforeEach((transaction) => {
  const status = transaction.expected.statusCode;
  if (status !== '401') transaction.request.headers.Authorization = `Bearer ${process.env.WEBFLOW_TOKEN}`;
  if (status === '404') transaction.fullPath = elsewhere(transaction.fullPath);
  else if (!status.startsWith('2') && status !== '401') transaction.skip = true;
});
