// The screen "not sent yet": each record with its state and its reason in plain words, send now, export.
import { confirmed, toast } from "./app.js";
import { fill, wall, words } from "./words.js";
import * as tray from "./tray.js";
import { fact } from "./phone-store.js";
import { locked } from "./day.js";

const page = document.querySelector("[data-tray-page]");
const part = (name, root = page) => root.querySelector(`[data-${name}]`);
const kinds = JSON.parse(document.getElementById("tray-kinds").textContent);
const time = (moment) => wall(moment).join(" ");
const ICONS = { waiting: "cloud-upload", held: "lock", attention: "alert-triangle" };
const REASONS = {
  offline: "whyOffline",
  not_ours: "whyNotOurs",
  signed_out: "whySignedOut",
  locked: "whyLocked",
  denied: "whyDenied",
  asked: "whyAsked",
  server: "whyServer",
  broken: "whyServer",
  photos_missing: "whyPhotosMissing",
  photo: "whyPhoto",
  photo_gone: "whyPhotoGone",
  conflict: "whyConflict",
  too_large: "whyTooLarge",
  refused: "whyRefused",
};

function line(record, shut) {
  const item = document.getElementById("tray-record").content.cloneNode(true).firstElementChild;
  item.dataset.state = record.state;
  const use = item.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[record.state] || "clock"}`));
  part("kind", item).textContent = kinds[record.kind] || record.kind;
  part("about", item).textContent = shut ? "" : record.summary;
  part("at", item).textContent = time(record.captured_at);
  part("photos", item).textContent = record.attachments.length ? fill(words("photosWithIt"), record.attachments.length) : "";
  part("state-words", item).textContent = words(`state${record.state[0].toUpperCase()}${record.state.slice(1)}`);
  part("why", item).textContent = [words(REASONS[record.reason] || (record.tries ? "" : "whyNew")), record.detail].filter(Boolean).join(" ");
  const drop = part("drop", item);
  drop.hidden = shut || record.state !== "attention";
  drop.addEventListener("click", async () => {
    if (await confirmed({ title: words("dropAsk"), text: record.summary, yes: words("drop"), danger: true })) await tray.discard(record.id);
  });
  return item;
}

function arrived(row) {
  const item = document.createElement("li");
  const link = document.createElement(row.became.id ? "a" : "span");
  if (row.became.id) link.href = row.became.kind === "incidents.incident" ? `/field/cases/${row.became.id}/` : row.became.url;
  else link.className = "list-line";
  const what = document.createElement("span");
  what.textContent = kinds[row.kind] || row.kind;
  const when = document.createElement("span");
  when.className = "muted";
  when.textContent = `${time(row.at)} ${row.needs_review ? words("keptShort") : ""} ${row.changed ? words("changedShort") : ""}`;
  link.append(what, when);
  item.append(link);
  return item;
}

function fillWith(list, items) {
  list.textContent = "";
  list.append(...items);
}

async function show() {
  const ready = await tray.ready();
  const shut = await locked(await fact("owner")); // the words of what waits belong to whoever knows the PIN
  part("no-key").hidden = ready;
  part("shut").hidden = !shut;
  part("export").hidden = shut;
  const { mine, others } = await tray.count();
  const records = ready ? await tray.list() : [];
  fillWith(part("records"), records.map((record) => line(record, shut)));
  part("none").hidden = mine > 0;
  part("some").hidden = mine === 0;
  part("how-many").textContent = fill(words("unsent"), mine);
  part("others").hidden = others === 0;
  part("others").textContent = fill(words("othersWait"), others);
  const rows = ready ? await tray.receipts() : [];
  fillWith(part("arrived"), rows.map(arrived));
  part("arrived-box").hidden = !rows.length;
}

async function sendNow(event) {
  const button = event.currentTarget;
  button.setAttribute("aria-disabled", "true");
  const before = (await tray.count()).mine;
  await tray.flush({ now: true }).catch((error) => console.warn("tray", error));
  const left = (await tray.count()).mine;
  button.removeAttribute("aria-disabled");
  await show();
  toast(left ? fill(words("stillUnsent"), left) : fill(words("allSent"), before), left ? "error" : "success");
}

async function hand() {
  const file = await tray.exported();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `gridgov-${time(Date.now()).replace(/\D/g, "")}.json`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

if (page && tray.available) {
  part("insecure").hidden = true;
  part("send").addEventListener("click", sendNow);
  part("export").addEventListener("click", () => hand().catch(() => toast(words("notKept"), "error")));
  tray.onChange(show);
  document.addEventListener("field:ready", show);
  if (document.documentElement.hasAttribute("data-field-ready")) show();
}
