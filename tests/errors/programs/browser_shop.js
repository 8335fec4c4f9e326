// A shop in a browser: nothing in it but the SDK and a DSN, which stands in the page's address.
import * as Sentry from "@sentry/browser";

Sentry.init({
  dsn: new URLSearchParams(location.search).get("dsn"),
  release: "shop@1.0",
  environment: "staging",
  integrations: [Sentry.browserTracingIntegration()],
  tracesSampleRate: 1,
});
Sentry.setUser({ id: "ann", email: "ann@example.com" });

function addToCart(sku) {
  throw new RangeError(`no ${sku} left`);
}

document.querySelector("#add").addEventListener("click", () => addToCart("A-17"));
window.forget = () => void Promise.reject(new Error("forgotten"));
window.finish = () => Sentry.flush(20000);
