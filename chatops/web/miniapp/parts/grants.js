/** What somebody may do and where, to read and to change. */
import { say } from '../words.js';
import { html, useState } from './html.js';

const ROLES = /** @type {Record<string, string>} */ ({ viewer: 'role.viewer', operator: 'role.operator', admin: 'role.admin' });

/** @typedef {{role: string, cluster: string, namespace: string}} Grant */

/** @param {Grant} grant */
export function grantText({ role, cluster, namespace }) {
  const place = [cluster, namespace].filter((each) => each && each !== '*').join(' / ');
  return say(place ? 'grant.in' : 'grant.everywhere', { role: say(ROLES[role] || 'role.viewer'), place });
}

/** @param {{grants: Grant[]}} props */
export const Grants = ({ grants }) =>
  grants.length
    ? html`<ul class="plain">${grants.map((each) => html`<li key=${grantText(each)}>${grantText(each)}</li>`)}</ul>`
    : html`<p>${say('grant.none')}</p>`;

/**
 * Each grant with a button that takes it away, and a form for one more.
 * @param {{name: string, grants: Grant[], give: (grant: Grant) => Promise<any>, take: (grant: Grant) => Promise<any>}} props
 */
export function GrantsForm({ name, grants, give, take }) {
  const [wanted, setWanted] = useState({ role: 'viewer', cluster: '', namespace: '' });
  const [busy, setBusy] = useState(false);
  const part = (/** @type {string} */ of) => (/** @type {any} */ event) => setWanted({ ...wanted, [of]: event.target.value });
  const sent = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    await give({ role: wanted.role, cluster: wanted.cluster.trim() || '*', namespace: wanted.namespace.trim() || '*' });
    setBusy(false);
  };
  const place = (/** @type {'cluster' | 'namespace'} */ of, /** @type {string} */ label) => html`
    <label class="field">${label}<input value=${wanted[of]} placeholder="*" maxlength="253" autocapitalize="off" spellcheck=${false} onInput=${part(of)} /></label>`;
  return html`
    <ul class="plain">${grants.map((each) => html`
      <li key=${grantText(each)} class="line"><span class="grow">${grantText(each)}</span>
        <button type="button" aria-label=${say('grant.removeNamed', { grant: grantText(each) })} onClick=${() => take(each)}>${say('grant.remove')}</button></li>`)}</ul>
    <form class="form" onSubmit=${sent} aria-label=${say('people.grantsOf', { name })}>
      <label class="field">${say('grant.role')}<select value=${wanted.role} onChange=${part('role')}>
        ${Object.entries(ROLES).map(([value, key]) => html`<option key=${value} value=${value}>${say(key)}</option>`)}</select></label>
      ${wanted.role !== 'admin' && html`${place('cluster', say('filter.cluster'))}${place('namespace', say('filter.namespace'))}`}
      <div class="buttons"><button type="submit" class="main" disabled=${busy}>${say('grant.add')}</button></div>
    </form>`;
}
