// A shop on Node: nothing in it but the SDK and a DSN. Two orders fail in one place, one promise is forgotten.
const Sentry = require("@sentry/node");

Sentry.init({ dsn: process.env.SENTRY_DSN, tracesSampleRate: 1 });

function price(sku) {
  throw new TypeError(`no price for ${sku}`);
}

function order(sku, user) {
  Sentry.withIsolationScope((scope) => {
    scope.setUser({ id: user, email: `${user}@example.com` });
    Sentry.addBreadcrumb({ category: "shop", message: `ordering ${sku}` });
    Sentry.startSpan({ op: "http.server", name: "GET /order", forceTransaction: true }, () => {
      Sentry.startSpan({ op: "db.query", name: "SELECT price" }, () => {});
      try {
        price(sku);
      } catch (error) {
        Sentry.captureException(error);
      }
    });
  });
}

async function main() {
  order("A-17", "ann");
  order("B-2042", "bob");
  Sentry.captureMessage("shop opened");
  Promise.reject(new Error("forgotten"));
  await new Promise((done) => setTimeout(done, 100));
  await Sentry.flush(30000);
}

main();
