// The editor's sentences, in the reader's language, from the page (grids/views/plan_words.py), and how numbers are written.
import { zone } from "../words.js";

const element = document.getElementById("editor-words");
const sentences = element ? JSON.parse(element.textContent) : {};
const language = document.documentElement.lang || "en";
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });

/** The sentence called `name`, with {words} put in; one that counts {n} has two forms, for one and for more. */
export function say(name, values = {}) {
  const found = sentences[name] || name;
  const sentence = Array.isArray(found) ? found[values.n === 1 ? 0 : 1] : found;
  return Object.entries(values).reduce((said, [key, value]) => said.split(`{${key}}`).join(String(value)), sentence);
}

/** Sentences one after the other; Chinese ones need no gap. */
export const together = (...parts) => parts.filter(Boolean).join(language.startsWith("zh") ? "" : " ");

export const number = (value) => whole.format(Math.round(value));
export const delta = (value) => (Math.round(value) ? `${value > 0 ? "+" : "−"}${whole.format(Math.abs(Math.round(value)))}` : "");
export const metresOf = (value) => (value < 10000 ? say("metres", { n: whole.format(value) }) : say("kilometres", { n: fine.format(value / 1000) }));

/** 8,400 m² · 1.24 ha */
export const areaWords = (value) => (Math.abs(value) < 10000 ? say("squareMetres", { n: whole.format(value) }) : say("hectares", { n: fine.format(value / 10000) }));

export const timeOf = (iso) => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone }).format(iso ? new Date(iso) : new Date());

/** An element with text and attributes. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => {
    if (name === "class") made.className = value;
    else if (name === "onclick") made.addEventListener("click", value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  });
  made.append(...children.filter((child) => child !== null));
  return made;
}
