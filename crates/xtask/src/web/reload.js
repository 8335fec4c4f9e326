// Loads the page again when a new one was built: every name in it carries a hash, so a new page has a new index.
// Only `cargo xtask dev` and `cargo xtask web` without --release put this into the page.
let shown;
setInterval(async () => {
  const answer = await fetch("/index.html", { cache: "no-store" }).catch(() => undefined);
  if (!answer?.ok) return;
  const index = await answer.text();
  if (shown !== undefined && shown !== index) location.reload();
  shown = index;
}, 700);
