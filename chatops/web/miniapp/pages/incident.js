/** One incident: how it stands, what to do about it, what it is about, what happened. */
import { ask, Refused } from '../api.js';
import { onChanges } from '../live.js';
import { useLoaded } from '../load.js';
import { Acts, useTake } from '../parts/acts.js';
import { Alerts } from '../parts/alerts.js';
import { openConfirm } from '../parts/confirm.js';
import { Page, useButtons } from '../parts/frame.js';
import { html, useEffect, useMemo } from '../parts/html.js';
import { Outside, Pairs } from '../parts/marks.js';
import { Offers } from '../parts/offers.js';
import { Situation } from '../parts/situation.js';
import { Failed, Skeleton } from '../parts/states.js';
import { Timeline } from '../parts/timeline.js';
import { Tree } from '../parts/tree.js';
import { address } from '../router.js';
import { say } from '../words.js';

const REFRESH = 15_000;

/** @param {{id: number}} props */
export default function Incident({ id }) {
  const { data: incident, error, again } = useLoaded((signal) => ask(`incidents/${id}`, { signal }), [id]);
  useEffect(() => onChanges((rows, reset) => (reset || rows.some((row) => row.id === id)) && again()), [id]);
  useEffect(() => {
    // What the cluster says changes without the incident's knowing. Faster while a change is under way.
    const timer = setInterval(() => !document.hidden && again(), incident?.running ? REFRESH / 5 : REFRESH);
    return () => clearInterval(timer);
  }, [id, incident?.running]);
  const gone = error instanceof Refused && (error.status === 403 || error.status === 404);
  if (!incident || gone) {
    return html`<${Page} title=${`#${id}`}>${error ? html`<${Failed} error=${error} again=${again} />` : html`<${Skeleton} rows=${8} />`}<//>`;
  }
  return html`<${Loaded} incident=${incident} again=${again} />`;
}

/** @param {{incident: any, again: () => void}} props */
function Loaded({ incident, again }) {
  const title = [incident.title, incident.object].filter(Boolean).join(' · ');
  const first = incident.suggestions.find((/** @type {any} */ each) => each.changes);
  const take = useTake(incident, again);
  const main = useMemo(
    () => first && { text: `${first.icon} ${first.title}`.trim(), press: () => openConfirm(incident.id, first, again) },
    [incident.id, first && JSON.stringify(first)],
  );
  useButtons(main || null, take);
  return html`
    <${Page} title=${title}>
      <div class="columns">
        <div class="column">
          <${Situation} incident=${incident} />
          <${Acts} incident=${incident} again=${again} />
          ${incident.suggestions.length > 0 && html`
            <section class="card" aria-labelledby="suggested"><h2 id="suggested">${say('incident.suggested')}</h2>
              <${Offers} id=${incident.id} offers=${incident.suggestions} again=${again} /></section>`}
          <${Tree} incident=${incident} again=${again} />
        </div>
        <div class="column">
          <${Links} links=${incident.links} />
          <${Timeline} incident=${incident} />
          <${Alerts} alerts=${incident.alerts} truncated=${incident.truncated} />
          <${Facts} incident=${incident} />
        </div>
      </div>
    <//>`;
}

const LINK_WORDS = /** @type {Record<string, string>} */ ({
  runbook: 'link.runbook', dashboard: 'link.dashboard', rule: 'alerts.rule', chat: 'link.chat',
});

/** @param {{links: Array<{kind: string, title: string, url: string}>}} props */
function Links({ links }) {
  if (!links.length) return null;
  return html`
    <nav class="links" aria-label=${say('link.label')}>
      ${links.map((each) => html`<${Outside} key=${each.url} to=${each.url}>${each.title || say(LINK_WORDS[each.kind] || 'link.other')}<//>`)}
    </nav>`;
}

/** @param {{incident: any}} props */
function Facts({ incident }) {
  const alike = (/** @type {[string, string]} */ [name, value]) =>
    [name, html`<a href=${address('history', { status: 'all', label: `${name}=${value}` })}>${value}</a>`];
  const pairs = Object.entries(incident.labels).map(alike);
  return html`
    <details class="card"><summary><h2>${say('incident.group')}</h2></summary>
      <${Pairs} pairs=${[[say('incident.source'), incident.source || '—'], [say('incident.receiver'), incident.receiver || '—'], ...pairs]} />
    </details>`;
}
