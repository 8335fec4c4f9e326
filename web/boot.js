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

  // The page makes parts that never change from HTML written at compile time. Such parts are plain elements;
  // anything that could act, load or hide something was never among them and is refused.
  var tag = "/?(?:a|b|button|code|dd|div|dl|dt|h[1-3]|kbd|legend|li|ol|option|p|pre|span|summary|table|td|th|thead|tr|ul)";
  var attribute = '\\s+(?:href="/[a-z-]*"|(?:class|role|scope|tabindex|title|value|aria-[a-z]+)="[^"<>]*")';
  var plain = new RegExp("^(?:[^<]|<" + tag + "(?:" + attribute + ")*\\s*>)*$");
  if (window.trustedTypes) {
    trustedTypes.createPolicy("default", {
      createHTML: function (html) {
        if (plain.test(html)) {
          return html;
        }
        throw new TypeError("not plain enough: " + html);
      },
    });
  }
})();
