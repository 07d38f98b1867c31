// Roads and water as the server knows them: shown beneath the grids, snapped to, and what names the sides of a grid.
import { boxOfEdge, boxesMeet, metres, project, rounded } from "./geometry.js";

const BESIDE = 15; // metres: a border this near to a line runs along it; grids.division.ways says the same
const apart = (p, q) => Math.hypot((p[0] - q[0]) * Math.cos((p[1] * Math.PI) / 180), p[1] - q[1]);
const lines = ({ geometry }) => (geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates);

export class Ways {
  constructor(features) {
    this.features = features;
    this.shown = true;
    this.edges = features.flatMap((feature) => lines(feature).flatMap((line) => line.slice(1).map((b, n) => ({ a: line[n], b, box: boxOfEdge(line[n], b), name: feature.properties.name, kind: feature.properties.kind }))));
  }

  near(place, reach) {
    const box = [place[0] - reach * 1.5, place[1] - reach, place[0] + reach * 1.5, place[1] + reach];
    let best = null;
    for (const edge of this.edges) {
      if (!boxesMeet(edge.box, box)) continue;
      const on = project(place, edge.a, edge.b);
      if (on.off < (best ? best.off : reach)) best = { ...on, edge };
    }
    return best;
  }

  /** The nearest place on a line, its own corners first; null when they are not shown or none is near. */
  snap(place, reach) {
    if (!this.shown) return null;
    const best = this.near(place, reach);
    if (!best) return null;
    const corner = [best.edge.a, best.edge.b].find((p) => apart(place, p) < reach / 2);
    return { off: best.off, corner: null, edge: null, at: rounded(corner || best.at) };
  }

  /** The name of the road or water that a stretch of border runs along, "" without one. */
  along(from, to) {
    const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    const best = this.near(middle, BESIDE / metres(middle[1])[1]);
    return best ? best.edge.name : "";
  }
}
