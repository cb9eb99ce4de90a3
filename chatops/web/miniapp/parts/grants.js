/** What somebody may do and where, to read and to change. */
import { say } from '../words.js';
import { html, useState } from './html.js';

const ROLES = /** @type {Record<string, string>} */ ({ viewer: 'role.viewer', operator: 'role.operator', admin: 'role.admin' });

/** @typedef {{role: string, cluster: string, namespace: string}} Grant */

/** @param {Grant} grant */
function grantText({ role, cluster, namespace }) {
  const place = [cluster, namespace].filter((each) => each && each !== '*').join(' / ');
  return say(place ? 'grant.in' : 'grant.everywhere', { role: say(ROLES[role] || 'role.viewer'), place });
}

/** @param {{grants: Grant[]}} props */
export const Grants = ({ grants }) =>
  grants.length
    ? html`<ul class="plain">${grants.map((each) => html`<li key=${grantText(each)}>${grantText(each)}</li>`)}</ul>`
    : html`<p>${say('grant.none')}</p>`;

/** @param {{name: string, grants: Grant[], save: (grants: Grant[]) => Promise<any>, cancel: () => void}} props */
export function GrantsForm({ name, grants, save, cancel }) {
  const [rows, setRows] = useState(grants.map((each) => ({ ...each })));
  const [busy, setBusy] = useState(false);
  const change = (/** @type {number} */ at, /** @type {object} */ part) => setRows(rows.map((row, index) => (index === at ? { ...row, ...part } : row)));
  const sent = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    await save(rows.map(({ role, cluster, namespace }) => ({ role, cluster: cluster.trim() || '*', namespace: namespace.trim() || '*' })));
    setBusy(false);
  };
  const field = (/** @type {number} */ at, /** @type {'cluster' | 'namespace'} */ part, /** @type {string} */ label) => html`
    <label class="field">${label}<input value=${rows[at][part]} placeholder="*" maxlength="253" autocapitalize="off" spellcheck=${false}
      onInput=${(/** @type {any} */ event) => change(at, { [part]: event.target.value })} /></label>`;
  return html`
    <form class="form" onSubmit=${sent} aria-label=${say('people.grantsOf', { name })}>
      ${rows.map((row, at) => html`
        <fieldset key=${at}><legend>${say('grant.number', { n: at + 1 })}</legend>
          <label class="field">${say('grant.role')}<select value=${row.role} onChange=${(/** @type {any} */ event) => change(at, { role: event.target.value })}>
            ${Object.entries(ROLES).map(([value, key]) => html`<option key=${value} value=${value}>${say(key)}</option>`)}</select></label>
          ${field(at, 'cluster', say('filter.cluster'))}${field(at, 'namespace', say('filter.namespace'))}
          <button type="button" onClick=${() => setRows(rows.filter((_, index) => index !== at))}>${say('grant.remove')}</button>
        </fieldset>`)}
      <div class="buttons">
        <button type="button" onClick=${() => setRows([...rows, { role: 'viewer', cluster: '*', namespace: '*' }])}>${say('grant.add')}</button>
        <button type="button" onClick=${cancel}>${say('cancel')}</button>
        <button type="submit" class="main" disabled=${busy}>${say('grant.save')}</button>
      </div>
    </form>`;
}
