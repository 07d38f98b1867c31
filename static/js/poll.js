// Fragments that ask again: data-poll="60" (seconds) beside hx-trigger="poll". Only while the page is looked at.
const asked = new WeakMap();

function tick() {
  if (document.visibilityState !== "visible") return;
  document.querySelectorAll("[data-poll]").forEach((part) => {
    const seconds = Number(part.dataset.poll);
    if (!asked.has(part)) asked.set(part, Date.now());
    if (Date.now() - asked.get(part) < seconds * 1000) return;
    asked.set(part, Date.now());
    window.htmx.trigger(part, "poll");
  });
}

// The server must not take this for somebody at work: an idle session still ends.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.matches("[data-poll]")) event.detail.headers["X-Background"] = "1";
});

// Sent elsewhere (the session has ended): the sign-in page is no fragment, keep what is shown.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!requestConfig.elt.matches("[data-poll]") || !xhr.responseURL) return;
  if (new URL(xhr.responseURL).pathname !== new URL(requestConfig.path, location.href).pathname) {
    event.detail.shouldSwap = false;
  }
});

// A background question that fails is asked again; nobody needs to be told.
["htmx:sendError", "htmx:responseError"].forEach((name) =>
  document.addEventListener(
    name,
    (event) => {
      if (event.target.matches && event.target.matches("[data-poll]")) event.stopImmediatePropagation();
    },
    true,
  ),
);

document.addEventListener("visibilitychange", tick);
setInterval(tick, 1000);
