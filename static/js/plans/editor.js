// The boundary editor: brings the draft, its map, its panels, what is kept and what is sent together.
import { toast } from "../app.js";
import { asset, load, refill } from "../words.js";
import { Corners } from "./corners.js";
import { Draft } from "./draft.js";
import { Drawing } from "./drawing.js";
import { Kept } from "./kept.js";
import { listen } from "./keys.js";
import { Faults, GridList, Sheet } from "./panels.js";
import { Paper } from "./paper.js";
import { areaWords, delta, make, number, say, timeOf } from "./said.js";
import { Server, contentOf } from "./server.js";
import { Sketch } from "./sketch.js";
import { Task, since } from "./task.js";
import { Tools } from "./tools.js";

const CHECK_PAUSE = 2500; // ms after the last step
const NARROW = 900; // below, the map is only shown
const byId = (id) => document.getElementById(id);

class Editor {
  constructor(page, draft, kept) {
    Object.assign(this, { page, draft, chosen: null, kept });
    this.drawing = new Drawing(window.L, byId("plan-map"), draft);
    this.status = (words, level = "") => {
      const line = byId("plan-status");
      line.textContent = words;
      line.dataset.level = level;
    };
    this.server = new Server(page.dataset, draft, kept);
    this.sketch = new Sketch(this);
    this.corners = new Corners(this);
    this.tools = new Tools(this);
    this.list = new GridList(this);
    this.sheet = new Sheet(this);
    this.faults = new Faults(this);
    this.task = new Task(this);
    draft.addEventListener("shapes", ({ detail }) => this.redrawn(detail));
    draft.addEventListener("step", ({ detail }) => this.stepped(detail));
    this.heed();
    this.press();
    listen(this);
    this.list.fill();
    this.sheet.fill();
    this.foot();
    byId("plan-roads").hidden = !draft.ways.features.length;
    this.drawing.frame();
    this.drawing.label();
  }

  // ── What changes shows ──
  redrawn({ keys, live, listed, walls }) {
    if (live) {
      keys.forEach((key) => this.list.write(key));
      if (this.chosen) this.sheet.numbers();
      this.task.fill();
      return;
    }
    keys.forEach((key) => this.drawing.draw(key));
    if (walls) this.drawing.walls();
    if (this.chosen && !this.draft.facts.has(this.chosen)) this.choose(null);
    if (listed) this.list.fill();
    else keys.forEach((key) => this.list.write(key));
    this.sheet.fill();
    this.task.fill();
    this.drawing.label();
  }

  stepped({ step }) {
    this.faults.fill(null);
    this.drawing.showFaults([]);
    this.dropProposal();
    this.server.changed(step || null);
    this.foot();
    this.main("check");
    if (this.tools.active === "corners" && !this.corners.drag) setTimeout(() => this.corners.refresh());
    clearTimeout(this.checking);
    this.checking = setTimeout(() => this.check(true), CHECK_PAUSE);
  }

  choose(key, { zoom = false } = {}) {
    if (key === this.chosen && !zoom) return;
    this.chosen = key;
    this.drawing.choose(key);
    this.list.choose(key);
    this.sheet.fill();
    if (zoom && key) this.drawing.frame([key]);
    if (this.tools.active === "corners") this.tools.use(key ? "corners" : "select");
    if (!key) return;
    const count = this.draft.counts.get(key);
    this.status(say("chosen", { name: this.draft.facts.get(key).name, households: number(count.households), standing: say(this.draft.standing(key)) }));
  }

  foot() {
    byId("plan-depth").textContent = say("depth", { n: this.draft.done.length });
    document.querySelectorAll("[data-do=undo]").forEach((button) => (button.disabled = !this.draft.done.length));
    document.querySelectorAll("[data-do=redo]").forEach((button) => (button.disabled = !this.draft.undone.length));
  }

  toolChanged(name) {
    document.querySelectorAll("[data-tool]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.tool === name)));
  }

  measured(words) {
    byId("plan-measured").textContent = words;
  }

  /** The image under the plan is being fixed: clicks and keys are its. */
  get fixing() {
    return Boolean(this.paper && this.paper.fixing.on);
  }

  undo() {
    const step = this.draft.undo();
    this.status(step ? say("undone", { label: step.label }) : say("nothingToUndo"));
  }

  redo() {
    const step = this.draft.redo();
    this.status(step ? say("redone", { label: step.label }) : say("nothingToRedo"));
  }

  // ── The server ──
  heed() {
    const { server } = this;
    const show = (words, level) => {
      byId("plan-saved").textContent = words;
      byId("plan-saved").dataset.level = level;
    };
    server.addEventListener("saving", () => show(say("saving"), ""));
    server.addEventListener("saved", ({ detail }) => show(say("savedAt", { at: timeOf(detail.at) }), ""));
    server.addEventListener("offline", () => show(say("offline"), "warning"));
    server.addEventListener("signedOut", () => show(say("signedOut"), "warning"));
    server.addEventListener("refused", ({ detail }) => {
      show(say("notSaved"), "error");
      toast(detail.words || say("notSaved"), "error");
    });
    server.addEventListener("closed", ({ detail }) => {
      show(say("notSaved"), "error");
      this.closed(detail.words);
    });
    server.addEventListener("conflict", ({ detail }) => {
      show(say("conflictShort", { by: detail.by }), "error");
      this.conflict(detail);
    });
    window.addEventListener("pagehide", () => server.flush());
    document.addEventListener("visibilitychange", () => document.hidden && server.flush());
  }

  /** The plan went on meanwhile and is no draft any more: what was drawn here may become one. `content` was kept of an earlier visit. */
  closed(words, content) {
    byId("plan-conflict-who").textContent = words;
    byId("plan-conflict-what").textContent = say("closedWhat");
    this.meanwhile = { content };
    this.ask(["later", "mine"]);
  }

  /** Open the dialog with these of its buttons. */
  ask(choices) {
    const dialog = byId("plan-conflict");
    dialog.querySelectorAll("[data-do]").forEach((button) => (button.hidden = !choices.includes(button.dataset.do)));
    dialog.showModal();
  }

  conflict({ by, at, theirs }) {
    byId("plan-conflict-who").textContent = say("conflict", { by, at: timeOf(at) });
    const mine = new Set(this.draft.content().shapes.features.map(contentOf));
    const other = theirs.shapes.features.filter((f) => !mine.has(contentOf(f)));
    byId("plan-conflict-what").textContent = say("conflictWhat", { n: other.length, names: other.slice(0, 5).map((f) => f.properties.name).join(say("comma")) });
    this.meanwhile = { theirs, other };
    byId("plan-compare").hidden = true;
    this.ask(["compare", "theirs", "mine"]);
  }

  resolve(choice) {
    byId("plan-conflict").close();
    const { theirs, other } = this.meanwhile;
    if (choice === "compare") {
      this.drawing.showProposal(other);
      if (other.length && other[0].geometry) this.drawing.goTo({ type: "FeatureCollection", features: other.filter((f) => f.geometry) });
      byId("plan-compare").hidden = false;
    } else if (choice === "theirs") {
      byId("plan-compare").hidden = true;
      this.server.adopt(theirs.plan.revision);
      this.draft.become(say("stepTheirs"), theirs);
      this.drawing.showProposal([]);
      this.status(say("theirsTaken"));
    } else if (choice === "mine") this.branch(this.meanwhile.content);
  }

  async branch(content) {
    const address = await this.server.branch(say("copyName", { name: this.draft.plan.name }).slice(0, 80), content).catch(() => null);
    if (!address) {
      toast(say("copyFailed"), "error");
      byId("plan-compare").hidden = !this.meanwhile.theirs;
      return;
    }
    await this.kept.clear();
    this.server.stopped = true;
    location.href = address;
  }

  // ── Faults ──
  async check(quiet = false) {
    clearTimeout(this.checking);
    if (!this.page.dataset.check) return;
    await this.server.flush();
    if (this.server.dirty || this.server.stopped) {
      if (!quiet) this.status(say("checkLater"), "warning");
      return;
    }
    const version = this.server.version;
    if (!quiet) this.status(say("checkRunning"));
    const answer = await this.server.check().catch(() => ({ status: 0 }));
    if (answer.status !== 200) {
      if (!quiet) this.status(say("checkLater"), "warning");
      return;
    }
    if (version !== this.server.version) return; // drawn on meanwhile
    this.faults.fill(answer.said.faults);
    this.drawing.showFaults(answer.said.faults);
    this.main(answer.said.faults.some((fault) => fault.level === "error") ? "check" : "done");
    const refusal = byId("plan-status").dataset.level === "warning"; // why a move was refused stays until something else is done
    if (!quiet || (answer.said.faults.length && !refusal)) this.status(byId("plan-faults-count").textContent);
  }

  /** The one button: check, or go on when nothing is wrong. */
  main(what) {
    const button = byId("plan-main");
    button.dataset.main = what;
    button.querySelector("span").textContent = say(what === "done" ? "goOn" : "check");
  }

  async leave() {
    await this.server.flush();
    location.href = this.page.dataset.plan;
  }

  goToFault(fault) {
    const key = (fault.keys || []).find((one) => this.draft.facts.has(one));
    if (key) this.choose(key);
    if (fault.where) this.drawing.goTo(fault.where);
    else if (key) this.drawing.frame([key]);
    this.status(fault.words);
  }

  async fix(ids) {
    await this.server.flush();
    const answer = await this.server.fix(ids).catch(() => ({ status: 0 }));
    if (answer.status !== 200 || !answer.said.shapes) {
      this.status((answer.said && answer.said.detail) || say("noFix"), "warning");
      return;
    }
    const { shapes, changes } = answer.said;
    const changed = new Set(changes.map((change) => change.key));
    const other = shapes.features.filter((f) => changed.has(f.properties.key));
    this.proposal = { shapes };
    this.drawing.showProposal(other);
    refill(byId("plan-proposal-rows"), ...changes.map((change) => make("tr", {},
      make("th", { scope: "row" }, change.name),
      make("td", { class: "num" }, areaWords(change.before_m2)),
      make("td", { class: "num" }, areaWords(change.after_m2)),
      make("td", { class: "num" }, delta(change.after_m2 - change.before_m2) || "0"))));
    byId("plan-proposal").hidden = false;
    byId("plan-proposal-yes").focus();
    if (other.length) this.drawing.goTo({ type: "FeatureCollection", features: other });
    this.status(say("fixPreview", { n: changes.length }));
  }

  accept() {
    const { shapes } = this.proposal;
    this.draft.become(say("stepFix"), { shapes, walls: this.draft.content().walls });
    this.status(say("stepFix"));
    this.check(true);
  }

  dropProposal() {
    this.proposal = null;
    byId("plan-proposal").hidden = true;
    this.drawing.showProposal([]);
  }

  // ── Roads and water ──
  toggleRoads(shown = !this.draft.ways.shown) {
    this.draft.ways.shown = shown;
    this.drawing.roads();
    byId("plan-roads").setAttribute("aria-pressed", String(shown));
    this.status(say(shown ? "roadsShown" : "roadsHidden"));
  }

  // ── Buttons ──
  press() {
    const deeds = {
      undo: () => this.undo(),
      redo: () => this.redo(),
      lock: () => this.tools.toggleLock(),
      all: () => this.drawing.frame(),
      one: () => this.chosen && this.drawing.frame([this.chosen]),
      in: () => this.drawing.map.zoomIn(),
      out: () => this.drawing.map.zoomOut(),
      paper: () => this.paper.open(),
      help: () => byId("plan-help").showModal(),
      check: () => this.check(),
      accept: () => this.accept(),
      refuse: () => this.dropProposal(),
      theirs: () => this.resolve("theirs"),
      mine: () => this.resolve("mine"),
      compare: () => this.resolve("compare"),
      later: () => this.resolve("later"),
      taskDone: () => this.task.end(),
      roads: () => this.toggleRoads(),
    };
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do], [data-tool]");
      if (!button) return;
      if (button.dataset.tool) {
        this.tools.use(button.dataset.tool);
        this.drawing.map.getContainer().focus({ preventScroll: true });
      } else deeds[button.dataset.do]();
    });
    byId("plan-main").addEventListener("click", () => (byId("plan-main").dataset.main === "done" ? this.leave() : this.check()));
    byId("plan-conflict").addEventListener("cancel", (event) => event.preventDefault()); // it has to be answered
    byId("plan-back").addEventListener("click", (event) => {
      event.preventDefault();
      this.leave();
    });
  }
}

/** Put back what this browser still had; without anything, what was prepared on the server is a step that can be undone. */
async function restore(editor, kept, document) {
  const mine = await kept.read().catch(() => null);
  if (!mine) {
    if (document.before) editor.draft.remember(say("stepSuggested"), document.before);
    editor.foot();
    return;
  }
  const { draft, server } = editor;
  const current = mine.revision === document.plan.revision;
  if (!mine.dirty && !current) {
    await kept.clear();
    return;
  }
  draft.done = mine.done;
  draft.undone = mine.undone;
  editor.foot();
  if (!mine.dirty || !draft.plan.editable) return;
  draft.fill(mine.content);
  draft.countAll();
  draft.tell("shapes", { keys: Array.from(new Set([...editor.drawing.layers.keys(), ...draft.facts.keys()])), listed: true, walls: true });
  server.revision = mine.revision;
  server.changed(null);
  toast(say("restored"), "success");
}

/** What was drawn before somebody else took the plan further is not lost with it: it is offered as a draft. */
async function offer(editor, kept) {
  const mine = await kept.read().catch(() => null);
  if (mine && mine.dirty) editor.closed(say("closedSince", { at: timeOf(mine.at) }), mine.content);
}

async function begin() {
  const page = byId("plan-editor");
  const asked = fetch(page.dataset.document + (since === null ? "" : `?since=${since}`), { headers: { Accept: "application/json" }, credentials: "same-origin" });
  await Promise.all([load("leafletCss"), load("geomanCss"), load("leafletJs")]);
  await load("geomanJs");
  window.L.PM.setOptIn(true);
  const answer = await asked;
  if (!answer.ok) throw new Error(`${answer.status}`);
  const document_ = await answer.json();
  const narrow = window.matchMedia(`(max-width: ${NARROW - 1}px)`).matches;
  if (narrow) document_.plan.editable = false;
  const draft = new Draft(document_);
  page.classList.toggle("plan-reading", !draft.plan.editable);
  const kept = new Kept(draft.plan.id, page.dataset.user);
  const editor = new Editor(page, draft, kept);
  if (draft.plan.editable) {
    await restore(editor, kept, document_);
    if (!editor.server.dirty) byId("plan-saved").textContent = say("savedAll");
  } else {
    byId("plan-saved").textContent = say(narrow ? "narrow" : "reading");
    if (!narrow) await offer(editor, kept);
  }
  window.L.control.scale({ imperial: false, position: "bottomright" }).addTo(editor.drawing.map);
  if (asset("basemap")) import("../basemap.js").then(({ lay }) => lay(window.L, editor.drawing.map, (said) => (byId("plan-basemap").textContent = said))).catch(() => {});
  editor.paper = new Paper(editor);
  page.dataset.ready = Math.round(performance.now());
  page.editor = editor;
  editor.task.begin();
  editor.check(true);
}

begin().catch((error) => {
  console.warn("editor", error.message);
  byId("plan-status").textContent = say("failed");
  byId("plan-status").dataset.level = "warning";
});
