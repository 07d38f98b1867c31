// My objects of campaigns on this phone: taken along page by page, each with its version, sealed by the day's key. What has
// not changed does not travel again, and a line that breaks costs one page. Photos come first: the last megabytes are theirs.
import { day, dropDay, keepDay } from "./day.js";
import { fill, plain, refill, words } from "./words.js";
import { fact, remember } from "./phone-store.js";

const ROOM = 20 * 1024 * 1024; // bytes that stay free for what is captured
const AT_ONCE = 200; // lines of a list; more when asked for

const ask = (url) => fetch(url, { credentials: "same-origin", cache: "no-store", redirect: "error", headers: { Accept: "application/json", "X-Background": "1" } });

async function roomy() {
  if (!navigator.storage || !navigator.storage.estimate) return true;
  const { quota, usage } = await navigator.storage.estimate();
  return !quota || quota - usage > ROOM;
}

const name = (id, nth) => `campaign:${id}:${nth}`;
const kept = async (owner, what, otherwise) => ((await day(owner, what)) || { content: otherwise }).content;

/** What lies here of campaigns that are over, and pages that there are no more, leave. */
async function tidy(owner, held, pages) {
  const gone = Object.keys(held).filter((key) => !pages.has(key));
  for (const key of gone) {
    await dropDay(owner, key);
    delete held[key];
  }
}

/** Fetch the pages that are missing or have changed, one after the other; each is kept before the next is asked for. */
async function takePages(owner, hours, campaigns, held) {
  for (const { id, pages } of campaigns) {
    for (let nth = 0; nth < pages.length; nth += 1) {
      if (held[name(id, nth)] === pages[nth]) continue;
      if (!(await roomy())) return false;
      const answer = await ask(`/field/campaigns/${id}/objects/${nth}.json`);
      if (!answer.ok) return false;
      const content = await answer.json();
      if (content.owner !== owner) return false;
      await keepDay(owner, name(id, nth), content.rows, hours);
      held[name(id, nth)] = content.version;
      await keepDay(owner, "campaign-pages", held, hours);
    }
  }
  return true;
}

/** After the day was fetched, or when the last time was cut short. */
export async function takeAlong(owner, hours, { fresh }) {
  const before = await fact("campaigns-taken");
  if (!fresh && before && before.owner === owner && before.whole) return;
  await remember("campaigns-taken", { owner, whole: false });
  const answer = await ask("/field/campaigns.json");
  if (!answer.ok) return;
  const { owner: whose, campaigns } = await answer.json();
  if (whose !== owner) return;
  const held = await kept(owner, "campaign-pages", {});
  const pages = new Set();
  campaigns.forEach((one) => one.pages.forEach((_version, nth) => pages.add(name(one.id, nth))));
  await tidy(owner, held, pages);
  await keepDay(owner, "campaign-pages", held, hours);
  await keepDay(owner, "campaigns", campaigns, hours);
  const whole = await takePages(owner, hours, campaigns, held).catch((error) => {
    if (error.name === "QuotaExceededError") return false; // full: what is here stays, and the page says how much it is
    throw error;
  });
  await remember("campaigns-taken", { owner, whole });
}

/** What lies here of a campaign: {rows: [[id, name, what leads there]], left: how many there were to look at}. */
export async function along(owner, id) {
  const found = (await kept(owner, "campaigns", [])).find((one) => one.id === id);
  if (!found) return { rows: [], left: 0 };
  const pages = await Promise.all(found.pages.map((_version, nth) => kept(owner, name(id, nth), [])));
  return { rows: [].concat(...pages), left: found.left };
}

const howMany = ({ rows, left }) => fill(words(rows.length < left ? "someAlong" : "allAlong"), rows.length).replace("{all}", String(left));

/** A campaign's page with a signal says how much of it there would be without one. */
export async function sayAlong(owner) {
  const line = document.querySelector("[data-along]");
  if (!line || !owner) return;
  const lies = await along(owner, line.dataset.along);
  line.hidden = !lies.left;
  line.textContent = howMany(lies);
}

function lineOf([id, called, leads], root, { campaign, waiting }) {
  const made = root.querySelector("[data-object]").content.firstElementChild.cloneNode(true);
  made.querySelector("a").href = `/field/campaigns/${campaign}/${id}/`;
  made.querySelector("span").textContent = called;
  made.querySelector(".muted").textContent = waiting.has(id) ? words("onThisPhone") : leads;
  return made;
}

/** The list without a signal: searched by words, longer when asked for. */
export function list(root, lies, told) {
  const [search, more, box] = ["search", "more", "objects"].map((part) => root.querySelector(`[data-${part}]`));
  const input = search.querySelector("input");
  let shown = AT_ONCE;
  const draw = () => {
    const asked = plain(input.value).split(/\s+/).filter(Boolean);
    const fits = lies.rows.filter(([, called, leads]) => asked.every((word) => plain(`${called} ${leads}`).includes(word)));
    refill(box, ...fits.slice(0, shown).map((row) => lineOf(row, root, told)));
    more.hidden = fits.length <= shown;
    root.querySelector("[data-no-object]").hidden = Boolean(fits.length);
  };
  input.addEventListener("input", () => {
    shown = AT_ONCE;
    draw();
  });
  more.addEventListener("click", () => {
    shown += AT_ONCE;
    draw();
  });
  search.hidden = lies.rows.length <= 12;
  const line = root.querySelector("[data-along-here]");
  line.textContent = howMany(lies);
  draw();
}
