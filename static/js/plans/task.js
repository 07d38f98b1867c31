// What the report on the standard suggested: said beside the map, with the numbers that are still missing, live.
import { refill } from "../words.js";
import { make, number, say, together } from "./said.js";

const asked = new URLSearchParams(window.location.search);
const byId = (id) => document.getElementById(id);

/** The step to go back to that the page was opened with, if any. */
export const since = /^\d{1,9}$/.test(asked.get("since") || "") ? Number(asked.get("since")) : null;

export class Task {
  constructor(editor) {
    this.editor = editor;
    this.pair = (asked.get("border") || "").split(",").filter((key) => editor.draft.facts.has(key));
    this.merged = asked.get("merged");
  }

  /** Go to the border in question, or to what has been merged. */
  begin() {
    const { editor, pair } = this;
    const [one, other] = pair;
    if (pair.length === 2) {
      const edges = editor.draft.topology.neighbours(one).get(other) || [];
      editor.drawing.pair(other);
      editor.choose(one);
      if (edges.length) editor.drawing.goTo({ type: "MultiLineString", coordinates: edges });
      if (editor.draft.plan.editable) editor.tools.use("corners");
    } else if (editor.draft.facts.has(this.merged)) editor.choose(this.merged, { zoom: true });
    this.fill();
  }

  /** What is still to be done, and how the two grids stand. */
  fill() {
    const { draft } = this.editor;
    const pair = this.pair.filter((key) => draft.facts.has(key));
    const alone = draft.facts.has(this.merged) ? this.merged : null;
    byId("plan-task").hidden = pair.length < 2 && !alone;
    if (alone) byId("plan-task-words").textContent = say("taskMerged", { name: draft.facts.get(alone).name, households: number(draft.counts.get(alone).households) });
    if (pair.length < 2) return;
    const words = together(this.goal(...pair), this.limits());
    if (byId("plan-task-words").textContent !== words) byId("plan-task-words").textContent = words;
    refill(byId("plan-task-rows"), ...pair.map((key) => make("tr", {},
      make("th", { scope: "row" }, draft.facts.get(key).name),
      make("td", {}, say("households", { n: number(draft.counts.get(key).households) })),
      make("td", { class: "plan-delta" }, say(draft.standing(key))))));
  }

  goal(one, other) {
    const { draft } = this.editor;
    const [least, , most] = draft.limits.households || [];
    const said = (word, key, beside, n) => say(word, { name: draft.facts.get(key).name, other: draft.facts.get(beside).name, n: Math.ceil(n) });
    for (const [key, beside] of [[one, other], [other, one]]) {
      const { households } = draft.counts.get(key);
      if (draft.facts.get(key).grid_kind === "dedicated") continue;
      if (most && households > most) return said("taskOver", key, beside, households - most);
      if (least && households < least) return said("taskUnder", key, beside, least - households);
    }
    return say("taskFits");
  }

  limits() {
    const [least, , most] = this.editor.draft.limits.households || [];
    return least && most ? say("taskLimits", { least: number(least), most: number(most) }) : "";
  }

  end() {
    this.pair = [];
    this.merged = null;
    this.editor.drawing.pair(null);
    byId("plan-task").hidden = true;
  }
}
