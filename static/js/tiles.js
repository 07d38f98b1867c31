// Draws vector tiles (MVT 2.1, polygons only) on canvas: what a map of thousands of shapes is made of.

const PIXELS = 256;
const STAY = 0.5; // pixels that a finger or pointer may miss

/** Reads protocol buffers: varints and lengths are all that a tile needs. */
class Reader {
  constructor(bytes, from = 0, to = bytes.length) {
    Object.assign(this, { bytes, at: from, to });
  }

  varint() {
    let value = 0;
    let shift = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
      shift *= 128;
    }
  }

  part() {
    const length = this.varint();
    const found = new Reader(this.bytes, this.at, this.at + length);
    this.at += length;
    return found;
  }

  text() {
    return new TextDecoder().decode(this.bytes.subarray(this.at, this.to));
  }

  /** Call `take[field]` for each field, skip the others. */
  each(take) {
    while (this.at < this.to) {
      const tag = this.varint();
      const found = take[tag >> 3];
      if (found) found(this);
      else if ((tag & 7) === 2) this.at = this.part().to;
      else if ((tag & 7) === 0) this.varint();
      else this.at += (tag & 7) === 5 ? 4 : 8;
    }
  }

  numbers() {
    const found = [];
    while (this.at < this.to) found.push(this.varint());
    return found;
  }
}

function value(reader) {
  let said = "";
  reader.each({ 1: (r) => (said = r.part().text()), 4: (r) => (said = r.varint()), 5: (r) => (said = r.varint()), 6: (r) => (said = r.varint()) });
  return said;
}

function path(commands, scale) {
  const drawn = new Path2D();
  let [x, y, at] = [0, 0, 0];
  const step = () => {
    const n = commands[at++];
    return n % 2 ? -(n + 1) / 2 : n / 2;
  };
  while (at < commands.length) {
    const command = commands[at++];
    if ((command & 7) === 7) {
      drawn.closePath();
      continue;
    }
    for (let n = command >> 3; n > 0; n--) {
      x += step();
      y += step();
      if ((command & 7) === 1) drawn.moveTo(x * scale, y * scale);
      else drawn.lineTo(x * scale, y * scale);
    }
  }
  return drawn;
}

/** The shapes of a tile: [{path, ref, name_of}]. */
export function decode(buffer) {
  const shapes = [];
  new Reader(new Uint8Array(buffer)).each({
    3: (tile) => {
      const [keys, values, features] = [[], [], []];
      let extent = 4096;
      tile.part().each({
        2: (r) => features.push(r.part()),
        3: (r) => keys.push(r.part().text()),
        4: (r) => values.push(value(r.part())),
        5: (r) => (extent = r.varint()),
      });
      features.forEach((feature) => {
        let [tags, commands] = [[], []];
        feature.each({ 2: (r) => (tags = r.part().numbers()), 4: (r) => (commands = r.part().numbers()) });
        const shape = { path: path(commands, PIXELS / extent) };
        for (let n = 0; n < tags.length; n += 2) shape[keys[tags[n]]] = values[tags[n + 1]];
        shapes.push(shape);
      });
    },
  });
  return shapes;
}

function paint(tile, shapes, look) {
  const scale = Math.min(2, window.devicePixelRatio || 1);
  tile.width = tile.height = PIXELS * scale;
  const pen = tile.getContext("2d");
  pen.scale(scale, scale);
  Object.assign(pen, { strokeStyle: look.color, fillStyle: look.fillColor, lineWidth: look.weight, lineJoin: "round" });
  shapes.forEach((shape) => {
    pen.globalAlpha = look.fillOpacity;
    pen.fill(shape.path, "evenodd");
    pen.globalAlpha = 1;
    pen.stroke(shape.path);
  });
}

/** A Leaflet layer of the tiles at `url`; `look` is how polygons are drawn. */
export function layer(L, url, look) {
  const drawn = new Map();
  const Tiles = L.GridLayer.extend({
    createTile(place, done) {
      const tile = document.createElement("canvas");
      const key = `${place.z}/${place.x}/${place.y}`;
      fetch(L.Util.template(url, place), { credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(`${key}: ${answer.status}`))))
        .then((buffer) => {
          drawn.set(key, decode(buffer));
          paint(tile, drawn.get(key), look);
          done(null, tile);
        })
        .catch((error) => done(error, tile));
      return tile;
    },
    /** The shape under a place on the map. */
    under(map, place) {
      const z = Math.min(Math.max(this._tileZoom, 0), 20);
      const point = map.project(place, z);
      const [x, y] = [Math.floor(point.x / PIXELS), Math.floor(point.y / PIXELS)];
      const pen = document.createElement("canvas").getContext("2d");
      const [inX, inY] = [point.x - x * PIXELS + STAY / 2, point.y - y * PIXELS + STAY / 2];
      return (drawn.get(`${z}/${x}/${y}`) || []).find((shape) => pen.isPointInPath(shape.path, inX, inY, "evenodd"));
    },
  });
  const made = new Tiles({ tileSize: PIXELS, maxNativeZoom: 20, updateWhenIdle: false });
  made.on("tileunload", (event) => drawn.delete(`${event.coords.z}/${event.coords.x}/${event.coords.y}`));
  return made;
}
