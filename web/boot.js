// The theme is set before the first paint, so that the page never flashes in the other one.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("porthole.theme");
  } catch (_) {
    // Storage can be forbidden; then the system decides.
  }
  var light = matchMedia("(prefers-color-scheme: light)").matches;
  var theme = choice === "light" || choice === "dark" ? choice : light ? "light" : "dark";
  document.documentElement.setAttribute("data-theme", theme);
})();
