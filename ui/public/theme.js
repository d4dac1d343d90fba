// Before the first paint, so that a dark window does not flash white. shell/theme.svelte.ts takes over from here.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("neff-office.theme");
  } catch {
    // Storage may be refused; the system's choice stands.
  }
  var system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = chosen === "light" || chosen === "dark" ? chosen : system;
})();
