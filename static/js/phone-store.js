// What lies on the phone: one IndexedDB, everything that speaks of people encrypted, the keys not extractable.
// capture:<owner>  the person's key on this phone, given by the server at sign-in; seals records, photos and drafts
// day:<owner>      made here, seals what was fetched for the day (day.js)
import { openDB } from "../vendor/idb/idb.js";

const NAME = "gridgov";
const VERSION = 2;

/** Whether this browser lets us keep anything safely: over plain http there is no encryption, so nothing is kept. */
export const available = Boolean(window.isSecureContext && window.indexedDB && window.crypto && window.crypto.subtle);

// Each step stands for ever: a phone with a full tray may come from any of them.
const STEPS = [
  (db) => {
    db.createObjectStore("records", { keyPath: "id" }).createIndex("owner", "owner");
    db.createObjectStore("blobs", { keyPath: "id" }).createIndex("record", "record");
    ["drafts", "keys", "facts"].forEach((name) => db.createObjectStore(name, { keyPath: "name" }));
  },
  (db) => {
    db.createObjectStore("sent", { keyPath: "id" }); // receipts, to show what has arrived
    db.createObjectStore("days", { keyPath: "name" }); // what was fetched for the day
  },
];

let opening = null;

/** The database. Another tab that brings a newer version gets it: this one lets go and opens again when asked. */
export function database() {
  if (!opening) {
    opening = openDB(NAME, VERSION, {
      upgrade: (db, old) => STEPS.slice(old).forEach((step) => step(db)),
      blocking: () => release(),
      terminated: () => (opening = null),
    });
    opening.catch(() => (opening = null));
  }
  return opening;
}

function release() {
  if (opening) opening.then((db) => db.close());
  opening = null;
}

/** A small fact about this phone: fact("device"), fact("owner"), fact("clock"). */
export async function fact(name) {
  const row = await (await database()).get("facts", name);
  return row && row.value;
}

export async function remember(name, value) {
  await (await database()).put("facts", { name, value });
}

let lastMade = 0;

/** RFC 9562 version 7: sorts by the time it was made, also within a millisecond of this tab. */
export function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  lastMade = Math.max(Date.now(), lastMade + 1);
  let time = lastMade;
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6] % 16) + 0x70;
  bytes[8] = (bytes[8] % 64) + 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function device() {
  const known = await fact("device");
  if (known) return known;
  const made = uuid7();
  await remember("device", made);
  return made;
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The key that seals this person's records here; undefined when it has left with a sign-out. */
export async function captureKey(owner) {
  const row = await (await database()).get("keys", `capture:${owner}`);
  return row && row.key;
}

/** Ask the server for the key once after each sign-in. Needs a signal; false when there was none. */
export async function fetchCaptureKey(owner, csrf) {
  if (await captureKey(owner)) return true;
  const answer = await fetch("/api/v1/sync/key/", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ device: await device() }),
  });
  if (!answer.ok) return false;
  const given = await answer.json();
  if (given.owner !== owner) return false;
  const key = await crypto.subtle.importKey("raw", bytesOf(given.key), "AES-GCM", false, ["encrypt", "decrypt"]);
  await (await database()).put("keys", { name: `capture:${owner}`, key });
  return true;
}

/** What was fetched for the day leaves, with every copy of its key. */
export async function forgetDay(owner) {
  const db = await database();
  const tx = db.transaction(["keys", "days"], "readwrite");
  const names = await tx.objectStore("days").getAllKeys();
  names.filter((name) => name.startsWith(`${owner}:`)).forEach((name) => tx.objectStore("days").delete(name));
  tx.objectStore("keys").delete(`day:${owner}`);
  await tx.done;
}

/** Signed out: no key stays here, of nobody but `except`. What was captured stays, sealed, for its owner to come back. */
export async function forgetKeys(except = "") {
  const db = await database();
  const names = (await db.getAllKeys("keys")).filter((name) => !except || !name.endsWith(`:${except}`));
  const owners = new Set(names.map((name) => name.split(":")[1]));
  for (const owner of owners) await forgetDay(owner);
  await Promise.all(names.map((name) => db.delete("keys", name)));
}

/** Seal bytes or anything JSON can say. */
export async function seal(key, content) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = content instanceof ArrayBuffer ? content : new TextEncoder().encode(JSON.stringify(content));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain) };
}

export const unsealBytes = (key, { iv, data }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);

export const unseal = async (key, sealed) => JSON.parse(new TextDecoder().decode(await unsealBytes(key, sealed)));

/** What a report needs (categories, buildings; `things`: assets and places), by the capture key: there when the day is over or locked. */
export async function keepTools(owner, content, what = "tools") {
  const key = await captureKey(owner);
  if (key) await remember(`${what}:${owner}`, await seal(key, content));
}

/** The same back, or null. */
export async function tools(owner, what = "tools") {
  const key = await captureKey(owner);
  const sealed = key && (await fact(`${what}:${owner}`));
  return sealed ? unseal(key, sealed).catch(() => null) : null;
}
