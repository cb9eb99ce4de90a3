/** Every act, allowed or denied, newest first. For admins. */
import { ask } from '../api.js';
import { Choice, SearchField, setQuery } from '../parts/filters.js';
import { Page } from '../parts/frame.js';
import { html, useEffect, useRef, useState } from '../parts/html.js';
import { Clock, refName } from '../parts/marks.js';
import { Failed, Skeleton, State } from '../parts/states.js';
import { address, route } from '../router.js';
import { csv, save } from '../save.js';
import { count, say } from '../words.js';

const FILTERS = ['type', 'user', 'incident', 'decision', 'q'];
const EMPTY = { entries: [], next: null, error: null, loaded: false, loading: true };

export default function Audit() {
  const { query } = route.value;
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) || '']));
  const [state, setState] = useState(/** @type {any} */ (EMPTY));
  const turn = useRef(0);
  const load = async (/** @type {any[]} */ before, /** @type {string | null} */ cursor) => {
    const mine = ++turn.current;
    try {
      const page = await ask('audit', { query: { ...filters, cursor } });
      const next = { entries: [...before, ...page.entries], next: page.next, error: null, loaded: true, loading: false };
      if (mine === turn.current) setState(next);
    } catch (error) {
      if (mine === turn.current) setState((/** @type {any} */ old) => ({ ...old, error, loading: false }));
    }
  };
  useEffect(() => {
    setState(EMPTY);
    load([], null);
  }, [query.toString()]);
  const more = () => {
    setState({ ...state, loading: true, error: null });
    load(state.entries, state.next);
  };
  const toFile = () => save('audit.csv', 'text/csv', csvOf(state.entries));
  return html`
    <${Page} title=${say('audit.title')} root aside=${state.entries.length > 0 && html`
      <button type="button" class="small" onClick=${toFile}>${count('audit.csv', state.entries.length)}</button>`}>
      <div class="filters">
        <${SearchField} label=${say('audit.search')} />
        <div class="chips">
          <${Choice} name="decision" label=${say('audit.decision')} all=${say('audit.anyDecision')} values=${[['allowed', say('audit.allowed')], ['denied', say('audit.denied')]]} />
          ${['type', 'user', 'incident'].filter((name) => filters[name]).map((name) => html`
            <button type="button" key=${name} class="chip set" aria-label=${say('audit.without', { value: filters[name] })} onClick=${() => setQuery({ [name]: '' })}>${say(ONLY[name], { value: filters[name] })} ×</button>`)}
        </div>
      </div>
      ${!state.loaded && !state.error && html`<${Skeleton} />`}
      ${state.loaded && !state.entries.length && html`<${State} title=${say('audit.empty')} />`}
      <ol class="audit">${state.entries.map((/** @type {any} */ each) => html`<${Entry} key=${each.id} entry=${each} />`)}</ol>
      ${state.error && html`<${Failed} error=${state.error} again=${state.loaded ? more : () => load([], null)} />`}
      ${state.next && !state.error && html`<button type="button" class="wide" disabled=${state.loading} onClick=${more}>${say('audit.more')}</button>`}
    <//>`;
}

const ONLY = /** @type {Record<string, string>} */ ({ type: 'audit.onlyType', user: 'audit.onlyUser', incident: 'audit.onlyIncident' });

/** @param {{entry: any}} props */
const Entry = ({ entry }) => html`
  <li class=${`card by-${entry.kind}${entry.decision === 'denied' ? ' denied' : ''}`}>
    <p>${entry.decision === 'denied' && html`<span class="denied-word">${say('audit.denied')}</span> `}${entry.text}</p>
    <p class="hint"><${Clock} of=${entry.at} /> · ${entry.who || '—'}${entry.object && html` · <span class="mono">${refName(entry.object)}</span>`}</p>
    <details><summary>${say('audit.detail')}${entry.incident && ` · #${entry.incident}`}</summary><div class="acts">
      ${entry.incident && html`<a class="button" href=${address(`incident/${entry.incident}`)}>${say('audit.open', { id: entry.incident })}</a>`}
      ${entry.kind === 'person' && html`<button type="button" onClick=${() => setQuery({ user: entry.user })}>${say('audit.by', { name: entry.who })}</button>`}
      <button type="button" onClick=${() => setQuery({ type: entry.type })}>${say('audit.like', { type: entry.type })}</button>
    </div>
    ${Object.keys(entry.detail || {}).length > 0 && html`<pre class="log wrapped" tabindex="0">${JSON.stringify(entry.detail, null, 2)}</pre>`}</details>
  </li>`;

/** @param {any[]} entries */
const csvOf = (entries) =>
  csv([
    ['id', 'at', 'type', 'text', 'who', 'kind', 'incident', 'object', 'decision', 'detail'],
    ...entries.map((each) => [each.id, each.at, each.type, each.text, each.who, each.kind, each.incident, each.object && refName(each.object), each.decision, JSON.stringify(each.detail)]),
  ]);
