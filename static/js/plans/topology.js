// What the guarantee in the browser rests on: equal coordinates are one corner, and a corner belongs to every grid that has it.
// Every operation answers the grids it would change (Map key → polygons, null for none) or throws a Refusal; nothing is applied.
import { NEAR, boxOf, boxOfEdge, boxesMeet, clean, fromGeoJSON, inPolygons, inRing, keyOf, meetings, project, rounded, same, signed, turn } from "./geometry.js";

/** Why something cannot be done: the name of a sentence. */
export class Refusal extends Error {
  constructor(word, where = null) {
    super(word);
    this.word = word;
    this.where = where;
  }
}

export const edgeKey = (a, b) => (a < b ? `${a}|${b}` : `${b}|${a}`);

/** Every edge of polygons as (from, to), the ground on its left. */
export function eachEdge(polygons, visit) {
  for (const rings of polygons) for (const ring of rings) for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) visit(ring[j], ring[i]);
}

/** A rings' corners mapped; rings that shrank to nothing go. */
const mapRings = (polygons, change) => polygons.map((rings) => rings.map(change).filter((ring) => ring.length > 2)).filter((rings) => rings.length);

export class Topology {
  constructor(parent = null) {
    this.shapes = new Map(); // key → polygons
    this.boxes = new Map();
    this.users = new Map(); // corner → keys of the grids that have it
    this.points = new Map(); // corner → its one coordinate
    this.locked = new Set(); // keys of grids that stay as they are
    this.parent = fromGeoJSON(parent, (p) => this.canonical(p));
    this.pinned = new Set(this.parent.flat(2).map(keyOf));
    this.pinnedPoints = new Map(this.parent.flat(2).map((p) => [keyOf(p), p]));
  }

  /** The coordinate that stands for this corner. */
  canonical(p) {
    const key = keyOf(p);
    return this.points.get(key) || (this.pinnedPoints && this.pinnedPoints.get(key)) || p;
  }

  load(key, geometry) {
    const seen = new Map();
    this.set(key, fromGeoJSON(geometry, (p) => {
      const one = this.canonical(p);
      if (!seen.has(keyOf(one))) seen.set(keyOf(one), one);
      return seen.get(keyOf(one));
    }));
  }

  /** Put a grid's polygons in place of what they were; null takes it away. */
  set(key, polygons) {
    for (const p of (this.shapes.get(key) || []).flat(2)) {
      const corner = keyOf(p);
      const users = this.users.get(corner);
      if (!users) continue;
      users.delete(key);
      if (!users.size) {
        this.users.delete(corner);
        this.points.delete(corner);
      }
    }
    if (!polygons) {
      this.shapes.delete(key);
      this.boxes.delete(key);
      return;
    }
    this.shapes.set(key, polygons);
    this.boxes.set(key, boxOf(polygons));
    for (const p of polygons.flat(2)) {
      const corner = keyOf(p);
      if (!this.users.has(corner)) this.users.set(corner, new Set());
      this.users.get(corner).add(key);
      if (!this.points.has(corner)) this.points.set(corner, p);
    }
  }

  apply(changes) {
    changes.forEach((polygons, key) => this.set(key, polygons));
  }

  usersOf(corner) {
    return this.users.get(corner) || new Set();
  }

  // ── What may move ──
  /** The piece of the parent's outline that a place lies on, or null. */
  outlineAt(p) {
    let found = null;
    eachEdge(this.parent, (a, b) => {
      if (!found && project(p, a, b).off < NEAR * 2) found = [a, b];
    });
    return found;
  }

  /** "free", "slides" (along the outline), or why it does not move: "outline", "locked". */
  freedom(corner) {
    for (const key of this.usersOf(corner)) if (this.locked.has(key)) return "locked";
    if (this.pinned.has(corner)) return "outline";
    return this.outlineAt(this.points.get(corner)) ? "slides" : "free";
  }

  // ── Corners ──
  /** Move a corner in every grid that has it. A corner on the outline slides along it; onto another corner they become one. */
  move(corner, to) {
    const freedom = this.freedom(corner);
    if (freedom === "outline" || freedom === "locked") throw new Refusal(freedom);
    let target = rounded(to);
    if (freedom === "slides") target = project(to, ...this.outlineAt(this.points.get(corner))).at;
    target = this.canonical(target);
    const changes = new Map();
    for (const key of this.usersOf(corner)) {
      const moved = mapRings(this.shapes.get(key), (ring) => clean(ring.map((p) => (keyOf(p) === corner ? target : p))));
      if (moved.length !== this.shapes.get(key).length) throw new Refusal("vanishes");
      changes.set(key, moved);
    }
    return changes;
  }

  /** Add corners on edges: Map edge → places from its lower end. Also in every grid that shares the edge. */
  insert(places, only = this.shapes.keys()) {
    const changes = new Map();
    for (const key of only) {
      let touched = false;
      const polygons = (this.shapes.get(key) || []).map((rings) => rings.map((ring) => {
        const longer = [];
        ring.forEach((p, n) => {
          longer.push(p);
          const [from, to] = [keyOf(p), keyOf(ring[(n + 1) % ring.length])];
          const added = places.get(edgeKey(from, to));
          if (!added) return;
          touched = true;
          longer.push(...(from < to ? added : added.slice().reverse()));
        });
        return longer;
      }));
      if (touched) changes.set(key, polygons);
    }
    return changes;
  }

  /** Add one corner on the edge between two corners. */
  add(from, to, p) {
    if (this.users.has(keyOf(p))) throw new Refusal("cornerThere");
    const changes = this.insert(new Map([[edgeKey(from, to), [this.canonical(p)]]]));
    for (const key of changes.keys()) if (this.locked.has(key)) throw new Refusal("locked");
    return changes;
  }

  /** The corners that edges lead to from this one, over all grids. */
  beside(corner) {
    const found = new Set();
    for (const key of this.usersOf(corner)) {
      eachEdge(this.shapes.get(key), (a, b) => {
        if (keyOf(a) === corner) found.add(keyOf(b));
        else if (keyOf(b) === corner) found.add(keyOf(a));
      });
    }
    return found;
  }

  /** Take a corner out of every grid that has it. Where three borders meet it has to stay. */
  remove(corner) {
    const freedom = this.freedom(corner);
    if (freedom === "outline" || freedom === "locked") throw new Refusal(freedom);
    if (this.beside(corner).size > 2) throw new Refusal("junction");
    const changes = new Map();
    for (const key of this.usersOf(corner)) {
      const before = this.shapes.get(key);
      const after = mapRings(before, (ring) => clean(ring.filter((p) => keyOf(p) !== corner)));
      if (after.flat().length !== before.flat().length) throw new Refusal("vanishes");
      changes.set(key, after);
    }
    return this.checked(changes);
  }

  // ── Would it still be right? ──
  /** The changes themselves when no border would cross another; a Refusal with the place otherwise. */
  checked(changes) {
    const where = this.crossing(changes);
    if (where) throw new Refusal("crosses", where);
    return changes;
  }

  /** The first place where the changed grids would cross, touch or swallow something; null when all is well. */
  crossing(changes) {
    for (const [key, polygons] of changes) {
      if (!polygons) continue;
      const wrong = illFormed(polygons) || this.fresh(key, polygons, changes) || this.swallowed(key, polygons, changes);
      if (wrong) return wrong;
    }
    return null;
  }

  near(box, changes) {
    const found = [];
    const seen = new Set([...this.shapes.keys(), ...changes.keys()]);
    for (const key of seen) {
      const polygons = changes.has(key) ? changes.get(key) : this.shapes.get(key);
      if (polygons && polygons.length && boxesMeet(changes.has(key) ? boxOf(polygons) : this.boxes.get(key), box)) found.push([key, polygons]);
    }
    return found;
  }

  /** Edges the grid did not have before, held against every edge around. */
  fresh(key, polygons, changes) {
    const known = new Set();
    eachEdge(this.shapes.get(key) || [], (a, b) => known.add(edgeKey(keyOf(a), keyOf(b))));
    const edges = [];
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    eachEdge(polygons, (a, b) => {
      if (known.has(edgeKey(keyOf(a), keyOf(b)))) return;
      const own = boxOfEdge(a, b);
      edges.push([a, b, own]);
      [0, 1].forEach((n) => (box[n] = Math.min(box[n], own[n])));
      [2, 3].forEach((n) => (box[n] = Math.max(box[n], own[n])));
    });
    if (!edges.length) return null;
    let wrong = null;
    const against = this.near(box, changes).map(([, other]) => other);
    against.push(this.parent);
    for (const other of against) {
      eachEdge(other, (c, d) => {
        if (wrong || !boxesMeet(boxOfEdge(c, d), box)) return;
        for (const [a, b, own] of edges) {
          if (boxesMeet(own, boxOfEdge(c, d)) && clash(a, b, c, d, other === this.parent)) wrong = meetings(a, b, c, d)[0] || a;
        }
      });
      if (wrong) return wrong;
    }
    return null;
  }

  /** A whole grid on the wrong side of a border that no edge crosses. */
  swallowed(key, polygons, changes) {
    for (const [other, ground] of this.near(boxOf(polygons), changes)) {
      if (other === key) continue;
      const own = new Set(polygons.flat(2).map(keyOf));
      const alien = ground.flat(2).find((p) => !own.has(keyOf(p)));
      if (alien && inPolygons(alien, polygons)) return alien;
      const theirs = new Set(ground.flat(2).map(keyOf));
      const mine = polygons.flat(2).find((p) => !theirs.has(keyOf(p)));
      if (mine && inPolygons(mine, ground)) return mine;
    }
    return null;
  }

  // ── Looking for things ──
  /** The corner or edge nearest to a place within `reach` degrees, other than `without` and what leads to it. */
  snap(p, reach, without = "") {
    const best = { off: reach, corner: null, edge: null, at: null };
    const box = [p[0] - reach * 1.5, p[1] - reach, p[0] + reach * 1.5, p[1] + reach];
    const squeeze = Math.cos((p[1] * Math.PI) / 180);
    const look = (polygons) => {
      eachEdge(polygons, (a, b) => {
        if (!boxesMeet(boxOfEdge(a, b), box)) return;
        const [from, to] = [keyOf(a), keyOf(b)];
        const off = Math.hypot((p[0] - a[0]) * squeeze, p[1] - a[1]);
        if (from !== without && off < reach && (!best.corner || off < best.off)) Object.assign(best, { off, corner: from, edge: null, at: a });
        if (best.corner || from === without || to === without) return;
        const on = project(p, a, b);
        if (on.off < best.off) Object.assign(best, { off: on.off, edge: [from, to], at: on.at });
      });
    };
    for (const [key, polygons] of this.shapes) if (polygons.length && boxesMeet(this.boxes.get(key), box)) look(polygons);
    look(this.parent);
    return best.at ? best : null;
  }

  /** The grid at a place. */
  at(p) {
    for (const [key, polygons] of this.shapes) {
      const box = this.boxes.get(key);
      if (p[0] >= box[0] && p[0] <= box[2] && p[1] >= box[1] && p[1] <= box[3] && inPolygons(p, polygons)) return key;
    }
    return null;
  }

  /** Grids that share an edge with this one, and the metres-free length of what they share. */
  neighbours(key) {
    const own = new Set();
    eachEdge(this.shapes.get(key) || [], (a, b) => own.add(edgeKey(keyOf(a), keyOf(b))));
    const found = new Map();
    for (const [other, polygons] of this.shapes) {
      if (other === key || !polygons.length || !boxesMeet(this.boxes.get(other), this.boxes.get(key))) continue;
      eachEdge(polygons, (a, b) => {
        if (!own.has(edgeKey(keyOf(a), keyOf(b)))) return;
        if (!found.has(other)) found.set(other, []);
        found.get(other).push([a, b]);
      });
    }
    return found;
  }
}

/** Two edges that do more than meet in a common corner, or lie on each other end to end. */
function clash(a, b, c, d, outline) {
  const [ka, kb, kc, kd] = [keyOf(a), keyOf(b), keyOf(c), keyOf(d)];
  const common = [ka, kb].filter((k) => k === kc || k === kd);
  if (common.length === 2) return false;
  if (outline) return crosses(a, b, c, d); // lying on the outline is what edges there do
  if (!common.length) return meetings(a, b, c, d).length > 0;
  const [mine] = [a, b].filter((p) => keyOf(p) !== common[0]);
  const [other] = [c, d].filter((p) => keyOf(p) !== common[0]);
  return project(mine, c, d).off < NEAR || project(other, a, b).off < NEAR;
}

function crosses(a, b, c, d) {
  const places = meetings(a, b, c, d);
  return places.length === 1 && ![a, b, c, d].some((p) => same(p, places[0])) && turn(a, b, c) > 0 !== turn(a, b, d) > 0;
}

/** A ring turned inside out, or a hole outside its outer ring. */
function illFormed(polygons) {
  for (const [outer, ...holes] of polygons) {
    if (signed(outer) <= 0) return outer[0];
    const own = new Set(outer.map(keyOf));
    for (const hole of holes) {
      const free = hole.find((p) => !own.has(keyOf(p)));
      if (signed(hole) >= 0 || (free && !inRing(free, outer))) return hole[0];
    }
  }
  return null;
}
