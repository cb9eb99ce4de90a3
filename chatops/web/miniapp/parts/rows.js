/** Rows of incidents. Only those near the screen are in the page, so that ten thousand scroll as well as ten. */
import { me } from '../session.js';
import { address } from '../router.js';
import { clock, count, say } from '../words.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from './html.js';
import { Age, Place, Severity } from './marks.js';

const BEYOND = 8;

/** @param {{rows: any[], more: () => void}} props */
export function Rows({ rows, more }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const [seen, setSeen] = useState({ first: 0, last: 20, height: 0 });
  const measure = () => {
    const element = list.current;
    if (!element) return;
    // Set by the style sheet in rem: it follows the reader's font size.
    const height = element.firstElementChild?.getBoundingClientRect().height || 80;
    const above = -element.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(above / height) - BEYOND);
    const last = Math.ceil((above + innerHeight) / height) + BEYOND;
    setSeen((before) => (before.first === first && before.last === last && before.height === height ? before : { first, last, height }));
  };
  useLayoutEffect(measure, [rows.length]);
  useEffect(() => {
    let waiting = 0;
    const soon = () => {
      if (!waiting) waiting = requestAnimationFrame(() => ((waiting = 0), measure()));
    };
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', soon);
    return () => {
      cancelAnimationFrame(waiting);
      removeEventListener('scroll', soon);
      removeEventListener('resize', soon);
    };
  }, []);
  useEffect(() => {
    if (seen.last >= rows.length) more();
  }, [seen.last, rows.length]);
  const shown = rows.slice(seen.first, seen.last);
  return html`
    <ul class="rows" ref=${list} style=${{ height: `calc(${rows.length} * var(--row))` }}>
      ${shown.map((row, at) => html`
        <li key=${row.id} style=${{ top: `calc(${seen.first + at} * var(--row))` }} aria-setsize=${rows.length} aria-posinset=${seen.first + at + 1}>
          <${Row} row=${row} /></li>`)}
    </ul>`;
}

/** @param {{row: any}} props */
const Row = ({ row }) => html`
  <a class=${`row is-${row.severity}`} href=${address(`incident/${row.id}`)}>
    <span class="row-head"><${Severity} of=${row.severity} /> <span class="number">#${row.id}</span> <${Signs} row=${row} brief /></span>
    <span class="row-title">${[row.title, row.object].filter(Boolean).join(' · ')}</span>
    <${Place} row=${row} />
    <span class="row-who">${whoOf(row)}</span>
    <span class="row-age">${row.closed_at ? html`<time datetime=${row.closed_at}>${clock(row.closed_at)}</time>` : html`<${Age} of=${row.started_at} />`}</span>
  </a>`;

/** @param {any} row */
function whoOf(row) {
  if (row.status === 'rejected') return say('status.rejected');
  if (row.taken_by) return row.taken_by.id === me.value?.id ? say('who.me') : row.taken_by.name;
  return row.status === 'active' ? say('who.nobody') : say('status.resolved');
}

/** What else is to be known of it at a glance, as words. @param {{row: any, brief?: boolean}} props */
export function Signs({ row, brief = false }) {
  const signs = [];
  if (row.running) signs.push(['running', say('sign.running')]);
  if (row.silenced_until && row.status === 'active') signs.push(['silenced', say('sign.silenced', { time: clock(row.silenced_until) })]);
  if (row.reopened && !brief) signs.push(['reopened', count('sign.reopened', row.reopened)]);
  if (row.firing > 1 && !brief) signs.push(['firing', count('sign.firing', row.firing)]);
  if (row.merged_into) signs.push(['merged', say('sign.merged', { id: row.merged_into })]);
  return html`<span class="signs">${signs.map(([key, text]) => html`<span key=${key} class=${`sign-of ${key}`}>${text}</span>`)}</span>`;
}
