// The image of a plan on paper under the drawing: handed in, fixed by three points, faded, switched off, taken away.
import { toast } from "../app.js";
import { csrf } from "../words.js";
import { Fixing } from "./fixing.js";
import { paperLayer } from "./paper-layer.js";
import { metresOf, say } from "./said.js";

const byId = (id) => document.getElementById(id);
const fine = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 2 });

export class Paper {
  constructor(editor) {
    Object.assign(this, { editor, map: editor.drawing.map, address: editor.page.dataset.image, state: { image: null, removed: null }, picture: "" });
    this.map.createPane("paper").style.zIndex = 380;
    this.Layer = paperLayer(editor.drawing.L);
    this.fixing = new Fixing(editor, { done: (points) => this.fix(points), leave: () => this.fill() });
    this.press();
    this.load();
  }

  get name() {
    return `gridgov:paper:${this.editor.draft.plan.id}`;
  }

  /** How it was looked at last on this device. */
  get look() {
    try {
      return { on: true, opacity: 60, ...JSON.parse(localStorage.getItem(this.name)) };
    } catch {
      return { on: true, opacity: 60 };
    }
  }

  keep(change) {
    try {
      localStorage.setItem(this.name, JSON.stringify({ ...this.look, ...change }));
    } catch {
      // a browser that keeps nothing begins with the usual look
    }
    this.dress();
  }

  // ── The server ──
  async load() {
    const answer = await fetch(this.address, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
    if (answer && answer.ok) await this.become(await answer.json());
  }

  async send(what, body = null) {
    const json = body && !(body instanceof FormData);
    const headers = { Accept: "application/json", "X-CSRFToken": csrf(), ...(json ? { "Content-Type": "application/json" } : {}) };
    byId("plan-paper").setAttribute("aria-busy", "true");
    const answer = await fetch(`${this.address}${what}/`, { method: "POST", credentials: "same-origin", headers, body: json ? JSON.stringify(body) : body }).catch(() => null);
    byId("plan-paper").removeAttribute("aria-busy");
    const said = answer && /json/.test(answer.headers.get("Content-Type") || "") ? await answer.json() : {};
    if (answer && answer.ok && "image" in said) {
      await this.become(said);
      return "";
    }
    return said.detail || said.title || say("paperFailed");
  }

  async become(state) {
    const before = this.state.image && this.state.image.url;
    this.state = state;
    const { image } = state;
    if (!image || image.url !== before) {
      if (this.picture) URL.revokeObjectURL(this.picture);
      this.picture = "";
    }
    if (image && !this.picture) {
      const answer = await fetch(image.url, { credentials: "same-origin" }).catch(() => null);
      if (answer && answer.ok) this.picture = URL.createObjectURL(await answer.blob());
      else byId("paper-gone").hidden = false;
    }
    this.fill();
  }

  // ── What is shown ──
  fill() {
    const { image, removed } = this.state;
    const edits = this.editor.draft.plan.editable;
    byId("plan-paper").hidden = !(image || this.wanted);
    byId("paper-none").hidden = Boolean(image) || !edits;
    byId("paper-have").hidden = !image;
    byId("paper-back").hidden = Boolean(image) || !removed || !edits;
    if (removed) byId("paper-back-name").textContent = removed.name;
    if (this.layer) this.layer.remove();
    this.layer = null;
    if (!image) return;
    const { laid } = image;
    byId("paper-name").textContent = image.name;
    byId("paper-laid").hidden = !laid;
    byId("paper-unlaid").hidden = Boolean(laid) || !edits;
    byId("paper-fix-word").textContent = say(laid ? "paperFixAgain" : "paperFix");
    byId("paper-unfix").disabled = !image.fixings;
    if (!laid || !this.picture) return;
    byId("paper-scale").textContent = say("paperScale", { n: fine.format(laid.metres_a_pixel), width: metresOf(laid.metres_a_pixel * image.size[0]) });
    byId("paper-turned").textContent = say("paperTurned", { n: fine.format(laid.turned) });
    byId("paper-miss").textContent = say("paperMiss", { n: fine.format(laid.miss), percent: fine.format((laid.stretch - 1) * 100) });
    this.layer = new this.Layer(this.picture, image.size, laid.corners);
    this.dress();
  }

  dress() {
    const { on, opacity } = this.look;
    byId("paper-on").checked = on;
    byId("paper-opacity").value = opacity;
    byId("paper-opacity").disabled = !on;
    if (!this.layer) return;
    if (on) this.layer.addTo(this.map);
    else this.layer.remove();
    this.map.getPane("paper").style.opacity = opacity / 100;
  }

  // ── What is done ──
  press() {
    byId("paper-file").addEventListener("change", () => this.upload());
    byId("paper-on").addEventListener("change", () => this.keep({ on: byId("paper-on").checked }));
    byId("paper-opacity").addEventListener("input", () => this.keep({ opacity: Number(byId("paper-opacity").value) }));
    byId("paper-fix").addEventListener("click", () => this.begin());
    byId("paper-see").addEventListener("click", () => this.layer && this.map.fitBounds(this.layer.getBounds(), { animate: false }));
    byId("paper-unfix").addEventListener("click", () => this.attempt("unfix", say("paperUnfixed")));
    byId("paper-remove").addEventListener("click", () => this.attempt("remove", say("paperRemoved")));
    byId("paper-restore").addEventListener("click", () => this.attempt(`${this.state.removed.nth}/restore`, say("paperRestored")));
  }

  async attempt(what, words) {
    this.wanted = true;
    const refused = await this.send(what);
    if (refused) toast(refused, "error");
    else this.editor.status(words);
    if (document.activeElement === document.body) this.enter(); // the button that was pressed is gone or can do no more
  }

  /** The button of the toolbar: bring the section forward. */
  open() {
    this.wanted = true;
    this.fill();
    byId("plan-paper").scrollIntoView({ block: "nearest" });
    this.enter();
  }

  /** The first of the section that can be pressed. */
  enter() {
    const first = Array.from(byId("plan-paper").querySelectorAll("input, button")).find((one) => one.offsetParent && !one.disabled);
    if (first) first.focus();
  }

  async upload() {
    const [file] = byId("paper-file").files;
    if (!file) return;
    const form = new FormData();
    form.append("file", file);
    this.editor.status(say("paperSending"));
    const refused = await this.send("add", form);
    byId("paper-file").value = "";
    byId("paper-problem").textContent = refused;
    byId("paper-problem").hidden = !refused;
    if (refused) this.editor.status(refused, "warning");
    else this.begin();
  }

  begin() {
    if (!this.picture) return;
    this.editor.tools.use("select");
    this.fixing.begin({ url: this.picture, size: this.state.image.size, points: this.state.image.points });
  }

  async fix(points) {
    const refused = await this.send("fix", { points });
    if (refused) {
      this.fixing.say(refused);
      this.editor.status(refused, "warning");
      return;
    }
    this.fixing.end();
    this.keep({ on: true });
    byId("paper-fix").focus();
    this.editor.status(say("paperFixed", { n: fine.format(this.state.image.laid.miss) }));
    this.map.fitBounds(this.layer.getBounds(), { animate: false });
  }
}
