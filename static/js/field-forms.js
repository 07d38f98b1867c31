// What each form of the field door says, in the shape the server's own forms give it (so that a plain POST of the same
// form, with the same number, counts as the same record).
import { words } from "./words.js";

const text = (form, name) => (form.elements[name] ? form.elements[name].value.trim() : "");
const number = (form, name) => (text(form, name) === "" ? null : Number(text(form, name)));
const chosen = (form, name) => {
  const found = form.querySelector(`[name=${name}]:checked`);
  return found && found.value ? Number(found.value) : null;
};

/** Photos and voice notes: what the page itself collected (capture.js), else the files chosen. */
function attachments(form) {
  if (form.captured) return form.captured.slice();
  const input = form.querySelector("input[type=file]");
  return input ? Array.from(input.files) : [];
}

const READERS = {
  "incidents.report": (form, button) => {
    const said = {
      place: text(form, "place"),
      description: text(form, "description"),
      lon: number(form, "lon"),
      lat: number(form, "lat"),
      accuracy: number(form, "accuracy"),
      building: chosen(form, "building"),
      thing: (form.querySelector("[name=thing]:checked") || { value: "" }).value,
      is_confidential: Boolean(form.elements.is_confidential && form.elements.is_confidential.checked),
      channel: "field",
      location_source: "none",
      category: form.dataset.category,
    };
    const grid = chosen(form, "grid");
    if (grid !== null) said.grid = grid;
    if (said.lon !== null) said.location_source = said.accuracy === null ? "pin" : "device";
    if (form.dataset.patrol) said.patrol = form.dataset.patrol; // found on the patrol that runs here (patrol.js)
    if (button && button.name === "resolved") said.resolved = said.description || words("onTheSpot");
    if (!(said.description || said.building || said.thing || said.lon !== null || said.place)) return { wrong: "description", sentence: words("sayWhere") };
    const asked = form.querySelector("[name=grid]") && !form.querySelector("[name=grid]:checked");
    if (asked && !(said.building || said.thing || said.lon !== null)) return { wrong: "grid", sentence: words("chooseGrid") };
    const [at, of, within] = ["building", "thing", "grid"].map((name) => form.querySelector(`[name=${name}]:checked + span`));
    const where = (said.thing && of.firstChild.textContent.trim()) || (at && at.textContent) || said.place || (grid && within.textContent);
    return { payload: said, summary: [form.dataset.label, where, said.description].filter(Boolean).join(" · ") };
  },
  "incidents.step": (form) => {
    if (form.querySelector("select")) return null; // a choice that only the server can offer
    const said = { incident: form.dataset.incident, step: form.dataset.step, words: text(form, "words") };
    if (form.elements.words && form.elements.words.required && !said.words) return { wrong: "words", sentence: words("sayWords") };
    return { payload: said, baseVersion: form.dataset.version, summary: [form.dataset.label, form.dataset.about, said.words].filter(Boolean).join(" · ") };
  },
  "incidents.campaign_check": (form) => {
    const asked = Array.from(form.querySelectorAll("[data-item]"));
    const answers = asked.map((item) => {
      const found = item.querySelector("input:checked") || item.querySelector("input:not([type=radio])");
      const given = found ? found.value.trim() : "";
      if (given === "") return null;
      return found.type === "number" ? Number(given) : given;
    });
    const missed = asked.findIndex((item, nth) => answers[nth] === null && item.querySelector("input[type=radio]"));
    if (missed >= 0) return { wrong: asked[missed].querySelector("input").name, sentence: words("answerThis") };
    const said = { target: form.dataset.target, answers, rectified: form.elements.rectified.checked, words: text(form, "words") };
    return { payload: said, summary: [form.dataset.label, form.dataset.about, said.words].filter(Boolean).join(" · ") };
  },
  "incidents.comment": (form) => {
    const said = { incident: form.dataset.incident, words: text(form, "words") };
    if (!said.words && !attachments(form).length) return { wrong: "words", sentence: words("sayWords") };
    return { payload: said, baseVersion: form.dataset.version, summary: [form.dataset.about, said.words].filter(Boolean).join(" · ") };
  },
};

/** {kind, payload, attachments, …} for tray.put, {wrong, sentence}, or null when the form must go its plain way. */
export function read(form, button) {
  const reader = READERS[form.dataset.tray];
  const said = reader && reader(form, button);
  if (!said || said.wrong) return said || null;
  const id = form.elements.client_id && form.elements.client_id.value;
  return { kind: form.dataset.tray, attachments: attachments(form), ...said, ...(id ? { id } : {}) };
}

/** Let another room's form go through the tray: `reader(form, button)` gives {payload, summary} or {wrong, sentence}. */
export function register(kind, reader) {
  READERS[kind] = reader;
}
