// The map of the editor: grids on one canvas, neighbours and buildings on another beneath, and above them what is being done.
import { middleOf, toGeoJSON } from "./geometry.js";

export const latlngs = (polygons) => polygons.map((rings) => rings.map((ring) => ring.map(([x, y]) => [y, x])));
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const FILLS = { many: "--state-2-full", crowded: "--state-2-full", few: "--state-1-full", small: "--state-1-full" };
const LABELS = 80;

export class Drawing {
  constructor(L, canvas, draft) {
    Object.assign(this, { L, draft, layers: new Map(), labels: new Map(), selected: null, wrong: new Set(), roadNames: [] });
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(canvas, { attributionControl: false, zoomControl: false, zoomAnimation: !still, fadeAnimation: false, zoomSnap: 0.25, maxZoom: 21, keyboard: false, doubleClickZoom: false, boxZoom: false, pmIgnore: false });
    ["under", "over", "labels", "handles"].forEach((name, n) => (this.map.createPane(name).style.zIndex = [390, 420, 450, 610][n]));
    this.map.getPane("labels").style.pointerEvents = "none";
    this.map.getPane("over").style.pointerEvents = "none";
    this.canvas = L.canvas({ padding: 0.2 });
    this.beneath = L.canvas({ padding: 0.2, pane: "under" });
    this.above = L.layerGroup().addTo(this.map);
    this.faults = L.layerGroup().addTo(this.map);
    this.proposals = L.layerGroup().addTo(this.map);
    this.colours();
    this.surroundings();
    draft.facts.forEach((_f, key) => this.draw(key));
    this.walls();
    this.map.on("zoomend moveend", () => this.label());
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => this.repaint(), 50));
  }

  colours() {
    this.ink = Object.fromEntries(["--accent", "--line", "--line-strong", "--muted", "--surface", "--text", "--state-1-full", "--state-2-full", "--state-3-full", "--state-4-full"].map((name) => [name, token(name)]));
  }

  repaint() {
    this.colours();
    this.layers.forEach((layer, key) => layer.setStyle(this.style(key)));
    this.under.remove();
    this.surroundings();
    this.walls();
  }

  /** What does not change: neighbours outside, the parent's outline, buildings. */
  surroundings() {
    const { L, draft, ink } = this;
    this.under = L.layerGroup().addTo(this.map);
    this.roads();
    const plain = { renderer: this.beneath, interactive: false };
    L.geoJSON(draft.around, { ...plain, style: { ...plain, color: ink["--line-strong"], weight: 1, fillColor: ink["--muted"], fillOpacity: 0.08 } }).addTo(this.under);
    if (draft.parent) L.geoJSON(draft.parent, { style: { ...plain, color: ink["--text"], weight: 4, opacity: 0.55, fill: false } }).addTo(this.under);
    draft.buildings.features.forEach(({ geometry, properties }) => {
      if (properties.footprint) L.geoJSON(properties.footprint, { style: { ...plain, color: ink["--line-strong"], weight: 0.75, fillColor: ink["--line-strong"], fillOpacity: 0.35 } }).addTo(this.under);
      else if (geometry) L.circleMarker([geometry.coordinates[1], geometry.coordinates[0]], { ...plain, radius: 2.5, stroke: false, fillColor: ink["--muted"], fillOpacity: 0.8 }).addTo(this.under);
    });
  }

  /** Roads, railways and water, where they are shown. */
  roads() {
    const { L, draft, ink } = this;
    if (this.roadLayer) this.roadLayer.remove();
    this.roadLayer = L.layerGroup().addTo(this.map);
    this.roadNames = [];
    if (!draft.ways.shown) return;
    const named = new Set(); // each name once, few enough to read
    const weight = { main: 6, road: 4, lane: 2, rail: 3, water: 5 };
    draft.ways.features.forEach(({ geometry, properties: { kind, name } }) => {
      const style = { renderer: this.beneath, interactive: false, color: ink[kind === "water" ? "--accent" : "--muted"], opacity: kind === "water" ? 0.45 : 0.35, weight: weight[kind], dashArray: kind === "rail" ? "8 5" : null };
      L.geoJSON(geometry, { style }).addTo(this.roadLayer);
      const long = geometry.coordinates.flat()[Math.floor(geometry.coordinates.flat().length / 2)];
      if (!name || kind === "lane" || named.has(name) || named.size >= LABELS) return;
      named.add(name);
      const text = document.createElement("span");
      text.textContent = name;
      const label = L.tooltip({ permanent: true, direction: "center", className: "map-label plan-way", pane: "labels", interactive: false });
      this.roadNames.push(label.setContent(text).setLatLng([long[1], long[0]]).addTo(this.roadLayer));
    });
    this.map.whenReady(() => this.clearNames());
  }

  /** Names of roads only where they cover neither a grid's name nor one another. */
  clearNames() {
    const drawn = (labels) => Array.from(labels).filter((label) => label.getElement()); // none before the map's first view
    const boxOf = (label) => label.getElement().getBoundingClientRect();
    const taken = drawn(this.labels.values()).map(boxOf);
    drawn(this.roadNames).forEach((label) => {
      const box = boxOf(label);
      const free = !taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
      label.getElement().style.visibility = free ? "" : "hidden";
      if (free) taken.push(box);
    });
  }

  style(key) {
    const { draft, ink } = this;
    const state = FILLS[draft.standing(key)];
    const on = key === this.selected;
    const beside = key === this.partner;
    const wrong = this.wrong.has(key);
    return {
      color: wrong ? ink["--state-3-full"] : on || beside ? ink["--accent"] : ink["--line-strong"],
      weight: on || wrong || beside ? 3 : 1.5,
      dashArray: draft.facts.get(key).locked ? "7 4" : null,
      fillColor: ink[state || "--accent"],
      fillOpacity: state ? (on ? 0.34 : 0.2) : on ? 0.2 : beside ? 0.12 : 0.05,
    };
  }

  draw(key) {
    const polygons = this.draft.topology.shapes.get(key);
    const layer = this.layers.get(key);
    if (!this.draft.facts.has(key) || !polygons || !polygons.length) {
      if (layer) layer.remove();
      this.layers.delete(key);
      return;
    }
    if (!layer) {
      const made = this.L.polygon(latlngs(polygons), { renderer: this.canvas, ...this.style(key), bubblingMouseEvents: true });
      this.layers.set(key, made.addTo(this.map));
      return;
    }
    layer.setLatLngs(latlngs(polygons));
    layer.setStyle(this.style(key));
  }

  /** While a corner is dragged: outlines alone. */
  trace(key, skip) {
    const layer = this.layers.get(key);
    if (layer && key !== skip) layer.setLatLngs(latlngs(this.draft.topology.shapes.get(key)));
  }

  restyle(...keys) {
    keys.forEach((key) => this.layers.has(key) && this.layers.get(key).setStyle(this.style(key)));
  }

  choose(key) {
    const before = this.selected;
    this.selected = key;
    if (before && this.draft.facts.has(before)) this.restyle(before);
    if (key) this.restyle(key);
    if (this.layers.has(key)) this.layers.get(key).bringToFront();
    this.label();
  }

  /** The other grid of two that are worked on together. */
  pair(key) {
    const before = this.partner;
    this.partner = key;
    this.restyle(...[before, key].filter((one) => this.draft.facts.has(one)));
  }

  walls() {
    if (this.wallLayer) this.wallLayer.remove();
    this.wallLayer = this.L.layerGroup(this.draft.walls.map((line) => this.L.polyline(line.map(([x, y]) => [y, x]), { color: this.ink["--state-4-full"], weight: 4, dashArray: "2 6", interactive: false, pane: "over" }))).addTo(this.map);
  }

  // ── Names where they fit ──
  label() {
    const view = this.map.getBounds();
    const shown = new Set();
    for (const [key, layer] of this.layers) {
      if (shown.size >= LABELS) break;
      const box = layer.getBounds();
      if (!view.intersects(box)) continue;
      const name = this.draft.facts.get(key).name;
      const width = this.map.latLngToLayerPoint(box.getNorthEast()).x - this.map.latLngToLayerPoint(box.getSouthWest()).x;
      if (key !== this.selected && width < name.length * 12 + 8) continue;
      shown.add(key);
      const [x, y] = middleOf(this.draft.topology.shapes.get(key));
      const label = this.labels.get(key) || this.L.tooltip({ permanent: true, direction: "center", className: "map-label", pane: "labels", interactive: false });
      const text = document.createElement("span");
      text.textContent = name;
      label.setContent(text).setLatLng([y, x]);
      if (!this.labels.has(key)) this.labels.set(key, label.addTo(this.map));
    }
    this.labels.forEach((label, key) => {
      if (shown.has(key)) return;
      label.remove();
      this.labels.delete(key);
    });
    this.clearNames();
  }

  // ── Faults and proposals ──
  showFaults(faults) {
    const { L, ink } = this;
    this.faults.clearLayers();
    const before = this.wrong;
    this.wrong = new Set(faults.filter((fault) => fault.level === "error").flatMap((fault) => fault.keys || []));
    this.restyle(...[...before, ...this.wrong].filter((key) => this.draft.facts.has(key)));
    faults.filter((fault) => fault.where).forEach((fault) => {
      const colour = ink[fault.level === "error" ? "--state-3-full" : "--state-2-full"];
      const style = { color: colour, weight: 5, opacity: 0.9, fillColor: colour, fillOpacity: 0.45, interactive: false, pane: "over" };
      L.geoJSON(fault.where, { style, pointToLayer: (_f, at) => L.circleMarker(at, { ...style, radius: 9 }) }).addTo(this.faults);
    });
  }

  /** Outlines of somebody else's or the repair's shapes, dashed over ours. */
  showProposal(features) {
    this.proposals.clearLayers();
    const style = { color: this.ink["--state-4-full"], weight: 3, dashArray: "6 5", fill: false, interactive: false, pane: "over" };
    features.filter((f) => f.geometry).forEach((f) => this.L.geoJSON(f, { style }).addTo(this.proposals));
  }

  // ── Going places ──
  frame(keys = null) {
    const box = this.L.latLngBounds([]);
    (keys || Array.from(this.layers.keys())).forEach((key) => this.layers.has(key) && box.extend(this.layers.get(key).getBounds()));
    if (!box.isValid() && this.draft.parent) box.extend(this.L.geoJSON(this.draft.parent).getBounds());
    if (!box.isValid() && this.draft.around.features.length) box.extend(this.L.geoJSON(this.draft.around).getBounds());
    if (!box.isValid()) return this.map.setView([30.5, 114.4], 13);
    return this.map.fitBounds(keys ? box.pad(0.6) : box, { padding: [20, 20], maxZoom: 18, animate: false });
  }

  goTo(geometry) {
    this.map.fitBounds(this.L.geoJSON(geometry).getBounds().pad(0.5), { maxZoom: 19, animate: false });
  }

  /** How far `pixels` reach on the ground, in degrees of latitude. */
  reach(pixels) {
    const here = this.map.getCenter();
    const point = this.map.latLngToContainerPoint(here);
    return Math.abs(this.map.containerPointToLatLng([point.x, point.y - pixels]).lat - here.lat);
  }

  geometry(key) {
    return toGeoJSON(this.draft.topology.shapes.get(key));
  }
}
