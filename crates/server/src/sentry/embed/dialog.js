// The crash form: SDKs load it (`showReportDialog`) with the event's id, the DSN and their texts in its address.
(() => {
  const source = new URL(document.currentScript.src);
  const asked = source.searchParams;
  const text = (name, usual) => asked.get(name) || usual;
  const make = (tag, style, content) => {
    const element = document.createElement(tag);
    Object.assign(element.style, style);
    if (content) element.textContent = content;
    return element;
  };
  const overlay = make("div", {
    position: "fixed", inset: "0", zIndex: "2147483647", background: "rgba(0,0,0,.6)", display: "flex",
    alignItems: "center", justifyContent: "center", font: "14px/1.4 system-ui, sans-serif",
  });
  const form = make("form", {
    background: "#fff", color: "#1b232c", padding: "24px", borderRadius: "4px", width: "min(480px, 92vw)",
    maxHeight: "92vh", overflow: "auto", boxSizing: "border-box",
  });
  form.setAttribute("role", "dialog");
  form.setAttribute("aria-modal", "true");
  form.append(make("h2", { margin: "0 0 8px", fontSize: "20px" }, text("title", "It looks like we’re having issues.")));
  form.append(make("p", { margin: "0 0 16px", color: "#55616e" }, [
    text("subtitle", "Our team has been notified."),
    text("subtitle2", "If you’d like to help, tell us what happened below."),
  ].join(" ")));
  const field = (tag, name, label, value) => {
    const row = make("label", { display: "block", margin: "0 0 12px" }, label);
    const input = make(tag, {
      display: "block", width: "100%", boxSizing: "border-box", padding: "6px 8px", font: "inherit",
      border: "1px solid #8792a0", borderRadius: "4px",
    });
    input.name = name;
    input.value = value;
    input.required = true;
    row.append(input);
    form.append(row);
    return input;
  };
  const first = field("input", "name", text("labelName", "Name"), text("name", ""));
  field("input", "email", text("labelEmail", "Email"), text("email", "")).type = "email";
  field("textarea", "comments", text("labelComments", "What happened?"), "").rows = 5;
  const said = make("p", { margin: "0 0 12px", color: "#b3261e" });
  said.setAttribute("role", "status");
  const submit = make("button", { font: "inherit", padding: "8px 16px" }, text("labelSubmit", "Submit Crash Report"));
  const close = make("button", { font: "inherit", padding: "8px 16px", marginLeft: "8px" }, text("labelClose", "Close"));
  close.type = "button";
  form.append(said, submit, close);
  overlay.append(form);
  const end = () => {
    removeEventListener("keydown", escape);
    overlay.remove();
    window.postMessage("__sentry_reportdialog_closed__", "*");
  };
  const escape = (event) => { if (event.key === "Escape") end(); };
  close.onclick = end;
  addEventListener("keydown", escape);
  form.onsubmit = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const sent = await fetch(source, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    if (!sent || !sent.ok) {
      submit.disabled = false;
      said.textContent = text("errorGeneric", "An unknown error occurred while submitting your report. Please try again.");
      return;
    }
    form.replaceChildren(make("p", { margin: "0 0 12px" }, text("successMessage", "Your feedback has been sent. Thank you!")), close);
  };
  const show = () => { document.body.append(overlay); first.focus(); };
  if (document.body) show(); else addEventListener("DOMContentLoaded", show);
})();
