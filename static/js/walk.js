// The screen of a walk: start, pause, end; each checkpoint seen, or not and why. Everything is saved on the phone first.
import { confirmed, toast } from "./app.js";
import { wall } from "./words.js";
import * as patrol from "./patrol.js";
import * as tray from "./tray.js";

const root = document.querySelector("[data-walk]");
const said = root.dataset;
const part = (name, within = root) => within.querySelector(`[data-${name}]`);
/** When it began: the time, and the day where midnight has passed since. */
function clock(seconds) {
  const [day, time] = wall(seconds * 1000);
  return day === wall(Date.now())[0] ? time : `${day.slice(5)} ${time}`;
}
const tellTray = { start: said.wordStart, pause: said.wordPause, resume: said.wordResume, end: said.wordEnd, way: said.wordWay };
let walked = null; // what was said of the checkpoints, once it has ended here
let walk = JSON.parse(document.getElementById("walk-data").textContent);

function show(name, on) {
  root.querySelectorAll(`[data-show="${name}"]`).forEach((each) => (each.hidden = !on));
}

function row(stop, place) {
  const made = part("stop-template").content.firstElementChild.cloneNode(true);
  made.dataset.stop = stop.id;
  part("nth", made).textContent = place + 1;
  part("name", made).textContent = stop.name;
  made.querySelectorAll("input[type=radio]").forEach((each) => (each.name = `why-${stop.id}`));
  part("seen", made).addEventListener("click", () => say(stop, {}));
  part("save-why", made).addEventListener("click", () => {
    const why = made.querySelector("input[type=radio]:checked");
    part("choose", made).hidden = Boolean(why);
    if (!why) return;
    made.querySelector("details").open = false;
    say(stop, { why: why.value, words: part("why-words", made).value.trim() });
  });
  return made;
}

async function say(stop, more) {
  try {
    await patrol.mark(stop, more);
    tray.flush({ woken: true });
  } catch (error) {
    toast(said.wordFailed, "error");
  }
}

function paint(state) {
  const here = state && state.route === walk.route;
  show("before", !state && !walked);
  show("during", Boolean(here));
  show("paused", Boolean(here && state.status === "paused"));
  show("walking", Boolean(here && state.status === "walking"));
  show("other", Boolean(state && !here));
  show("lost", Boolean(here && state.track && state.lost));
  show("no-way", Boolean(here && !state.track));
  if (state && !here) {
    part("other-link").href = state.url;
    part("other-link").textContent = state.name;
  }
  if (here) part("since").textContent = clock(state.since);
  const marks = here ? state.marks : walked || {};
  root.querySelectorAll("[data-stop]").forEach((line) => {
    const mark = marks[line.dataset.stop];
    line.dataset.mark = !mark ? "" : mark === "seen" ? "seen" : "not";
    part("state", line).textContent = !mark ? "" : mark === "seen" ? said.wordSeen : said.wordNot;
    part("acts", line).hidden = !here;
    const seen = part("seen", line);
    if (mark === "seen" && document.activeElement === seen) line.querySelector("summary").focus();
    seen.hidden = mark === "seen";
  });
  const open = walk.stops.filter((stop) => !marks[stop.id]).length;
  part("open").textContent = walked ? "" : (open ? said.wordOpen : said.wordAll).replace("{n}", open);
}

async function stopWalking() {
  const state = await patrol.running();
  const open = walk.stops.filter((stop) => !state.marks[stop.id]).length;
  const text = open ? said.askOpen.replace("{n}", open) : "";
  if (!(await confirmed({ title: said.askEnd, text, yes: said.wordEnd }))) return;
  walked = state.marks;
  const id = await patrol.end().catch((error) => {
    walked = null;
    throw error;
  });
  show("ended", true);
  await Promise.race([tray.flush({ now: true }), new Promise((resolve) => setTimeout(resolve, 20000))]);
  const receipt = await tray.receipt(id);
  if (receipt && receipt.became.url) location.assign(receipt.became.url);
}

async function begin() {
  const state = await patrol.running();
  if (state && state.route === walk.route) walk = { ...walk, stops: state.stops, plan: state.plan };
  part("stops").append(...walk.stops.map(row));
  patrol.onPatrol(paint);
  paint(state);
  const acts = {
    start: async () => {
      await patrol.start(walk, { track: part("track").checked, words: tellTray });
      tray.flush({ woken: true });
    },
    pause: patrol.pause,
    resume: patrol.resume,
    end: stopWalking,
  };
  Object.entries(acts).forEach(([name, act]) =>
    part(name).addEventListener("click", async () => {
      part(name).disabled = true;
      await act().catch(() => toast(said.wordFailed, "error"));
      part(name).disabled = false;
    })
  );
  root.dataset.ready = "";
}

async function whenReady() {
  if (!("fieldReady" in document.documentElement.dataset)) await new Promise((resolve) => document.addEventListener("field:ready", resolve, { once: true }));
  if (await tray.ready()) await begin();
  else part("cannot").hidden = false;
}
whenReady().catch((error) => console.warn("walk", error));
