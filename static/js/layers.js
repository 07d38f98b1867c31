// The switches of the big map: each layer is fetched when it is switched on, drawn, and written out as a list.
import { addLayer } from "./map.js";

const KEPT = "gridgov:layers";
const list = document.querySelector("[data-layers]");
const drawn = new Map();

/** What was chosen last time on this device; null before the first choice. */
function chosen() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function keep() {
  const on = Array.from(list.querySelectorAll("[data-layer]:checked"), (box) => box.dataset.layer);
  try {
    localStorage.setItem(KEPT, JSON.stringify(on));
  } catch {
    // a browser that keeps nothing shows the usual layers next time
  }
}

function entry(feature) {
  const { label, url, id } = feature.properties;
  const item = document.createElement("li");
  const line = document.createElement(url ? "a" : "span");
  if (url) line.href = url;
  line.dataset.id = id;
  line.textContent = label;
  item.append(line);
  return item;
}

function tell(row, features) {
  const count = row.querySelector("[data-layer-count]");
  const box = row.querySelector("[data-layer-list]");
  count.hidden = !features;
  count.textContent = features ? features.length : "";
  box.hidden = !features || !features.length;
  box.querySelector("ul").replaceChildren(...(features || []).map(entry));
  say(row, features && !features.length ? list.dataset.empty : "");
}

function say(row, sentence) {
  const problem = row.querySelector("[data-layer-problem]");
  problem.hidden = !sentence;
  problem.textContent = sentence;
}

async function show(view, box) {
  const row = box.closest("li");
  try {
    const answer = await fetch(box.dataset.url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.json();
    if (!box.checked || drawn.has(box.dataset.layer)) return;
    drawn.set(box.dataset.layer, addLayer(view, data));
    tell(row, data.features);
  } catch (error) {
    console.warn("layer", error.message);
    say(row, list.dataset.failed);
  }
}

function hide(view, box) {
  const layer = drawn.get(box.dataset.layer);
  if (layer) layer.remove();
  view.layers = view.layers.filter((one) => one !== layer);
  drawn.delete(box.dataset.layer);
  tell(box.closest("li"), null);
}

document.addEventListener("gridgov:map", (event) => {
  const view = event.detail;
  const before = chosen();
  list.querySelectorAll("[data-layer]").forEach((box) => {
    box.checked = before ? before.includes(box.dataset.layer) : "shown" in box.dataset;
    if (box.checked) show(view, box);
    box.addEventListener("change", () => {
      keep();
      if (box.checked) show(view, box);
      else hide(view, box);
    });
  });
});
