// What may lie beneath the map: the office's own PMTiles file or Tianditu. When it does not come, the map does without.
import { asset, load } from "./words.js";

const DEEPEST = 21;
const GIVEN_UP = 3; // tiles refused before anything came
const dark = () => getComputedStyle(document.documentElement).colorScheme.includes("dark") && window.matchMedia("(prefers-color-scheme: dark)").matches;

function vector(L, { url, max_zoom: deepest }) {
  return window.protomapsL.leafletLayer({ url, flavor: dark() ? "dark" : "light", lang: document.documentElement.lang.startsWith("zh") ? "zh-Hans" : "en", maxDataZoom: deepest, maxZoom: DEEPEST });
}

async function fromFile(L, map, said) {
  await load("pmtilesJs");
  const source = new window.pmtiles.PMTiles(said.url);
  await source.getHeader();
  await source.getMetadata();
  if (said.kind === "raster") return window.pmtiles.leafletRasterLayer(source, { maxNativeZoom: said.max_zoom, maxZoom: DEEPEST }).addTo(map);
  await load("protomapsJs");
  return vector(L, said).addTo(map);
}

/** Web Mercator on CGCS2000: the same as WGS-84 to a hand's breadth, not shifted as GCJ-02 is. */
function tianditu(L, map, { key, refused }, tell) {
  const address = (layer) => `https://t{s}.tianditu.gov.cn/${layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(key)}`;
  const options = { subdomains: "01234567", maxNativeZoom: 18, maxZoom: DEEPEST, referrerPolicy: "strict-origin" };
  const layers = ["vec", "cva"].map((layer) => L.tileLayer(address(layer), options).addTo(map));
  let [came, failed] = [0, 0];
  layers[0].on("tileload", () => (came += 1));
  layers[0].on("tileerror", () => {
    failed += 1;
    if (came || failed !== GIVEN_UP) return;
    layers.forEach((layer) => layer.remove());
    tell(refused);
  });
}

/** Lay it under `map`; `tell(words)` says whose it is, or quietly why there is none. */
export async function lay(L, map, tell) {
  let said = {};
  try {
    const answer = await fetch(asset("basemap"), { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok || !/json/.test(answer.headers.get("Content-Type") || "")) return;
    said = await answer.json();
    if (said.problem) return tell(said.problem);
    if (said.kind === "tianditu") tianditu(L, map, said, tell);
    else if (said.kind) await fromFile(L, map, said);
    if (said.words) tell(said.words);
  } catch (error) {
    console.warn("base map", error.message);
    if (said.kind) tell(document.getElementById("words").dataset.basemapFailed);
  }
}
