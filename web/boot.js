// Before the page: its theme, so that it never flashes in the other one, and what HTML may come from text.
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

  // Parts of the page that never change are made from HTML written at compile time. Whatever acts, loads or
  // styles is never among them and is refused, wherever it came from.
  var acting = new RegExp(
    "<(?:script|style|iframe|frame|object|embed|base|link|meta|template|form|math|use|animate|set|foreignobject)" +
      "|\\s(?:on\\w+|style|src\\w*)\\s*=|href\\s*=[^>]*:",
    "i"
  );
  if (window.trustedTypes) {
    trustedTypes.createPolicy("default", {
      createHTML: function (html) {
        if (acting.test(html)) {
          throw new TypeError("refused: " + html);
        }
        return html;
      },
    });
  }
})();
