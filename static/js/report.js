// Reporting: phrases that fill the words, a search that narrows the categories, a building that answers "where".
import { plain } from "./words.js";

const words = document.querySelector("textarea[name=description]");

document.addEventListener("click", (event) => {
  const phrase = event.target.closest("[data-phrase]");
  if (!phrase || !words) return;
  const said = phrase.dataset.phrase;
  if (!words.value.includes(said)) words.value = words.value ? `${words.value}，${said}` : said;
  words.dispatchEvent(new Event("input", { bubbles: true }));
});

const search = document.querySelector("[data-narrow]");
if (search) {
  const list = document.querySelector(search.dataset.narrow);
  search.addEventListener("input", () => {
    const asked = plain(search.value.trim());
    list.querySelectorAll("[data-narrow-group]").forEach((group) => {
      let found = 0;
      group.querySelectorAll("[data-narrow-words]").forEach((item) => {
        const fits = plain(item.dataset.narrowWords).includes(asked);
        item.hidden = !fits;
        found += fits ? 1 : 0;
      });
      group.hidden = !found;
      group.open = Boolean(asked) && found > 0;
    });
  });
}

// The signal went while the form stood open: what was taken along answers in place of the server.
const thing = document.getElementById("thing-q");
const found = document.getElementById("things");
if (thing && found) {
  document.addEventListener("htmx:sendError", ({ target }) => {
    if (target === thing) import("./things.js").then((things) => things.offer(thing.form, thing, found));
  });
  thing.form.addEventListener("gridgov:draft", async ({ detail }) => {
    const things = await import("./things.js");
    const all = detail.thing && (await things.kept());
    if (all) things.choose(found, all, detail.thing[0]);
  });
}

// The map is drawn when it is asked for: a closed map has no size and costs the phone its data.
document.querySelectorAll("[data-place]").forEach((place) =>
  place.addEventListener("toggle", () => {
    if (!place.open) return;
    window.dispatchEvent(new Event("resize"));
    const locate = place.querySelector("[data-map-locate]");
    if (locate && !document.querySelector("[name=lon]").value) locate.click();
  })
);

// Where it is: a building chosen by mistake is tapped again; who has said a place is not asked for a grid.
const form = words && words.form;
const grids = form && form.querySelector("[data-which-grid]");
if (grids) {
  const fields = form.elements;
  const decide = () => {
    const chosen = (name) => form.querySelector(`[name=${name}]:checked`);
    grids.hidden = Boolean(chosen("building") || (chosen("thing") || { value: "" }).value || fields.lon.value);
  };
  ["input", "change", "gridgov:located", "gridgov:draft"].forEach((name) => form.addEventListener(name, () => setTimeout(decide, 0)));
  ["gridgov:picked", "field:ready"].forEach((name) => document.addEventListener(name, decide));
  decide();
}
if (form) {
  let before = form.querySelector("[name=building]:checked");
  form.addEventListener("click", ({ target }) => {
    if (target.name !== "building") return;
    if (target === before) {
      target.checked = false;
      target.dispatchEvent(new Event("input", { bubbles: true }));
    }
    before = target.checked ? target : null;
  });
  form.addEventListener("gridgov:draft", () => (before = form.querySelector("[name=building]:checked")));
}
