// A shop on Node whose SDK sends through the page's own site, past ad blockers: an error with a file, and what its user says.
const Sentry = require("@sentry/node");

Sentry.init({ dsn: process.env.SENTRY_DSN, tunnel: process.env.TUNNEL });

async function main() {
  let event;
  Sentry.withScope((scope) => {
    scope.addAttachment({ filename: "basket.json", data: '{"sku":"A-17"}', contentType: "application/json" });
    event = Sentry.captureException(new RangeError("the basket is full"));
  });
  await Sentry.flush(30000);
  Sentry.captureFeedback({
    message: "I could not pay",
    name: "Ann",
    email: "ann@example.com",
    associatedEventId: event,
  });
  await Sentry.flush(30000);
  console.log(event);
}

main();
