// Plane and ground: points are [longitude, latitude] in degrees, rings are open (the first point is not repeated).

/** Closer than this is the same place: half a centimetre, in degrees. */
export const NEAR = 5e-8;

/** The name of a corner: two corners with the same name are one. A centimetre apart is another corner. */
export const keyOf = (p) => `${Math.round(p[0] * 1e7)},${Math.round(p[1] * 1e7)}`;

/** As the mouse means it: to the centimetre. */
export const rounded = (p) => [Math.round(p[0] * 1e7) / 1e7, Math.round(p[1] * 1e7) / 1e7];

export const same = (a, b) => Math.abs(a[0] - b[0]) < NEAR && Math.abs(a[1] - b[1]) < NEAR;

/** Twice the area on the plane of a ring, positive when it runs against the clock. */
export function signed(ring) {
  let sum = 0;
  const [ox, oy] = ring[0] || [0, 0];
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    sum += (ring[j][0] - ox) * (ring[i][1] - oy) - (ring[i][0] - ox) * (ring[j][1] - oy);
  }
  return sum;
}

/** Left of, on, or right of the line from a to b: an area whose sign tells. */
export const turn = (a, b, p) => (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);

/** [west, south, east, north] of polygons. */
export function boxOf(polygons) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const polygon of polygons) for (const p of polygon[0]) stretch(box, p);
  return box;
}

export function stretch(box, p) {
  if (p[0] < box[0]) box[0] = p[0];
  if (p[1] < box[1]) box[1] = p[1];
  if (p[0] > box[2]) box[2] = p[0];
  if (p[1] > box[3]) box[3] = p[1];
  return box;
}

export const boxesMeet = (a, b) => a[0] <= b[2] + NEAR && b[0] <= a[2] + NEAR && a[1] <= b[3] + NEAR && b[1] <= a[3] + NEAR;
export const boxOfEdge = (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];

/** Whether a point lies in a ring. An edge is always read from its lower end, so that of two neighbours exactly one has it. */
export function inRing(p, ring) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    let low = ring[j];
    let high = ring[i];
    if (low[1] > p[1] === high[1] > p[1]) continue;
    if (low[1] > high[1]) [low, high] = [high, low];
    if (turn(low, high, p) > 0) inside = !inside;
  }
  return inside;
}

export function inPolygon(p, polygon) {
  if (!inRing(p, polygon[0])) return false;
  for (let i = 1; i < polygon.length; i++) if (inRing(p, polygon[i])) return false;
  return true;
}

export const inPolygons = (p, polygons) => polygons.some((polygon) => inPolygon(p, polygon));

/** The nearest place on an edge, how far along (0–1) and how far off, in degrees of latitude. */
export function project(p, a, b) {
  const squeeze = Math.cos((a[1] * Math.PI) / 180);
  const dx = (b[0] - a[0]) * squeeze;
  const dy = b[1] - a[1];
  const long = dx * dx + dy * dy;
  const along = long ? Math.min(1, Math.max(0, ((p[0] - a[0]) * squeeze * dx + (p[1] - a[1]) * dy) / long)) : 0;
  const at = along === 0 ? a : along === 1 ? b : [a[0] + (b[0] - a[0]) * along, a[1] + (b[1] - a[1]) * along];
  return { at, along, off: Math.hypot((p[0] - at[0]) * squeeze, p[1] - at[1]) };
}

/** Where two edges meet: the places on them (both their ends, a crossing, or where an end touches the other). */
export function meetings(a, b, c, d) {
  if (!boxesMeet(boxOfEdge(a, b), boxOfEdge(c, d))) return [];
  const found = [];
  const touch = (p, from, to) => {
    if (project(p, from, to).off < NEAR && !found.some((other) => same(other, p))) found.push(p);
  };
  touch(c, a, b);
  touch(d, a, b);
  touch(a, c, d);
  touch(b, c, d);
  if (found.length) return found;
  const one = turn(a, b, c);
  const two = turn(a, b, d);
  if (one > 0 === two > 0 || turn(c, d, a) > 0 === turn(c, d, b) > 0) return [];
  const share = one / (one - two);
  return [[c[0] + (d[0] - c[0]) * share, c[1] + (d[1] - c[1]) * share]];
}

// ── On the ground: metres on the ellipsoid, by the radii of curvature where the shape lies ──
const MAJOR = 6378137;
const SQUARED = 0.00669438; // first eccentricity, squared: WGS-84 and CGCS2000 agree to the tenth of a millimetre
const RADIAN = Math.PI / 180;

/** Metres in a degree of longitude and of latitude at this latitude. */
export function metres(latitude) {
  const bend = 1 - SQUARED * Math.sin(latitude * RADIAN) ** 2;
  const across = (MAJOR / Math.sqrt(bend)) * Math.cos(latitude * RADIAN) * RADIAN;
  return [across, ((MAJOR * (1 - SQUARED)) / bend ** 1.5) * RADIAN];
}

/** Square metres of polygons, holes left out. */
export function areaOf(polygons) {
  const [, south, , north] = boxOf(polygons);
  const [east, up] = metres((south + north) / 2);
  return polygons.reduce((sum, rings) => sum + rings.reduce((all, ring) => all + signed(ring), 0), 0) * 0.5 * east * up;
}

export function distance(a, b) {
  const [east, up] = metres((a[1] + b[1]) / 2);
  return Math.hypot((a[0] - b[0]) * east, (a[1] - b[1]) * up);
}

/** Metres along a line; around it when `closed`. */
export function lengthOf(line, closed = false) {
  let sum = closed && line.length > 1 ? distance(line[line.length - 1], line[0]) : 0;
  for (let i = 1; i < line.length; i++) sum += distance(line[i - 1], line[i]);
  return sum;
}

export const perimeterOf = (polygons) => polygons.reduce((sum, rings) => sum + rings.reduce((all, ring) => all + lengthOf(ring, true), 0), 0);

/** The middle of the largest part, for its name. */
export function middleOf(polygons) {
  const ring = polygons.map((polygon) => polygon[0]).reduce((a, b) => (Math.abs(signed(a)) >= Math.abs(signed(b)) ? a : b));
  const twice = signed(ring);
  const [ox, oy] = ring[0];
  let x = 0;
  let y = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const part = (ring[j][0] - ox) * (ring[i][1] - oy) - (ring[i][0] - ox) * (ring[j][1] - oy);
    x += (ring[j][0] + ring[i][0] - 2 * ox) * part;
    y += (ring[j][1] + ring[i][1] - 2 * oy) * part;
  }
  return twice ? [ox + x / (3 * twice), oy + y / (3 * twice)] : ring[0];
}

// ── GeoJSON ──
/** Open rings, outer ones against the clock and holes with it, no corner twice in a row. */
export function fromGeoJSON(geometry, one = (p) => p) {
  if (!geometry) return [];
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return parts.map((rings) => rings.map((ring, n) => facing(clean(ring.map((p) => one([p[0], p[1]]))), n === 0)).filter((ring) => ring.length > 2)).filter((rings) => rings.length);
}

export const facing = (ring, outer) => (signed(ring) > 0 === outer ? ring : ring.slice().reverse());

/** Without a corner twice in a row, and without a way out and straight back. */
export function clean(ring) {
  const kept = ring.filter((p, n) => keyOf(p) !== keyOf(ring[(n || ring.length) - 1]));
  const tip = kept.findIndex((_p, n) => kept.length > 2 && keyOf(kept[(n || kept.length) - 1]) === keyOf(kept[(n + 1) % kept.length]));
  return tip < 0 ? kept : clean(kept.filter((_p, n) => n !== tip));
}

/** The same for two geometries with the same corners, wherever their rings begin and whichever way they run. */
export const fingerprint = (geometry) => fromGeoJSON(geometry).flat(2).map(keyOf).sort().join(" ");

export function toGeoJSON(polygons) {
  if (!polygons || !polygons.length) return null;
  return { type: "MultiPolygon", coordinates: polygons.map((rings) => rings.map((ring) => [...ring, ring[0]])) };
}
