// Moving corners: Leaflet-Geoman on the one chosen polygon, its events turned into moves of corners that all grids share; and the
// same by keyboard.
import { latlngs } from "./drawing.js";
import { keyOf, metres } from "./geometry.js";
import { Refusal } from "./topology.js";
import { number, say, together } from "./said.js";

const SNAP = 10; // pixels
const atPath = (tree, path) => path.reduce((branch, n) => branch[n], tree);

export class Corners {
  constructor({ draft, drawing, status }) {
    Object.assign(this, { draft, drawing, status, L: drawing.L, key: null, layer: null, drag: null, cursor: null });
  }

  get topology() {
    return this.draft.topology;
  }

  // ── One polygon at a time ──
  enable(key) {
    this.disable();
    const layer = this.drawing.layers.get(key);
    if (!layer || this.draft.facts.get(key).locked) return;
    this.key = key;
    this.layer = layer;
    layer.options.pmIgnore = false;
    this.L.PM.reInitLayer(layer);
    layer.on({
      "pm:markerdragstart": (event) => this.began(event),
      "pm:markerdrag": (event) => this.dragged(event),
      "pm:markerdragend": () => this.dropped(),
      "pm:vertexadded": (event) => this.added(event),
    });
    this.handles();
  }

  handles() {
    const free = (marker) => ["free", "slides"].includes(this.topology.freedom(this.nameOf(marker)));
    this.layer.pm.enable({
      allowSelfIntersection: true,
      snappable: false,
      addVertexOn: "click",
      moveVertexValidation: ({ marker }) => free(marker) || this.refuse(this.topology.freedom(this.nameOf(marker))),
      removeVertexValidation: ({ marker }) => {
        this.remove(this.nameOf(marker));
        return false; // the draft does it, for all grids at once
      },
    });
    this.layer.pm._markers.flat(2).forEach((marker) => marker._icon && marker._icon.classList.toggle("corner-fixed", !free(marker)));
    this.layer.pm._markerGroup.eachLayer(({ _icon: handle }) => {
      if (!handle) return;
      ["tabindex", "role"].forEach((name) => handle.removeAttribute(name)); // the keyboard has its own corner
      handle.setAttribute("aria-hidden", "true");
    });
  }

  /** Handles anew after the ground changed under them. */
  refresh() {
    if (!this.layer) return;
    const { key } = this;
    this.layer.pm.disable();
    if (!this.drawing.layers.has(key) || this.draft.facts.get(key).locked) return this.disable();
    if (this.drawing.layers.get(key) !== this.layer) return this.enable(key);
    this.layer.setLatLngs(latlngs(this.topology.shapes.get(key)));
    this.handles();
    return this.mark();
  }

  disable() {
    if (this.layer) {
      if (this.layer.pm) this.layer.pm.disable();
      this.layer.off("pm:markerdragstart pm:markerdrag pm:markerdragend pm:vertexadded");
    }
    Object.assign(this, { key: null, layer: null, drag: null });
    this.point(null);
  }

  nameOf(marker) {
    const { lng, lat } = marker._origLatLng || marker.getLatLng();
    return keyOf([lng, lat]);
  }

  refuse(word) {
    this.status(say(word), "warning");
    return false;
  }

  // ── Mouse ──
  began({ indexPath }) {
    if (!indexPath) return;
    const ring = atPath(this.topology.shapes.get(this.key), indexPath.slice(0, 2));
    const corner = keyOf(ring[indexPath[2]]);
    const before = new Map(Array.from(this.topology.usersOf(corner), (key) => [key, this.topology.shapes.get(key)]));
    this.drag = { corner, before, at: corner, ok: true, last: null };
  }

  /** One step of a drag: every grid with this corner, its numbers, and whether borders would cross. */
  dragged({ markerEvent }) {
    if (!this.drag) return;
    const { lng, lat } = markerEvent.target.getLatLng();
    this.dragTo([lng, lat]);
  }

  dragTo(place) {
    const { drag, topology } = this;
    const began = performance.now();
    topology.apply(drag.before); // always from where it stood
    let to = place;
    const snap = this.draft.snap(place, this.drawing.reach(SNAP), drag.corner);
    drag.edge = null;
    if (snap) {
      to = snap.at;
      if (snap.edge) drag.edge = snap;
    }
    try {
      drag.changes = topology.move(drag.corner, to);
      drag.ok = !topology.crossing(drag.changes) || Boolean(drag.edge);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      drag.ok = false;
      drag.changes = new Map();
    }
    this.draft.preview(drag.changes);
    const corners = (key) => drag.before.get(key).flat(2).length;
    const collapsed = drag.changes.has(this.key) && drag.changes.get(this.key).flat(2).length !== corners(this.key); // Geoman counts on its corners
    drag.changes.forEach((_p, key) => this.drawing.trace(key, collapsed ? this.key : null));
    this.layer.setStyle({ color: this.drawing.ink[drag.ok ? "--accent" : "--state-3-full"] });
    performance.measure("gridgov:drag", { start: began, end: performance.now() });
  }

  dropped() {
    const { drag } = this;
    this.drag = null;
    if (!drag || !drag.changes) return;
    const { changes, before, edge } = drag;
    this.topology.apply(before);
    before.forEach((_p, key) => this.draft.count(key));
    this.take(say("stepMove"), () => (edge ? this.ontoEdge(drag) : this.topology.checked(changes)));
    this.drawing.restyle(this.key);
    before.forEach((_p, key) => this.drawing.draw(key));
    setTimeout(() => this.refresh()); // Geoman finishes its event first
  }

  /** Dropped on a border: that border gets the corner first. */
  ontoEdge({ corner, edge }) {
    const all = this.topology.add(edge.edge[0], edge.edge[1], edge.at);
    const before = new Map(Array.from(all.keys(), (key) => [key, this.topology.shapes.get(key)]));
    this.topology.apply(all);
    try {
      this.topology.move(corner, edge.at).forEach((polygons, key) => all.set(key, polygons));
      before.forEach((polygons, key) => this.topology.set(key, polygons));
      return this.topology.checked(all);
    } catch (error) {
      before.forEach((polygons, key) => this.topology.set(key, polygons));
      throw error;
    }
  }

  added({ indexPath }) {
    const ring = atPath(this.topology.shapes.get(this.key), indexPath.slice(0, 2));
    const n = indexPath[2];
    const [from, to] = [ring[(n || ring.length) - 1], ring[n % ring.length]];
    const place = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    this.take(say("stepAdd"), () => this.topology.add(keyOf(from), keyOf(to), place));
    setTimeout(() => this.drag || this.refresh()); // a corner pulled out of the middle goes on being dragged
  }

  remove(corner) {
    this.take(say("stepRemove"), () => this.topology.remove(corner));
    setTimeout(() => this.refresh());
  }

  /** A step, or the reason why not. */
  take(label, work) {
    try {
      const shapes = work();
      this.draft.step(label, { shapes });
      this.status(shapes.size > 1 ? say("movedTogether", { n: shapes.size }) : label);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.status(say(error.word), "warning");
      return false;
    }
  }

  // ── Keyboard ──
  list() {
    return this.key ? this.topology.shapes.get(this.key).flat(2) : [];
  }

  /** Put the keyboard's corner on, said in words. */
  point(n) {
    if (this.ring) this.ring.remove();
    this.ring = null;
    this.cursor = n;
    if (n !== null) this.mark();
  }

  mark() {
    const list = this.list();
    if (this.cursor === null || !list.length) return;
    this.cursor = (this.cursor + list.length) % list.length;
    const p = list[this.cursor];
    if (this.ring) this.ring.remove();
    this.ring = this.L.circleMarker([p[1], p[0]], { radius: 11, color: this.drawing.ink["--accent"], weight: 3, fill: false, interactive: false, pane: "handles" }).addTo(this.drawing.map);
    if (!this.drawing.map.getBounds().pad(-0.05).contains([p[1], p[0]])) this.drawing.map.panTo([p[1], p[0]], { animate: false });
    const corner = keyOf(p);
    const freedom = this.topology.freedom(corner);
    const place = say("cornerOf", { n: this.cursor + 1, of: list.length, lon: p[0].toFixed(6), lat: p[1].toFixed(6) });
    const others = this.topology.usersOf(corner).size - 1;
    this.status(together(place, others ? say("sharedWith", { n: number(others) }) : "", freedom === "free" ? "" : say(freedom)));
  }

  next(by) {
    this.point(this.cursor === null ? (by > 0 ? 0 : -1) : this.cursor + by);
  }

  nudge(east, north) {
    const p = this.list()[this.cursor];
    if (!p) return;
    const [across, up] = metres(p[1]);
    const to = [p[0] + east / across, p[1] + north / up];
    const list = () => this.list().map(keyOf);
    if (!this.take(say("stepMove"), () => this.topology.checked(this.topology.move(keyOf(p), to)))) return;
    const now = list().indexOf(keyOf(to));
    if (now >= 0) this.cursor = now;
    this.refresh();
  }

  removeHere() {
    const p = this.list()[this.cursor];
    if (p) this.remove(keyOf(p));
  }

  /** A corner halfway to the next. */
  addHere() {
    const ring = this.topology.shapes.get(this.key).flat().find((one) => one.includes(this.list()[this.cursor]));
    if (!ring) return;
    const n = ring.indexOf(this.list()[this.cursor]);
    const [from, to] = [ring[n], ring[(n + 1) % ring.length]];
    if (this.take(say("stepAdd"), () => this.topology.add(keyOf(from), keyOf(to), [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]))) this.next(1);
    this.refresh();
  }
}
