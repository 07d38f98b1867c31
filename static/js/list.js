// The list of incidents: list, map or both; rows picked for one step; keys; only what the map shows.
import { fill } from "./words.js";

const root = document.documentElement;
const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => Array.from(document.querySelectorAll(selector));

// ── List, map or both: kept on this device ──
function show(what) {
  root.setAttribute("data-list-shows", what);
  try {
    localStorage.setItem("list-shows", what);
  } catch (error) {
    console.warn("not kept", error);
  }
  pressed();
}

function pressed() {
  const now = root.getAttribute("data-list-shows");
  $$(".choice [data-shows]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.shows === now)));
}

// ── Picking rows ──
const bar = $("[data-bulk]");
const boxes = $$("input[name=pk]");
let last = null;

function count() {
  const picked = boxes.filter((box) => box.checked).length;
  bar.hidden = !picked;
  const told = bar.querySelector("[data-bulk-count]");
  told.textContent = fill(told.dataset.words, picked);
  bar.querySelectorAll("[data-bulk-confirm]").forEach((button) => (button.dataset.confirm = fill(button.dataset.bulkConfirm, picked)));
  const all = $("[data-pick-all]");
  all.checked = picked === boxes.length;
  all.indeterminate = picked > 0 && picked < boxes.length;
}

function pick(box, reach) {
  if (reach && last && last !== box) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((one) => (one.checked = box.checked));
  }
  last = box;
  count();
}

document.addEventListener("click", (event) => {
  const shows = event.target.closest("[data-shows]");
  if (shows) show(shows.dataset.shows);
  if (event.target.name === "pk") pick(event.target, event.shiftKey);
  if (event.target.closest("[data-pick-all]")) boxes.forEach((box) => (box.checked = event.target.checked));
  if (event.target.closest("[data-bulk-clear]")) boxes.forEach((box) => (box.checked = false));
  if (event.target.closest("[data-pick-all], [data-bulk-clear]")) count();
});

// ── j and k go through the rows, x picks ──
function step(by) {
  const links = $$("tr[data-id] td a");
  const rows = links.map((link) => link.closest("tr"));
  const here = rows.indexOf(document.activeElement.closest("tr[data-id]"));
  const next = links[Math.min(links.length - 1, Math.max(0, here + by))];
  if (next) next.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
  const row = document.activeElement.closest("tr[data-id]");
  const box = row && row.querySelector("input[name=pk]");
  if (event.key.toLowerCase() === "x" && box) {
    box.checked = !box.checked;
    pick(box, event.shiftKey);
  }
});

// ── Only what the map shows ──
function search(map) {
  const box = map.getBounds();
  const address = new URL(location.href);
  ["after", "before", "extent"].forEach((name) => address.searchParams.delete(name));
  const ends = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
  address.searchParams.set("extent", ends.map((end) => end.toFixed(5)).join(","));
  if (!address.searchParams.has("tab")) address.searchParams.set("tab", "mine");
  location.assign(address);
}

document.addEventListener("gridgov:map", (event) => {
  const { map } = event.detail;
  const box = $("[data-extent]");
  const again = $("[data-extent-again]");
  box.addEventListener("change", () => {
    if (box.checked) return search(map);
    const address = new URL(location.href);
    ["after", "before", "extent"].forEach((name) => address.searchParams.delete(name));
    location.assign(address);
  });
  map.on("dragend zoomend", () => (again.hidden = !box.checked));
  again.addEventListener("click", () => search(map));
});

pressed();
if (bar) count();
window.addEventListener("pageshow", () => bar && count());
