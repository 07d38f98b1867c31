// What this browser keeps of a plan, per plan and person: the draft as it stands, and every step, so that a closed tab loses nothing.
import { openDB } from "../../vendor/idb/idb.js";

const opening = openDB("gridgov-plans", 1, {
  upgrade(db) {
    db.createObjectStore("drafts", { keyPath: "id" });
    db.createObjectStore("steps", { keyPath: ["id", "n"] });
  },
});

export class Kept {
  constructor(plan, user) {
    this.id = `${plan}:${user}`;
    this.last = Promise.resolve();
  }

  /** {revision, dirty, content, done, undone} or null. */
  async read() {
    const db = await opening;
    const draft = await db.get("drafts", this.id);
    if (!draft) return null;
    const steps = await db.getAll("steps", IDBKeyRange.bound([this.id, 0], [this.id, Infinity]));
    const all = steps.map((row) => row.step);
    return { ...draft, done: all.slice(0, draft.depth), undone: all.slice(draft.depth).reverse() };
  }

  /** In order, one after the other; the newest state wins. */
  write(draft, { revision, dirty, step = null }) {
    const record = { id: this.id, revision, dirty, depth: draft.done.length, content: draft.content(), at: Date.now() };
    this.last = this.last.then(() => this.put(record, step)).catch((error) => console.warn("draft not kept here", error.message));
    return this.last;
  }

  async put(record, step) {
    const db = await opening;
    const work = db.transaction(["drafts", "steps"], "readwrite");
    if (step) {
      await work.objectStore("steps").delete(IDBKeyRange.bound([this.id, record.depth - 1], [this.id, Infinity]));
      await work.objectStore("steps").put({ id: this.id, n: record.depth - 1, step });
    }
    await work.objectStore("drafts").put(record);
    await work.done;
  }

  /** Begin anew: what was kept is no longer wanted. */
  async clear() {
    const db = await opening;
    const work = db.transaction(["drafts", "steps"], "readwrite");
    await work.objectStore("steps").delete(IDBKeyRange.bound([this.id, 0], [this.id, Infinity]));
    await work.objectStore("drafts").delete(this.id);
    await work.done;
  }
}
