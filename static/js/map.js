// Draws <figure data-map>: grids as quiet fills, points by level, the same things as a list, and picking a place on a form.
import { layer as tileLayer } from "./tiles.js";
import { asset, fill, load, words } from "./words.js";

const SHAPES = [
  '<circle cx="12" cy="12" r="8"/>',
  '<path d="M12 3l10 18h-20z"/>',
  '<rect x="4" y="4" width="16" height="16" rx="1"/>',
  '<path d="M8 3h8l5 5v8l-5 5h-8l-5-5v-8z"/>',
  '<path d="M12 1l11 11l-11 11l-11-11z"/>',
];
// Places, city assets and people's posts: a sign each, so that nothing is told by colour alone; kinds as in the features.
const SIGNS = {
  post: '<circle cx="12" cy="7" r="5"/><path d="M2 22c0-6 4-9 10-9s10 3 10 9z"/>',
  asset: '<circle cx="12" cy="12" r="10"/><circle class="map-sign-full" cx="12" cy="12" r="5"/>', // of any class
  place: '<path class="map-sign-full" d="M2 11l10-8l10 8h-3v10h-14v-10z"/>',
  "asset-01": '<circle cx="12" cy="12" r="10"/><path class="map-sign-full" d="M13 4l-7 9h5l-1 7l7-9h-5z"/>',
  "asset-02": '<circle cx="12" cy="12" r="10"/><path class="map-sign-full" d="M12 5l6 7h-4v7h-4v-7h-4z"/>',
  "asset-03": '<circle cx="12" cy="12" r="10"/><path class="map-sign-full" d="M6 7h12v2h-1l-1 9h-8l-1-9h-1z"/>',
  "asset-04": '<circle cx="12" cy="12" r="10"/><path class="map-sign-full" d="M12 4c5 4 5 9 1 11v4h-2v-4c-4-2-4-7 1-11z"/>',
  "asset-05": '<circle cx="12" cy="12" r="10"/><path class="map-sign-full" d="M12 6l6 6l-6 6l-6-6z"/>',
};
const signed = (kind) => `<svg viewBox="0 0 24 24" class="map-pin map-sign map-sign-${kind}" aria-hidden="true">${SIGNS[kind]}</svg>`;
// Where a cluster of a kind stands beside its place, in pixels (its anchor): several kinds over one place stay apart.
const BESIDE = { place: [23, 38], post: [-18, 11], asset: [23, -16] };
const BELOW = [10, -8]; // who holds a post in a grid: under the grid's name
const MANY = 400;
const OUTLINES = ["street", "community"];
const BORDERS = [...OUTLINES, "grid"]; // beneath everything else
const shape = (level) => `<svg viewBox="0 0 24 24" class="map-pin map-pin-${level}" aria-hidden="true">${SHAPES[level]}</svg>`;
const levelOf = (properties) => Math.min(4, Math.max(0, Number(properties.level) || 0));
const text = (content) => {
  const element = document.createElement("span");
  element.textContent = content;
  return element;
};

async function read(source) {
  if (!source) return null;
  if (source.startsWith("#")) return JSON.parse(document.getElementById(source.slice(1)).textContent);
  const answer = await fetch(source, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${source}: ${answer.status}`);
  return answer.json();
}

/** Tell rows and pins which record is meant. */
function point(id) {
  document.dispatchEvent(new CustomEvent("gridgov:point", { detail: { id: id ? String(id) : "" } }));
}

/** Follow a feature's address, unless the page listening to `gridgov:open` does something better. */
function open(figure, properties) {
  const event = new CustomEvent("gridgov:open", { detail: properties, bubbles: true, cancelable: true });
  if (figure.dispatchEvent(event) && properties.url) location.href = properties.url;
}

function polygonStyle(feature, many) {
  if (feature.properties.kind === "track") return { className: "map-track", fill: false };
  const { kind, share } = feature.properties;
  if ((kind || "").startsWith("way")) return { className: `map-way map-${kind}`, fill: false };
  if (kind === "covered") return { className: `map-covered map-covered-${share}` };
  if (OUTLINES.includes(kind) && !many) return { className: `map-border map-border-${kind}`, fill: false };
  const building = kind === "building";
  const { fill } = feature.properties; // how late the grid's incidents are; none are open without it
  const lateness = typeof fill === "number" ? ` map-grid-fill map-grid-fill-${fill}` : "";
  if (["before", "changed", "fault"].includes(feature.properties.kind)) return { className: `map-${feature.properties.kind}` };
  const style = { className: building ? "map-building" : `map-grid${lateness}` };
  if (!many) return style;
  const read = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return { color: read("--line-strong"), weight: building ? 0.75 : 1.5, fillColor: read(building ? "--line-strong" : "--accent"), fillOpacity: building ? 0.25 : 0.06 };
}

/** How many, and of what kind or the gravest of them in a word. */
function clusterWords(figure, { count, level, sign }) {
  const said = sign ? `[data-kind="${sign}"]` : `[data-level="${levelOf({ level })}"]`;
  const named = sign || level !== null ? figure.querySelector("[data-map-levels]").content.querySelector(said) : null;
  return named ? `${count} · ${named.textContent}` : String(count);
}

function pin(L, figure, feature, place) {
  if (feature.properties.kind === "stop") return L.marker(place, { icon: L.divIcon({ html: parseInt(feature.properties.label, 10) || "", className: "map-stop", iconSize: [22, 22] }), keyboard: false });
  const { kind } = feature.properties;
  const level = levelOf(feature.properties);
  if (kind === "cluster") return L.marker(place, { title: clusterWords(figure, feature.properties), icon: clusterIcon(L, feature.properties), keyboard: false, riseOnHover: true, zIndexOffset: feature.properties.sign ? 0 : 500 });
  const icon = L.divIcon({ html: SIGNS[kind] ? signed(kind) : shape(level), className: "map-pin-box", iconSize: [20, 20], iconAnchor: kind === "post" ? BELOW : [10, 10] });
  return L.marker(place, { icon, keyboard: false, riseOnHover: true, zIndexOffset: SIGNS[kind] ? -500 : level * 100 });
}

/** A ring for incidents, by the gravest of them; for everything else its sign and how many, beside the place. */
function clusterIcon(L, { count, level, sign }) {
  const html = `<b>${Number(count)}</b>`;
  if (SIGNS[sign]) return L.divIcon({ html: signed(sign) + html, className: "map-cluster map-cluster-signed", iconSize: [46, 22], iconAnchor: BESIDE[sign] || [23, 11] });
  return L.divIcon({ html, className: `map-cluster map-cluster-${level === null ? "plain" : levelOf({ level })}`, iconSize: [36, 36] });
}

/** Draw features on top of what is there. */
export function addLayer(view, data) {
  const { L, map, figure, pins } = view;
  const many = data.features.length > MANY;
  const beneath = data.features.length > 0 && data.features.every((feature) => BORDERS.includes(feature.properties.kind)) ? { pane: "borders" } : {};
  const layer = L.geoJSON(data, {
    ...beneath,
    renderer: many ? L.canvas(beneath) : undefined,
    style: (feature) => polygonStyle(feature, many),
    pointToLayer: (feature, place) => pin(L, figure, feature, place),
    interactive: true,
    bubblingMouseEvents: figure.hasAttribute("data-picker"),
    onEachFeature: (feature, each) => {
      const { id, label, url, kind } = feature.properties;
      const isPoint = feature.geometry.type === "Point";
      if (id !== undefined) pins.set(String(id), each);
      if (kind === "cluster") {
        each.on("click", () => map.setView(each.getLatLng(), map.getZoom() + 2));
        return;
      }
      if (label && !many) {
        const quiet = !isPoint && !(kind || "").startsWith("way") && !["covered", "building", "fault", "filled"].includes(kind);
        each.bindTooltip(text(label), quiet ? { permanent: true, direction: "center", className: "map-label", pane: "labels" } : { direction: "top" });
      }
      if (url && !figure.hasAttribute("data-picker")) each.on("click", () => open(figure, feature.properties));
      each.on("mouseover", () => point(id));
      each.on("mouseout", () => point(""));
    },
  }).addTo(map);
  view.layers.push(layer);
  return layer;
}

/** Thousands of shapes: tiles, each drawn when it comes into view; the name beside the pointer, the page on a click. */
export function addTiles(view, said) {
  const { L, map, figure } = view;
  const tiles = tileLayer(L, said.url, polygonStyle({ properties: { kind: said.kind } }, true)).addTo(map);
  const name = L.tooltip({ direction: "top", className: "map-label" });
  const over = (event) => {
    const shape = tiles.under(map, event.latlng);
    figure.classList.toggle("map-over", Boolean(shape));
    const words = shape && (shape.name_of || shape.many);
    if (words) name.setLatLng(event.latlng).setContent(text(String(words))).addTo(map);
    else name.remove();
  };
  const pressed = (event) => {
    const shape = tiles.under(map, event.latlng);
    if (shape && shape.many) map.setView(event.latlng, map.getZoom() + 2); // a square that stands for many
    else if (shape) open(figure, { id: shape.ref, url: said.page.replace("{ref}", shape.ref) });
  };
  map.on("mousemove", over);
  if (!figure.hasAttribute("data-picker")) map.on("click", pressed);
  tiles.on("remove", () => {
    name.remove();
    map.off("mousemove", over).off("click", pressed);
  });
  const [west, south, east, north] = said.bounds;
  const box = L.latLngBounds([south, west], [north, east]);
  const layer = { getBounds: () => box, getLayers: () => [], eachLayer: () => {}, remove: () => tiles.remove() };
  view.layers.push(layer);
  return layer;
}

const widthOf = (said) => Array.from(said).reduce((sum, letter) => sum + (letter > "\u2e7f" ? 13 : 7.5), 8); // pixels, roughly

/** Names of grids only where they fit, else what is counted there. */
function fitLabels({ map, layers }) {
  layers.forEach((layer) =>
    layer.eachLayer((each) => {
      const tooltip = each.getTooltip && each.getTooltip();
      const element = tooltip && tooltip.options.permanent && each.getBounds && tooltip.getElement();
      if (!element) return;
      const box = each.getBounds();
      const width = map.latLngToLayerPoint(box.getNorthEast()).x - map.latLngToLayerPoint(box.getSouthWest()).x;
      const { label, count } = each.feature.properties;
      const said = [label, count].find((one) => one && widthOf(one) <= width);
      element.hidden = !said;
      if (said && said !== element.textContent) tooltip.setContent(text(said));
    })
  );
}

/** What the shapes and colours mean, for what is drawn. */
export function legend(figure, features) {
  const list = figure.querySelector("[data-map-legend]");
  list.textContent = "";
  const named = figure.querySelector("[data-map-levels]").content;
  const levels = new Set(features.filter((f) => f.geometry.type === "Point" && f.properties.kind !== "stop" && f.properties.level !== null && !SIGNS[f.properties.kind]).map((f) => levelOf(f.properties)));
  const fills = new Set(features.map((f) => f.properties.fill).filter((fill) => typeof fill === "number"));
  const kinds = new Set(features.filter((f) => f.geometry.type !== "Point").map((f) => f.properties.kind || "grid"));
  const looks = (kind) => (["building", "before", "changed", "fault"].includes(kind) ? kind : OUTLINES.includes(kind) ? `border map-border-${kind}` : kind === "covered" ? "covered map-covered-3" : "grid");
  const entry = (mark, word) => {
    const item = document.createElement("li");
    item.innerHTML = mark;
    item.append(text(word));
    list.append(item);
  };
  Array.from(levels).sort().forEach((level) => {
    entry(`<span class="map-swatch">${shape(level)}</span>`, named.querySelector(`[data-level="${level}"]`).textContent);
  });
  Array.from(fills).sort().forEach((fill) => {
    entry(`<svg class="map-swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class="map-grid map-grid-fill map-grid-fill-${fill}" x="1" y="1" width="10" height="10"/></svg>`, named.querySelector(`[data-level="${fill}"]`).textContent);
  });
  new Set(features.map((f) => f.properties.sign || f.properties.kind).filter((kind) => SIGNS[kind])).forEach((kind) => {
    entry(`<span class="map-swatch">${signed(kind)}</span>`, named.querySelector(`[data-kind="${kind}"]`).textContent);
  });
  if (features.some((f) => f.properties.kind === "cluster")) entry('<span class="map-swatch map-swatch-many">9</span>', named.querySelector('[data-kind="cluster"]').textContent);
  kinds.forEach((kind) => {
    const word = named.querySelector(`[data-kind="${kind}"]`);
    if (word) entry(`<svg class="map-swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class="map-${looks(kind)}" x="1" y="1" width="10" height="10"/></svg>`, word.textContent);
  });
}

function asList(figure, features) {
  const box = figure.querySelector("[data-map-list]");
  if (!box) return;
  const shown = features.filter((feature) => feature.properties.label && feature.properties.kind !== "building");
  if (!shown.length || figure.hasAttribute("data-hide-list")) box.hidden = true;
  const named = figure.querySelector("[data-map-levels]").content;
  shown.sort((a, b) => levelOf(b.properties) - levelOf(a.properties)).forEach((feature) => {
    const { label, url, id, kind } = feature.properties;
    const item = document.createElement("li");
    const line = document.createElement(url ? "a" : "span");
    if (url) line.href = url;
    if (id !== undefined) line.dataset.id = id;
    const level = feature.geometry.type === "Point" && !SIGNS[kind] ? named.querySelector(`[data-level="${levelOf(feature.properties)}"]`).textContent : "";
    line.textContent = level ? `${level} · ${label}` : label;
    item.append(line);
    box.querySelector("ul").append(item);
  });
}

// ── Picking a place ──
function picker(view) {
  const { L, map, figure } = view;
  const form = figure.closest("form");
  const field = (name) => form && form.querySelector(`[name=${name}]`);
  const status = figure.querySelector("[data-map-status]");
  let marker = null;
  let circle = null;
  const set = (name, value) => {
    if (field(name)) field(name).value = value;
  };
  const put = (place, accuracy) => {
    if (marker) marker.setLatLng(place);
    else {
      marker = L.marker(place, { draggable: true, autoPan: true, alt: words("picked"), title: words("picked"), icon: L.divIcon({ className: "map-drop", html: '<svg viewBox="0 0 24 34" aria-hidden="true"><path d="M12 1a11 11 0 0 0-11 11c0 8 11 21 11 21s11-13 11-21a11 11 0 0 0-11-11z"/><circle cx="12" cy="12" r="4"/></svg>', iconSize: [32, 45], iconAnchor: [16, 45] }) }).addTo(map);
      marker.on("dragend", () => chosen(marker.getLatLng(), null));
    }
    if (circle) circle.remove();
    if (accuracy) circle = L.circle(place, { radius: accuracy, className: "map-accuracy", interactive: false }).addTo(map);
  };
  const chosen = (place, accuracy) => {
    put(place, accuracy);
    set("lon", place.lng.toFixed(6));
    set("lat", place.lat.toFixed(6));
    set("accuracy", accuracy ? Math.round(accuracy) : "");
    status.textContent = accuracy ? fill(words("located"), Math.round(accuracy)) : words("picked");
    figure.dispatchEvent(new CustomEvent("gridgov:picked", { detail: { lon: place.lng, lat: place.lat, accuracy }, bubbles: true }));
  };
  map.on("click", (event) => chosen(event.latlng, null));
  figure.querySelector("[data-map-canvas]").addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      chosen(map.getCenter(), null);
    }
  });
  figure.querySelector("[data-map-locate]").addEventListener("click", () => {
    if (!window.isSecureContext) {
      status.textContent = words("insecure"); // browsers give no position over plain http
      return;
    }
    status.textContent = words("locating");
    const lost = () => (status.textContent = words("unlocated"));
    if (!navigator.geolocation) return lost();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const place = L.latLng(coords.latitude, coords.longitude);
        chosen(place, coords.accuracy);
        map.setView(place, Math.max(map.getZoom(), 17));
      },
      lost,
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 }
    );
  });
  if (field("lon") && field("lon").value && field("lat").value) {
    const place = L.latLng(Number(field("lat").value), Number(field("lon").value));
    put(place, null);
    map.setView(place, 17);
  }
}

function mark(each, on) {
  const element = each && each.getElement && each.getElement();
  if (element) element.classList.toggle(each.setIcon ? "map-pin-on" : "map-grid-on", on);
  else if (each && each.setStyle) each.setStyle({ weight: on ? 4 : 1.5 }); // on a canvas
  if (on && each.setZIndexOffset) each.setZIndexOffset(1000);
}

function highlight(view, id) {
  if (view.on === id) return;
  if (view.pins.has(view.on)) mark(view.pins.get(view.on), false);
  if (view.pins.has(id)) mark(view.pins.get(id), true);
  view.on = id;
}

function frame(view) {
  const { L, map, layers, figure } = view;
  const box = L.latLngBounds([]);
  const own = figure.dataset.zoom === "source" && layers.length > 1 && layers[layers.length - 1].getBounds();
  const last = layers.length ? layers[layers.length - 1].getBounds() : null;
  if (figure.dataset.zoom === "near" && last && last.isValid()) return map.fitBounds(last.getCenter().toBounds(600), { animate: false });
  const asked = (figure.dataset.zoom || "").split(",").map(Number);
  if (asked.length === 4 && asked.every(Number.isFinite)) return map.fitBounds([[asked[1], asked[0]], [asked[3], asked[2]]], { animate: false });
  if (own && own.isValid()) return map.fitBounds(own.pad(0.15), { maxZoom: 18, animate: false });
  const points = layers.length > 1 ? layers[layers.length - 1].getBounds() : null;
  layers.forEach((layer) => box.extend(layer.getBounds()));
  if (points && points.isValid() && !box.isValid()) box.extend(points);
  const many = layers.length > 1 && layers[layers.length - 1].getLayers().length > 3;
  if (many && layers[0].getBounds().isValid()) return map.fitBounds(layers[0].getBounds(), { padding: [12, 12], animate: false }); // one pin far outside does not shrink the street
  if (box.isValid()) map.fitBounds(box, { padding: [12, 12], maxZoom: 18, animate: false });
  else map.setView([30.5, 114.4], 12);
}

async function mount(figure, L) {
  const canvas = figure.querySelector("[data-map-canvas]");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(canvas, { attributionControl: false, zoomControl: false, zoomAnimation: !still, fadeAnimation: !still, zoomSnap: 0.25, maxZoom: 20 });
  L.control.zoom({ zoomInTitle: words("zoomIn"), zoomOutTitle: words("zoomOut") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  map.createPane("borders").style.zIndex = 390;
  map.createPane("labels").style.zIndex = 450; // under the pins
  if (asset("basemap")) import("./basemap.js").then(({ lay }) => lay(L, map, (said) => beneath(figure, said))).catch(() => {}); // without a signal there is none
  const view = { L, map, figure, layers: [], pins: new Map() };
  const parts = (await Promise.all([read(figure.dataset.grids), read(figure.dataset.source)])).filter(Boolean);
  parts.forEach((data) => (data.tiles ? addTiles(view, data.tiles) : addLayer(view, data)));
  frame(view);
  const tiled = parts.filter((data) => data.tiles).map(({ tiles }) => ({ geometry: { type: "Polygon" }, properties: { kind: tiles.kind } }));
  const features = [...parts.flatMap((data) => data.features), ...tiled];
  legend(figure, features);
  asList(figure, features);
  map.on("zoomend", () => fitLabels(view));
  fitLabels(view);
  map.on("layeradd", ({ layer }) => layer.eachLayer && fitLabels({ map, layers: [layer] }));
  document.addEventListener("gridgov:point", (event) => highlight(view, event.detail.id));
  if (window.ResizeObserver) new ResizeObserver(() => map.invalidateSize()).observe(canvas);
  if (figure.hasAttribute("data-picker")) picker(view);
  if (!features.length && !figure.hasAttribute("data-picker") && !figure.hasAttribute("data-layered")) say(figure, "mapEmpty");
  figure.view = view; // for scripts that come later than the event
  figure.dispatchEvent(new CustomEvent("gridgov:map", { detail: view, bubbles: true }));
}

/** Whose map lies beneath, or why none does. */
function beneath(figure, said) {
  const old = figure.querySelector("[data-map-beneath]");
  const note = old || document.createElement("span");
  note.className = "map-note";
  note.dataset.mapBeneath = "";
  note.textContent = said;
  if (!old) figure.querySelector(".map-foot").append(note);
}

function say(figure, sentence) {
  const note = document.createElement("p");
  note.className = "map-message";
  note.textContent = words(sentence);
  figure.querySelector("[data-map-canvas]").append(note);
}

/** Draw every map in `root` that is not drawn yet; a page gets {map, layers, pins} by the event `gridgov:map`. */
export async function mountAll(root) {
  const all = root.matches && root.matches("[data-map]") ? [root] : Array.from(root.querySelectorAll("[data-map]"));
  const fresh = all.filter((figure) => !figure.dataset.drawn);
  fresh.forEach((figure) => (figure.dataset.drawn = "1"));
  if (!fresh.length) return;
  await Promise.all([load("leafletCss"), load("leafletJs")]);
  const L = window.L;
  L.Icon.Default.imagePath = asset("leafletIcons");
  fresh.forEach((figure) =>
    mount(figure, L).catch((error) => {
      console.warn("map", error.message);
      say(figure, "mapFailed");
    })
  );
}
