// Between the editor and the server: one save at a time, repeated until it got through, and never over somebody else's.
import { csrf } from "../words.js";
import { fingerprint } from "./geometry.js";

const PAUSE = 800; // ms after the last step
const AGAIN = 10000;

export class Server extends EventTarget {
  constructor(addresses, draft, kept) {
    super();
    Object.assign(this, { addresses, draft, kept, revision: draft.plan.revision, dirty: false, stopped: false, timer: 0, running: null });
    window.addEventListener("online", () => this.soon(0));
  }

  async ask(address, method = "GET", body = null) {
    const answer = await fetch(address, {
      method,
      credentials: "same-origin",
      headers: { Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}), ...(method === "GET" ? {} : { "X-CSRFToken": csrf() }) },
      body: body && JSON.stringify(body),
    });
    const isJson = /json/.test(answer.headers.get("Content-Type") || "");
    return { status: isJson || !answer.ok ? answer.status : 401, said: isJson ? await answer.json() : {} }; // a page instead of JSON is the sign-in
  }

  /** A step was taken: keep it here at once, send it after a pause. */
  changed(step) {
    this.dirty = true;
    this.version = (this.version || 0) + 1;
    this.kept.write(this.draft, { revision: this.revision, dirty: true, step });
    this.soon(PAUSE);
  }

  soon(ms) {
    clearTimeout(this.timer);
    if (this.dirty && !this.stopped) this.timer = setTimeout(() => this.flush(), ms);
  }

  /** Send what is not sent; resolves when the answer is there. */
  flush() {
    clearTimeout(this.timer);
    if (!this.dirty || this.stopped) return this.running || Promise.resolve();
    if (this.running) return this.running.then(() => this.flush());
    this.running = this.send().finally(() => (this.running = null));
    return this.running;
  }

  async send() {
    const version = this.version;
    this.tell("saving");
    let answer;
    try {
      answer = await this.ask(this.addresses.document, "PUT", { revision: this.revision, ...this.draft.content() });
    } catch (error) {
      answer = { status: 0 };
    }
    const { status, said } = answer;
    if (status === 200) return this.saved(said, version);
    if (status === 409 && said.by) return this.conflict(said);
    if (status === 409) {
      this.stopped = true;
      return this.tell("closed", { words: said.detail || "" });
    }
    if (status === 422 || status === 413) return this.tell("refused", { words: said.detail || "" });
    this.tell(status === 401 || status === 403 ? "signedOut" : "offline");
    return this.soon(AGAIN);
  }

  saved(said, version) {
    this.revision = said.revision;
    this.dirty = this.version !== version;
    this.kept.write(this.draft, { revision: this.revision, dirty: this.dirty });
    this.tell("saved", { at: said.saved_at });
    this.soon(PAUSE);
  }

  /** Somebody saved meanwhile. The same content is no conflict: an answer got lost. */
  async conflict(said) {
    const { status, said: theirs } = await this.ask(this.addresses.document).catch(() => ({ status: 0 }));
    if (status !== 200) {
      this.tell(status === 401 || status === 403 ? "signedOut" : "offline"); // sent again later, and asked again then
      return this.soon(AGAIN);
    }
    if (alike(theirs, this.draft.content())) {
      this.revision = theirs.plan.revision;
      this.dirty = false;
      this.kept.write(this.draft, { revision: this.revision, dirty: false });
      return this.tell("saved", { at: said.at });
    }
    this.stopped = true;
    return this.tell("conflict", { ...said, theirs });
  }

  /** Theirs came in as a step: from here on we build on it. */
  adopt(revision) {
    this.revision = revision;
    this.stopped = false;
  }

  check() {
    return this.ask(this.addresses.check, "POST", { revision: this.revision });
  }

  fix(faults) {
    return this.ask(this.addresses.fix, "POST", { revision: this.revision, faults });
  }

  /** A new plan of the same parent with what is drawn (here, unless told); answers its address. */
  async branch(name, content = this.draft.content()) {
    const { parent, child_kind: kind } = this.draft.plan;
    const form = new FormData();
    Object.entries({ parent: parent.id, kind, name, note: "", csrfmiddlewaretoken: csrf() }).forEach(([field, value]) => form.append(field, value));
    const made = await fetch(this.addresses.new, { method: "POST", credentials: "same-origin", body: form });
    const page = made.url.match(/^.*\/areas\/plans\/[0-9a-f-]{36}\//);
    if (!made.ok || !page) return null;
    const begun = await this.ask(`${page[0]}document/`);
    const put = await this.ask(`${page[0]}document/`, "PUT", { revision: begun.said.plan.revision, ...content });
    return put.status === 200 ? `${page[0]}edit/` : null;
  }

  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const SAID = ["name", "grid_kind", "locked", "east", "south", "west", "north"];

/** What a feature draws and says, to be compared. */
export const contentOf = ({ geometry, properties }) => JSON.stringify([properties.key, SAID.map((name) => properties[name] || ""), fingerprint(geometry)]);

/** Whether two documents draw and say the same. */
function alike(one, two) {
  const all = ({ shapes, walls }) => JSON.stringify([shapes.features.map(contentOf).sort(), walls.features.map((f) => f.geometry.coordinates)]);
  return all(one) === all(two);
}
