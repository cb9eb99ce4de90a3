/**
 * Colours: Telegram's theme where there is one, else the page's own of style.css, light or dark as the system is.
 * A theme may be anything, so what must be readable is moved towards the text's colour until it is.
 */
import { signal } from './vendor/signals.js';

const NAMES = [
  'bg_color', 'secondary_bg_color', 'section_bg_color', 'text_color', 'subtitle_text_color', 'hint_color',
  'link_color', 'button_color', 'button_text_color', 'accent_text_color', 'destructive_text_color',
  'header_bg_color', 'bottom_bar_bg_color', 'section_separator_color',
];
const COLOUR = /^#[0-9a-f]{6}$/i;

/** Grows with each change of colours: what is drawn on a canvas is drawn again. */
export const themeVersion = signal(0);

/** @param {string} json Telegram's theme parameters */
export function applyTheme(json) {
  let params;
  try {
    params = JSON.parse(json || '{}');
  } catch {
    return;
  }
  const root = document.documentElement;
  for (const name of NAMES) {
    if (COLOUR.test(params[name] || '')) root.style.setProperty(`--tg-theme-${name.replaceAll('_', '-')}`, params[name]);
  }
  if (COLOUR.test(params.bg_color || '')) root.dataset.theme = luminance(params.bg_color) < 0.4 ? 'dark' : 'light';
  makeReadable();
}

/** Severity, link and hint colours that stand 4.5:1 out against every ground they are on. */
export function makeReadable() {
  const root = document.documentElement;
  const given = getComputedStyle(root);
  const read = (/** @type {string} */ name) => hex(given.getPropertyValue(name).trim());
  const text = read('--text');
  const grounds = [read('--ground'), read('--card'), read('--field')];
  for (const name of ['hint', 'link', 'danger', 'critical', 'warning', 'info', 'none', 'good']) {
    root.style.setProperty(`--${name}`, readable(read(`--${name}-wanted`), text, grounds));
  }
  const onButton = read('--button-text');
  root.style.setProperty('--button', readable(read('--button-wanted'), luminance(onButton) > 0.4 ? '#000000' : '#ffffff', [onButton]));
  themeVersion.value += 1;
}

/** @param {string} colour @param {string} towards @param {string[]} grounds */
export function readable(colour, towards, grounds) {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, towards, share);
    if (grounds.every((ground) => contrast(mixed, ground) >= 4.6)) return mixed;
  }
  return towards;
}

/** @param {string} a @param {string} b */
export function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** @param {string} colour */
const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** @param {string} colour */
function luminance(colour) {
  const [r, g, b] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} from @param {string} to @param {number} share of `to` */
function mix(from, to, share) {
  const [a, b] = [channels(from), channels(to)];
  return '#' + a.map((value, at) => Math.round(value + (b[at] - value) * share).toString(16).padStart(2, '0')).join('');
}

/** @param {string} colour #rgb or #rrggbb */
const hex = (colour) =>
  COLOUR.test(colour) ? colour : /^#[0-9a-f]{3}$/i.test(colour) ? '#' + [...colour.slice(1)].map((c) => c + c).join('') : '#808080';
