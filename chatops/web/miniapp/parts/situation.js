/** How an incident stands: severity, since when, where, who has it, and what the cluster says right now. */
import { say, age, clock, count, span } from '../words.js';
import { html } from './html.js';
import { Clock, Health, Place, refName, Severity } from './marks.js';
import { Signs } from './rows.js';

/** @param {{incident: any}} props */
export const Situation = ({ incident }) => html`
  <section class=${`card situation is-${incident.severity}`} aria-label=${say('incident.situation')}>
    <p class="situation-head"><${Severity} of=${incident.severity} /><span class="number">#${incident.id}</span><${Signs} row=${incident} /></p>
    <p><strong>${stateOf(incident)}</strong></p>
    <p><${Place} row=${incident} /></p>
    <p>${whoOf(incident)}${incident.alike > 0 && ` · ${count('incident.alike', incident.alike)}`}</p>
    ${(incident.said || []).map((/** @type {string} */ line, /** @type {number} */ at) => html`<p key=${at}>${line}</p>`)}
    ${incident.reason && html`<p>${say('incident.reason', { reason: incident.reason })}</p>`}
    ${incident.merged_into && html`<p><a href=${`#/incident/${incident.merged_into}`}>${say('incident.mergedInto', { id: incident.merged_into })}</a></p>`}
    ${incident.silence && html`<p>${silenceOf(incident.silence)}</p>`}
    <${Counts} objects=${incident.objects} />
    <${Run} run=${incident.run} />
  </section>`;

/** @param {any} incident */
function stateOf(incident) {
  const { status, firing, started_at, closed_at, reopened } = incident;
  if (status === 'active') return say(firing ? 'incident.firing' : 'incident.active', { age: age(started_at) }) + (reopened ? ` · ${count('sign.reopened', reopened)}` : '');
  const took = closed_at ? span((Date.parse(closed_at) - Date.parse(started_at)) / 1000) : '—';
  return say(status === 'rejected' ? 'incident.rejected' : 'incident.resolved', { time: closed_at ? clock(closed_at) : '—', took });
}

/** @param {any} incident */
function whoOf(incident) {
  const { taken_by, taken_at, closed_by } = incident;
  const parts = [taken_by ? say('incident.taken', { name: taken_by.name, time: taken_at ? clock(taken_at) : '—' }) : say('incident.nobody')];
  if (closed_by) parts.push(say('incident.closedBy', { name: closed_by.name }));
  return parts.join(' · ');
}

/** @param {any} silence */
function silenceOf(silence) {
  if (silence.state) return silence.state;
  return silence.until ? say('sign.silenced', { time: clock(silence.until) }) : '';
}

/** @param {{objects: any}} props */
function Counts({ objects }) {
  if (!objects) return null;
  return html`
    <ul class="counts">
      ${objects.workloads.map((each) => html`
        <li key=${each.ref.uid || each.ref.name}>
          <span class="ready">${each.ready}/${each.desired}<small>${say('incident.ready')}</small></span>
          <span class="grow"><span class="mono">${refName(each.ref)}</span>${each.rollout && html`<br />${each.rollout}`}</span>
          <${Health} of=${each.health} /></li>`)}
    </ul>
    ${objects.problem && html`<p>${objects.problem}</p>`}
    <p class="hint">${say('incident.seenAt')} <${Clock} of=${objects.taken_at} /></p>`;
}

const STATES = /** @type {Record<string, string>} */ ({
  requested: 'run.requested', performed: 'run.performed', succeeded: 'run.succeeded', failed: 'run.failed', interrupted: 'run.interrupted',
});

/** The change that is under way or was the last. @param {{run: any}} props */
function Run({ run }) {
  if (!run) return null;
  return html`
    <div class=${`run is-${run.state}`} role="status">
      <p><strong>${run.title}</strong> — ${say(STATES[run.state] || 'run.requested')}</p>
      ${run.lines.map((/** @type {string} */ line, /** @type {number} */ at) => html`<p key=${at}>${line}</p>`)}
    </div>`;
}
