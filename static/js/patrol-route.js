// Drawing a route: rows of checkpoints in order, each with a place on the map, a building, or both. All of it by keyboard too.
const form = document.querySelector("[data-route-form]");
const list = form.querySelector("[data-stop-rows]");
const template = form.querySelector("[data-row]");
let placing = null; // the row whose place is being chosen
let view = null;
let drawn = null;

const rows = () => Array.from(list.children);
const field = (row, name) => row.querySelector(`[name=stop_${name}]`);

function add(place) {
  const row = template.content.firstElementChild.cloneNode(true);
  list.append(row);
  if (place) put(row, place);
  renew();
  field(row, "name").focus();
  return row;
}

function put(row, { lon, lat }) {
  field(row, "lon").value = lon.toFixed(6);
  field(row, "lat").value = lat.toFixed(6);
}

function choose(row) {
  placing = placing === row ? null : row;
  rows().forEach((each) => each.querySelector("[data-place-it]").setAttribute("aria-pressed", String(each === placing)));
  if (placing && view) view.figure.querySelector("[data-map-canvas]").focus();
}

function renew() {
  rows().forEach((row, place) => {
    row.querySelector("[data-number]").textContent = place + 1;
    const words = row.querySelector("[data-placed]");
    const { placed, unplaced, byBuilding } = words.dataset;
    words.textContent = field(row, "lon").value ? placed : field(row, "building").value ? byBuilding : unplaced;
    row.querySelector("[data-up]").disabled = place === 0;
    row.querySelector("[data-down]").disabled = place === list.children.length - 1;
  });
  draw();
}

function draw() {
  if (!view) return;
  const { L, map } = view;
  if (drawn) drawn.remove();
  drawn = L.layerGroup().addTo(map);
  const way = [];
  rows().forEach((row, place) => {
    if (!field(row, "lon").value) return;
    const at = L.latLng(Number(field(row, "lat").value), Number(field(row, "lon").value));
    way.push(at);
    const icon = L.divIcon({ className: "map-stop", html: String(place + 1), iconSize: [26, 26] });
    const marker = L.marker(at, { icon, draggable: true, keyboard: false, alt: field(row, "name").value || String(place + 1) }).addTo(drawn);
    marker.on("dragend", () => {
      const { lng, lat } = marker.getLatLng();
      put(row, { lon: lng, lat });
      draw();
    });
  });
  L.polyline(way, { className: "map-track", interactive: false }).addTo(drawn);
}

list.addEventListener("click", (event) => {
  const row = event.target.closest("[data-stop-row]");
  const is = (name) => event.target.closest(`[data-${name}]`);
  if (!row) return;
  if (is("place-it")) choose(row);
  else if (is("up")) list.insertBefore(row, row.previousElementSibling);
  else if (is("down") && row.nextElementSibling) list.insertBefore(row.nextElementSibling, row);
  else if (is("remove")) row.remove();
  else return;
  renew();
});
list.addEventListener("change", (event) => {
  const row = event.target.closest("[data-stop-row]");
  if (event.target.name === "stop_building" && event.target.value && !field(row, "name").value) field(row, "name").value = event.target.selectedOptions[0].textContent;
  renew();
});
form.querySelector("[data-add]").addEventListener("click", () => add(null));
document.addEventListener("gridgov:map", (event) => {
  view = event.detail;
  renew();
});
document.addEventListener("gridgov:picked", (event) => {
  if (placing) put(placing, event.detail);
  else add(event.detail);
  if (placing) choose(placing);
  renew();
});
renew();
