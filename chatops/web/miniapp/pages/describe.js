/** One object as the cluster has it: facts, events, and the whole text. */
import { ask, refQuery } from '../api.js';
import { useLoaded } from '../load.js';
import { Page } from '../parts/frame.js';
import { html } from '../parts/html.js';
import { Health, Pairs } from '../parts/marks.js';
import { Failed, Skeleton } from '../parts/states.js';
import { route } from '../router.js';
import { save } from '../save.js';
import { clock, say } from '../words.js';

/** @param {{event: any}} props */
const Event = ({ event }) => html`
  <li class="event"><strong class=${event.warning ? 'is-warning' : ''}>${event.reason}${event.count > 1 && ` ${event.count}×`}</strong> ${event.message}
    <span class="hint">${[event.about, event.last_at && clock(event.last_at)].filter(Boolean).join(' · ')}</span></li>`;

/** @param {{id: number}} props */
export default function Describe({ id }) {
  const ref = refQuery(/** @type {any} */ (Object.fromEntries(route.value.query)));
  const { data, error, loading, again } = useLoaded((signal) => ask(`incidents/${id}/describe`, { query: ref, signal }), [JSON.stringify(ref)]);
  return html`
    <${Page} title=${`${ref.kind || ''} ${ref.name || ''}`.trim() || say('tree.describe')} above=${`#/incident/${id}`}>
      ${error && html`<${Failed} error=${error} again=${again} />`}
      ${!data && !error && html`<${Skeleton} rows=${8} />`}
      ${data && html`
        <section class="card"><p><${Health} of=${data.health} /></p><${Pairs} pairs=${data.facts.map((/** @type {any} */ each) => [each.name, each.value])} />
          ${data.conditions.length > 0 && html`<ul class="plain">${data.conditions.map((/** @type {any} */ each) => html`
            <li key=${each.type}><${Health} of=${each.good ? 'good' : 'bad'} /> ${[each.type, each.reason].filter(Boolean).join(': ')}</li>`)}</ul>`}</section>
        <section class="card" aria-labelledby="events"><h2 id="events">${say('describe.events')}</h2>
          ${data.events.length ? html`<ul class="plain">${data.events.map((/** @type {any} */ each, /** @type {number} */ at) => html`<${Event} key=${at} event=${each} />`)}</ul>`
            : html`<p class="hint">${say('describe.noEvents')}</p>`}
        </section>
        ${data.text && html`<details class="card"><summary><h2>${say('describe.text')}</h2></summary>
          <button type="button" onClick=${() => save(`${ref.name}.txt`, 'text/plain', data.text)}>${say('save.file')}</button>
          <pre class="log wrapped" tabindex="0">${data.text}</pre></details>`}
        <div class="acts"><button type="button" onClick=${again} disabled=${loading}>${say('logs.again')}</button></div>`}
    <//>`;
}
