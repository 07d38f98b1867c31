// What was fetched for the day, sealed by a key that leaves with sign-out and after a day without contact. On a phone with
// a PIN the open key is put away after a pause; only the six digits bring it back, also without a signal.
//
// day:<owner>    {key, wrapped, until}: the key as long as the phone is open, and wrapped for the PIN
// lock:<owner>   {id, idle, seen, until, tries, publicKey, secret, salt, iv}: one pair of keys for each PIN; its private
//                half lies here wrapped by a key made of the digits. Without a pair (the PIN was chosen elsewhere, or
//                without scripts) the day leaves when the phone locks.
// asked:<owner>  a pair made for digits that the server has not accepted yet
import { database, forgetDay, seal, unseal } from "./phone-store.js";

const DAY_HOURS = 24;
const COUNT = 600000; // rounds of PBKDF2: a second or two on an old phone, for each guess
const WRONG = 5; // the same number as the server's
const MINUTE = 60000;
const PAIR = { name: "RSA-OAEP", hash: "SHA-256" };

const row = async (name) => (await database()).get("keys", name);
const put = async (kept) => (await database()).put("keys", kept);
const drop = async (name) => (await database()).delete("keys", name);

// ── The lock ──
async function made(pin, salt) {
  const digits = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: COUNT };
  return crypto.subtle.deriveKey(how, digits, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

/** Make a pair for these digits. It counts when a page says that the server has taken them under this `id`. */
export async function offer(owner, id, pin) {
  const [salt, iv] = [16, 12].map((size) => crypto.getRandomValues(new Uint8Array(size)));
  const kind = { ...PAIR, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = await crypto.subtle.generateKey(kind, true, ["wrapKey", "unwrapKey"]);
  const secret = await crypto.subtle.wrapKey("pkcs8", pair.privateKey, await made(pin, salt), { name: "AES-GCM", iv });
  await put({ name: `asked:${owner}`, id, publicKey: pair.publicKey, secret, salt, iv });
}

const opened = (lock) => ({ ...lock, tries: 0, seen: Date.now(), until: Date.now() + lock.idle * 1000 });

/** A page came from the server: what it says of the PIN holds. `shut`: it is the page that asks for it. */
export async function settle(owner, { id = "", idle = 0, shut = false }) {
  const [lock, asked] = [await row(`lock:${owner}`), await row(`asked:${owner}`)];
  await drop(`asked:${owner}`);
  if (shut) return;
  if (lock && lock.id === id && (lock.secret || !asked)) {
    await put(opened({ ...lock, idle }));
    return;
  }
  if (!lock && !id) return;
  await drop(`lock:${owner}`);
  await forgetDay(owner); // its key is wrapped for another PIN, or for none
  if (id) await put(opened({ ...(asked && asked.id === id ? asked : { id }), name: `lock:${owner}`, idle }));
}

/** Whether this phone has been left alone for so long that the day is locked; the open key then leaves. */
export async function locked(owner) {
  const lock = owner && (await row(`lock:${owner}`));
  if (!lock) return false;
  const now = Date.now();
  if (now <= lock.until && now >= lock.seen - MINUTE) return false; // a clock that was put back opens nothing
  const { key, ...rest } = (await row(`day:${owner}`)) || {};
  if (key && rest.wrapped) await put(rest);
  else if (key) await forgetDay(owner);
  return true;
}

/** Somebody is here: the pause begins anew. Never opens what is locked. */
export async function present(owner) {
  const lock = owner && (await row(`lock:${owner}`));
  if (!lock || Date.now() - lock.seen < MINUTE || (await locked(owner))) return;
  await put({ ...opened(lock), tries: lock.tries });
}

/** Counted before it is looked at, so that closing the page does not win a guess. */
async function counted(owner) {
  const tx = (await database()).transaction("keys", "readwrite");
  const lock = await tx.store.get(`lock:${owner}`);
  if (lock && lock.tries < WRONG) tx.store.put({ ...lock, tries: lock.tries + 1 });
  await tx.done;
  return lock && lock.secret && lock.tries < WRONG ? { ...lock, tries: lock.tries + 1 } : null;
}

/** Try six digits: "open", "wrong", or "gone": after five wrong ones what was fetched for the day has left this phone. */
export async function openWith(owner, pin) {
  const lock = await counted(owner);
  const day = await row(`day:${owner}`);
  if (!lock || !day || !day.wrapped) return "gone";
  try {
    const secret = await crypto.subtle.unwrapKey("pkcs8", lock.secret, await made(pin, lock.salt), { name: "AES-GCM", iv: lock.iv }, PAIR, false, ["unwrapKey"]);
    const key = await crypto.subtle.unwrapKey("raw", day.wrapped, secret, PAIR.name, "AES-GCM", false, ["encrypt", "decrypt"]);
    await put({ ...day, key });
    await put(opened(lock));
    return "open";
  } catch (error) {
    if (lock.tries < WRONG) return "wrong";
    await forgetDay(owner);
    return "gone";
  }
}

/** Whether the digits would bring a day back. */
export async function waitsForPin(owner) {
  const day = (await locked(owner)) && (await row(`day:${owner}`));
  return Boolean(day && day.wrapped && day.until >= Date.now());
}

// ── The day ──
async function freshKey(owner) {
  const lock = await row(`lock:${owner}`);
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const wrapped = lock && lock.publicKey ? await crypto.subtle.wrapKey("raw", key, lock.publicKey, PAIR.name) : undefined;
  const bytes = await crypto.subtle.exportKey("raw", key);
  return { key: await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]), wrapped };
}

/** The key of the day's data, undefined while locked. `make` after contact with the server: it lives another day. */
async function dayKey(owner, { make = false, hours = DAY_HOURS } = {}) {
  const shut = await locked(owner);
  const kept = await row(`day:${owner}`);
  const over = kept && kept.until < Date.now();
  if (over && !make) await forgetDay(owner);
  if (!make) return kept && !over && !shut ? kept.key : undefined;
  const { key, wrapped } = kept && !over && kept.key ? kept : await freshKey(owner);
  await put({ name: `day:${owner}`, key, wrapped, until: Date.now() + hours * 3600000 });
  return key;
}

/** Keep what was fetched for the day, sealed: keepDay(owner, "today", {...}). */
export async function keepDay(owner, what, content, hours) {
  const sealed = await seal(await dayKey(owner, { make: true, hours }), content);
  await (await database()).put("days", { name: `${owner}:${what}`, at: Date.now(), sealed });
}

/** What is over leaves before its day is. */
export const dropDay = async (owner, what) => (await database()).delete("days", `${owner}:${what}`);

/** The same back, or null when it is not here, locked, or its day is over. */
export async function day(owner, what) {
  const key = await dayKey(owner);
  const kept = key && (await (await database()).get("days", `${owner}:${what}`));
  return kept ? { at: kept.at, content: await unseal(key, kept.sealed) } : null;
}
