/** The log of one container, newest at the bottom, with search in its lines. */
import { ask, refQuery } from '../api.js';
import { useLoaded } from '../load.js';
import { Chip, Choice, OneChip, setQuery } from '../parts/filters.js';
import { Page } from '../parts/frame.js';
import { html, useEffect, useMemo, useRef, useState } from '../parts/html.js';
import { Failed, Skeleton, State } from '../parts/states.js';
import { route } from '../router.js';
import { save } from '../save.js';
import { allowSwipes } from '../telegram.js';
import { count, say } from '../words.js';

const TAILS = ['100', '500', '2000'];

/** @param {{id: number}} props */
export default function Logs({ id }) {
  const { query } = route.value;
  const ref = refQuery(/** @type {any} */ (Object.fromEntries(query)));
  const asked = { ...ref, container: query.get('container'), previous: query.get('previous'), tail: query.get('tail') || '100', q: query.get('q') };
  const { data, error, loading, again } = useLoaded((signal) => ask(`incidents/${id}/logs`, { query: asked, signal }), [JSON.stringify(asked)]);
  const [find, setFind] = useState('');
  const [wrapped, setWrapped] = useState(true);
  useEffect(() => {
    allowSwipes(false);
    return () => allowSwipes(true);
  }, []);
  const name = data?.pod?.name || ref.name || '';
  return html`
    <${Page} title=${`${say('logs.title')} · ${name}`} above=${`#/incident/${id}`}>
      <p class="hint mono">${[data?.pod?.namespace || ref.namespace, name, data?.container].filter(Boolean).join(' / ')}</p>
      <div class="filters">
        <form class="search" role="search" onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), setQuery({ q: find.trim() }))}>
          <input type="search" value=${find} onInput=${(/** @type {any} */ event) => setFind(event.target.value)} placeholder=${say('logs.find')} aria-label=${say('logs.find')} autocomplete="off" autocapitalize="off" spellcheck=${false} />
        </form>
        <div class="chips">
          <${OneChip} name="previous" value="1">${say('logs.previous')}<//>
          <${Chip} on=${wrapped} press=${() => setWrapped(!wrapped)}>${say('logs.wrap')}<//>
          ${data?.containers.length > 1 && html`<${Choice} name="container" label=${say('logs.container')} all=${say('logs.container')} values=${data.containers.map((/** @type {string} */ each) => [each, each])} />`}
          <${Choice} name="tail" label=${say('logs.tail')} all=${count('logs.lines', 100)} values=${TAILS.slice(1).map((each) => [each, count('logs.lines', Number(each))])} />
          ${query.get('q') && html`<${Chip} on=${true} press=${() => setQuery({ q: '' })}>${say('logs.searched', { text: query.get('q') })}<//>`}
          <button type="button" class="chip" onClick=${again} disabled=${loading}>${say('logs.again')}</button>
          ${data && html`<button type="button" class="chip" onClick=${() => save(`${name}.log`, 'text/plain', data.lines.join('\n') + '\n')}>${say('save.file')}</button>`}
        </div>
      </div>
      ${error && html`<${Failed} error=${error} again=${again} />`}
      ${!data && !error && html`<${Skeleton} rows=${8} />`}
      ${data && html`<${Lines} data=${data} find=${find.trim()} wrapped=${wrapped} />`}
    <//>`;
}

/** @param {{data: any, find: string, wrapped: boolean}} props */
function Lines({ data, find, wrapped }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const wanted = find.toLowerCase();
  const shown = useMemo(() => (wanted ? data.lines.filter((/** @type {string} */ line) => line.toLowerCase().includes(wanted)) : data.lines), [data, wanted]);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [data]);
  return html`
    <div role="status">
      ${data.fell_back && html`<p class="caution">${say('logs.fellBack')}</p>`}
      ${wanted && html`<p class="hint">${count('logs.found', shown.length)}</p>`}
      ${!wanted && data.older && html`<p class="hint">${say('logs.older')}</p>`}
    </div>
    ${!data.lines.length && html`<${State} title=${say('logs.empty')} />`}
    ${wanted && !shown.length && html`<${State} title=${say('logs.noneHere')}><button type="button" onClick=${() => setQuery({ q: find })}>${say('logs.searchOlder')}</button><//>`}
    ${shown.length > 0 && html`
      <pre class=${wrapped ? 'log wrapped' : 'log'} ref=${box} tabindex="0" role="region" aria-label=${say('logs.title')}>${
        shown.map((/** @type {string} */ line, /** @type {number} */ at) => html`<span key=${at}>${marked(line, wanted)}${'\n'}</span>`)}</pre>`}`;
}

/** @param {string} line @param {string} wanted in lower case */
function marked(line, wanted) {
  if (!wanted) return line;
  const parts = [];
  const lower = line.toLowerCase();
  // Lower case may be longer than what was written, in a few scripts: then nothing is marked.
  if (lower.length !== line.length) return line;
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(line.slice(from, at), html`<mark>${line.slice(at, at + wanted.length)}</mark>`);
    from = at + wanted.length;
  }
  return [...parts, line.slice(from)];
}
