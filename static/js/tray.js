// The tray (待上传): what was captured lies here, with its photos, until the server has confirmed every byte of it.
//
// Load this module as `tray` (a literal import line here would confuse the naming of static files), then:
//   const id = await tray.put("teams.checkpoint", { patrol, checkpoint }, { attachments: [file], summary: "3号楼 巡查点" });
//
// A new kind needs nothing here: its handler is registered on the server (gridgov/sync/registry.py). `put` resolves when
// record and photos are safely written in one transaction; only then may a page say "saved on this phone". It rejects
// when nothing was written. Delivery is `flush`; it never gives up and never sends in another person's name.
import { available, captureKey, database, fact, hex, remember, seal, unseal, unsealBytes, uuid7 } from "./phone-store.js";

export { available, uuid7 };

const SCHEMA = 1; // of what `put` was given; a record is sent as it was captured, the server takes every older shape
const FIRST_WAIT = 5000;
const LONGEST_WAIT = 15 * 60000;
const RECEIPTS = 30;
const FAILURES_IN_A_ROW = 3;
const changed = "BroadcastChannel" in window ? new BroadcastChannel("tray") : null;
const listeners = new Set();

/** Call `listener()` whenever the tray has changed, in this tab or another. */
export function onChange(listener) {
  listeners.add(listener);
}
if (changed) changed.onmessage = () => listeners.forEach((listener) => listener());

function announce() {
  listeners.forEach((listener) => listener());
  if (changed) changed.postMessage("changed");
}

const owner = () => fact("owner");

async function keyed() {
  const person = await owner();
  const key = person && (await captureKey(person));
  if (!key) throw new Error("no key");
  return { person, key };
}

/** Whether `put` can work now: somebody is known here and the key is on the phone. */
export async function ready() {
  if (!available) return false;
  try {
    await keyed();
    return true;
  } catch (error) {
    return false;
  }
}

async function sealBlob(key, blob, record) {
  const id = uuid7(); // at once: photos of one moment keep their order
  const bytes = await blob.arrayBuffer();
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  return { id, record, sha256, size: bytes.byteLength, mime: blob.type || "image/jpeg", sealed: await seal(key, bytes) };
}

/**
 * Keep one record with its photos. Options: attachments (Blobs), baseVersion (of what it speaks of, as it was seen),
 * summary (a line for the list of what is not sent), id (a UUID made earlier, e.g. by the form), draft (its key, dropped
 * in the same transaction).
 */
export async function put(kind, payload, { attachments = [], baseVersion = "", summary = "", id = uuid7(), draft = "" } = {}) {
  const { person, key } = await keyed();
  const blobs = await Promise.all(attachments.map((blob) => sealBlob(key, blob, id)));
  const record = {
    id,
    owner: person,
    kind,
    schema: SCHEMA,
    captured_at: new Date().toISOString(),
    clock: (await fact("clock")) || null,
    base_version: String(baseVersion),
    attachments: blobs.map((blob) => ({ id: blob.id, sha256: blob.sha256, size: blob.size, mime: blob.mime })),
    state: "waiting",
    reason: "",
    detail: "",
    tries: 0,
    next_at: 0,
    sealed: await seal(key, { payload, summary }),
  };
  const db = await database();
  const tx = db.transaction(["records", "blobs", "drafts"], "readwrite", { durability: "strict" });
  tx.objectStore("records").add(record);
  blobs.forEach((blob) => tx.objectStore("blobs").add(blob));
  if (draft) await dropDraftIn(tx, `${person}:${draft}`);
  await tx.done;
  announce();
  return id;
}

// ── Drafts: what is being captured, written before the camera opens, there again after the tab was killed ──
async function dropDraftIn(tx, name) {
  tx.objectStore("drafts").delete(name);
  const keys = await tx.objectStore("blobs").index("record").getAllKeys(`draft:${name}`);
  keys.forEach((key) => tx.objectStore("blobs").delete(key));
}

const sealedForDraft = new WeakMap(); // a photo → its sealed row, so that it is not sealed anew at each pause of typing

async function draftBlob(key, blob, record) {
  const before = sealedForDraft.get(blob);
  if (before && before.record === record) return before;
  const row = await sealBlob(key, blob, record);
  sealedForDraft.set(blob, row);
  return row;
}

/** Keep a draft under `name`: its fields and the photos taken so far. */
export async function keepDraft(name, fields, attachments = []) {
  const { person, key } = await keyed();
  const full = `${person}:${name}`;
  const blobs = await Promise.all(attachments.map((blob) => draftBlob(key, blob, `draft:${full}`)));
  const sealed = await seal(key, fields);
  const tx = (await database()).transaction(["drafts", "blobs"], "readwrite", { durability: "strict" });
  tx.objectStore("drafts").put({ name: full, at: Date.now(), sealed });
  const there = new Set(await tx.objectStore("blobs").index("record").getAllKeys(`draft:${full}`));
  blobs.forEach((blob) => there.delete(blob.id) || tx.objectStore("blobs").add(blob));
  there.forEach((id) => tx.objectStore("blobs").delete(id)); // taken out of the form meanwhile
  await tx.done;
}

/** {at, fields, attachments} of a draft, or null. */
export async function draft(name) {
  const { person, key } = await keyed();
  const db = await database();
  const row = await db.get("drafts", `${person}:${name}`);
  if (!row) return null;
  const kept = await db.getAllFromIndex("blobs", "record", `draft:${person}:${name}`);
  const attachments = await Promise.all(kept.map((blob) => opened(key, blob)));
  return { at: row.at, fields: await unseal(key, row.sealed), attachments };
}

export async function dropDraft(name) {
  const full = `${await owner()}:${name}`; // before the transaction, which does not wait for anything else
  const tx = (await database()).transaction(["drafts", "blobs"], "readwrite");
  await dropDraftIn(tx, full);
  await tx.done;
}

const opened = async (key, blob) => new Blob([await unsealBytes(key, blob.sealed)], { type: blob.mime });

// ── Looking in ──
/** The records of whoever is signed in here, the oldest first: {id, kind, state, reason, detail, …, payload, summary}. */
export async function list() {
  const { person, key } = await keyed();
  const rows = await (await database()).getAllFromIndex("records", "owner", person);
  const read = rows.map(async (row) => ({ ...row, ...(await unseal(key, row.sealed)) }));
  return Promise.all(read);
}

/** How many wait: {mine, others}. `others` belong to people who are not signed in here. */
export async function count() {
  if (!available) return { mine: 0, others: 0 };
  const db = await database();
  const all = await db.count("records");
  const person = await owner();
  const mine = person ? await db.countFromIndex("records", "owner", person) : 0;
  return { mine, others: all - mine };
}

/** What has arrived lately, the newest first. */
export async function receipts() {
  const rows = await (await database()).getAll("sent");
  const person = await owner();
  return rows.filter((row) => row.owner === person).sort((a, b) => b.at - a.at);
}

/** The receipt of one record, once it has arrived; undefined before. */
export const receipt = async (id) => (await database()).get("sent", id);

/** One file that can be handed over: everything that is not sent, photos included. Needs the person's key. */
export async function exported() {
  const { person, key } = await keyed();
  const db = await database();
  const records = [];
  for (const row of await list()) {
    const blobs = await db.getAllFromIndex("blobs", "record", row.id);
    const files = [];
    for (const blob of blobs) files.push({ sha256: blob.sha256, mime: blob.mime, base64: await base64(await opened(key, blob)) });
    const { sealed, ...plain } = row;
    records.push({ ...plain, files });
  }
  const content = { gridgov: "tray", schema: SCHEMA, owner: person, exported_at: new Date().toISOString(), records };
  return new Blob([JSON.stringify(content, null, 1)], { type: "application/json" });
}

const base64 = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });

async function removeIn(tx, id) {
  tx.objectStore("records").delete(id);
  const keys = await tx.objectStore("blobs").index("record").getAllKeys(id);
  keys.forEach((key) => tx.objectStore("blobs").delete(key));
}

/** Throw one record away: only by its owner's own hand, and only what the server refuses as it is. */
export async function discard(id) {
  const tx = (await database()).transaction(["records", "blobs"], "readwrite");
  const record = await tx.objectStore("records").get(id);
  if (record && record.state === "attention") await removeIn(tx, id);
  await tx.done;
  announce();
}

// ── Delivery ──
/**
 * Send what is due. One tab at a time does it. `now`: a person asked, so nothing waits; `woken`: the line or the page
 * came back, so only what the server itself told to wait does.
 */
export async function flush({ now = false, woken = false } = {}) {
  if (!available) return;
  const run = () => deliver({ now, woken });
  if (!navigator.locks) await run();
  else if (now) await navigator.locks.request("tray", run);
  else await navigator.locks.request("tray", { ifAvailable: true }, (lock) => (lock ? run() : undefined));
}

const isDue = (record, { now, woken }) => {
  if (now) return true;
  if (record.state === "attention") return false;
  if (woken && record.reason !== "asked") return true;
  return record.next_at <= Date.now();
};

async function deliver(how) {
  const due = (await waitingRecords()).filter((record) => isDue(record, how));
  if (!due.length) return;
  const session = await askForSession();
  if (!session.owner) {
    for (const record of due) if (record.state !== "attention") await putOff(record, session); // that has a reason of its own
    announce();
    return;
  }
  let failures = 0;
  for (const record of due.filter((one) => one.owner === session.owner)) {
    const outcome = await deliverOne(record, session).catch((error) => ({ state: "waiting", reason: "broken", detail: String(error.message || error) }));
    if (outcome.done) await settle(record, outcome.receipt);
    else await putOff(record, outcome);
    announce();
    failures = outcome.done || outcome.state === "attention" ? 0 : failures + 1;
    if (outcome.stop || failures >= FAILURES_IN_A_ROW) break;
  }
}

async function waitingRecords() {
  const person = await owner();
  if (!person || !(await captureKey(person))) return [];
  return (await database()).getAllFromIndex("records", "owner", person);
}

/** Who is signed in, a token that is fresh, and what this clock lacks; or why it is not the time. */
async function askForSession() {
  const asked = Date.now();
  const answer = await ask("/api/v1/sync/session/", { method: "GET" });
  const stop = outcomeOf(answer);
  if (stop) return stop;
  if (!answer.body || !answer.body.owner) return { state: "waiting", reason: "not_ours" };
  const offset = (Date.parse(answer.body.now) - (asked + Date.now()) / 2) / 1000;
  await remember("clock", { offset, at: new Date().toISOString() });
  return { ...answer.body, offset };
}

async function deliverOne(record, session) {
  const key = await captureKey(record.owner);
  const { payload } = await unseal(key, record.sealed);
  const body = {
    kind: record.kind,
    payload,
    owner: record.owner,
    captured_at: record.captured_at,
    offset: record.clock ? record.clock.offset : session.offset,
    base_version: record.base_version,
    attachments: record.attachments.map(({ id, sha256, size, mime }) => ({ id, sha256, size, mime })),
  };
  const url = `/api/v1/sync/${record.id}/`;
  let answer = await ask(url, { method: "PUT", body: JSON.stringify(body), type: "application/json", csrf: session.csrf });
  let failed = outcomeOf(answer) || (isReceipt(answer, record) ? null : { state: "waiting", reason: "not_ours" });
  if (failed) return failed;
  for (const sha256 of answer.body.missing.slice()) {
    const blob = await blobOf(record, sha256);
    if (!blob) return { state: "attention", reason: "photo_gone" };
    const bytes = await unsealBytes(key, blob.sealed);
    answer = await ask(`${url}attachments/${sha256}/`, { method: "PUT", body: bytes, type: blob.mime, csrf: session.csrf, minutes: 3 });
    failed = outcomeOf(answer) || (isReceipt(answer, record) ? null : { state: "waiting", reason: "not_ours" });
    if (failed) return failed.state === "attention" ? { ...failed, reason: "photo" } : failed;
  }
  return answer.body.complete ? { done: true, receipt: answer.body } : { state: "waiting", reason: "photos_missing" };
}

const isReceipt = ({ body }, record) => Boolean(body) && body.envelope === record.id && Array.isArray(body.missing) && typeof body.complete === "boolean";

async function blobOf(record, sha256) {
  const found = record.attachments.find((one) => one.sha256 === sha256);
  return found && (await database()).get("blobs", found.id);
}

/** {status, body, retryAfter}; status 0 when there was no answer at all. A redirect is no answer either. */
async function ask(url, { method, body, type, csrf, minutes = 1 }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), minutes * 60000);
  const headers = { Accept: "application/json", "X-Background": "1" };
  if (type) headers["Content-Type"] = type;
  if (csrf) headers["X-CSRFToken"] = csrf;
  try {
    const answer = await fetch(url, { method, body, headers, credentials: "same-origin", redirect: "manual", cache: "no-store", signal: stop.signal });
    if (answer.type === "opaqueredirect") return { status: -1, body: null }; // sent elsewhere: no answer of ours
    const isJson = /\bjson\b/.test(answer.headers.get("Content-Type") || "");
    return { status: answer.status, body: isJson ? await answer.json().catch(() => null) : null, retryAfter: answer.headers.get("Retry-After") };
  } catch (error) {
    return { status: 0, body: null };
  } finally {
    clearTimeout(timer);
  }
}

/** Why it was not taken, and whether the rest should wait too; null when it was. Nothing here ever deletes. */
function outcomeOf({ status, body, retryAfter }) {
  const detail = (body && (body.detail || body.title)) || "";
  const errors = body && body.errors ? Object.values(body.errors).flat().join(" ") : "";
  if (status >= 200 && status < 300) return null;
  if (status === 0) return { state: "waiting", reason: "offline", stop: true };
  if (status === -1) return { state: "waiting", reason: "not_ours", stop: true };
  if (status === 401) return { state: "held", reason: "signed_out", stop: true };
  if (status === 403) return { state: "held", reason: body && body.code === "locked" ? "locked" : "denied", detail, stop: true };
  if (status === 429 || status === 503) return { state: "waiting", reason: "asked", wait: secondsOf(retryAfter), stop: true };
  if (status >= 500) return { state: "waiting", reason: "server" };
  if (status === 409) return { state: "attention", reason: "conflict", detail };
  if (status === 413) return { state: "attention", reason: "too_large", detail };
  return { state: "attention", reason: "refused", detail: errors || detail };
}

function secondsOf(retryAfter) {
  if (!retryAfter) return 0;
  const seconds = Number(retryAfter);
  const until = Number.isNaN(seconds) ? (Date.parse(retryAfter) - Date.now()) / 1000 : seconds;
  return Math.min(Math.max(until || 0, 0), 24 * 3600);
}

async function putOff(record, { state, reason, detail = "", wait = 0 }) {
  const tries = record.tries + 1;
  const grown = Math.min(FIRST_WAIT * 2 ** Math.min(tries - 1, 10), LONGEST_WAIT) * (0.5 + Math.random());
  const next_at = Date.now() + Math.max(grown, wait * 1000);
  const tx = (await database()).transaction("records", "readwrite");
  const present = await tx.store.get(record.id);
  if (present) tx.store.put({ ...present, state, reason, detail, tries, next_at });
  await tx.done;
}

async function settle(record, answer) {
  const tx = (await database()).transaction(["records", "blobs", "sent"], "readwrite");
  await removeIn(tx, record.id);
  const { id, url, kind, needs_review, changed: meanwhile } = answer;
  const line = { id: record.id, owner: record.owner, kind: record.kind, at: Date.now(), became: { kind, id, url }, needs_review, changed: Boolean(meanwhile) };
  tx.objectStore("sent").put(line);
  const old = (await tx.objectStore("sent").getAll()).sort((a, b) => b.at - a.at).slice(RECEIPTS);
  old.forEach((row) => tx.objectStore("sent").delete(row.id));
  await tx.done;
}
