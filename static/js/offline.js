// The shell without a signal: the page that was asked for, made from what lies encrypted on the phone.
import { fill, wall, words } from "./words.js";
import * as store from "./phone-store.js";
import * as days from "./day.js";
import { cardsOf, today as enlivenToday } from "./today.js";

const view = document.querySelector("[data-shell-view]");
const template = (name) => document.querySelector(`template[data-view="${name}"]`).content.cloneNode(true);
const part = (root, name) => root.querySelector(`[data-${name}]`);
const say = (root, name, text) => (part(root, name).textContent = text || "");
const DAY = 86400000;

function near(moment) {
  const [[day, time], [now]] = [wall(moment), wall(Date.now())];
  const named = { "-1": words("yesterday"), 0: words("today"), 1: words("tomorrow") }[(Date.parse(day) - Date.parse(now)) / DAY];
  return `${named || (day.slice(0, 4) === now.slice(0, 4) ? day.slice(5) : day)} ${time}`;
}

function heading(text, title) {
  document.querySelector("[data-shell-heading]").textContent = text;
  document.title = document.title.replace(/^[^·]+/, `${title || text} `);
}

function show(name) {
  view.textContent = "";
  view.append(template(name));
  return view;
}

/** Data for a script of the page, as the server's json_script would leave it. */
function keep(id, said) {
  const data = document.createElement("script");
  data.type = "application/json";
  data.id = id;
  data.textContent = JSON.stringify(said);
  view.append(data);
}

function card(each) {
  const made = template("card").firstElementChild;
  made.dataset.card = each.key;
  if (each.level !== null) made.classList.add(`card-${each.level}`);
  if (each.lon !== null) {
    made.dataset.lon = each.lon;
    made.dataset.lat = each.lat;
  }
  ["place", "title", "text"].forEach((name) => say(made, name, each[name]));
  say(made, "action", each.action);
  if (each.status) say(made, "status", each.status);
  else part(made, "status").remove();
  say(made, "due", each.due ? fill(words(Date.parse(each.due) < Date.now() ? "wasDue" : "dueBy"), near(each.due)) : "");
  if (each.due && Date.parse(each.due) < Date.now()) part(made, "due").classList.add("timeleft-2");
  part(made, "action").href = each.url;
  return made;
}

// ── Today ──
function showToday(kept) {
  const { grids, borders } = kept.content;
  const cards = cardsOf(kept.content);
  heading(grids.slice(0, 2).join(" · ") || words("todayWord"), words("todayWord"));
  if (!cards.length) return show("nothing");
  const root = show("today");
  part(root, "today-list").append(...cards.map(card));
  if (cards.length < 3) part(root, "today-near").remove();
  const points = cards.filter(({ lon }) => lon !== null).map(({ key, place, title, url, level, lon, lat }) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: { id: key, label: `${place} · ${title}`, url, level } }));
  keep("today-points", { type: "FeatureCollection", features: points });
  keep("today-borders", borders || { type: "FeatureCollection", features: [] });
  return enlivenToday(root);
}

// ── Report ──
const about = () => new URLSearchParams(location.search).get("thing") || "";

/** The asset or place that the address names, above the categories. */
async function sayAbout(root) {
  const all = about() && (await (await import("./things.js")).kept());
  const row = all && all.rows.find(([reference]) => reference === about());
  part(root, "about-thing").hidden = !row;
  if (row) say(root, "about-name", `${row[1]} · ${all.grids[row[4]]} · ${row[2]}`);
}

/** The code on a lamp post, read by the phone's camera: report about it. */
async function showPoster(tools, code) {
  const all = await (await import("./things.js")).kept();
  const row = all && all.rows.find(([reference, , more]) => reference.startsWith("asset:") && more === code);
  if (!row) return null;
  history.replaceState(null, "", `/field/report/?thing=${row[0]}`);
  return showChoose(tools);
}

function showChoose(tools) {
  heading(words("whatAbout"));
  const root = show("choose");
  sayAbout(root).catch((error) => console.warn("things", error));
  const entries = tools.headings.reduce((all, group) => all.concat(group.entries), []);
  const link = (entry, css) => {
    const made = document.createElement("a");
    made.href = `/field/report/${entry.code}/${about() ? location.search : ""}`;
    made.className = css;
    made.textContent = entry.label;
    return made;
  };
  const recent = tools.recent.map((code) => entries.find((entry) => entry.code === code)).filter(Boolean);
  part(root, "recent-box").hidden = !recent.length;
  part(root, "recent").append(...recent.map((entry) => link(entry, "tile")));
  tools.headings.forEach((group) => {
    const box = document.createElement("details");
    box.className = "box heading-group";
    box.dataset.narrowGroup = "";
    const summary = document.createElement("summary");
    summary.className = "tile";
    summary.textContent = group.label;
    const list = document.createElement("ul");
    list.className = "list";
    group.entries.forEach((entry) => {
      const item = document.createElement("li");
      item.dataset.narrowWords = `${entry.label} ${entry.initials} ${entry.code}`;
      item.append(link(entry, ""));
      list.append(item);
    });
    box.append(summary, list);
    part(root, "categories").append(box);
  });
  return import("./report.js");
}

function showReport(tools, code) {
  const entries = tools.headings.reduce((all, group) => all.concat(group.entries), []);
  const entry = entries.find((each) => each.code === code);
  if (!entry) return show("none");
  heading(entry.label);
  const root = show("report");
  const form = root.querySelector("form");
  Object.assign(form.dataset, { category: entry.code, label: entry.label, captureDraft: `report:${code}` });
  form.elements.client_id.value = store.uuid7();
  part(root, "emergency").hidden = !entry.emergency;
  part(root, "on-the-spot").hidden = !(entry.on_the_spot && tools.self_resolve);
  const key = part(root, "building-key").content.firstElementChild;
  tools.buildings.forEach(({ id, name }) => {
    const made = key.cloneNode(true);
    made.querySelector("input").value = id;
    made.querySelector("span").textContent = name;
    part(root, "pad").append(made);
  });
  (tools.report_grids || []).forEach(({ id, name }) => {
    const made = key.cloneNode(true);
    Object.assign(made.querySelector("input"), { name: "grid", value: id });
    made.querySelector("span").textContent = name;
    part(root, "grid-keys").insertBefore(made, part(root, "elsewhere"));
  });
  if (tools.report_grids && tools.report_grids.length) part(root, "which-grid").hidden = false;
  else part(root, "which-grid").remove();
  entry.phrases.forEach((phrase) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    chip.dataset.phrase = phrase;
    chip.textContent = phrase;
    part(root, "phrases").append(chip);
  });
  return Promise.all([import("./report.js"), import("./capture.js"), import("./things.js").then((things) => things.enliven(form, about()))]);
}

// ── A case ──
function showCase(kept, id) {
  const found = kept.content.cards.find((each) => each.kind === "incident" && each.id === id);
  if (!found) return show("none");
  heading(found.title, found.offline.number);
  const root = show("case");
  say(root, "place", found.place);
  say(root, "words", found.offline.words);
  say(root, "status", found.status);
  say(root, "due", found.due ? fill(words(Date.parse(found.due) < Date.now() ? "wasDue" : "dueBy"), near(found.due)) : "");
  root.querySelectorAll("form").forEach((form) => {
    Object.assign(form.dataset, { incident: id, version: found.offline.version, about: `${found.title} · ${found.place}` });
    if (form.elements.client_id) form.elements.client_id.value = store.uuid7();
  });
  const step = part(root, "step");
  step.hidden = !found.offline.step;
  if (!found.offline.step) return root;
  say(root, "step-label", found.offline.label);
  say(root, "step-button", found.offline.label);
  const form = step.querySelector("form");
  Object.assign(form.dataset, { step: found.offline.step, label: found.offline.label });
  form.elements.words.required = found.offline.required;
  return root;
}

// ── A walk: the one under way on this phone, or one that was due when the day was taken along ──
async function showWalk(kept, route, owner) {
  const under = await import("./patrol.js").then((patrol) => patrol.running()).catch(() => null);
  const card = kept && cardsOf(kept.content).find((each) => each.kind === "patrol" && String(each.offline.route) === route);
  const walk = under && String(under.route) === route ? under : card && card.offline;
  if (!walk && !kept && (await days.waitsForPin(owner))) return showLocked(owner);
  if (!walk) return show(kept ? "none" : "empty");
  heading(walk.name);
  show("walk");
  const { plan, name, url, stops, grid } = walk;
  keep("walk-data", { route: walk.route, plan, name, url, stops, grid });
  return import("./walk.js");
}

/** The code on a poster: confirm on the walk under way here, or begin one that was due. */
async function showHere(kept, id) {
  const under = await import("./patrol.js").then((patrol) => patrol.running()).catch(() => null);
  const due = kept ? cardsOf(kept.content).filter((each) => each.kind === "patrol") : [];
  const walk = [under].concat(due.map((each) => each.offline)).find((each) => each && each.stops.some((stop) => stop.id === id));
  if (!walk) return null;
  const { name } = walk.stops.find((stop) => stop.id === id);
  heading(name);
  const root = show("here");
  Object.assign(part(root, "here").dataset, { here: id, name });
  say(root, "route-name", walk.name);
  part(root, "start").querySelector("a").href = walk.url;
  return import("./here.js");
}

// ── A campaign: my objects, and the short form at one of them ──
async function waitingTargets() {
  const tray = await import("./tray.js");
  const records = (await tray.ready()) ? await tray.list() : [];
  return new Set(records.map((record) => record.payload.target).filter(Boolean));
}

async function showCampaign(kept, id, owner) {
  const found = kept.content.cards.find((each) => each.kind === "campaign" && each.id === id);
  if (!found) return show("none");
  heading(found.title);
  const [campaigns, waiting] = await Promise.all([import("./campaigns.js"), waitingTargets()]);
  const lies = await campaigns.along(owner, id);
  const root = show("campaign");
  say(root, "purpose", found.offline.purpose);
  return campaigns.list(root, lies, { campaign: id, waiting });
}

function choices(root, item, nth) {
  const made = part(root, "question-choice").content.firstElementChild.cloneNode(true);
  made.querySelector("legend").textContent = item.label;
  const one = made.querySelector("label").parentElement;
  item.options.forEach(([value, label], place) => {
    const line = one.cloneNode(true);
    Object.assign(line.querySelector("input"), { name: `item${nth}`, value, id: `item${nth}-${place}` });
    line.querySelector("span").textContent = label;
    one.parentElement.append(line);
  });
  one.remove();
  return made;
}

function plain(root, item, nth) {
  const made = part(root, "question-plain").content.firstElementChild.cloneNode(true);
  made.querySelector("label").textContent = item.label;
  made.querySelector("label").htmlFor = `item${nth}`;
  const shape = item.kind === "number" ? { type: "number", min: 0, max: 1000000 } : { type: "text", maxLength: 100 };
  Object.assign(made.querySelector("input"), { name: `item${nth}`, id: `item${nth}`, className: "input", ...shape });
  return made;
}

async function showCheck(kept, id, target, owner) {
  const found = kept.content.cards.find((each) => each.kind === "campaign" && each.id === id);
  const { rows } = await (await import("./campaigns.js")).along(owner, id);
  const [, called] = rows.find(([object]) => object === target) || [];
  if (!found || !called) return show("none");
  heading(called);
  const root = show("check");
  const form = root.querySelector("form");
  Object.assign(form.dataset, { target, label: found.title, about: called });
  form.elements.client_id.value = store.uuid7();
  found.offline.items.forEach((item, nth) => part(root, "questions").append((item.options.length ? choices : plain)(root, item, nth)));
  return root;
}

async function showTray() {
  heading(words("trayWord"));
  show("tray");
  return import("./tray-page.js");
}

// ── Locked: the six digits, also without a signal ──
function showLocked(owner) {
  heading(words("lockedWord"));
  const root = show("locked");
  const form = root.querySelector("form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.busy) return;
    form.busy = true;
    say(root, "lock-said", words("oneMoment"));
    const outcome = await days.openWith(owner, form.elements.pin.value).catch(() => "wrong");
    form.busy = false;
    form.elements.pin.value = "";
    form.elements.pin.focus();
    if (outcome === "wrong") say(root, "lock-said", words("pinWrong"));
    else if (outcome === "gone") show("gone");
    else location.reload();
  });
}

/** What needs no more than a report: its parts lie by the capture key, so a locked phone captures too. */
async function captures(path, owner) {
  const report = path.match(/^\/field\/report\/(?:(\w+)\/)?$/);
  const walk = path.match(/^\/field\/patrols\/walk\/(\d+)\/$/);
  const here = path.match(/^\/field\/patrols\/here\/(\d+)\/$/);
  const poster = path.match(/^\/a\/(\d+)\/$/);
  if (walk) return showWalk(await days.day(owner, "today"), walk[1], owner);
  if (here) return showHere(await days.day(owner, "today"), Number(here[1]));
  if (!report && !poster) return null;
  const kept = (await store.tools(owner)) || ((await days.day(owner, "today")) || {}).content; // from before tools were apart
  if (!kept || !kept.headings) return null;
  if (poster) return showPoster(kept, poster[1]);
  return report[1] ? showReport(kept, report[1]) : showChoose(kept);
}

async function showKept(path, owner) {
  const kept = owner ? await days.day(owner, "today") : null;
  if (!kept) return owner && (await days.waitsForPin(owner)) ? showLocked(owner) : show("empty");
  document.documentElement.dataset.day = ""; // field.js locks it after a pause
  say(document, "shell-as-of", fill(words("asOf"), near(kept.at)));
  if (path === "/field/") return showToday(kept);
  const incident = path.match(/^\/field\/cases\/([0-9a-f-]+)\/$/);
  const check = path.match(/^\/field\/campaigns\/([0-9a-f-]+)\/([0-9a-f-]+)\/$/);
  const campaign = path.match(/^\/field\/campaigns\/([0-9a-f-]+)\/$/);
  if (check) return showCheck(kept, check[1], check[2], owner);
  if (campaign) return showCampaign(kept, campaign[1], owner);
  if (incident) return showCase(kept, incident[1]);
  return show("none");
}

async function begin() {
  part(document, "shell-again").addEventListener("click", () => location.reload());
  const path = location.pathname;
  const back = part(document, "shell-back");
  back.hidden = path === "/field/";
  const entry = document.querySelector(`.bar a[href="${path}"]`);
  if (entry) entry.setAttribute("aria-current", "page");
  const inside = path.match(/^(\/field\/(?:campaigns\/[0-9a-f-]+|report)\/)[\w-]+\/$/);
  if (inside) back.href = inside[1];
  if (path === "/field/tray/") return showTray();
  const owner = store.available ? await store.fact("owner") : undefined;
  return (owner && (await captures(path, owner))) || showKept(path, owner);
}

// field.js waits for this before it looks for forms.
export const shown = begin().catch((error) => {
  console.warn("shell", error);
  show("none");
});
document.documentElement.shellShown = shown;
