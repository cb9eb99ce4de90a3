/** What the incident is about: workloads, their pods, their containers; each with what can be read and done. */
import { ask, refQuery } from '../api.js';
import { useLoaded } from '../load.js';
import { address } from '../router.js';
import { count, say } from '../words.js';
import { html, useState } from './html.js';
import { Health, refName } from './marks.js';
import { Offers } from './offers.js';
import { Failed, Skeleton } from './states.js';

const WITH_LOGS = new Set(['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);

/** @param {{incident: any, again: () => void}} props */
export function Tree({ incident, again }) {
  const { objects, id } = incident;
  if (!objects) return null;
  const { workloads, pods, others, missing } = objects;
  if (!workloads.length && !pods.length && !others.length && !missing.length) return null;
  const common = { id, again };
  return html`
    <section class="card" aria-labelledby="objects"><h2 id="objects">${say('tree.title')}</h2>
      <ul class="tree">
        ${workloads.map((/** @type {any} */ each) => html`<${Workload} key=${each.ref.name} workload=${each} ...${common} />`)}
        ${pods.map((/** @type {any} */ each) => html`<${Pod} key=${each.ref.name} pod=${each} ...${common} />`)}
        ${others.map((/** @type {any} */ each) => html`
          <${Branch} key=${refName(each.ref)} of=${each.ref} health=${each.health} title=${refName(each.ref)} ...${common}>
            ${each.summary && html`<p>${each.summary}</p>`}<//>`)}
        ${missing.map((/** @type {any} */ ref) => html`
          <li key=${refName(ref)} class="missing"><span class="mono">${refName(ref)}</span> — ${say('tree.missing')}</li>`)}
      </ul>
    </section>`;
}

/** @param {any} props */
const Workload = ({ workload, ...common }) => html`
  <${Branch} of=${workload.ref} health=${workload.health} title=${refName(workload.ref)}
    aside=${`${workload.ready}/${workload.desired}`} open ...${common}>
    ${workload.rollout && html`<p class="hint">${workload.rollout}</p>`}
    ${workload.autoscaler && html`<p class="hint">${say('tree.autoscaler', { text: workload.autoscaler })}</p>`}
    ${workload.managed_by && html`<p class="hint">${say('tree.managedBy', { text: workload.managed_by })}</p>`}
    <ul class="tree">${workload.pods.map((/** @type {any} */ pod) => html`<${Pod} key=${pod.ref.name} pod=${pod} ...${common} />`)}</ul>
    ${workload.pod_count > workload.pods.length && html`<p class="hint">${count('tree.pods', workload.pod_count)}</p>`}
  <//>`;

/** @param {any} props */
const Pod = ({ pod, ...common }) => html`
  <${Branch} of=${pod.ref} health=${pod.health} title=${pod.ref.name} aside=${pod.status} ...${common}>
    <p class="hint">${[say('tree.ready', { ready: pod.ready, total: pod.total }), count('tree.restarts', pod.restarts), pod.node].filter(Boolean).join(' · ')}</p>
    <ul class="containers">
      ${pod.containers.map((/** @type {any} */ each) => html`
        <li key=${each.name}><span class="mono">${each.name}</span> ${[each.state, each.reason].filter(Boolean).join(': ')} · ${count('tree.restarts', each.restarts)}
          <a href=${address(`incident/${common.id}/logs`, { ...refQuery(pod.ref), container: each.name })}>${say('tree.logs')}</a>
          ${each.restarts > 0 && html`<a href=${address(`incident/${common.id}/logs`, { ...refQuery(pod.ref), container: each.name, previous: '1' })}>${say('tree.crashLogs')}</a>`}
        </li>`)}
    </ul>
  <//>`;

/** One object, closed until somebody opens it. @param {any} props */
function Branch({ of, health, title, aside, open = false, id, again, children }) {
  const [acting, setActing] = useState(false);
  return html`
    <li>
      <details open=${open}>
        <summary><span class="grow"><span class="mono">${title}</span><span class="under"><${Health} of=${health} />${aside}</span></span></summary>
        ${children}
        <div class="acts">
          ${WITH_LOGS.has(of.kind) && html`<a class="button" href=${address(`incident/${id}/logs`, refQuery(of))}>${say('tree.logs')}</a>`}
          <a class="button" href=${address(`incident/${id}/describe`, refQuery(of))}>${say('tree.describe')}</a>
          <button type="button" aria-expanded=${acting} onClick=${() => setActing(!acting)}>${say('tree.actions')}</button>
        </div>
        ${acting && html`<${ObjectOffers} id=${id} of=${of} again=${again} />`}
      </details>
    </li>`;
}

/** @param {{id: number, of: any, again: () => void}} props */
function ObjectOffers({ id, of, again }) {
  const { data, error, again: reload } = useLoaded((signal) => ask(`incidents/${id}/offers`, { query: refQuery(of), signal }), [id, of.uid, of.name]);
  if (error && !data) return html`<${Failed} error=${error} again=${reload} />`;
  if (!data) return html`<${Skeleton} rows=${2} />`;
  if (!data.offers.some((/** @type {any} */ each) => each.changes)) return html`<p class="hint">${say('tree.noActions')}</p>`;
  return html`<${Offers} id=${id} offers=${data.offers.filter((/** @type {any} */ each) => each.changes)} again=${() => (again(), reload())} />`;
}
