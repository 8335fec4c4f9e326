import * as Sentry from "@sentry/browser";

Sentry.init({
  dsn: "%DSN%",
  environment: "production",
  integrations: [Sentry.browserTracingIntegration()],
  tracesSampleRate: 0.1, // one page load of ten is timed; 0 turns it off
});
