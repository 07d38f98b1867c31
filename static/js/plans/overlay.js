// Cutting and joining grids: lay a line or a drawn polygon over them, node everything once, say whose ground each side is, and
// trace the rings anew. Corners that arise on a shared border arise in all grids that share it.
import { NEAR, areaOf, boxOf, boxesMeet, facing, inPolygons, inRing, keyOf, meetings, project, signed } from "./geometry.js";
import { Refusal, eachEdge, edgeKey } from "./topology.js";

// ── Rings out of directed edges, the ground on their left ──
const angle = (a, b) => Math.atan2(b[1] - a[1], b[0] - a[0]);

/** The edge that bounds the same ground: the first one clockwise from the way back. */
function follow(edge, leaving) {
  const choices = leaving.get(keyOf(edge[1]));
  if (!choices || choices.length === 1) return choices && choices[0];
  const back = angle(edge[1], edge[0]);
  const turnTo = (next) => {
    const by = (back - angle(next[0], next[1]) + 4 * Math.PI) % (2 * Math.PI);
    return by < 1e-12 ? 2 * Math.PI : by;
  };
  return choices.reduce((best, next) => (turnTo(next) < turnTo(best) ? next : best));
}

function leavingOf(edges) {
  const leaving = new Map();
  edges.forEach((edge) => {
    const from = keyOf(edge[0]);
    if (!leaving.has(from)) leaving.set(from, []);
    leaving.get(from).push(edge);
  });
  return leaving;
}

/** Closed walks over directed edges. */
function walks(edges) {
  const leaving = leavingOf(edges);
  const left = new Set(edges);
  const found = [];
  for (const start of edges) {
    if (!left.has(start)) continue;
    const walk = [];
    let edge = start;
    while (edge && left.has(edge)) {
      left.delete(edge);
      walk.push(edge);
      edge = follow(edge, leaving);
    }
    found.push(walk);
  }
  return found;
}

/** A walk cut where it passes a corner twice: rings that touch themselves nowhere. */
function loops(walk) {
  const found = [];
  const path = [];
  const at = new Map();
  for (const [p] of walk) {
    const key = keyOf(p);
    if (at.has(key)) {
      const loop = path.splice(at.get(key));
      loop.forEach((q) => at.delete(keyOf(q)));
      if (loop.length > 2) found.push(loop);
    }
    at.set(key, path.length);
    path.push(p);
  }
  if (path.length > 2) found.push(path);
  return found;
}

/** Rings put together to polygons: each hole into the smallest ring around it. */
export function assemble(rings) {
  const outers = rings.filter((ring) => signed(ring) > 0).map((ring) => [ring]);
  const holes = rings.filter((ring) => signed(ring) < 0);
  outers.sort((a, b) => signed(a[0]) - signed(b[0]));
  holes.forEach((hole) => {
    const middle = [(hole[0][0] + hole[1][0]) / 2, (hole[0][1] + hole[1][1]) / 2];
    const around = outers.find((polygon) => inRing(middle, polygon[0]));
    if (around) around.push(hole);
  });
  return outers.reverse();
}

const polygonsOf = (edges) => assemble(walks(edges).flatMap(loops));

// ── Noding ──
/** Cut edges where they meet edges of another layer (and of the drawn one). Edges: {a, b, layer, owner}. */
function noded(edges, one) {
  const drawn = edges.filter((edge) => edge.layer !== "shape");
  edges.forEach((edge) => (edge.places = []));
  drawn.forEach((cut) => {
    edges.forEach((edge) => {
      if (edge === cut || (edge.layer === cut.layer && cut.layer === "parent")) return;
      meetings(edge.a, edge.b, cut.a, cut.b).forEach((p) => {
        const place = one(p);
        cut.places.push(place);
        edge.places.push(place);
      });
    });
  });
  const pieces = [];
  edges.forEach((edge) => {
    const along = (p) => project(p, edge.a, edge.b).along;
    const stops = [edge.a, ...edge.places.sort((p, q) => along(p) - along(q)), edge.b];
    for (let i = 1; i < stops.length; i++) {
      if (keyOf(stops[i - 1]) !== keyOf(stops[i])) pieces.push({ a: stops[i - 1], b: stops[i], layer: edge.layer, owner: edge.owner });
    }
  });
  return pieces;
}

/** One corner for one place: an existing one if it is near, else the first that came. */
function registry(topology, around) {
  const known = new Map();
  around.forEach((p) => known.set(keyOf(p), p));
  const list = Array.from(known.values());
  return (p) => {
    const key = keyOf(p);
    if (known.has(key)) return known.get(key);
    const close = list.find((q) => Math.abs(q[0] - p[0]) < 2 * NEAR && Math.abs(q[1] - p[1]) < 2 * NEAR);
    const place = close || topology.canonical(p);
    known.set(key, place);
    list.push(place);
    return place;
  };
}

/** A drawn place less than a centimetre from the outer border, put onto it: no drawing shifts that border. */
function onOutline(topology, p) {
  let place = p;
  eachEdge(topology.parent, (a, b) => {
    const { at, off } = project(p, a, b);
    if (off < 2 * NEAR) place = at;
  });
  return place;
}

function nearShapes(topology, box, also) {
  return Array.from(topology.shapes).filter(([key, polygons]) => polygons.length && (key === also || boxesMeet(topology.boxes.get(key), box)));
}

// ── Polygons laid over grids ──
/**
 * Give ground away: `whose(key|null, drawn, inside)` says who gets what was `key`'s, inside the drawn ring or not, inside the
 * parent or not. `receiver` is the grid that gets ground, if it has some already. Answers the grids that change.
 */
export function carve(topology, ring, whose, receiver = null) {
  const drawn = facing(ring.map((p) => topology.canonical(onOutline(topology, p))), true);
  const near = nearShapes(topology, boxOf([[drawn]]), receiver);
  const one = registry(topology, [...near.flatMap(([, polygons]) => polygons.flat(2)), ...topology.parent.flat(2)]);
  const cutter = drawn.map(one);
  if (loops(cutter.map((p, n) => [p, cutter[(n + 1) % cutter.length]])).length !== 1) throw new Refusal("selfCrossing");
  const edges = [];
  near.forEach(([key, polygons]) => eachEdge(polygons, (a, b) => edges.push({ a, b, layer: "shape", owner: key })));
  eachEdge(topology.parent, (a, b) => edges.push({ a, b, layer: "parent", owner: true }));
  eachEdge([[cutter]], (a, b) => edges.push({ a, b, layer: "cut", owner: true }));
  selfCrossing(edges.filter((edge) => edge.layer === "cut"));
  const sides = sidesOf(noded(edges, one));
  const wins = whose(null, true, true) !== null;
  const loses = near.some(([key]) => whose(key, true, true) === null);
  return exact(topology, traced(topology, sides, near, cutter, whose), wins, loses);
}

/** The changes, when no border crosses another and no ground was won or lost that was not meant; what is finer than a centimetre is refused. */
function exact(topology, changes, wins = false, loses = false) {
  const weigh = (polygons) => (polygons || []).reduce((sum, rings) => sum + rings.reduce((all, ring) => all + signed(ring), 0), 0);
  let won = 0;
  changes.forEach((polygons, key) => (won += weigh(polygons) - weigh(topology.shapes.get(key))));
  if (topology.crossing(changes) || (!wins && won > 1e-12) || (!loses && won < -1e-12)) throw new Refusal("tooFine");
  return changes;
}

function selfCrossing(cuts) {
  cuts.forEach((one, n) =>
    cuts.slice(n + 1).forEach((two) => {
      const ends = [one.a, one.b, two.a, two.b].map(keyOf);
      if (meetings(one.a, one.b, two.a, two.b).some((p) => !ends.includes(keyOf(p)))) throw new Refusal("selfCrossing");
    })
  );
}

/**
 * Each edge once, with what is known of its left and right: {a, b, shape: [l, r], cut: [l, r], parent: [l, r]}. Two edges that
 * noding laid on each other take each other away: what was between them was narrower than a centimetre.
 */
function sidesOf(pieces) {
  const sides = new Map();
  pieces.forEach(({ a, b, layer, owner }) => {
    const [from, to] = [keyOf(a), keyOf(b)];
    const key = edgeKey(from, to);
    if (!sides.has(key)) sides.set(key, from < to ? { a, b } : { a: b, b: a });
    const side = sides.get(key);
    side[layer] = side[layer] || [[], []];
    side[layer][from < to ? 0 : 1].push(owner);
  });
  sides.forEach((side) => ["shape", "cut", "parent"].filter((layer) => side[layer]).forEach((layer) => (side[layer] = settled(...side[layer]))));
  return sides;
}

function settled(left, right) {
  const only = left.filter((owner) => !right.includes(owner));
  const other = right.filter((owner) => !left.includes(owner));
  return only.length || other.length ? [only.length ? only[0] : null, other.length ? other[0] : null] : undefined;
}

function traced(topology, sides, near, cutter, whose) {
  const edges = new Map(near.map(([key]) => [key, []]));
  const give = (key, a, b) => {
    if (key === null) return;
    if (!edges.has(key)) edges.set(key, []);
    edges.get(key).push([a, b]);
  };
  sides.forEach((side) => {
    const middle = [(side.a[0] + side.b[0]) / 2, (side.a[1] + side.b[1]) / 2];
    const ground = () => (near.find(([, polygons]) => inPolygons(middle, polygons)) || [null])[0];
    const shape = side.shape || Array(2).fill(ground());
    const cut = side.cut || Array(2).fill(inRing(middle, cutter));
    const inside = side.parent || Array(2).fill(!topology.parent.length || inPolygons(middle, topology.parent));
    const [left, right] = [0, 1].map((n) => whose(shape[n], Boolean(cut[n]), Boolean(inside[n])));
    if (left === right) return;
    give(left, side.a, side.b);
    give(right, side.b, side.a);
  });
  const changes = new Map();
  edges.forEach((list, key) => {
    const before = new Set();
    eachEdge(topology.shapes.get(key) || [], (a, b) => before.add(`${keyOf(a)}|${keyOf(b)}`));
    if (list.length === before.size && list.every(([a, b]) => before.has(`${keyOf(a)}|${keyOf(b)}`))) return;
    changes.set(key, polygonsOf(list));
  });
  changes.forEach((_polygons, key) => {
    if (topology.locked.has(key)) throw new Refusal("locked");
  });
  return changes;
}

// ── Split by a line ──
/** The parts a line cuts a grid into, and the neighbours with the new corners: {pieces, changes}. */
export function split(topology, key, line) {
  if (topology.locked.has(key)) throw new Refusal("locked");
  const own = topology.shapes.get(key) || [];
  const one = registry(topology, own.flat(2));
  const edges = [];
  eachEdge(own, (a, b) => edges.push({ a, b, layer: "shape", owner: key }));
  const points = line.map((p) => one(onOutline(topology, p)));
  for (let i = 1; i < points.length; i++) edges.push({ a: points[i - 1], b: points[i], layer: "cut", owner: true });
  selfCrossing(edges.filter((edge) => edge.layer === "cut"));
  const sides = sidesOf(noded(edges, one));
  const border = [];
  const cuts = [];
  sides.forEach((side) => {
    if (side.shape) border.push(side.shape[0] ? [side.a, side.b] : [side.b, side.a]);
    else if (inPolygons([(side.a[0] + side.b[0]) / 2, (side.a[1] + side.b[1]) / 2], own)) cuts.push([side.a, side.b]);
  });
  const pieces = partsOf(border, bridges(border, untangled(border, cuts)), own.length);
  if (pieces.length < 2) throw new Refusal("noSplit");
  const changes = newCorners(topology, key, own, border);
  exact(topology, new Map([...changes, [key, null], ...pieces.map((piece, n) => [`piece ${n}`, piece])]));
  return { pieces, changes };
}

/** Cut edges without those that end in the open. */
function untangled(border, cuts) {
  const held = new Set(border.flatMap(([a, b]) => [keyOf(a), keyOf(b)]));
  let kept = cuts;
  for (;;) {
    const ends = new Map();
    kept.forEach((edge) => edge.forEach((p) => ends.set(keyOf(p), (ends.get(keyOf(p)) || 0) + 1)));
    const next = kept.filter((edge) => edge.every((p) => held.has(keyOf(p)) || ends.get(keyOf(p)) > 1));
    if (next.length === kept.length) return kept;
    kept = next;
  }
}

/** Cut edges without those that have the same part on both sides (a line that only reaches a hole). */
function bridges(border, cuts) {
  const both = cuts.flatMap(([a, b]) => [[a, b], [b, a]]);
  const walkOf = new Map();
  walks([...border, ...both]).forEach((walk, n) => walk.forEach(([a, b]) => walkOf.set(`${keyOf(a)}|${keyOf(b)}`, n)));
  return both.filter(([a, b]) => walkOf.get(`${keyOf(a)}|${keyOf(b)}`) !== walkOf.get(`${keyOf(b)}|${keyOf(a)}`));
}

/** One MultiPolygon for each part; parts of the grid that the line leaves alone stay with the largest. */
function partsOf(border, cuts, count) {
  const polygons = polygonsOf([...border, ...cuts]);
  const inCut = new Set(cuts.map(([a, b]) => `${keyOf(a)}|${keyOf(b)}`));
  const isCut = (polygon) => polygon.some((ring) => ring.some((p, n) => inCut.has(`${keyOf(p)}|${keyOf(ring[(n + 1) % ring.length])}`)));
  const parts = polygons.filter(isCut).map((polygon) => [polygon]);
  if (parts.length < 2 || polygons.length <= count) return [];
  parts.sort((a, b) => areaOf(b) - areaOf(a));
  polygons.filter((polygon) => !isCut(polygon)).forEach((polygon) => parts[0].push(polygon));
  return parts;
}

function newCorners(topology, key, own, border) {
  const old = new Set(own.flat(2).map(keyOf));
  const fresh = new Map(border.flat().filter((p) => !old.has(keyOf(p))).map((p) => [keyOf(p), p]));
  const places = new Map();
  eachEdge(own, (a, b) => {
    const on = Array.from(fresh.values()).filter((p) => project(p, a, b).off < NEAR);
    const [low, high] = keyOf(a) < keyOf(b) ? [a, b] : [b, a];
    const along = (p) => project(p, low, high).along;
    if (on.length) places.set(edgeKey(keyOf(a), keyOf(b)), on.sort((p, q) => along(p) - along(q)));
  });
  const others = Array.from(topology.shapes.keys()).filter((other) => other !== key);
  const changes = topology.insert(places, others);
  changes.forEach((_polygons, other) => {
    if (topology.locked.has(other)) throw new Refusal("locked");
  });
  return changes;
}

// ── Merge ──
/** The polygons of two grids as one; they have to share a border. */
export function merge(topology, first, second) {
  if (topology.locked.has(first) || topology.locked.has(second)) throw new Refusal("locked");
  const edges = new Map();
  [first, second].forEach((key) => eachEdge(topology.shapes.get(key) || [], (a, b) => edges.set(`${keyOf(a)}|${keyOf(b)}`, [a, b])));
  const kept = [];
  edges.forEach(([a, b]) => {
    if (!edges.has(`${keyOf(b)}|${keyOf(a)}`)) kept.push([a, b]);
  });
  if (kept.length === edges.size) throw new Refusal("notAdjacent");
  const polygons = polygonsOf(kept);
  exact(topology, new Map([[first, polygons], [second, null]]));
  return polygons;
}
