// The field door's service worker: GET only. It keeps the program (scripts, styles, icons) and one empty shell of a page;
// never a page with anybody's data, never an answer of the API, never a form. Sending is the pages' work (tray.js), so a
// new version of this file may come at any moment. VERSION, ASSETS, STATIC and SHELL are written above by the server.
const CACHE = `field-${VERSION}`;
const PATIENCE = 6000; // milliseconds; after that a weak signal counts as none
const OURS = /^\/(field(\/|$)|accounts\/me\/|a\/)/; // a/: the code on a lamp post

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith(STATIC)) event.respondWith(asset(request));
  else if (request.mode === "navigate" && OURS.test(url.pathname)) event.respondWith(page(request));
});

/** All or nothing: a version that is not complete is never used. */
async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll(ASSETS.map((url) => new Request(url, { cache: "no-cache" })));
}

/** Pages that are open may still ask for the files of the version before; older ones go. */
async function tidy() {
  const versions = (await caches.keys()).filter((name) => name.startsWith("field-") && name !== "field-shell");
  const old = versions.filter((name) => name !== CACHE).slice(0, -1);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function asset(request) {
  const own = await caches.open(CACHE);
  return (await own.match(request)) || (await caches.match(request)) || fetch(request);
}

const tooLong = () => new Promise((resolve, reject) => setTimeout(() => reject(new Error("slow")), PATIENCE));

/** The page from the server; without one, the shell, which shows what lies on the phone. */
async function page(request) {
  const shell = await caches.match(SHELL);
  if (!shell) return fetch(request);
  try {
    const answer = await Promise.race([fetch(request), tooLong()]);
    return answer.status >= 502 && answer.status <= 504 ? shell : answer;
  } catch (error) {
    return shell;
  }
}
