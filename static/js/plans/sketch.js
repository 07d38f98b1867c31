// Drawing a line or an outline: by clicks, or with a cross that the arrow keys move. Places near a corner or border fall onto it.
import { areaOf, facing, lengthOf, same } from "./geometry.js";
import { areaWords, metresOf, say } from "./said.js";

const SNAP = 12; // pixels

export class Sketch {
  constructor({ draft, drawing, status }) {
    Object.assign(this, { draft, drawing, status, L: drawing.L, points: [], on: null, cross: null });
    drawing.map.on("mousemove", ({ latlng }) => this.on && this.hover(latlng));
    drawing.map.on("click", ({ latlng }) => this.on && this.add([latlng.lng, latlng.lat]));
    drawing.map.on("dblclick", () => this.on && this.finish());
  }

  /** Begin; `done(points)` gets what was drawn. Kind "line", "outline" or "measure". */
  begin(kind, done) {
    this.end();
    this.on = { kind, done };
    this.drawing.map.getContainer().classList.add("plan-drawing");
    this.group = this.L.layerGroup().addTo(this.drawing.map);
    this.status(say(kind === "outline" ? "drawOutline" : "drawLine"));
  }

  end() {
    if (this.group) this.group.remove();
    this.drawing.map.getContainer().classList.remove("plan-drawing");
    Object.assign(this, { points: [], on: null, cross: null, group: null, line: null, dot: null });
  }

  snapped(place) {
    const found = this.draft.snap(place, this.drawing.reach(SNAP));
    const first = this.points[0];
    if (!found && first && this.points.length > 2) {
      const [a, b] = [first, place].map(([x, y]) => this.drawing.map.latLngToContainerPoint([y, x]));
      if (a.distanceTo(b) < SNAP) return first;
    }
    return found ? found.at : place;
  }

  hover({ lng, lat }) {
    this.show(this.snapped([lng, lat]));
  }

  add(place) {
    const to = this.snapped(place);
    const last = this.points[this.points.length - 1];
    if (last && same(last, to)) return;
    if (this.on.kind === "outline" && this.points.length > 2 && same(this.points[0], to)) {
      this.finish();
      return;
    }
    this.points.push(to);
    this.show(to);
    this.status(this.words(this.points));
  }

  words(points) {
    const closed = points.length > 2 && this.on && this.on.kind !== "line";
    const long = say("drawn", { n: points.length, length: metresOf(lengthOf(points)) });
    return closed ? `${long} · ${areaWords(Math.abs(areaOf([[facing(points, true)]])))}` : long;
  }

  show(at) {
    const shown = [...this.points, at].map(([x, y]) => [y, x]);
    const ink = this.drawing.ink["--accent"];
    const style = { color: ink, weight: 3, dashArray: "8 5", interactive: false, pane: "handles", fillOpacity: 0.12, fill: this.on.kind !== "line" };
    if (this.line) this.line.setLatLngs(shown);
    else this.line = (this.on.kind === "line" ? this.L.polyline : this.L.polygon)(shown, style).addTo(this.group);
    if (this.dot) this.dot.setLatLng(shown[shown.length - 1]);
    else this.dot = this.L.circleMarker(shown[shown.length - 1], { ...style, radius: 5, dashArray: null, fill: true, fillOpacity: 1 }).addTo(this.group);
  }

  finish() {
    const { on, points } = this;
    if (!on) return;
    if (points.length < (on.kind === "outline" ? 3 : 2)) {
      this.status(say("tooShort"), "warning");
      return;
    }
    const words = this.words(points);
    this.end();
    on.done(points, words);
  }

  back() {
    this.points.pop();
    if (this.line) this.show(this.points[this.points.length - 1] || this.cross || [0, 0]);
  }

  /** Keyboard: move the cross by pixels. */
  shift(x, y) {
    const { map } = this.drawing;
    const [lng, lat] = this.cross || [map.getCenter().lng, map.getCenter().lat];
    const point = map.latLngToContainerPoint([lat, lng]).add([x, y]);
    const to = map.containerPointToLatLng(point);
    this.cross = [to.lng, to.lat];
    if (!map.getBounds().pad(-0.05).contains(to)) map.panTo(to, { animate: false });
    this.show(this.snapped(this.cross));
    this.status(say("cross", { lon: to.lng.toFixed(6), lat: to.lat.toFixed(6) }));
  }

  press() {
    if (!this.cross) this.shift(0, 0);
    this.add(this.cross);
  }
}
