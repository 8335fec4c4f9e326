// Sends messages one after the other, and prints each answer that the SDK gets.
const Sentry = require("@sentry/node");

Sentry.init({ dsn: process.env.SENTRY_DSN, defaultIntegrations: false });
const client = Sentry.getClient();
client.on("afterSendEvent", (_, answer) => console.log(answer.statusCode ?? "held back"));

async function main() {
  for (let number = 0; number < Number(process.argv[2]); number += 1) {
    Sentry.captureMessage(`message ${number}`);
    await Sentry.flush(30000);
  }
}

main();
