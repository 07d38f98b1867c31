// The tools: what each of them does with the chosen grid or with what was drawn. Each ends in one step that can be undone.
import { keyOf, lengthOf, middleOf } from "./geometry.js";
import { carve, merge, split } from "./overlay.js";
import { metresOf, say, together } from "./said.js";
import { Refusal, edgeKey } from "./topology.js";

export class Tools {
  constructor(editor) {
    Object.assign(this, { editor, draft: editor.draft, drawing: editor.drawing, sketch: editor.sketch, corners: editor.corners, active: "select" });
    this.drawing.map.on("click", ({ latlng }) => this.clicked([latlng.lng, latlng.lat]));
  }

  get chosen() {
    return this.editor.chosen;
  }

  /** Take up a tool by its name; "select" puts every other one away. */
  use(name) {
    this.sketch.end();
    this.corners.disable();
    const needsOne = ["corners", "split", "merge", "hole", "take"];
    if (needsOne.includes(name) && !this.chosen) {
      this.editor.status(say("chooseFirst"), "warning");
      name = "select";
    }
    this.active = name;
    this.editor.toolChanged(name);
    if (name !== "select") this.editor.measured("");
    const begin = { corners: "startCorners", split: "startSplit", merge: "startMerge", cut: "startCut", hole: "startHole", draw: "startDraw", take: "startTake", wall: "startWall", measure: "startMeasure" }[name];
    if (begin) this[begin]();
  }

  clicked(place) {
    if (this.sketch.on || this.editor.fixing) return;
    const key = this.draft.topology.at(place);
    if (this.active === "merge") {
      this.mergeWith(key);
      return;
    }
    const wall = this.active === "select" && this.wallAt(place);
    if (wall >= 0 && wall !== false) {
      this.removeWall(wall);
      return;
    }
    if (key) this.editor.choose(key);
  }

  /** One step, or the reason why not. Then back to selecting. */
  attempt(label, work, after = null) {
    try {
      const change = work();
      this.draft.step(label, change);
      this.use("select");
      if (after) after(change);
      this.editor.status(label);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.use(this.active);
      this.editor.status(say(error.word), "warning");
    }
  }

  startCorners() {
    if (this.draft.facts.get(this.chosen).locked) {
      this.use("select");
      this.editor.status(say("locked"), "warning");
      return;
    }
    this.corners.enable(this.chosen);
    this.editor.status(say("cornersHow"));
  }

  // ── Split ──
  startSplit() {
    this.sketch.begin("line", (line) => this.splitBy(line));
  }

  splitBy(line) {
    const key = this.chosen;
    this.attempt(say("stepSplit", { name: this.nameOf(key) }), () => {
      const { pieces, changes } = split(this.draft.topology, key, line);
      const facts = new Map([[key, null]]);
      const shapes = new Map([...changes, [key, null]]);
      const names = sides(pieces, this.nameOf(key));
      pieces.forEach((piece, n) => {
        const fresh = this.draft.freshKey();
        shapes.set(fresh, piece);
        facts.set(fresh, { ...this.draft.facts.get(key), key: fresh, name: names[n], code: "", area_id: null, from: this.draft.origins(key), locked: false, east: "", south: "", west: "", north: "" });
      });
      return { shapes, facts };
    }, ({ facts }) => this.editor.choose(Array.from(facts.keys()).pop()));
  }

  // ── Merge ──
  startMerge() {
    this.first = this.chosen; // the list may choose the other one
    this.editor.status(say("mergeHow", { name: this.nameOf(this.chosen) }));
  }

  mergeWith(other) {
    const key = this.first;
    if (!other || other === key) return;
    this.attempt(say("stepMerge", { name: this.nameOf(key), other: this.nameOf(other) }), () => {
      const fresh = this.draft.freshKey();
      const polygons = merge(this.draft.topology, key, other);
      const facts = this.draft.former(key, other) || { ...this.draft.facts.get(key), code: "", area_id: null, from: this.draft.origins(key, other), east: "", south: "", west: "", north: "" };
      return { shapes: new Map([[key, null], [other, null], [fresh, polygons]]), facts: new Map([[key, null], [other, null], [fresh, { ...facts, key: fresh }]]) };
    }, ({ facts }) => this.editor.choose(Array.from(facts.keys()).pop()));
  }

  // ── Ground drawn around ──
  startCut() {
    this.sketch.begin("outline", (ring) => {
      const fresh = this.draft.freshKey();
      this.drawn(say("stepCut"), ring, (key, drawn) => (drawn && key !== null ? fresh : key), fresh, (changes) => ({
        ...this.blank(fresh, say("newDedicated")), grid_kind: this.isGrid() ? "dedicated" : "", from: this.draft.origins(...Array.from(changes.keys()).filter((key) => key !== fresh)),
      }));
    });
  }

  startHole() {
    const own = this.chosen;
    this.sketch.begin("outline", (ring) => this.drawn(say("stepHole"), ring, (key, drawn) => (drawn && key === own ? null : key)));
  }

  startTake() {
    const own = this.chosen;
    this.sketch.begin("outline", (ring) => this.drawn(say("stepTake", { name: this.nameOf(own) }), ring, (key, drawn, inside) => (drawn && inside ? own : key), own));
  }

  /** Ground that no grid has; into the chosen grid when that is not drawn yet, else into a new one. */
  startDraw() {
    const empty = this.chosen && !(this.draft.topology.shapes.get(this.chosen) || []).length ? this.chosen : null;
    this.sketch.begin("outline", (ring) => {
      const target = empty || this.draft.freshKey();
      this.drawn(say("stepDraw"), ring, (key, drawn, inside) => (key === null && drawn && inside ? target : key), target, () => (empty ? this.draft.facts.get(empty) : this.blank(target, say("newGrid"))));
    });
  }

  drawn(label, ring, whose, receiver = null, factsOf = null) {
    this.attempt(label, () => {
      const shapes = carve(this.draft.topology, ring, whose, receiver);
      if (!shapes.size || (receiver && !(shapes.get(receiver) || []).length)) throw new Refusal("nothingThere");
      const facts = new Map();
      shapes.forEach((polygons, key) => {
        if (polygons.length || key === receiver) return;
        facts.set(key, null); // nothing is left of it
        shapes.set(key, null);
      });
      if (factsOf) facts.set(receiver, factsOf(shapes));
      return { shapes, facts };
    }, () => receiver && this.editor.choose(receiver));
  }

  blank(key, name) {
    return { key, name, code: "", area_id: null, grid_kind: this.isGrid() ? "general" : "", from: [], locked: false, east: "", south: "", west: "", north: "" };
  }

  isGrid() {
    return this.draft.plan.child_kind === "grid";
  }

  // ── Walls, measure, lock ──
  startWall() {
    this.sketch.begin("line", (line) => this.attempt(say("stepWall"), () => ({ walls: [...this.draft.walls, line] })));
  }

  wallAt(place) {
    const reach = this.drawing.reach(8);
    const near = (line) => line.some((p, n) => n && distanceTo(place, line[n - 1], p) < reach);
    return this.draft.walls.findIndex(near);
  }

  removeWall(n) {
    this.attempt(say("stepUnwall"), () => ({ walls: this.draft.walls.filter((_line, m) => m !== n) }));
  }

  startMeasure() {
    this.sketch.begin("measure", (points, words) => {
      this.use("select");
      this.editor.status(together(say("measured"), words));
      this.editor.measured(`${words}${points.length > 2 ? ` · ${say("around", { length: metresOf(lengthOf(points, true)) })}` : ""}`);
    });
  }

  toggleLock(key = this.chosen) {
    if (!key) {
      this.editor.status(say("chooseFirst"), "warning");
      return;
    }
    const facts = this.draft.facts.get(key);
    this.draft.step(say(facts.locked ? "stepUnlock" : "stepLock", { name: facts.name }), { facts: new Map([[key, { ...facts, locked: !facts.locked }]]) });
    this.editor.status(say(facts.locked ? "stepUnlock" : "stepLock", { name: facts.name }));
    if (this.active === "corners") this.use("corners");
  }

  nameOf(key) {
    return (this.draft.facts.get(key) || {}).name || "";
  }
}

function distanceTo(p, a, b) {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const share = Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(p[0] - a[0] - share * dx, p[1] - a[1] - share * dy);
}

/** Names for the parts of a split: by the side they lie on; numbered when there are more than two. */
function sides(pieces, name) {
  const middles = pieces.map(middleOf);
  if (pieces.length > 2) return pieces.map((_piece, n) => say("part", { name, side: n + 1 }));
  const [a, b] = middles;
  const across = Math.abs(a[0] - b[0]) * Math.cos((a[1] * Math.PI) / 180) >= Math.abs(a[1] - b[1]);
  const first = across ? (a[0] < b[0] ? "west" : "east") : a[1] > b[1] ? "north" : "south";
  const second = { west: "east", east: "west", north: "south", south: "north" }[first];
  return [first, second].map((side) => say("part", { name, side: say(side) }));
}

/** What lies on each side of a grid: the road or water its border runs along, else the neighbour; the longest that way first. */
export function bordersOf(draft, key) {
  const polygons = draft.topology.shapes.get(key);
  if (!polygons || !polygons.length) return {};
  const middle = middleOf(polygons);
  const squeeze = Math.cos((middle[1] * Math.PI) / 180);
  const [found, ways] = [0, 1].map(() => ({ east: new Map(), south: new Map(), west: new Map(), north: new Map() }));
  const count = (name, edges) => edges.forEach(([a, b]) => {
    const x = ((a[0] + b[0]) / 2 - middle[0]) * squeeze;
    const y = (a[1] + b[1]) / 2 - middle[1];
    const side = Math.abs(x) >= Math.abs(y) ? (x > 0 ? "east" : "west") : y > 0 ? "north" : "south";
    const long = lengthOf([a, b]);
    const way = draft.ways.along(a, b);
    if (way) ways[side].set(way, (ways[side].get(way) || 0) + long);
    if (name) found[side].set(name, (found[side].get(name) || 0) + long);
  });
  draft.topology.neighbours(key).forEach((edges, other) => count(draft.facts.get(other).name, edges));
  const { outer, others } = outsiders(draft, key);
  others.forEach((edges, name) => count(name, edges));
  count("", outer);
  const longest = (names) => Array.from(names).sort((a, b) => b[1] - a[1]);
  const sum = (names) => longest(names).reduce((all, [, long]) => all + long, 0);
  const chosen = (side) => (sum(ways[side]) * 2 > sum(found[side]) ? longest(ways[side]).slice(0, 1) : longest(found[side]).slice(0, 2));
  return Object.fromEntries(Object.keys(found).map((side) => [side, chosen(side).map(([name]) => name).join("、")]));
}

/** Neighbours beyond the parent's outline, by corners they share with the grid; and every stretch that is no neighbour's in the plan. */
function outsiders(draft, key) {
  const others = new Map();
  const edges = [];
  draft.topology.shapes.get(key).forEach((rings) => rings.forEach((ring) => ring.forEach((p, n) => edges.push([ring[(n || ring.length) - 1], p]))));
  draft.around.features.forEach(({ geometry, properties }) => {
    if (!geometry) return;
    const theirs = new Set((geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat(2).map(keyOf));
    const shared = edges.filter(([a, b]) => theirs.has(keyOf(a)) && theirs.has(keyOf(b)));
    if (shared.length) others.set(properties.name, shared);
  });
  const taken = new Set([...draft.topology.neighbours(key).values(), ...others.values()].flat().map(([a, b]) => edgeKey(keyOf(a), keyOf(b))));
  return { others, outer: edges.filter(([a, b]) => !taken.has(edgeKey(keyOf(a), keyOf(b)))) };
}
