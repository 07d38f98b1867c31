// The plan being edited: what is drawn and said of each grid, every step so far, and what each grid weighs. Knows no page.
import { toGeoJSON } from "./geometry.js";
import { Numbers, judge } from "./numbers.js";
import { Topology } from "./topology.js";
import { Ways } from "./ways.js";

const FACTS = ["key", "name", "code", "area_id", "grid_kind", "from", "locked", "east", "south", "west", "north"];
const pick = (properties) => Object.fromEntries(FACTS.map((name) => [name, properties[name] === undefined ? "" : properties[name]]));

export class Draft extends EventTarget {
  constructor(document) {
    super();
    this.plan = document.plan;
    this.areas = new Map((document.areas || []).map((facts) => [facts.area_id, pick(facts)]));
    this.limits = document.plan.limits || {};
    this.parent = document.parent;
    this.around = document.around || { features: [] };
    this.buildings = document.buildings || { features: [] };
    this.ways = new Ways((document.ways || { features: [] }).features);
    this.numbers = new Numbers(this.buildings.features);
    this.done = [];
    this.undone = [];
    this.fill(document);
    document.shapes.features.forEach((f) => this.numbers.settle(f.properties.key, this.topology.shapes.get(f.properties.key), f.properties.numbers));
    this.countAll();
    this.opened = new Map(this.counts); // to say what has changed since
  }

  /** Take what is drawn and said from a document or from what the browser kept. */
  fill(document) {
    this.topology = new Topology(this.parent);
    this.facts = new Map();
    document.shapes.features.forEach((f) => {
      this.facts.set(f.properties.key, pick(f.properties));
      this.topology.load(f.properties.key, f.geometry);
    });
    this.walls = (document.walls ? document.walls.features : []).flatMap(({ geometry }) => (geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates));
    this.lock();
  }

  lock() {
    this.topology.locked = new Set(Array.from(this.facts.values()).filter((f) => f.locked).map((f) => f.key));
  }

  countAll() {
    this.counts = new Map();
    this.facts.forEach((_f, key) => this.count(key));
  }

  count(key) {
    if (this.facts.has(key)) this.counts.set(key, this.numbers.count(key, this.topology.shapes.get(key)));
    else this.counts.delete(key);
  }

  standing(key) {
    return judge(this.facts.get(key), this.counts.get(key), this.limits);
  }

  /** Where a place falls: onto a corner or border, else onto a road or water that is shown. Null when nothing is near. */
  snap(place, reach, without = "") {
    return this.topology.snap(place, reach, without) || this.ways.snap(place, reach);
  }

  keys() {
    const name = (key) => this.facts.get(key).code || `~${this.facts.get(key).name}`;
    return Array.from(this.facts.keys()).sort((a, b) => name(a).localeCompare(name(b), "zh-Hans-CN", { numeric: true }));
  }

  freshKey() {
    return `n${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
  }

  /** Areas whose ground this grid has. */
  origins(...keys) {
    const all = keys.flatMap((key) => {
      const { area_id, from } = this.facts.get(key);
      return [...(area_id ? [area_id] : []), ...(from || [])];
    });
    return Array.from(new Set(all));
  }

  /** What is said of the area in use that these grids are all the parts of; null when they are not, or not all. */
  former(...keys) {
    const [origin, ...more] = this.origins(...keys);
    const elsewhere = Array.from(this.facts.keys()).some((key) => !keys.includes(key) && this.origins(key).includes(origin));
    if (more.length || elsewhere) return null;
    return keys.map((key) => this.facts.get(key)).find((facts) => facts.area_id === origin) || this.areas.get(origin) || null;
  }

  // ── Changing ──
  /** Show what a drag would do, without a step; `end` or another preview follows. */
  preview(shapes) {
    this.topology.apply(shapes);
    shapes.forEach((_polygons, key) => this.count(key));
    this.tell("shapes", { keys: Array.from(shapes.keys()), live: true });
  }

  /**
   * One step that can be undone: {shapes: Map key → polygons|null, facts: Map key → facts|null, walls}. `before` gives the
   * polygons from before a preview.
   */
  step(label, { shapes = new Map(), facts = new Map(), walls = null }, before = null) {
    const step = { label, before: { shapes: new Map(), facts: new Map(), walls: null }, after: { shapes, facts, walls } };
    shapes.forEach((_p, key) => step.before.shapes.set(key, (before && before.get(key)) || this.topology.shapes.get(key) || null));
    facts.forEach((_f, key) => step.before.facts.set(key, this.facts.get(key) || null));
    if (walls) step.before.walls = this.walls;
    this.put(step.after);
    this.done.push(step);
    this.undone = [];
    this.tell("step", { label, step });
  }

  put({ shapes, facts, walls }) {
    facts.forEach((f, key) => (f ? this.facts.set(key, f) : this.facts.delete(key)));
    this.topology.apply(shapes);
    if (walls) this.walls = walls;
    this.lock();
    const keys = new Set([...shapes.keys(), ...facts.keys()]);
    keys.forEach((key) => this.count(key));
    this.tell("shapes", { keys: Array.from(keys), listed: facts.size > 0, walls: Boolean(walls) });
  }

  undo() {
    const step = this.done.pop();
    if (!step) return null;
    this.undone.push(step);
    this.put(step.before);
    this.tell("step", { label: step.label, undone: true });
    return step;
  }

  redo() {
    const step = this.undone.pop();
    if (!step) return null;
    this.done.push(step);
    this.put(step.after);
    this.tell("step", { label: step.label, redone: true });
    return step;
  }

  /** One step that turns this draft into what another document says. */
  become(label, document) {
    const other = new Draft({ ...document, plan: this.plan, parent: this.parent, buildings: { features: [] } });
    const shapes = new Map();
    const facts = new Map();
    new Set([...this.facts.keys(), ...other.facts.keys()]).forEach((key) => {
      facts.set(key, other.facts.get(key) || null);
      shapes.set(key, other.facts.has(key) ? other.topology.shapes.get(key) : null);
    });
    this.step(label, { shapes, facts, walls: other.walls });
  }

  /** What was done elsewhere since an earlier document becomes the first step that can be undone. */
  remember(label, document) {
    const other = new Draft({ ...document, plan: this.plan, parent: this.parent, buildings: { features: [] } });
    const step = { label, before: { shapes: new Map(), facts: new Map(), walls: other.walls }, after: { shapes: new Map(), facts: new Map(), walls: this.walls } };
    new Set([...this.facts.keys(), ...other.facts.keys()]).forEach((key) => {
      [[step.before, other], [step.after, this]].forEach(([side, draft]) => {
        side.facts.set(key, draft.facts.get(key) || null);
        side.shapes.set(key, draft.facts.has(key) ? draft.topology.shapes.get(key) || null : null);
      });
    });
    this.done.push(step);
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // ── As GeoJSON ──
  content() {
    const features = Array.from(this.facts.values(), (f) => ({
      type: "Feature",
      id: f.key,
      geometry: toGeoJSON(this.topology.shapes.get(f.key)),
      properties: { ...f },
    }));
    const walls = this.walls.map((line) => ({ type: "Feature", geometry: { type: "LineString", coordinates: line }, properties: {} }));
    return { shapes: { type: "FeatureCollection", features }, walls: { type: "FeatureCollection", features: walls } };
  }
}
