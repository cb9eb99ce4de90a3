/** What happened to an incident, oldest first: people, Alertmanager and the bot. */
import { ask } from '../api.js';
import { say, span } from '../words.js';
import { html, useEffect, useRef, useState } from './html.js';
import { Clock } from './marks.js';
import { Failed, Skeleton } from './states.js';

/** Loaded anew with the incident: a note is a line of it and no change of the other. @param {{incident: any}} props */
export function Timeline({ incident }) {
  const { id } = incident;
  const [state, setState] = useState(/** @type {any} */ ({ entries: null, next: null, took: null, error: null }));
  const turn = useRef(0);
  /** As many pages as were open, then `more` of them. @param {number} pages */
  const load = async (pages) => {
    const mine = ++turn.current;
    try {
      let entries = /** @type {any[]} */ ([]), cursor = '', answer;
      do {
        answer = await ask(`incidents/${id}/timeline`, { query: { cursor } });
        entries = [...entries, ...answer.entries];
        cursor = answer.next;
      } while (cursor && --pages > 0);
      if (mine === turn.current) setState({ entries, next: answer.next, took: answer.took, error: null, pages });
    } catch (error) {
      if (mine === turn.current) setState((/** @type {any} */ before) => ({ ...before, error }));
    }
  };
  const opened = useRef(1);
  useEffect(() => void load(opened.current), [incident]);
  const { entries, next, took, error } = state;
  return html`
    <section class="card" aria-labelledby="timeline"><h2 id="timeline">${say('timeline.title')}</h2>
      ${took && html`<p class="hint">${tookText(took)}</p>`}
      ${error && html`<${Failed} error=${error} again=${() => load(opened.current)} />`}
      ${!entries && !error && html`<${Skeleton} rows=${3} />`}
      ${entries && html`<ol class="timeline">
        ${entries.map((/** @type {any} */ each) => html`<li key=${each.id} class=${`by-${each.kind}`}><${Clock} of=${each.at} /><span>${each.text}</span></li>`)}
      </ol>`}
      ${next && html`<button type="button" onClick=${() => load((opened.current += 1))}>${say('timeline.more')}</button>`}
    </section>`;
}

/** @param {{acknowledge: number | null, resolve: number | null}} took */
const tookText = ({ acknowledge, resolve }) =>
  [
    acknowledge === null ? say('timeline.notTaken') : say('timeline.taken', { span: span(acknowledge) }),
    resolve === null ? '' : say('timeline.resolved', { span: span(resolve) }),
  ].filter(Boolean).join(' · ');
