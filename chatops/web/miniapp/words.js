/** The page's own words, in English and Russian. Texts from the service come translated already. */
import { signal } from './vendor/signals.js';
import { now } from './clock.js';
import en from './words/en.js';
import ru from './words/ru.js';

/** @type {Record<string, Record<string, any>>} */
const CATALOGUES = { en, ru };

/** @type {{value: string}} */
export const language = signal('en');

/** @param {string} tag an IETF tag; an unknown one is English */
export function speak(tag) {
  const base = String(tag).toLowerCase().split('-')[0];
  language.value = base in CATALOGUES ? base : 'en';
  document.documentElement.lang = language.value;
}

/** @param {string} key @param {Record<string, any>} [values] put in place of {name} */
export function say(key, values = {}) {
  const found = CATALOGUES[language.value][key] ?? key;
  return filled(typeof found === 'string' ? found : found.other, values);
}

/** The form for a number: `{n}` is the number as people write it. @param {string} key @param {number} n */
export function count(key, n, values = {}) {
  const forms = CATALOGUES[language.value][key];
  const form = forms[new Intl.PluralRules(language.value).select(n)] ?? forms.other;
  return filled(form, { ...values, n: number(n) });
}

/** @param {string} text @param {Record<string, any>} values */
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/** @param {number} n */
export const number = (n) => new Intl.NumberFormat(language.value, { maximumFractionDigits: 1 }).format(n);

/** @param {number} part of 1 */
export const percent = (part) =>
  new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 0 }).format(part);

const UNITS = /** @type {const} */ ([['unit.d', 86400], ['unit.h', 3600], ['unit.min', 60], ['unit.s', 1]]);

/** A length of time in its two largest units: `1 h 12 min`. @param {number} seconds @param {number} [most] units */
export function span(seconds, most = 2) {
  let left = Math.max(0, Math.round(seconds));
  const parts = [];
  for (const [key, size] of UNITS) {
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount) parts.push(say(key, { n: number(amount) }));
    if (parts.length && (!amount || parts.length === most)) break;
  }
  return parts.join(' ') || say('unit.s', { n: 0 });
}

/** How long ago, in one unit. @param {string} moment */
export const age = (moment) => span((now() - Date.parse(moment)) / 1000, 1);

/** The time of day; with the day when it is not today. @param {string | number} moment */
export function clock(moment) {
  const date = new Date(moment);
  const today = date.toDateString() === new Date(now()).toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  const day = today ? {} : { day: 'numeric', month: 'short' };
  return new Intl.DateTimeFormat(language.value, { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date);
}

/** The day and month. @param {string} day as 2026-11-26, or a moment: then in the reader's own zone */
export function dayName(day) {
  const timeZone = day.length === 10 ? 'UTC' : undefined;
  return new Intl.DateTimeFormat(language.value, { day: 'numeric', month: 'short', timeZone }).format(new Date(day));
}

/** @param {number} index 0 is Monday */
export const weekday = (index) =>
  // 2024 began on a Monday.
  new Intl.DateTimeFormat(language.value, { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1 + index)));
