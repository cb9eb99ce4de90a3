/** The page's address: `#/incident/42`, `#/history?status=closed`. The browser's history is the page's. */
import { signal } from './vendor/signals.js';

/** @typedef {{path: string[], query: URLSearchParams}} Route */

/** @returns {Route} */
function read() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  return { path: path.split('/').map(decoded), query: new URLSearchParams(query) };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @type {{value: Route}} */
export const route = signal(read());

/** How many pages of ours lie behind this one in the browser's history. */
const depth = () => Number(history.state?.depth) || 0;

/** @param {string} path @param {Record<string, any>} [query] */
export function address(path, query = {}) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each) params.append(name, String(each));
  }
  const text = params.toString();
  return `#/${path}${text ? `?${text}` : ''}`;
}

/** @param {string} to an address */
export function go(to) {
  history.pushState({ depth: depth() + 1 }, '', to);
  show();
}

/** Change the address in place: a filter is no page of its own. @param {string} to */
export function replace(to) {
  history.replaceState(history.state, '', to);
  show();
}

/** To the page before this one, or where there was none to what stands above it. @param {string} above an address */
export function back(above) {
  if (depth()) history.back();
  else replace(above);
}

/** Open `to` as if it had been chosen from the list: back leads there. @param {string} to */
export function openAbove(to) {
  replace('#/open');
  go(to);
}

/** Take over what the browser did to the address: popstate and hashchange both tell of one step. */
function follow() {
  if (location.hash !== seen) show();
}

let seen = location.hash;

function show() {
  seen = location.hash;
  route.value = read();
}

export function listen() {
  addEventListener('popstate', follow);
  addEventListener('hashchange', follow);
  // A link was followed, or somebody wrote into the address: no state yet.
  addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#/"]') : null;
    if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const to = link.getAttribute('href') || '';
    if (link.hasAttribute('data-replace')) replace(to);
    else if (to !== location.hash) go(to);
  });
  show();
}
