// Sets light or dark before the first paint; everything else about colour is CSS.
(function () {
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    document.documentElement.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  }
  apply();
  try {
    document.documentElement.setAttribute("data-list-shows", localStorage.getItem("list-shows") || "both");
  } catch (error) {
    document.documentElement.setAttribute("data-list-shows", "both");
  }
  if (dark.addEventListener) dark.addEventListener("change", apply);
})();
