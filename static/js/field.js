// The field door: keeps the tray moving, says how much is not sent, hands forms to the tray, works without a signal.
import { confirmed, release, toast } from "./app.js";
import { csrf, fill, words } from "./words.js";
import { available, fact, fetchCaptureKey, forgetKeys, keepTools, remember, uuid7 } from "./phone-store.js";
import * as day from "./day.js";
import * as tray from "./tray.js";
import { enhance, gathered, nameOf } from "./capture.js";
import { read } from "./field-forms.js";

const told = document.querySelector("meta[name=field]").dataset;
const MINUTE = 60000;
const FRESH = 5; // minutes for which the day that was taken along is not asked for again
const PERSONAL = /(^|\D)(1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|\d{6}[\s-]?\d{8}[\s-]?\d{3}[\dXx])(?!\d)/;

/** Say in the head of the page how many are not sent yet, and ask before somebody signs out with them. */
export async function showCount() {
  const badge = document.querySelector("[data-tray-count]");
  if (!badge) return;
  const { mine } = await tray.count();
  document.querySelectorAll("[data-sign-out]").forEach((form) => {
    const ask = { confirm: fill(words("unsent"), mine), confirmText: words("unsentStay"), confirmYes: words("signOut") };
    if (mine) Object.assign(form.dataset, ask);
    else delete form.dataset.confirm;
  });
  badge.hidden = !mine;
  badge.querySelector("span").textContent = fill(words("unsent"), mine);
}

/** Who this page was made for is who is here; keys of anyone else leave. */
async function arrive() {
  if (!told.owner) return; // the shell: whoever was here last, until the server says otherwise
  if ((await fact("owner")) !== told.owner) await forgetKeys(told.owner);
  localStorage.setItem("field", "1"); // the sign-in page then knows that keys may lie here
  await remember("owner", told.owner);
  await day.settle(told.owner, { id: told.lock, idle: Number(told.idle), shut: "closed" in told });
  await fetchCaptureKey(told.owner, csrf()).catch(() => false);
}

function keepMoving() {
  const push = (how) => tray.flush(how).catch((error) => console.warn("tray", error));
  push({ woken: true });
  window.addEventListener("online", () => push({ woken: true }));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") push({ woken: true });
  });
  setInterval(() => {
    if (document.visibilityState === "visible") push({});
  }, MINUTE);
}

// ── Behind a PIN: after a pause the day is locked, here as at the server; capturing goes on ──
const CAPTURING = /^\/field\/(report|tray|patrols\/walk)\//;

async function lockWhenLeft() {
  if (document.visibilityState !== "visible" || CAPTURING.test(location.pathname)) return;
  if ("closed" in told || !(told.owner || "day" in document.documentElement.dataset)) return; // nothing of the day stands here
  if (await day.locked(await fact("owner"))) location.reload();
}

function watchOver() {
  const here = () => fact("owner").then(day.present).catch((error) => console.warn("lock", error));
  ["pointerdown", "keydown"].forEach((sign) => document.addEventListener(sign, here, { passive: true }));
  ["visibilitychange", "pageshow"].forEach((sign) => window.addEventListener(sign, lockWhenLeft, true));
  setInterval(lockWhenLeft, MINUTE);
}

/** The form that chooses or enters the PIN: what the digits open here is made ready before they go to the server. */
async function onPin(event) {
  const form = event.target;
  const pin = form.elements.pin && form.elements.pin.value;
  if (!("pinForm" in form.dataset) || form.pinDone || !/^\d{6}$/.test(pin) || !told.owner) return;
  event.preventDefault();
  form.pinDone = true; // a second tap goes the plain way
  try {
    if (form.elements.lock) form.elements.lock.value = uuid7();
    if (form.elements.lock || (await day.openWith(told.owner, pin)) === "gone") await day.offer(told.owner, form.elements.lock ? form.elements.lock.value : told.lock, pin);
  } catch (error) {
    console.warn("pin", error);
  }
  form.submit();
}

// ── Forms that go through the tray: <form data-tray="incidents.report"> ──
function refuse(form, name, sentence) {
  const named = form.querySelector(`[name="${name}"]`);
  const field = (named && named.closest(".field")) || form.querySelector(".field");
  form.querySelectorAll("[data-said-here]").forEach((said) => said.remove());
  const line = document.createElement("p");
  line.className = "field-error";
  line.setAttribute("role", "alert");
  line.dataset.saidHere = "";
  line.textContent = sentence;
  field.classList.add("field-wrong");
  field.append(line);
  field.scrollIntoView({ block: "center" });
}

/** The first text that is longer than the server takes, counted as the server counts. */
function tooLong(form) {
  for (const one of form.querySelectorAll("textarea[name]")) {
    const most = Number(one.dataset.longest || one.getAttribute("maxlength"));
    const has = Array.from(one.value.trim()).length;
    if (most && has > most) return { wrong: one.name, sentence: fill(words("tooLong"), most).replace("{has}", String(has)) };
  }
  return null;
}

async function personalIsMeant(payload) {
  const text = ["description", "place", "words"].map((name) => payload[name] || "").join(" ");
  return !PERSONAL.test(text) || confirmed({ title: words("personal"), text: words("personalWhy"), yes: words("personalYes") });
}

async function onSubmit(event) {
  const form = event.target;
  if (!form.dataset || !form.dataset.tray || event.defaultPrevented) return;
  const button = event.submitter || document.activeElement;
  if (!read(form, button) || !form.trayReady) return; // the plain form does it
  event.preventDefault();
  if (form.trayBusy) return;
  form.trayBusy = true;
  try {
    await gathered(form);
    const asked = read(form, button);
    const wrong = asked.wrong ? asked : tooLong(form);
    if (wrong) refuse(form, wrong.wrong, wrong.sentence);
    else if (await personalIsMeant(asked.payload)) await save(form, asked);
  } finally {
    form.trayBusy = false;
    setTimeout(() => release(form), 0); // after app.js has locked the button against a second tap
  }
}

async function save(form, asked) {
  let id;
  form.traySent = true; // no draft is written any more
  await form.keeping;
  try {
    const { kind, payload, ...options } = asked;
    id = await tray.put(kind, payload, { ...options, draft: nameOf(form) });
  } catch (error) {
    form.traySent = false;
    const full = error && error.name === "QuotaExceededError";
    if (!full && error && error.name === "ConstraintError") id = asked.id; // tapped twice: it lies in the tray already
    else {
      toast(words(full ? "phoneFull" : "notKept"), "error");
      return;
    }
  }
  form.dispatchEvent(new CustomEvent("tray:saved", { bubbles: true, detail: { id } }));
  await saved(form, id, asked);
}

/** "Saved on this phone" at once; a moment later it has arrived, or it goes by itself later. */
async function saved(form, id, asked) {
  const main = document.getElementById("main");
  main.textContent = "";
  main.append(document.getElementById("saved").content.cloneNode(true));
  main.querySelector("[data-saved]").dataset.saved = id;
  window.scrollTo(0, 0);
  if (form.dataset.back) backToTheWalk(main, form.dataset.back);
  await showCount();
  await Promise.race([tray.flush({ now: true }), new Promise((resolve) => setTimeout(resolve, 20000))]);
  const receipt = await tray.receipt(id);
  if (!receipt || !document.contains(main.querySelector("[data-saved]"))) return;
  if (form.dataset.back && !receipt.needs_review) location.replace(`${form.dataset.back}${form.dataset.back.includes("?") ? "&" : "?"}arrived=finding`);
  else if (receipt.became.id && pageOf(receipt.became, asked.kind) && !receipt.needs_review) location.replace(`${pageOf(receipt.became, asked.kind)}?arrived=${asked.kind.split(".")[1]}`);
  else arrivedHere(main, receipt);
}

/** A report made on a patrol leads back to the walk. */
function backToTheWalk(main, url) {
  const link = main.querySelector(".card-actions a");
  link.href = url;
  link.textContent = words("toTheWalk");
}

/** Where to go on: a case has its page on the phone; after an object of a campaign, or anything else, it says so itself. */
const pageOf = ({ kind, id, url }, asked) => (kind === "incidents.incident" && asked !== "incidents.campaign_check" ? `/field/cases/${id}/` : url);

function arrivedHere(main, receipt) {
  main.querySelector("[data-saved-words]").textContent = words(receipt.needs_review ? "keptForReview" : "arrived");
}

async function forms() {
  for (const form of document.querySelectorAll("form[data-tray]")) {
    await enhance(form);
    form.trayReady = true;
    const id = form.elements.client_id;
    form.addEventListener("tray:saved", () => (form.traySent = true));
    form.addEventListener("input", () => {
      if (form.traySent && id) id.value = tray.uuid7(); // changed after it was handed in: that is another record
      form.traySent = false;
    });
  }
}

// ── Without a signal: the worker keeps the program, we keep the shell and take the day along ──
async function keepShell() {
  if (!navigator.serviceWorker || !window.caches) return;
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  if (!told.owner || localStorage.getItem("shell") === `${told.version} ${told.look}`) return;
  const answer = await fetch("/field/shell/", { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected) return;
  await (await caches.open("field-shell")).put("/field/shell/", answer);
  localStorage.setItem("shell", `${told.version} ${told.look}`);
}

/** {fresh, hours}: whether it was fetched now, and how long it may stay. */
async function takeTheDayAlong() {
  if (!told.owner) return {};
  const before = await fact("taken");
  const isToday = location.pathname === "/field/";
  const fresh = before && before.owner === told.owner && before.look === told.look && Date.now() - before.at < FRESH * MINUTE;
  const here = !isToday && fresh && (await day.day(told.owner, "today"));
  if (here) return { fresh: false, hours: here.content.hours };
  const answer = await fetch("/field/today.json", { credentials: "same-origin", cache: "no-store", redirect: "error", headers: { Accept: "application/json", "X-Background": "1" } });
  if (!answer.ok) return {};
  const { buildings, recent, headings, self_resolve, report_grids, ...content } = await answer.json();
  if (content.owner !== told.owner) return {};
  await keepTools(told.owner, { buildings, recent, headings, self_resolve, report_grids });
  await day.keepDay(told.owner, "today", content, content.hours);
  await remember("taken", { owner: told.owner, look: told.look, at: Date.now() });
  return { fresh: true, hours: content.hours };
}

/** The objects of campaigns, after the day. */
async function takeCampaignsAlong({ fresh, hours }) {
  if (!hours || "closed" in told) return;
  const campaigns = await import("./campaigns.js");
  await campaigns.takeAlong(told.owner, hours, { fresh }).finally(() => campaigns.sayAlong(told.owner));
}

/** Also what a report may be about; hourly, after the day. */
async function takeThingsAlong() {
  if (told.owner && !("closed" in told)) await (await import("./things.js")).takeAlong(told.owner, told.look);
}

/** The page after something has arrived says so once. */
function sayArrived() {
  const what = new URLSearchParams(location.search).get("arrived");
  if (!what) return;
  history.replaceState(null, "", location.pathname);
  if (what !== "report") toast(words("arrived"));
}

/** Every module of the page has run, the shell's too. */
const loaded = () =>
  new Promise((resolve) => {
    if (document.readyState === "complete") resolve();
    else document.addEventListener("DOMContentLoaded", resolve, { once: true });
  });

async function begin() {
  tray.onChange(showCount);
  await loaded();
  await Promise.all([arrive(), document.documentElement.shellShown]);
  watchOver();
  await showCount();
  if (await tray.ready()) {
    await forms();
    keepMoving();
    await (await import("./patrol.js")).arrive();
  }
  sayArrived();
  document.documentElement.dataset.fieldReady = "";
  document.dispatchEvent(new Event("field:ready"));
  await Promise.all([keepShell(), takeTheDayAlong().then(takeCampaignsAlong).then(takeThingsAlong)]).catch((error) => console.warn("offline", error));
  document.documentElement.dataset.fieldKept = "";
}

document.addEventListener("submit", onSubmit);
if (available) document.addEventListener("submit", onPin);
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]") && available) forgetKeys();
});
if (available) begin().catch((error) => console.warn("field", error));
