/** Chips, menus and a search field over the address: a filter is kept where it can be sent to somebody. */
import { address, replace, route } from '../router.js';
import { haptic } from '../telegram.js';
import { say } from '../words.js';
import { html, useEffect, useRef, useState } from './html.js';

const WAIT = 300;

/** @param {Record<string, any>} changes put into the query of the address; empty takes away */
export function setQuery(changes) {
  const { path, query } = route.value;
  const next = /** @type {Record<string, any>} */ ({});
  for (const name of new Set(query.keys())) next[name] = query.getAll(name);
  replace(address(path.join('/'), { ...next, ...changes }));
}

/** @param {{on: boolean, press: () => void, children?: any}} props */
export const Chip = ({ on, press, children }) => html`
  <button type="button" class="chip" aria-pressed=${on} onClick=${() => (haptic('select'), press())}>${children}</button>`;

/** One of several values in the query, each on or off. @param {{name: string, value: string, children?: any}} props */
export function ToggleChip({ name, value, children }) {
  const among = route.value.query.getAll(name);
  const on = among.includes(value);
  const press = () => setQuery({ [name]: on ? among.filter((each) => each !== value) : [...among, value] });
  return html`<${Chip} on=${on} press=${press}>${children}<//>`;
}

/** One value of the query or none. @param {{name: string, value: string, children?: any}} props */
export function OneChip({ name, value, children }) {
  const on = route.value.query.get(name) === value;
  return html`<${Chip} on=${on} press=${() => setQuery({ [name]: on ? '' : value })}>${children}<//>`;
}

/** @param {{name: string, label: string, all: string, values: Array<[string, string]>}} props */
export function Choice({ name, label, all, values }) {
  const here = route.value.query.get(name) || '';
  const chosen = (/** @type {Event} */ event) => (haptic('select'), setQuery({ [name]: /** @type {HTMLSelectElement} */ (event.target).value }));
  const known = values.some(([value]) => value === here) || !here ? values : [...values, [here, here]];
  return html`
    <select class=${here ? 'chip set' : 'chip'} aria-label=${label} value=${here} onChange=${chosen}>
      <option value="">${all}</option>
      ${known.map(([value, text]) => html`<option key=${value} value=${value}>${text}</option>`)}
    </select>`;
}

/** @param {{name?: string, label: string, type?: string}} props */
export function SearchField({ name = 'q', label, type = 'search' }) {
  const given = route.value.query.get(name) || '';
  const [text, setText] = useState(given);
  const timer = useRef(0);
  useEffect(() => setText(given), [given]);
  const set = (/** @type {string} */ value) => setQuery({ [name]: value.trim() });
  const typed = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => set(value), WAIT);
  };
  const entered = (/** @type {Event} */ event) => (event.preventDefault(), clearTimeout(timer.current), set(text));
  useEffect(() => () => clearTimeout(timer.current), []);
  return html`
    <form class="search" role="search" onSubmit=${entered}>
      <input type=${type} value=${text} onInput=${typed} placeholder=${label} aria-label=${label} autocomplete="off" enterkeyhint="search" />
    </form>`;
}

/** Labels that are asked for, each to be taken away. */
export function LabelChips() {
  const labels = route.value.query.getAll('label');
  const without = (/** @type {string} */ label) => () => setQuery({ label: labels.filter((each) => each !== label) });
  return labels.map((label) => html`<${Chip} key=${label} on=${true} press=${without(label)}>${label} ×<//>`);
}

/** Clusters and namespaces to choose from. @param {{places: Array<{cluster: string, namespace: string}>, clustered?: boolean}} props */
export function PlaceChoices({ places, clustered = true }) {
  const cluster = route.value.query.get('cluster') || '';
  const clusters = [...new Set(places.map((each) => each.cluster))].filter(Boolean).sort();
  const inside = places.filter((each) => !cluster || each.cluster === cluster);
  const namespaces = [...new Set(inside.map((each) => each.namespace))].filter(Boolean).sort();
  const options = (/** @type {string[]} */ names) => names.map((name) => /** @type {[string, string]} */ ([name, name]));
  return html`
    ${clustered && clusters.length > 1 && html`<${Choice} name="cluster" label=${say('filter.cluster')} all=${say('filter.anyCluster')} values=${options(clusters)} />`}
    ${namespaces.length > 0 && html`<${Choice} name="namespace" label=${say('filter.namespace')} all=${say('filter.anyNamespace')} values=${options(namespaces)} />`}`;
}
