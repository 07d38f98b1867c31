// Beside the map: the list of grids on the left; name, borders in words, live numbers and faults on the right.
import { refill } from "../words.js";
import { areaWords, delta, make, metresOf, number, say } from "./said.js";
import { bordersOf } from "./tools.js";

const SIDES = ["east", "south", "west", "north"];
const WRONG = { many: 2, crowded: 2, few: 1, small: 1 };
const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon icon-small");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.getElementById("plan-editor").dataset.sprite}#${name}`);
  svg.append(use);
  return svg;
};

// ── Left: grids ──
export class GridList {
  constructor(editor) {
    this.editor = editor;
    this.box = document.getElementById("plan-grids");
    this.rows = new Map();
    this.box.addEventListener("click", (event) => {
      const row = event.target.closest("[data-key]");
      if (row && editor.tools.active === "merge") editor.tools.mergeWith(row.dataset.key);
      else if (row) editor.choose(row.dataset.key, { zoom: event.detail > 1 });
    });
    this.box.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** All rows anew. */
  fill() {
    const { draft } = this.editor;
    this.rows.clear();
    this.most = Math.max(draft.limits.households && draft.limits.households[2] ? draft.limits.households[2] * 1.4 : 0, ...Array.from(draft.counts.values(), (c) => c.households), 1);
    const rows = draft.keys().map((key) => {
      const row = make("li", { class: "plan-row", role: "option", id: `grid-${key}`, "data-key": key, "aria-selected": "false" });
      this.rows.set(key, row);
      this.write(key);
      return row;
    });
    refill(this.box, ...rows);
    document.getElementById("plan-count").textContent = number(rows.length);
    this.choose(this.editor.chosen);
  }

  write(key) {
    const { draft } = this.editor;
    const row = this.rows.get(key);
    if (!row) return;
    const [facts, count, standing] = [draft.facts.get(key), draft.counts.get(key), draft.standing(key)];
    const bar = make("span", { class: "plan-bar", "aria-hidden": "true" }, make("i", {}));
    bar.firstChild.style.width = `${Math.min(100, (count.households / this.most) * 100)}%`;
    row.className = `plan-row plan-${standing}`;
    refill(
      row,
      make("span", { class: "plan-swatch", "aria-hidden": "true" }),
      make("span", { class: "plan-name cut" }, facts.name || say("unnamed"), facts.locked ? icon("lock") : ""),
      make("span", { class: "plan-households" }, say("households", { n: number(count.households) })),
      bar,
      make("span", { class: "plan-word" }, say(standing))
    );
  }

  choose(key) {
    this.box.querySelectorAll("[aria-selected=true]").forEach((row) => row.setAttribute("aria-selected", "false"));
    const row = this.rows.get(key);
    if (!row) {
      this.box.removeAttribute("aria-activedescendant");
      return;
    }
    row.setAttribute("aria-selected", "true");
    this.box.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    const keys = Array.from(this.rows.keys());
    const at = keys.indexOf(this.editor.chosen);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: keys.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.editor.choose(keys[Math.min(keys.length - 1, Math.max(0, to))]);
    } else if (event.key === "Enter" && this.editor.chosen) {
      event.preventDefault();
      if (this.editor.tools.active === "merge") {
        this.editor.tools.mergeWith(this.editor.chosen);
        return;
      }
      this.editor.drawing.frame([this.editor.chosen]);
      this.editor.drawing.map.getContainer().focus();
    }
  }
}

// ── Right: the chosen grid ──
export class Sheet {
  constructor(editor) {
    this.editor = editor;
    this.form = document.getElementById("plan-sheet");
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", (event) => this.changed(event.target));
    document.getElementById("plan-suggest").addEventListener("click", () => this.suggest());
  }

  fill() {
    const { draft, chosen } = this.editor;
    document.getElementById("plan-nothing").hidden = Boolean(chosen);
    this.form.hidden = !chosen;
    if (!chosen) return;
    const facts = draft.facts.get(chosen);
    ["name", "grid_kind", ...SIDES].forEach((name) => {
      const field = this.form.elements[name];
      if (field && field !== document.activeElement) field.value = facts[name] || "";
    });
    document.getElementById("plan-code").textContent = facts.code || say("codeLater");
    document.getElementById("plan-origin").textContent = this.origin(facts);
    Array.from(this.form.elements).forEach((field) => (field.disabled = !draft.plan.editable));
    this.numbers();
  }

  origin(facts) {
    if (facts.area_id) return facts.locked ? say("keeps") : say("continues");
    return facts.from && facts.from.length ? say("comesFrom", { n: facts.from.length }) : say("isNew");
  }

  /** The numbers of the chosen grid, against the standard and against when the plan was opened. */
  numbers() {
    const { draft, chosen } = this.editor;
    if (!chosen || !draft.counts.has(chosen)) return;
    const [now, before] = [draft.counts.get(chosen), draft.opened.get(chosen)];
    const standing = draft.standing(chosen);
    const level = WRONG[standing] || 0;
    const verdict = document.getElementById("plan-verdict");
    verdict.className = `level level-${level}`;
    refill(verdict, icon(level ? "alert-triangle" : "circle-check"), say(`${standing}Long`, this.limits()));
    Object.entries({ households: number, persons: number, buildings: number, workload: number, area_m2: areaWords, perimeter_m: metresOf }).forEach(([name, words]) => {
      document.getElementById(`plan-${name}`).textContent = words(now[name]);
      const change = document.getElementById(`plan-${name}-delta`);
      if (change) change.textContent = before ? delta(now[name] - before[name]) : "";
    });
    this.bar(now.households, draft.limits.households || []);
  }

  limits() {
    const [least, good, most] = this.editor.draft.limits.households || [];
    return { least: number(least || 0), good: number(good || 0), most: number(most || 0), persons: number(this.editor.draft.limits.persons || 0) };
  }

  bar(households, [least, good, most]) {
    const bar = document.getElementById("plan-standard");
    bar.hidden = !most;
    if (!most) return;
    const scale = Math.max(most * 1.4, households);
    const share = (value) => `${(value / scale) * 100}%`;
    bar.querySelector("i").style.width = share(households);
    const range = bar.querySelector("b");
    range.style.left = share(good || least || 0);
    range.style.width = share(most - (good || least || 0));
  }

  changed(field) {
    const { draft, chosen } = this.editor;
    const facts = draft.facts.get(chosen);
    if (!facts || !field.name || facts[field.name] === field.value) return;
    const label = say("stepFacts", { name: facts.name });
    draft.step(label, { facts: new Map([[chosen, { ...facts, [field.name]: field.value.trim() }]]) });
  }

  /** Borders in words from who lies there; what was written stays. */
  suggest() {
    const { draft, chosen } = this.editor;
    const facts = draft.facts.get(chosen);
    const found = bordersOf(draft, chosen);
    const filled = Object.fromEntries(SIDES.filter((side) => !facts[side] && found[side]).map((side) => [side, found[side].slice(0, 120)]));
    if (!Object.keys(filled).length) {
      this.editor.status(say("nothingToSuggest"));
      return;
    }
    draft.step(say("stepFacts", { name: facts.name }), { facts: new Map([[chosen, { ...facts, ...filled }]]) });
  }
}

// ── Faults ──
export class Faults {
  constructor(editor) {
    this.editor = editor;
    this.list = document.getElementById("plan-faults");
    this.all = [];
    const all = document.getElementById("plan-fix-all");
    if (all) all.addEventListener("click", () => editor.fix("all"));
  }

  /** Errors first; null while nothing was checked since the last step. */
  fill(faults) {
    this.all = (faults || []).slice().sort((a, b) => rank(a) - rank(b));
    document.getElementById("plan-faults-count").textContent = faults === null ? "" : this.all.length ? this.counted() : say("faultless");
    const fixAll = document.getElementById("plan-fix-all");
    if (fixAll) fixAll.hidden = !this.editor.draft.plan.editable || !this.all.some((fault) => fault.fixable);
    refill(this.list, ...this.all.map((fault) => this.row(fault)));
  }

  /** How many of each level; that there is no error is said, too. */
  counted() {
    const many = (level) => this.all.filter((fault) => fault.level === level).length;
    const parts = [["error", "errors"], ["warning", "warnings"], ["notice", "notes"]].map(([level, words]) => (many(level) || level === "error" ? say(words, { n: many(level) }) : ""));
    return parts.filter(Boolean).join(say("then"));
  }

  row(fault) {
    const level = { error: 3, warning: 1 }[fault.level] || 0;
    const go = make("button", { type: "button", class: "plan-fault", onclick: () => this.editor.goToFault(fault) },
      make("span", { class: `level level-${level}` }, icon({ error: "alert-circle", warning: "alert-triangle" }[fault.level] || "info-circle"), say(`level_${fault.level}`)),
      make("span", { class: "plan-fault-words" }, fault.words));
    const item = make("li", {}, go);
    if (fault.fixable && this.editor.draft.plan.editable) item.append(make("button", { type: "button", class: "btn btn-quiet plan-fix", onclick: () => this.editor.fix([fault.id]) }, say("fixOne")));
    return item;
  }
}

const rank = (fault) => ({ error: 0, warning: 1 }[fault.level] ?? 2);
