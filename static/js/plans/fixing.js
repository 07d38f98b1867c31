// Fixing a picture by three points: the picture on the left, the map on the right, a click on each; or typed coordinates.
import { say } from "./said.js";

const byId = (id) => document.getElementById(id);
const FAR = 6; // digits after the point: a decimetre

export class Fixing {
  /** `done(points)` is called with three complete points, `leave()` when it is given up. */
  constructor(editor, { done, leave }) {
    Object.assign(this, { editor, map: editor.drawing.map, L: editor.drawing.L, done, leave, on: false, points: [], active: [0, "image"] });
    this.rows = Array.from(document.querySelectorAll("[data-fix-row]"));
    this.rows.forEach((row, n) => {
      row.addEventListener("input", () => this.typed(n));
      row.querySelector("[data-fix-pick]").addEventListener("click", () => this.turnTo(n, "image"));
    });
    byId("paper-datum").addEventListener("change", () => this.rows.forEach((_row, n) => this.points[n] && this.points[n].typed && this.typed(n)));
    byId("paper-use").addEventListener("click", () => this.finish());
    byId("paper-cancel").addEventListener("click", () => this.end(true));
    this.map.on("click", ({ latlng }) => this.on && this.onMap(latlng));
    [byId("paper-view"), this.map.getContainer()].forEach((canvas) => canvas.addEventListener("keydown", (event) => this.pressed(event, canvas)));
  }

  begin({ url, size, points }) {
    this.on = true;
    this.size = size;
    byId("plan-editor").classList.add("plan-fixing");
    this.map.invalidateSize();
    if (!points.length) this.editor.drawing.frame();
    this.points = [0, 1, 2].map((n) => (points[n] ? { ...points[n], typed: Boolean(points[n].datum) } : {}));
    byId("paper-datum").value = (points.find((point) => point.datum) || { datum: "EPSG:4326" }).datum;
    this.show(url);
    this.rows.forEach((_row, n) => this.write(n));
    const open = this.points.findIndex((point) => point.x === undefined);
    this.turnTo(open < 0 ? 0 : open, "image");
    byId("paper-view").focus();
  }

  /** The picture as a map of its own: pixels to the right and down. */
  show(url) {
    const { L, size } = this;
    const view = L.map(byId("paper-view"), { crs: L.CRS.Simple, attributionControl: false, zoomControl: false, minZoom: -6, maxZoom: 4, zoomSnap: 0.25, zoomAnimation: false, doubleClickZoom: false, pmIgnore: false });
    const box = [[-size[1], 0], [0, size[0]]];
    L.imageOverlay(url, box, { alt: "" }).addTo(view);
    view.fitBounds(box, { animate: false });
    view.on("click", ({ latlng }) => this.onImage(latlng));
    this.view = view;
    this.pins = { image: [], map: [] };
  }

  end(given = false) {
    if (!this.on) return;
    this.on = false;
    this.pins.map.forEach((pin) => pin && pin.remove());
    this.view.remove();
    this.say("");
    byId("plan-editor").classList.remove("plan-fixing");
    this.map.invalidateSize();
    if (given) this.leave();
  }

  // ── Setting points ──
  onImage({ lat, lng }) {
    const [n] = this.active;
    const [wide, high] = this.size;
    Object.assign(this.points[n], { x: Math.min(wide, Math.max(0, lng)), y: Math.min(high, Math.max(0, -lat)) });
    this.write(n);
    if (this.complete(n)) this.next();
    else this.turnTo(n, "map");
  }

  onMap({ lat, lng }) {
    const [n, side] = this.active;
    if (side === "image" && this.points[n].x === undefined) {
      this.tell(say("paperImageFirst", { n: n + 1 }), "warning");
      return;
    }
    Object.assign(this.points[n], { lon: lng, lat, datum: "", said: null, typed: false });
    this.write(n);
    this.next();
  }

  typed(n) {
    const [lon, lat] = ["lon", "lat"].map((name) => parseFloat(this.rows[n].querySelector(`[data-fix=${name}]`).value.replace(",", ".")));
    const whole = Number.isFinite(lon) && Number.isFinite(lat);
    Object.assign(this.points[n], { lon: whole ? lon : undefined, lat: whole ? lat : undefined, datum: byId("paper-datum").value, said: null, typed: true });
    this.pin(n);
    this.ready();
  }

  complete(n) {
    return this.points[n].x !== undefined && this.points[n].lon !== undefined;
  }

  next() {
    const open = this.points.findIndex((_point, n) => !this.complete(n));
    this.ready();
    if (open < 0) this.tell(say("paperReady"));
    else this.turnTo(open, this.points[open].x === undefined ? "image" : "map");
  }

  turnTo(n, side) {
    this.active = [n, side];
    this.rows.forEach((row, m) => row.setAttribute("aria-current", String(m === n)));
    this.tell(say(side === "image" ? "paperOnImage" : "paperOnMap", { n: n + 1 }));
    this.ready();
  }

  /** Keys: Enter sets the point in the middle of whichever has the focus. */
  pressed(event, canvas) {
    if (!this.on || event.target !== canvas) return;
    const on = canvas === byId("paper-view") ? this.view : this.map;
    if (event.key === "Enter" || event.key === " ") {
      if (on === this.view) this.onImage(on.getCenter());
      else this.onMap(on.getCenter());
    } else if (event.key === "Escape") this.end(true);
    else if (on === this.map) return;
    else if (event.key === "+" || event.key === "=") on.zoomIn();
    else if (event.key === "-") on.zoomOut();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ── Showing them ──
  write(n) {
    const point = this.points[n];
    const row = this.rows[n];
    const [lon, lat] = point.said && point.datum ? point.said : [point.lon, point.lat];
    ["lon", "lat"].forEach((name, m) => (row.querySelector(`[data-fix=${name}]`).value = [lon, lat][m] === undefined ? "" : Number([lon, lat][m].toFixed(FAR))));
    row.querySelector("[data-fix-state]").textContent = point.x === undefined ? say("paperOpen") : say("paperPixel", { x: Math.round(point.x), y: Math.round(point.y) });
    this.pin(n);
  }

  pin(n) {
    const { L, points } = this;
    const { x, y, lon, lat, typed } = points[n];
    const places = { image: x === undefined ? null : [-y, x], map: lon === undefined || (typed && (Math.abs(lat) > 90 || Math.abs(lon) > 180)) ? null : [lat, lon] };
    Object.entries(places).forEach(([side, place]) => {
      const old = this.pins[side][n];
      if (old) old.remove();
      if (!place) return;
      const icon = L.divIcon({ className: "paper-pin", html: String(n + 1), iconSize: [24, 24] });
      const pin = L.marker(place, { icon, draggable: true, keyboard: false, autoPan: false, pmIgnore: true }).addTo(side === "image" ? this.view : this.map);
      pin.on("dragend", () => {
        this.active = [n, side];
        if (side === "image") this.onImage(pin.getLatLng());
        else this.onMap(pin.getLatLng());
      });
      this.pins[side][n] = pin;
    });
  }

  ready() {
    byId("paper-use").disabled = ![0, 1, 2].every((n) => this.complete(n));
  }

  tell(words, level = "") {
    this.editor.status(words, level);
    byId("paper-step").textContent = words;
  }

  say(words) {
    byId("paper-refused").textContent = words;
    byId("paper-refused").hidden = !words;
  }

  finish() {
    this.say("");
    this.done(this.points.map(({ x, y, lon, lat, datum, said }) => ({ x, y, lon: said && datum ? said[0] : lon, lat: said && datum ? said[1] : lat, datum: datum || "" })));
  }
}
