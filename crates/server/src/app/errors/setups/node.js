const Sentry = require("@sentry/node");

Sentry.init({
  dsn: "%DSN%",
  environment: process.env.ENVIRONMENT || "production",
  release: process.env.RELEASE,
  tracesSampleRate: 1.0, // how long requests take; 0 turns it off
});
