// The switches of the big map: each layer is fetched when it is switched on, drawn, and written out as a list.
// What is too much for one answer is asked for again wherever one looks: gathered from afar, one by one from near.
import { addLayer, addTiles, legend } from "./map.js";
import { fill, refill } from "./words.js";

const KEPT = "gridgov:layers";
const FINGER = window.matchMedia("(pointer: coarse)"); // what is small and close is gathered sooner
const list = document.querySelector("[data-layers]");
const drawn = new Map(); // key → {layer, features, whole, asking}

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

/** Count, list, and in words what the map does not show one by one. */
function tell(row, data) {
  const count = row.querySelector("[data-layer-count]");
  const box = row.querySelector("[data-layer-list]");
  const single = data ? data.features.filter((feature) => feature.properties.kind !== "cluster") : [];
  count.hidden = !data;
  count.textContent = data ? data.total : "";
  box.hidden = !single.length;
  refill(box.querySelector("ul"), ...single.map(entry));
  if (!data) say(row, "");
  else if (!data.total) say(row, list.dataset.empty, true);
  else if (data.tiles) say(row, list.dataset.tiled, true);
  else if (single.length < data.features.length) say(row, fill(list.dataset.gathered, data.here), true);
  else if (data.here > single.length) say(row, fill(list.dataset.cut, single.length).replace("{of}", data.here), true);
  else say(row, data.whole || data.here === data.total ? "" : fill(list.dataset.part, data.here), true);
}

function say(row, sentence, quiet = false) {
  const problem = row.querySelector("[data-layer-problem]");
  problem.hidden = !sentence;
  problem.textContent = sentence;
  problem.classList.toggle("field-error", !quiet);
  problem.classList.toggle("muted", quiet);
}

/** The part of the map that is looked at. */
function part({ map }) {
  const box = map.getBounds().pad(0.1);
  const sides = [Math.max(-360, box.getWest()), Math.max(-90, box.getSouth()), Math.min(360, box.getEast()), Math.min(90, box.getNorth())];
  return `?box=${sides.map((side) => side.toFixed(5)).join(",")}&z=${map.getZoom()}${FINGER.matches ? "&finger=1" : ""}`;
}

async function show(view, box) {
  const key = box.dataset.layer;
  const row = box.closest("li");
  const before = drawn.get(key);
  if (before) before.asking.abort();
  const asking = new AbortController();
  const mine = { ...before, asking };
  drawn.set(key, mine);
  try {
    const answer = await fetch(box.dataset.url + part(view), { credentials: "same-origin", signal: asking.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.json();
    if (drawn.get(key) !== mine) return;
    take(view, before);
    Object.assign(mine, { layer: data.tiles ? addTiles(view, data.tiles) : addLayer(view, data), features: data.features, kind: data.tiles && data.tiles.kind, whole: data.whole });
    tell(row, data);
    explain(view);
  } catch (error) {
    if (error.name === "AbortError") return;
    console.warn("layer", error.message);
    say(row, list.dataset.failed);
  }
}

function take(view, one) {
  if (!one || !one.layer) return;
  one.layer.remove();
  view.layers = view.layers.filter((layer) => layer !== one.layer);
}

function hide(view, box) {
  const one = drawn.get(box.dataset.layer);
  if (one) one.asking.abort();
  take(view, one);
  drawn.delete(box.dataset.layer);
  tell(box.closest("li"), null);
  explain(view);
}

function explain(view) {
  const all = Array.from(drawn.values());
  const tiled = all.filter((one) => one.kind).map((one) => ({ geometry: { type: "Polygon" }, properties: { kind: one.kind } }));
  legend(view.figure, [...all.flatMap((one) => one.features || []), ...tiled]);
}

function begin(view) {
  const before = chosen();
  const boxes = Array.from(list.querySelectorAll("[data-layer]"));
  boxes.forEach((box) => {
    box.checked = before ? before.includes(box.dataset.layer) : "shown" in box.dataset;
    if (box.checked) show(view, box);
    box.addEventListener("change", () => {
      keep();
      if (box.checked) show(view, box);
      else hide(view, box);
    });
  });
  let later = 0;
  view.map.on("moveend", () => {
    clearTimeout(later);
    later = setTimeout(() => boxes.filter((box) => box.checked && drawn.has(box.dataset.layer) && drawn.get(box.dataset.layer).whole === false).forEach((box) => show(view, box)), 150);
  });
}

const figure = document.querySelector("[data-layered]");
if (figure.view) begin(figure.view);
else figure.addEventListener("gridgov:map", () => begin(figure.view), { once: true });
