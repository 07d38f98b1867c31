// Capturing: a draft that is on the phone before the camera opens and there again after the tab was killed; an in-page
// camera; photos made small here; a voice note. What was collected is `form.captured`, a list of Blobs.
import { toast } from "./app.js";
import { fill, words } from "./words.js";
import * as tray from "./tray.js";
import { fact } from "./phone-store.js";
import { locked } from "./day.js";

const LONGEST_SIDE = 1600;
const QUALITY = 0.82;
const MOST = 9;
const most = (box) => Number(box.dataset.most || MOST);
const LONGEST_NOTE = 60; // seconds
const SECRET = ["csrfmiddlewaretoken", "door", "personal_seen"];

// ── Drafts ──
/** The name of a form's draft: one for each thing it speaks of. */
export const nameOf = (form) =>
  form.dataset.captureDraft || [form.dataset.tray, form.dataset.category, form.dataset.incident, form.dataset.step].filter(Boolean).join(":");

const fieldsOf = (form) => Array.from(form.elements).filter((field) => field.name && field.type !== "file" && field.tagName !== "BUTTON" && !SECRET.includes(field.name));

function valuesOf(form) {
  const values = {};
  fieldsOf(form).forEach((field) => {
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) (values[field.name] = values[field.name] || []).push(field.value);
    } else if (field.value) values[field.name] = field.value;
  });
  return values;
}

const worthKeeping = (form) => form.captured.length > 0 || ["description", "place", "words"].some((name) => form.elements[name] && form.elements[name].value.trim());

/** Write the draft now; resolves when it is on the phone. One at a time, the newest last. */
export function keep(form) {
  const write = () => (form.traySent ? undefined : tray.keepDraft(nameOf(form), valuesOf(form), form.captured));
  form.keeping = (form.keeping || Promise.resolve()).then(write, write).catch((error) => console.warn("draft", error));
  return form.keeping;
}

function fillIn(form, values) {
  fieldsOf(form).forEach((field) => {
    const value = values[field.name];
    if (value === undefined) return;
    if (field.type === "radio" || field.type === "checkbox") field.checked = value.includes(field.value);
    else field.value = value;
  });
}

/** While the phone is locked nothing that was typed before is shown; what is typed now has a draft of its own. */
async function restore(form) {
  const [name, aside] = [nameOf(form), `${nameOf(form)}:locked`];
  const before = await tray.draft(name);
  const shut = before && (await locked(await fact("owner")));
  const kept = before || (await tray.draft(aside));
  if (kept && (shut || !before)) form.dataset.captureDraft = aside;
  if (!kept || shut || worthKeeping(form)) return;
  fillIn(form, kept.fields);
  form.dispatchEvent(new CustomEvent("gridgov:draft", { detail: kept.fields })); // lists that are made here fill themselves
  form.captured = kept.attachments;
  form.prepend(restored(form));
}

/** Said in the form, not over its buttons. */
function restored(form) {
  const note = document.createElement("p");
  note.className = "draft-note";
  note.setAttribute("role", "status");
  note.textContent = words("draft");
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "btn btn-quiet";
  clear.textContent = words("discard");
  clear.addEventListener("click", async () => {
    await tray.dropDraft(nameOf(form));
    location.reload();
  });
  note.append(clear);
  return note;
}

/** Give a form of the tray its draft, its camera and its voice. */
export async function enhance(form) {
  form.captured = [];
  await restore(form).catch((error) => console.warn("draft", error));
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => worthKeeping(form) && keep(form), 400);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer && worthKeeping(form)) keep(form);
  });
  const box = form.querySelector("[data-capture]");
  if (box) collect(form, box);
}

// ── Photos ──
function collect(form, box) {
  const input = box.querySelector("input[type=file]");
  const camera = box.querySelector("[data-camera]");
  const voice = box.querySelector("[data-voice]");
  const album = box.querySelector("[data-files]");
  album.hidden = false;
  album.addEventListener("click", () => {
    keep(form); // what it opens may be the phone's own camera
    input.click();
  });
  input.hidden = true;
  show(form, box);
  input.addEventListener("change", () => {
    const files = Array.from(input.files);
    input.value = ""; // they go into `captured`
    gather(form, async () => {
      for (const file of files) await add(form, box, await smaller(file));
    });
  });
  if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
    camera.hidden = false;
    camera.addEventListener("click", () => shoot(form, box, input));
    if (voice && soundKind()) {
      voice.hidden = false;
      voice.addEventListener("click", () => speak(form, box, voice));
    }
  }
}

function gather(form, work) {
  form.gathering = (form.gathering || Promise.resolve()).then(work).catch((error) => console.warn("capture", error));
}

/** Whoever sends while a photo is still made small or a voice recorded means them too. */
export async function gathered(form) {
  if (form.speaking) await form.speaking();
  await form.gathering;
}

async function add(form, box, blob) {
  if (form.captured.length >= most(box)) return toast(fill(words("photosAtMost"), most(box)), "error");
  form.captured.push(blob);
  show(form, box);
  return keep(form);
}

function show(form, box) {
  const list = box.querySelector("[data-shots]");
  list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
  list.textContent = "";
  form.captured.forEach((blob, i) => {
    const item = document.createElement("li");
    const isPhoto = blob.type.startsWith("image/");
    const shown = document.createElement(isPhoto ? "img" : "audio");
    shown.src = URL.createObjectURL(blob);
    if (isPhoto) shown.alt = fill(words("photoNumber"), i + 1);
    else shown.controls = true;
    const away = document.createElement("button");
    away.type = "button";
    away.className = "shot-away";
    away.textContent = "×";
    away.setAttribute("aria-label", fill(words("takeAway"), i + 1));
    away.addEventListener("click", () => {
      form.captured.splice(i, 1);
      show(form, box);
      keep(form);
    });
    item.append(shown, away);
    list.append(item);
  });
}

const loaded = (file) =>
  new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = URL.createObjectURL(file);
  });

function drawn(source, width, height) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

/** At most 1600 px, as JPEG; the file itself where this browser cannot read it (HEIC) or it is small already. */
export async function smaller(file) {
  try {
    const image = await loaded(file);
    const blob = await drawn(image, image.naturalWidth, image.naturalHeight);
    URL.revokeObjectURL(image.src);
    return blob && (blob.size < file.size || Math.max(image.naturalWidth, image.naturalHeight) > LONGEST_SIDE) ? blob : file;
  } catch (error) {
    return file;
  }
}

// ── The camera in the page: the tab stays in front, so the phone does not kill it ──
async function shoot(form, box, input) {
  await keep(form); // before the camera opens
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } }, audio: false });
  } catch (error) {
    input.click(); // refused or busy: the phone's own camera
    return;
  }
  const finder = document.getElementById("camera").content.cloneNode(true).firstElementChild;
  const video = finder.querySelector("video");
  document.body.append(finder);
  video.srcObject = stream;
  const close = () => {
    stream.getTracks().forEach((track) => track.stop());
    finder.remove();
    box.querySelector("[data-camera]").focus();
  };
  finder.querySelector("[data-done]").addEventListener("click", close);
  finder.addEventListener("keydown", (event) => event.key === "Escape" && close());
  const shutter = finder.querySelector("[data-shutter]");
  shutter.addEventListener("click", () => {
    if (!video.videoWidth) return;
    finder.classList.add("finder-flash");
    setTimeout(() => finder.classList.remove("finder-flash"), 120);
    gather(form, async () => {
      const blob = await drawn(video, video.videoWidth, video.videoHeight);
      if (blob) await add(form, box, blob);
      finder.querySelector("[data-taken]").textContent = fill(words("photosTaken"), form.captured.length);
      if (form.captured.length >= most(box)) close();
    });
  });
  await video.play().catch(() => undefined);
  shutter.focus();
}

// ── A voice note ──
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const soundKind = () => window.MediaRecorder && KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)); // some builds have the name and no encoder

async function speak(form, box, button) {
  if (button.recorder) {
    button.recorder.stop();
    return;
  }
  await keep(form);
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    toast(words("noMicrophone"), "error");
    return;
  }
  const recorder = new MediaRecorder(stream, { mimeType: soundKind(), audioBitsPerSecond: 24000 });
  const said = button.querySelector("[data-voice-words]");
  const usual = said.textContent;
  const parts = [];
  const timer = setTimeout(() => recorder.state === "recording" && recorder.stop(), LONGEST_NOTE * 1000);
  recorder.ondataavailable = (event) => parts.push(event.data);
  const kept = new Promise((resolve) => {
    recorder.onstop = async () => {
      clearTimeout(timer);
      stream.getTracks().forEach((track) => track.stop());
      button.recorder = null;
      form.speaking = null;
      button.removeAttribute("aria-pressed");
      said.textContent = usual;
      const note = new Blob(parts, { type: recorder.mimeType.split(";")[0] });
      if (note.size) await add(form, box, note); // stopped before there was a sound: nothing
      resolve();
    };
  });
  form.speaking = () => {
    if (recorder.state === "recording") recorder.stop();
    return kept;
  };
  recorder.start();
  button.recorder = recorder;
  button.setAttribute("aria-pressed", "true");
  said.textContent = words("stopVoice");
}

// ── Where: the position without a map, for the shell ──
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-position]");
  if (!button) return;
  const form = button.closest("form");
  const status = form.querySelector("[data-position-status]");
  const lost = () => (status.textContent = words(window.isSecureContext ? "unlocated" : "insecure"));
  if (!window.isSecureContext || !navigator.geolocation) {
    lost();
    return;
  }
  status.textContent = words("locating");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.lon.value = coords.longitude.toFixed(6);
      form.elements.lat.value = coords.latitude.toFixed(6);
      form.elements.accuracy.value = Math.round(coords.accuracy);
      status.textContent = fill(words("located"), Math.round(coords.accuracy));
      form.dispatchEvent(new Event("input", { bubbles: true }));
      form.dispatchEvent(new CustomEvent("gridgov:located"));
    },
    lost,
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 }
  );
});
