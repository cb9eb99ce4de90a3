/** Figures of a report: each a heading, a sentence, a picture, its table and what its numbers mean. */
import { say, weekday, number } from '../words.js';
import { html } from './html.js';

/** @param {{id: string, title: string, summary: string, definition?: string, table?: any, children?: any}} props */
export const Figure = ({ id, title, summary, definition, table, children }) => html`
  <section class="card figure" aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    <p>${summary}</p>
    ${children}
    ${table && html`<details><summary>${say('figure.table')}</summary>${table}</details>`}
    ${definition && html`<p class="hint">${definition}</p>`}
  </section>`;

/** @param {{caption: string, head: string[], rows: any[][]}} props */
export const Table = ({ caption, head, rows }) => html`
  <div class="scroll" tabindex="0" role="group" aria-label=${caption}>
    <table><caption class="unseen">${caption}</caption>
      <thead><tr>${head.map((each) => html`<th scope="col" key=${each}>${each}</th>`)}</tr></thead>
      <tbody>${rows.map((row, at) => html`
        <tr key=${at}><th scope="row">${row[0]}</th>${row.slice(1).map((each, column) => html`<td key=${column}>${each}</td>`)}</tr>`)}</tbody>
    </table>
  </div>`;

const STEPS = 4;

/** Weekday by hour: a table that is its own picture. @param {{caption: string, hours: number[][]}} props */
export function HeatMap({ caption, hours }) {
  const most = Math.max(1, ...hours.flat());
  const step = (/** @type {number} */ value) => (value ? Math.max(1, Math.ceil((value / most) * STEPS)) : 0);
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label=${caption}>
      <table class="heat"><caption class="unseen">${caption}</caption>
        <thead><tr><th scope="col"><span class="unseen">${say('figure.weekday')}</span></th>
          ${Array.from({ length: 24 }, (_, hour) => html`<th scope="col" key=${hour}>${hour}</th>`)}</tr></thead>
        <tbody>${hours.map((row, day) => html`
          <tr key=${day}><th scope="row">${weekday(day)}</th>
            ${row.map((value, hour) => html`<td key=${hour} class=${`heat-${step(value)}`}>${value ? number(value) : ''}</td>`)}</tr>`)}</tbody>
      </table>
    </div>`;
}
