/**
 * What changed since: asked every 15 seconds while the page is seen, later and later while nobody answers, at once when
 * the page is seen again. Whoever shows incidents listens.
 */
import { signal } from './vendor/signals.js';
import { ask, SessionOver, Unreachable } from './api.js';
import { now } from './clock.js';

const EVERY = 15_000;
const SLOWEST = 120_000;

/** `lost`: the last attempt failed; `asOf`: when the service last answered, ms since 1970. */
export const connection = signal({ lost: false, asOf: 0 });

/** @typedef {(rows: any[], reset: boolean) => void} Listener */
/** @type {Set<Listener>} */
const listeners = new Set();

/** @param {Listener} told @returns {() => void} stop listening */
export function onChanges(told) {
  listeners.add(told);
  return () => listeners.delete(told);
}

let mark = '';
let timer = 0;
let failures = 0;
let asking = false;

/** Where a list that was just loaded stands. @param {string} told */
export function startFrom(told) {
  if (!mark) mark = String(told ?? '');
}

/** The service answered, or did not. @param {Error | null} error */
export function noteAnswer(error) {
  if (!error) connection.value = { lost: false, asOf: now() };
  else if (error instanceof Unreachable) connection.value = { ...connection.value, lost: true };
}

async function tick() {
  if (asking || document.hidden) return;
  asking = true;
  try {
    await askChanges();
    failures = 0;
    noteAnswer(null);
  } catch (error) {
    if (error instanceof SessionOver) return stopPolling();
    failures += 1;
    noteAnswer(/** @type {Error} */ (error));
  } finally {
    asking = false;
    schedule();
  }
}

async function askChanges() {
  if (!mark) {
    mark = String((await ask('incidents', { query: { status: 'active', limit: 1 } })).mark ?? '');
    return tellAll([], false);
  }
  for (let more = true; more; ) {
    const changes = await ask('changes', { query: { since: mark }, patience: EVERY });
    const progress = String(changes.mark) !== mark;
    mark = String(changes.mark);
    tellAll(progress ? changes.incidents : [], Boolean(changes.reset));
    more = changes.more && progress;
  }
}

/** @param {any[]} rows @param {boolean} reset */
function tellAll(rows, reset) {
  for (const told of [...listeners]) told(rows, reset);
}

function schedule() {
  clearTimeout(timer);
  if (!polling || document.hidden) return;
  const wait = Math.min(SLOWEST, EVERY * 2 ** failures);
  // Not all pages at the same moment after the service was away.
  timer = setTimeout(tick, failures ? wait * (0.75 + Math.random() / 2) : wait);
}

let polling = false;

/** Ask now, whatever the clock says. */
export function askNow() {
  clearTimeout(timer);
  if (polling) tick();
}

export function startPolling() {
  if (polling) return;
  polling = true;
  mark = '';
  document.addEventListener('visibilitychange', askNow);
  addEventListener('online', askNow);
  schedule();
}

export function stopPolling() {
  polling = false;
  clearTimeout(timer);
  document.removeEventListener('visibilitychange', askNow);
  removeEventListener('online', askNow);
}
