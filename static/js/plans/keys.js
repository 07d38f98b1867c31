// Everything by keyboard: letters take up tools, the map answers to arrows, and what was done is said in the status line.
import { say } from "./said.js";

const TOOLS = { v: "select", e: "corners", s: "split", m: "merge", c: "cut", h: "hole", d: "draw", t: "take", w: "wall", r: "measure" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const typing = (target) => target.closest && target.closest("input, textarea, select, [contenteditable], dialog");

export function listen(editor) {
  const { tools, corners, sketch, drawing } = editor;
  const canvas = drawing.map.getContainer();

  const history = (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || !["z", "y"].includes(key)) return false;
    if (key === "y" || event.shiftKey) editor.redo();
    else editor.undo();
    return true;
  };

  const letters = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const key = event.key.toLowerCase();
    if (key === "?") document.getElementById("plan-help").showModal();
    else if (key === "l") tools.toggleLock();
    else if (key === "k") editor.check();
    else if (key === "g" && editor.draft.ways.features.length) editor.toggleRoads();
    else if (key === "f") drawing.frame(editor.chosen ? [editor.chosen] : null);
    else if (key === "0") drawing.frame();
    else if (key === "+" || key === "=") drawing.map.zoomIn();
    else if (key === "-") drawing.map.zoomOut();
    else if (TOOLS[key] && editor.draft.plan.editable) {
      tools.use(TOOLS[key]);
      canvas.focus();
    } else return false;
    return true;
  };

  /** The map has the focus and corners are being moved. */
  const cornering = (event) => {
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? 10 : 1; // metres
    if (event.key === "Tab") corners.next(event.shiftKey ? -1 : 1);
    else if (arrow && corners.cursor !== null) corners.nudge(arrow[0] * step, -arrow[1] * step);
    else if (event.key === "Delete" || event.key === "Backspace") corners.removeHere();
    else if (event.key === "Insert" || event.key === "a") corners.addHere();
    else if (event.key === "Enter") tools.use("select");
    else return false;
    return true;
  };

  /** The map has the focus and something is being drawn. */
  const sketching = (event) => {
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? 40 : 8; // pixels
    if (arrow) sketch.shift(arrow[0] * step, arrow[1] * step);
    else if (event.key === " ") sketch.press();
    else if (event.key === "Enter") sketch.finish();
    else if (event.key === "Backspace" || event.key === "Delete") sketch.back();
    else return false;
    return true;
  };

  const roaming = (event) => {
    const arrow = ARROWS[event.key];
    if (arrow) drawing.map.panBy([arrow[0] * 80, arrow[1] * 80], { animate: false });
    else if (event.key === "Enter") tools.clicked([drawing.map.getCenter().lng, drawing.map.getCenter().lat]);
    else return false;
    return true;
  };

  const onMap = (event) => {
    if (sketch.on) return sketching(event);
    if (tools.active === "corners") return cornering(event);
    return roaming(event);
  };

  const escape = (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return false;
    if (tools.active === "select") document.getElementById("plan-grids").focus();
    else tools.use("select");
    editor.dropProposal();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (typing(event.target) || (editor.fixing && event.target !== canvas)) return;
    if (editor.fixing) {
      if (roaming(event)) event.preventDefault();
      return;
    }
    const done = history(event) || escape(event) || (event.target === canvas && onMap(event)) || letters(event);
    if (done) event.preventDefault();
  });
  canvas.addEventListener("focus", () => tools.active === "select" && editor.status(say("mapHow")));
}
