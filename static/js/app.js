// What every page does: messages, drafts, confirmations, double-click guard, menus. Loads maps and charts when a page has one.
import "./poll.js";
import { words, fill } from "./words.js";

const $$ = (selector, root = document) => Array.from(root.querySelectorAll(selector));

/** Say something at the foot of the page; errors stay until dismissed. */
export function toast(text, level = "success", { action, onAction } = {}) {
  const line = document.createElement("div");
  line.className = `toast-line toast-${level}`;
  const said = document.createElement("span");
  said.textContent = text;
  line.append(said);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet";
    button.textContent = action;
    button.addEventListener("click", () => {
      line.remove();
      onAction();
    });
    line.append(button);
  }
  document.getElementById("toasts").append(line);
  keepOrFade(line, level === "error" || Boolean(action));
}

function keepOrFade(line, stays) {
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", words("dismiss"));
  close.addEventListener("click", () => line.remove());
  line.append(close);
  const elder = document.documentElement.hasAttribute("data-elder");
  if (!stays && !elder) setTimeout(() => line.remove(), 6000);
}

/** Ask before something that cannot be taken back. Resolves to true or false. */
export function confirmed({ title, text = "", yes = "", danger = false }) {
  const dialog = document.getElementById("confirm");
  if (!dialog.showModal) return Promise.resolve(window.confirm(`${title}\n${text}`));
  const button = document.getElementById("confirm-yes");
  button.dataset.usual = button.dataset.usual || button.textContent;
  document.getElementById("confirm-title").textContent = title;
  document.getElementById("confirm-text").textContent = text;
  button.textContent = yes || button.dataset.usual;
  button.classList.toggle("btn-danger", danger);
  button.classList.toggle("btn-primary", !danger);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

// ── Confirmation by data-confirm="title" [data-confirm-text data-confirm-yes data-danger] on a button or a form ──
function question(element) {
  const { confirm, confirmText, confirmYes } = element.dataset;
  return { title: confirm, text: confirmText, yes: confirmYes, danger: element.hasAttribute("data-danger") };
}

// ── What a column cuts off is said in full to whoever points at it ──
function sayWhole(event) {
  const cell = event.target.closest(".cut, td.nowrap, .board-short, .tree-name, .top-name span, .top-user");
  const narrow = cell && [cell, ...cell.children].some((box) => box.scrollWidth > box.clientWidth + 1);
  if (narrow && !cell.title) cell.title = cell.textContent.replace(/\s+/g, " ").trim();
}

function onSubmit(event) {
  const form = event.target;
  const button = event.submitter || document.activeElement;
  const asked = [button, form].find((e) => e && e.dataset && e.dataset.confirm);
  if (asked && !form.dataset.confirmed) {
    event.preventDefault();
    event.stopImmediatePropagation();
    confirmed(question(asked)).then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = "1";
      if (button && button.form === form) button.click(); // says which button it was, also where requestSubmit is unknown
      else if (form.requestSubmit) form.requestSubmit();
      else form.submit();
    });
    return;
  }
  delete form.dataset.confirmed;
  if (form.matches("[data-sign-out], [action$='/logout/']")) dropDrafts("draft:");
  const again = button && button.dataset && "again" in button.dataset; // gives a file: the page stays
  if (form.method === "post" && !event.defaultPrevented && !again) guard(event, form, button);
}

function guard(event, form, button) {
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "1";
  if (button && button.form === form) {
    setTimeout(() => button.setAttribute("aria-disabled", "true"), 0);
    button.title = words("sending");
  }
}

/** A form that was not sent after all can be sent again. */
export function release(form) {
  delete form.dataset.sent;
  $$("[aria-disabled=true]", form).forEach((button) => {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("title");
  });
}

// ── Drafts: <form data-draft="key"> keeps what was typed, and gives it back after an error or an expired session ──
// They lie open in the browser: each belongs to who typed it, and all of them leave with signing out.
const draftKey = (form) => `draft:${form.dataset.draft}:${document.body.dataset.me || ""}:${location.pathname}`;
const kept = (field) =>
  field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type) && !field.hasAttribute("data-no-draft");

function saveDraft(form) {
  const values = {};
  Array.from(form.elements).filter(kept).forEach((field) => {
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) (values[field.name] = values[field.name] || []).push(field.value);
    } else if (field.value) values[field.name] = field.value;
  });
  try {
    localStorage.setItem(draftKey(form), JSON.stringify({ at: Date.now(), values }));
  } catch (error) {
    console.warn("draft not kept", error);
  }
}

function restoreDraft(form) {
  let draft = null;
  try {
    draft = JSON.parse(localStorage.getItem(draftKey(form)));
  } catch (error) {
    return;
  }
  if (!draft || Date.now() - draft.at > 7 * 86400000 || form.querySelector(".field-wrong")) return;
  let changed = false;
  Array.from(form.elements).filter(kept).forEach((field) => {
    const value = draft.values[field.name];
    if (value === undefined) return;
    if (Array.isArray(value)) {
      changed = changed || field.checked !== value.includes(field.value);
      field.checked = value.includes(field.value);
    } else if (field.value !== value) {
      changed = true;
      field.value = value;
    }
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  if (changed) {
    toast(words("draft"), "success", {
      action: words("discard"),
      onAction: () => {
        dropDraft(form);
        form.reset();
      },
    });
  }
}

const dropDrafts = (prefix) =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith(prefix))
    .forEach((key) => localStorage.removeItem(key));

const dropDraft = (form) => localStorage.removeItem(draftKey(form));

/** A draft whose form was sent and answered with "done" is done: the next caller's form starts empty. */
function dropSent() {
  const sent = sessionStorage.getItem("draft-sent");
  sessionStorage.removeItem("draft-sent");
  const taken = document.querySelector("#toasts [data-toast]:not(.toast-error)") && !document.querySelector(".field-wrong, .form-errors");
  if (sent && taken) localStorage.removeItem(sent);
}

function drafts(root) {
  if (root === document) dropSent();
  $$("form[data-draft]", root).forEach((form) => {
    restoreDraft(form);
    form.addEventListener("submit", () => sessionStorage.setItem("draft-sent", draftKey(form)));
    let timer = 0;
    const save = () => {
      if (timer) saveDraft(form);
      clearTimeout(timer);
      timer = 0;
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 300);
    });
    document.addEventListener("visibilitychange", save);
    window.addEventListener("pagehide", save);
  });
  // The page after a successful save says which draft is done: <div data-draft-done="key">.
  $$("[data-draft-done]", root).forEach((done) => dropDrafts(`draft:${done.dataset.draftDone}:`));
}

// ── Small things ──
function relativeTimes(root) {
  $$("time[data-ago]", root).forEach((element) => {
    const minutes = Math.floor((Date.now() - Date.parse(element.dateTime)) / 60000);
    if (Number.isNaN(minutes) || minutes >= 1440) return;
    if (minutes < 1) element.textContent = words("now");
    else if (minutes < 60) element.textContent = fill(words("minutes"), minutes);
    else element.textContent = fill(words("hours"), Math.floor(minutes / 60));
  });
}

function firstError(root) {
  const wrong = root.querySelector(".field-wrong input, .field-wrong select, .field-wrong textarea");
  if (!wrong) return;
  wrong.focus();
  wrong.closest(".field-wrong").scrollIntoView({ block: "center" }); // its words too, not only the field above the bar of buttons
}

function toggleDrawer(open) {
  document.body.classList.toggle("drawer-open", open);
  $$("[data-drawer]").forEach((button) => button.setAttribute("aria-expanded", String(open)));
}

function onClick(event) {
  const drawer = event.target.closest("[data-drawer]");
  if (drawer) toggleDrawer(!document.body.classList.contains("drawer-open"));
  else if (!event.target.closest("#nav")) toggleDrawer(false);
  $$("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  const row = event.target.closest("[data-href]");
  if (row && !event.target.closest("a, button, input, label, select")) location.href = row.dataset.href;
  const opener = event.target.closest("[data-opens]");
  if (opener) showDialog(opener.dataset.opens);
  const printer = event.target.closest("[data-print]");
  if (printer) window.print();
}

function showDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && dialog.showModal) dialog.showModal();
}

function onKey(event) {
  if (event.key === "Escape") {
    toggleDrawer(false);
    $$("details[data-menu][open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
  const typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
  if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector("dialog[open]")) {
    if (event.key === "?" && !document.getElementById("plan-help")) showDialog("keys"); // the editor has keys of its own
    const meant = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
    if (meant) meant.click();
  }
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const search = document.querySelector("[data-hotkey='/']");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
}

function onHover(event) {
  if (event.target.closest && event.target.closest("[data-map-canvas]")) {
    onHover.last = null; // the map itself says which pin is meant
    return;
  }
  const row = event.target.closest && event.target.closest("[data-id]");
  const id = row ? row.dataset.id : "";
  if (id !== onHover.last) {
    onHover.last = id;
    document.dispatchEvent(new CustomEvent("gridgov:point", { detail: { id } }));
  }
}

function onPoint(event) {
  $$("[data-id].row-on").forEach((row) => row.classList.remove("row-on"));
  if (event.detail.id) $$(`[data-id="${CSS.escape(event.detail.id)}"]`).forEach((row) => row.classList.add("row-on"));
}

// ── htmx: say what went wrong in words, keep what was typed ──
function onResponseError(event) {
  const status = event.detail.xhr.status;
  const said = { 401: "signedOut", 403: "denied", 404: "gone", 410: "gone", 429: "many" }[status] || "failed";
  toast(words(said), "error");
}

/** Too long a text is refused beside its field, whole: cut off by the browser, a pasted one would lose its end unseen. */
function longTexts(root) {
  $$("textarea[maxlength]", root).forEach((one) => {
    one.dataset.longest = one.getAttribute("maxlength"); // what goes through the phone's tray is measured by field.js
    one.removeAttribute("maxlength");
  });
}

/** A table wider than its place, with nothing to step to inside, takes the focus itself: the arrow keys move it. */
function wideTables(root) {
  $$(".table-wrap:not([tabindex])", root).forEach((box) => {
    if (box.scrollWidth <= box.clientWidth || box.querySelector("a, button, input, select, summary")) return;
    const heading = box.closest("section, main").querySelector("h1, h2");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", heading ? heading.textContent.trim() : document.title);
  });
}

let resizing = 0;
window.addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(() => wideTables(document), 200);
});

/** Bring a page or a fresh fragment to life. */
export function enliven(root) {
  drafts(root);
  wideTables(root);
  longTexts(root);
  relativeTimes(root);
  const needs = (name) => (root.matches && root.matches(`[data-${name}]`)) || root.querySelector(`[data-${name}]`);
  if (needs("map")) import("./map.js").then((map) => map.mountAll(root));
  if (needs("chart")) import("./charts.js").then((charts) => charts.mountAll(root));
}

document.addEventListener("pointerover", sayWhole);
document.addEventListener("submit", onSubmit, true);
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("mouseover", onHover);
document.addEventListener("focusin", onHover);
document.addEventListener("gridgov:point", onPoint);
window.addEventListener("pageshow", () => $$("form[data-sent]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest && event.target.closest("form");
  if (form) release(form);
});
document.addEventListener("htmx:responseError", onResponseError);
document.addEventListener("htmx:sendError", () => toast(words(navigator.onLine ? "failed" : "offline"), "error"));
document.addEventListener("htmx:afterSwap", (event) => enliven(event.detail.elt || event.target));
document.addEventListener("htmx:afterSettle", (event) => firstError(event.detail.elt || event.target));
setInterval(() => relativeTimes(document), 60000);

$$("#toasts [data-toast]").forEach((line) => keepOrFade(line, line.classList.contains("toast-error")));
enliven(document);
firstError(document);
