// The visible thing to click whose name is `wanted`: exactly, else beginning with it.
(wanted) => {
  const visible = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  const name = (e) => (e.getAttribute("aria-label") || e.innerText || e.title || "").replace(/\s+/g, " ").trim();
  const kinds = "button, a, summary, label, [role=button], [role=tab], [role=option], [role=menuitem], [role=link]";
  const modal = [...document.querySelectorAll("dialog[open]")].pop();
  const found = [...(modal || document).querySelectorAll(kinds)].filter(visible);
  return found.find((e) => name(e) === wanted) || found.find((e) => name(e).startsWith(wanted)) || null;
}
