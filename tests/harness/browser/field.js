// The visible field whose label, placeholder or own name is `wanted`: exactly, else beginning with it.
(wanted) => {
  const visible = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  const names = (e) => [
    e.getAttribute("aria-label"),
    ...[...(e.labels || [])].map((label) => label.innerText),
    e.placeholder,
    e.name,
  ].map((text) => (text || "").replace(/\s+/g, " ").trim());
  const found = [...document.querySelectorAll("input, textarea")].filter(visible);
  return (
    found.find((e) => names(e).includes(wanted)) ||
    found.find((e) => names(e).some((text) => text.startsWith(wanted))) ||
    null
  );
}
