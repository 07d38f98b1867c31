// A patrol that runs on this phone: its state, its facts and its points, kept sealed in the tray's drafts until they go.
//
// Recording happens only between start and end and not while paused, in one tab, while the page is open; a gap stays a
// gap. The worker alone starts and ends. A position is never needed. Rules of what is kept: teams/tracks.py does the same.
import * as tray from "./tray.js";

const NAME = "patrol";
const NEAR = 10;
const PATIENCE = 30;
const VAGUE = 50;
const FAST = 12;
const GAP = 60;
const MOST = 60; // points of a piece
const listeners = new Set();
let watching = null;
let letGo = null; // ends this tab's turn to record
let awake = null;
let lastSaid = "";

/** Call `listener(state)` whenever the patrol has changed; state is null when none runs. */
export function onPatrol(listener) {
  listeners.add(listener);
}
const tell = (state) => listeners.forEach((listener) => listener(state));
const seconds = () => Math.round(Date.now()) / 1000;
const locked = (run) => (navigator.locks ? navigator.locks.request("patrol-state", run) : run());

async function held() {
  const kept = (await tray.ready()) && (await tray.draft(NAME));
  return kept ? kept.fields : null;
}

/** The patrol that runs here, or null. */
export async function running() {
  const state = await held();
  return state && state.key && !state.ended ? state : null;
}

/** What a page that died had not handed over yet; an ended patrol then leaves the phone. */
async function complete() {
  const state = await held();
  if (!state) return;
  await handOver(state);
  if (state.ended) await tray.dropDraft(NAME);
}

/** Change the state under a lock; what it hands in goes to the tray, also when the page dies in between. */
async function change(alter) {
  const state = await locked(async () => {
    await complete();
    const now = (await running()) || { pending: [] };
    if (alter(now) === false) return now;
    await tray.keepDraft(NAME, now);
    await complete();
    return now.ended ? null : now;
  });
  tell(state && state.key ? state : null);
  return state;
}

async function handOver(state) {
  while (state.pending.length) {
    const { id, kind, payload, summary } = state.pending[0];
    try {
      await tray.put(kind, payload, { id, summary });
    } catch (error) {
      if (!error || error.name !== "ConstraintError") throw error; // it lies in the tray already
    }
    state.pending.shift();
    await tray.keepDraft(NAME, state);
  }
}

function push(state, kind, more, summary) {
  const { key, route, plan } = state;
  state.pending.push({ id: tray.uuid7(), kind, payload: { patrol: key, route, plan, ...more }, summary: `${state.name} · ${summary}` });
}

function fact(state, name, word) {
  push(state, "teams.patrol", { fact: name, seq: state.seq, at: seconds() }, word);
  state.seq += 1;
}

function cut(state) {
  if (!state.points.length) return;
  push(state, "teams.patrol_track", { seq: state.pieces, points: state.points }, state.words.way);
  state.pieces += 1;
  state.points = [];
}

/** Begin. `walk` is what the server says of the route, `track` whether the way is recorded, `words` for the tray. */
export async function start(walk, { track, words }) {
  const state = await change((now) => {
    if (now.key) return false;
    Object.assign(now, { key: tray.uuid7(), route: walk.route, plan: walk.plan, name: walk.name, url: walk.url, stops: walk.stops, grid: walk.grid });
    Object.assign(now, { words, track, status: "walking", since: seconds(), seq: 0, pieces: 0, points: [], last: null, marks: {}, pending: [] });
    fact(now, "start", words.start);
    return true;
  });
  await follow(state);
  return state;
}

/** Pause, go on, end. */
export const pause = () =>
  change((now) => {
    if (now.status !== "walking") return false;
    cut(now);
    now.status = "paused";
    now.last = null;
    fact(now, "pause", now.words.pause);
    return true;
  }).then(follow);
export const resume = () =>
  change((now) => {
    if (now.status !== "paused") return false;
    now.status = "walking";
    fact(now, "resume", now.words.resume);
    return true;
  }).then(follow);

/** The end; resolves with the number of the record that says so, whose receipt names the patrol. */
export async function end() {
  let id = "";
  await change((now) => {
    if (!now.key) return false;
    cut(now);
    fact(now, "end", now.words.end);
    id = now.pending[now.pending.length - 1].id;
    now.ended = true;
    return true;
  });
  await follow(null);
  return id;
}

/** A checkpoint was seen, or was not and why; said again, the later counts. */
export const mark = (stop, { why = "", words = "", how = "hand" } = {}) =>
  change((now) => {
    if (!now.key) return false;
    now.marks[stop.id] = why || "seen";
    push(now, "teams.checkpoint", { checkpoint: stop.id, at: seconds(), why, words, how }, stop.name);
    return true;
  });

// ── The way ──
function metres([lon, lat], [lon2, lat2]) {
  const rad = Math.PI / 180;
  const a = Math.sin(((lat2 - lat) * rad) / 2) ** 2 + Math.cos(lat * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon) * rad) / 2) ** 2;
  return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** Whether a fix is worth keeping after `last`. */
export function worth(last, fix) {
  const [, , at, accuracy] = fix;
  if (accuracy !== null && accuracy > VAGUE) return false;
  if (!last || at - last[2] > GAP) return true;
  const away = metres(last, fix);
  const passed = at - last[2];
  if (away > FAST * passed) return false;
  return away >= Math.max(NEAR, (accuracy || 0) / 2) || passed >= PATIENCE;
}

async function onFix({ coords, timestamp }) {
  const fix = [Number(coords.longitude.toFixed(7)), Number(coords.latitude.toFixed(7)), Math.round(timestamp) / 1000, coords.accuracy ? Math.round(coords.accuracy) : null];
  await change((now) => {
    if (now.status !== "walking" || !now.track || !worth(now.last, fix)) return false;
    now.points.push(fix);
    now.last = fix;
    now.lost = false;
    if (now.points.length >= MOST) cut(now);
    return true;
  });
}

const onLost = () =>
  change((now) => {
    if (!now.key || now.lost) return false;
    now.lost = true;
    return true;
  });

async function keepAwake(on) {
  if (!navigator.wakeLock) return;
  if (!on && awake) await awake.release().catch(() => null);
  if (!on) awake = null;
  else if (document.visibilityState === "visible") awake = await navigator.wakeLock.request("screen").catch(() => null);
}

/** Record while a patrol is walked here, in one tab only; stop otherwise. */
async function follow(state) {
  const on = Boolean(state && state.status === "walking" && state.track && navigator.geolocation);
  await keepAwake(Boolean(state && state.status === "walking"));
  if (!on && watching !== null) {
    navigator.geolocation.clearWatch(watching);
    watching = null;
    if (letGo) letGo();
    letGo = null;
  } else if (on && watching === null) {
    watching = -1; // asked for
    const begin = () => {
      if (watching === null) return null; // paused before it was this tab's turn
      watching = navigator.geolocation.watchPosition(onFix, onLost, { enableHighAccuracy: true, maximumAge: 5000, timeout: 60000 });
      return new Promise((resolve) => (letGo = resolve)); // this tab records until a pause, the end, or it closes
    };
    if (navigator.locks) navigator.locks.request("patrol-way", begin).catch(() => null);
    else begin();
  }
  return state;
}

// ── On every page of the field door: the bar, and reports that belong to the patrol ──
function bar(state) {
  const shown = document.querySelector("[data-patrol-bar]");
  if (!shown) return;
  shown.hidden = !state;
  if (!state) return;
  shown.href = state.url;
  const what = state.status === "paused" ? "paused" : state.track && !state.lost ? "recording" : "walking";
  shown.dataset.state = what;
  shown.querySelectorAll("[data-when]").forEach((each) => (each.hidden = each.dataset.when !== what));
  shown.querySelector("[data-route]").textContent = state.name;
  if (lastSaid !== what) shown.setAttribute("role", "status");
  lastSaid = what;
}

function reports(state) {
  document.querySelectorAll('form[data-tray="incidents.report"]').forEach((form) => {
    form.dataset.patrol = state ? state.key : "";
    form.dataset.back = state ? state.url : "";
    const fields = form.elements;
    const grid = state && state.grid && !form.querySelector("[name=grid]:checked") && form.querySelector(`[name=grid][value="${state.grid}"]`);
    if (grid) grid.checked = true;
    const fresh = state && state.last && seconds() - state.last[2] < 120;
    if (!fresh || !fields.lon || fields.lon.value) return;
    fields.lon.value = state.last[0];
    fields.lat.value = state.last[1];
    if (fields.accuracy) fields.accuracy.value = state.last[3] || "";
  });
}

/** Called once a page of the field door knows who is here. */
export async function arrive() {
  onPatrol(bar);
  const state = await running();
  bar(state);
  reports(state);
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState === "visible") {
      const now = await running();
      await keepAwake(Boolean(now && now.status === "walking"));
    }
  });
  await locked(complete);
  await follow(state);
}
