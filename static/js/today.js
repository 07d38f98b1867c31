// Today: list or map, and, when asked, in the order of the way from where one stands.
import { enliven, toast } from "./app.js";
import { wall, words } from "./words.js";

const EARTH = 6371000;
const rad = (degrees) => (degrees * Math.PI) / 180;

/** Metres between two {lon, lat}. */
export function distance(a, b) {
  const x = rad(b.lon - a.lon) * Math.cos(rad((a.lat + b.lat) / 2));
  return EARTH * Math.hypot(x, rad(b.lat - a.lat));
}

/** Nearest first, then nearest to that, and so on; what has no place keeps its order at the end. */
export function byWay(things, from) {
  const left = things.filter((one) => one.lat !== null && !Number.isNaN(one.lat));
  const placeless = things.filter((one) => !left.includes(one));
  const way = [];
  let at = from;
  while (left.length) {
    left.sort((a, b) => distance(at, a) - distance(at, b));
    at = left.shift();
    way.push(at);
  }
  return way.concat(placeless);
}

/** Of what was fetched earlier, the cards of the day it is now: patrols of a day that is over have gone, those of this one have come. */
export function cardsOf({ cards, ahead }, now = Date.now()) {
  const today = wall(now)[0];
  return (ahead ? ahead.cards.concat(cards) : cards).filter((one) => one.kind !== "patrol" || wall(one.due)[0] === today);
}

function orderCards(list, from) {
  const cards = Array.from(list.querySelectorAll("[data-card]")).map((element) => ({
    element,
    lon: element.dataset.lon === undefined ? null : Number(element.dataset.lon),
    lat: element.dataset.lat === undefined ? null : Number(element.dataset.lat),
  }));
  byWay(cards, from).forEach(({ element }) => list.append(element));
}

function near(button, list) {
  const said = button.querySelector("[data-near-words]");
  button.hidden = !navigator.geolocation || !window.isSecureContext;
  button.addEventListener("click", () => {
    const usual = said.textContent;
    said.textContent = words("locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        orderCards(list, { lon: coords.longitude, lat: coords.latitude });
        said.textContent = words("orderedByWay");
        button.disabled = true;
        window.scrollTo(0, 0);
      },
      () => {
        said.textContent = usual;
        toast(words("unlocatedWay"), "error");
      },
      { timeout: 15000, maximumAge: 60000 }
    );
  });
}

/** Bring a Today to life, the server's or the one made from what lies on the phone. */
export function today(root = document) {
  const list = root.querySelector("[data-today-list]");
  const choice = root.querySelector("[data-today-switch]");
  const box = root.querySelector("[data-today-map]");
  const template = document.getElementById("today-map");
  const button = root.querySelector("[data-today-near]");
  if (button) near(button, list);
  if (!choice || !template) return;
  choice.hidden = false;
  const show = (what) => {
    const map = what === "map";
    if (map && !box.firstElementChild) {
      box.append(template.content.cloneNode(true));
      enliven(box);
    }
    box.hidden = !map;
    list.hidden = map;
    if (button) button.classList.toggle("today-hidden", map);
    choice.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.show === what)));
  };
  choice.addEventListener("click", (event) => {
    if (event.target.dataset.show) show(event.target.dataset.show);
  });
  if (new URLSearchParams(location.search).get("show") === "map") show("map");
}

if (document.querySelector("[data-today-list]")) today();
