// What scripts say comes from the page, in the reader's language (templates/shell/words.html); addresses of assets too.
const said = document.getElementById("words");
const more = document.getElementById("field-words"); // what only the phone says
const kept = document.querySelector("meta[name=assets]");
const loading = new Map();

/** The sentence called `name`. */
export const words = (name) => (said && said.dataset[name]) || (more && more.dataset[name]) || "";

/** Put a number where the sentence says {n}. */
export const fill = (sentence, n) => sentence.replace("{n}", String(n));

/** The time zone of the office: a phone may believe itself elsewhere. */
export const zone = words("zone") || undefined;
let calendar = null; // made when first asked: most pages never do

/** What the office's calendar and clock say at a moment: ["2026-12-31", "23:59"]. */
export function wall(moment) {
  const two = "2-digit";
  calendar = calendar || new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: two, day: two, hour: two, minute: two });
  const said = {};
  calendar.formatToParts(new Date(moment)).forEach(({ type, value }) => (said[type] = value));
  return [`${said.year}-${said.month}-${said.day}`, `${said.hour}:${said.minute}`];
}

/** As it is looked for: full-width digits and letters are plain ones, capitals small. */
export const plain = (text) => text.normalize("NFKC").toLowerCase();

/** The address of a vendored file, e.g. asset("leafletJs"). */
export const asset = (name) => kept.dataset[name];

/** Load a vendored script or style sheet once. */
export function load(name) {
  if (!loading.has(name)) {
    loading.set(
      name,
      new Promise((resolve, reject) => {
        const style = name.endsWith("Css");
        const element = document.createElement(style ? "link" : "script");
        if (style) {
          element.rel = "stylesheet";
          element.href = asset(name);
        } else element.src = asset(name);
        element.onload = resolve;
        element.onerror = () => reject(new Error(`${name} did not load`));
        document.head.append(element);
      })
    );
  }
  return loading.get(name);
}

/** The CSRF token of this page, for fetch(). */
export function csrf() {
  const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return found ? decodeURIComponent(found[1]) : "";
}

/** Put `children` in place of what an element holds (replaceChildren came after Chrome 80). */
export function refill(element, ...children) {
  element.textContent = "";
  element.append(...children);
}
