/** Lists of incidents as they are shown: loaded page by page, kept while one looks at an incident, mended by changes. */
import { signal } from './vendor/signals.js';
import { ask } from './api.js';
import { noteAnswer, startFrom } from './live.js';

const PER_PAGE = 100;
const RANK = /** @type {Record<string, number>} */ ({ critical: 0, warning: 1, info: 2, none: 3 });

/** @typedef {Record<string, any>} Row an incident as the service lists it */
/** @typedef {{filters: Record<string, any>, rows: Row[], next: string | null, loading: boolean, error: Error | null,
 *   loaded: boolean}} Listed */

/** The order of open incidents: the worst first, then what nobody has, then the newest. @param {Row} a @param {Row} b */
export const openOrder = (a, b) =>
  RANK[a.severity] - RANK[b.severity] ||
  Number(Boolean(a.taken_by)) - Number(Boolean(b.taken_by)) ||
  (a.opened_at < b.opened_at ? 1 : a.opened_at > b.opened_at ? -1 : b.id - a.id);

/** @param {Record<string, any>} filters @param {Row} row @param {number} myId */
export function matches(filters, row, myId) {
  const among = (/** @type {string[] | undefined} */ wanted, /** @type {string} */ value) => !wanted?.length || wanted.includes(value);
  const owner = filters.owner;
  return (
    row.status === 'active' &&
    among(filters.severity, row.severity) &&
    among(filters.cluster, row.cluster) &&
    among(filters.namespace, row.namespace) &&
    (!owner || (owner === 'none' ? !row.taken_by : row.taken_by?.id === myId))
  );
}

/** One list that a page shows, for as long as the page of the browser lives. */
export function makeList() {
  /** @type {{value: Listed}} */
  const state = signal({ filters: {}, rows: [], next: null, loading: false, error: null, loaded: false });
  let shown = '';
  let turn = 0;

  /** @param {string | null} cursor @param {boolean} quietly what is there stays until the answer */
  async function load(cursor, quietly) {
    const mine = ++turn;
    const { filters } = state.value;
    if (!quietly) state.value = { ...state.value, loading: true, error: null };
    try {
      const page = await ask('incidents', { query: { ...filters, limit: PER_PAGE, cursor } });
      if (mine !== turn) return;
      startFrom(page.mark);
      noteAnswer(null);
      const rows = cursor ? state.value.rows : [];
      const known = new Set(rows.map((row) => row.id));
      const all = [...rows, ...page.incidents.filter((/** @type {Row} */ row) => !known.has(row.id))];
      state.value = { filters, rows: all, next: page.next, loading: false, error: null, loaded: true };
    } catch (error) {
      if (mine !== turn) return;
      noteAnswer(/** @type {Error} */ (error));
      state.value = { ...state.value, loading: false, error: /** @type {Error} */ (error) };
    }
  }

  return {
    state,
    /** Show what these filters leave; nothing is loaded when they are the same as before. @param {Record<string, any>} filters */
    show(filters) {
      const wanted = JSON.stringify(filters);
      if (wanted === shown && state.value.loaded) return;
      shown = wanted;
      state.value = { filters, rows: [], next: null, loading: true, error: null, loaded: false };
      load(null, false);
    },
    more() {
      if (state.value.next && !state.value.loading && !state.value.error) load(state.value.next, false);
    },
    again() {
      const { rows, next } = state.value;
      load(rows.length ? next : null, false);
    },
    /** As another person: nothing of what was shown. */
    forget() {
      turn += 1;
      shown = '';
      state.value = { filters: {}, rows: [], next: null, loading: false, error: null, loaded: false };
    },
    /** @param {Row[]} changed @param {boolean} reset @param {number} myId @returns {Row[]} those that were not there */
    take(changed, reset, myId) {
      const { filters, rows, next, loaded } = state.value;
      if (!loaded) return [];
      if (reset || (changed.length && (filters.q || filters.label))) return load(null, true), [];
      if (!changed.length) return [];
      const gone = new Set(changed.map((row) => row.id));
      const before = new Set(rows.map((row) => row.id));
      const last = rows.at(-1);
      // What sorts behind the last one shown comes with the next page.
      const fitting = changed.filter((row) => matches(filters, row, myId) && (!next || !last || openOrder(row, last) < 0));
      const all = [...rows.filter((row) => !gone.has(row.id)), ...fitting].sort(openOrder);
      state.value = { ...state.value, rows: all };
      return fitting.filter((row) => !before.has(row.id));
    },
  };
}

export const openList = makeList();
export const historyList = makeList();
