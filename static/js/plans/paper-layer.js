// A Leaflet layer that lays a picture on the map by three of its corners: moved, turned, stretched as they say.

export function paperLayer(L) {
  return L.Layer.extend({
    /** `corners`: [lon, lat] of the upper left, upper right and lower left corner; `size` in pixels. */
    initialize(url, size, corners) {
      Object.assign(this, { url, size, corners: corners.map(([x, y]) => L.latLng(y, x)) });
    },

    onAdd(map) {
      const picture = document.createElement("img");
      picture.className = `plan-paper-picture ${map._zoomAnimated ? "leaflet-zoom-animated" : ""}`;
      picture.alt = "";
      picture.src = this.url;
      map.getPane("paper").append(picture);
      this.picture = picture;
      this.place((corner) => map.latLngToLayerPoint(corner));
    },

    onRemove() {
      this.picture.remove();
    },

    getEvents() {
      const map = this._map;
      const still = () => this.place((corner) => map.latLngToLayerPoint(corner));
      return { zoom: still, viewreset: still, ...(map._zoomAnimated ? { zoomanim: ({ zoom, center }) => this.place((corner) => map._latLngToNewLayerPoint(corner, zoom, center)) } : {}) };
    },

    place(at) {
      const [a, b, c] = this.corners.map(at);
      const [wide, high] = this.size;
      this.picture.style.transform = `matrix(${(b.x - a.x) / wide}, ${(b.y - a.y) / wide}, ${(c.x - a.x) / high}, ${(c.y - a.y) / high}, ${a.x}, ${a.y})`;
    },

    getBounds() {
      const [a, b, c] = this.corners;
      return L.latLngBounds([a, b, c, [b.lat + c.lat - a.lat, b.lng + c.lng - a.lng]]);
    },
  });
}
