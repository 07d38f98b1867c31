// City assets and places to report about, found on the phone: taken along once, sealed by the capture key, looked through
// by words or around the position. A row: [reference, name, number or kind, address, place in grids, longitude, latitude, initials].
import { fill, plain, refill, words } from "./words.js";
import { fact, keepTools, remember, tools } from "./phone-store.js";

const HOUR = 3600000;
const NEAR = 60; // metres, as at the server
const MOST = 12;
const METRES = 111320; // of a degree of latitude

/** Ask once an hour for what stands in this person's grids; what has not changed does not travel again. */
export async function takeAlong(owner, look) {
  const before = await fact("things-taken");
  const same = before && before.owner === owner && before.look === look && (await tools(owner, "things"));
  if (same && Math.abs(Date.now() - before.at) < HOUR) return;
  const headers = { Accept: "application/json", "X-Background": "1", ...(same ? { "If-None-Match": before.tag } : {}) };
  const answer = await fetch("/field/things.json", { credentials: "same-origin", cache: "no-store", redirect: "error", headers });
  if (!answer.ok && answer.status !== 304) return;
  if (answer.ok) {
    const content = await answer.json();
    if (content.owner !== owner) return;
    await keepTools(owner, content, "things");
  }
  await remember("things-taken", { owner, look, at: Date.now(), tag: answer.headers.get("ETag") || before.tag });
}

/** What lies here, or null. */
export const kept = async () => tools(await fact("owner"), "things").catch(() => null);

/** Rows that hold every word that was said. */
export function named({ rows, grids }, text) {
  const asked = plain(text).split(/\s+/).filter(Boolean);
  return rows.filter(([, name, more, address, grid, , , initials]) => {
    const said = plain([name, more, address, grids[grid], initials].join(" "));
    return asked.every((word) => said.includes(word));
  });
}

/** Rows within 60 m, the nearest first. */
export function near({ rows }, lon, lat) {
  const wide = METRES * Math.cos((lat * Math.PI) / 180);
  const away = ([, , , , , x, y]) => (typeof x !== "number" ? Infinity : Math.hypot((x - lon) * wide, (y - lat) * METRES));
  return rows
    .map((row) => [away(row), row])
    .filter(([metres]) => metres <= NEAR)
    .sort((a, b) => a[0] - b[0])
    .map(([, row]) => row);
}

function line(value, text, more, checked) {
  const made = document.createElement("label");
  made.className = "option-line";
  const choice = Object.assign(document.createElement("input"), { type: "radio", name: "thing", value, className: "check", checked });
  const said = document.createElement("span");
  const beside = Object.assign(document.createElement("span"), { className: "muted", textContent: more });
  if (text) said.append(`${text} `, beside);
  made.append(choice, text ? said : beside);
  return made;
}

function muted(text) {
  return Object.assign(document.createElement("p"), { className: "muted", textContent: text });
}

function show(box, { grids, whole }, found, { asked = "", checked = "" } = {}) {
  const lines = found.slice(0, MOST).map(([reference, name, more, , grid]) => line(reference, name, `${grids[grid]} · ${more}`, reference === checked));
  if (lines.length) lines.push(line("", "", words("noneOfThese"), false));
  else if (asked) lines.push(muted(words(whole ? "noSuchThing" : "noSuchThingHere")));
  if (found.length > MOST) lines.push(muted(fill(words("moreThings"), found.length - MOST)));
  refill(box, ...lines);
}

/** Offer in `box` what `form` asks for: by the words of `input`, else around its position. What was chosen stays. */
export async function offer(form, input, box) {
  const all = await kept();
  if (!all) return;
  const chosen = (box.querySelector("[name=thing]:checked") || { value: "" }).value;
  const text = input.value.trim();
  const [lon, lat] = ["lon", "lat"].map((name) => form.elements[name].value);
  if (text) show(box, all, named(all, text), { asked: text, checked: chosen });
  else if (lon && lat) show(box, all, near(all, Number(lon), Number(lat)), { checked: chosen });
  else choose(box, all, chosen);
}

/** Show what a draft or an address names as chosen. */
export function choose(box, all, reference) {
  show(box, all, reference ? all.rows.filter((row) => row[0] === reference) : [], { checked: reference });
}

/** The shell's form: there when there is something to choose from. `reference`: what the address names already. */
export async function enliven(form, reference) {
  const field = form.querySelector("[data-things]");
  const [input, box] = [field.querySelector("input"), field.querySelector("[data-things-found]")];
  const all = await kept();
  field.hidden = !all || !all.rows.length;
  if (field.hidden) return;
  if (reference) choose(box, all, reference);
  const again = () => offer(form, input, box);
  input.addEventListener("input", again);
  form.addEventListener("gridgov:located", again);
  form.addEventListener("gridgov:draft", ({ detail }) => detail.thing && choose(box, all, detail.thing[0]));
}
