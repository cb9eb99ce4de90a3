/** The alerts of an incident with their labels and annotations, as Alertmanager sent them. */
import { count, say } from '../words.js';
import { html } from './html.js';
import { Clock, Outside, Pairs, Severity } from './marks.js';

/** @param {{alerts: any[], truncated: number | boolean}} props */
export const Alerts = ({ alerts, truncated }) => html`
  <section class="card" aria-labelledby="alerts"><h2 id="alerts">${count('alerts.title', alerts.length)}</h2>
    ${alerts.map((each) => html`
      <details key=${each.fingerprint} class="alert">
        <summary><span class="grow">${each.name}</span><${Severity} of=${each.severity} /></summary>
        <p class="hint">${say(each.ends_at ? 'alerts.ended' : 'alerts.since')} <${Clock} of=${each.ends_at || each.starts_at} /></p>
        <h3>${say('alerts.annotations')}</h3>
        <${Pairs} pairs=${Object.entries(each.annotations)} />
        <h3>${say('alerts.labels')}</h3>
        <${Pairs} pairs=${Object.entries(each.labels)} />
        ${each.generator_url && html`<p><${Outside} to=${each.generator_url}>${say('alerts.rule')}<//></p>`}
      </details>`)}
    ${truncated ? html`<p class="hint">${say('alerts.truncated')}</p>` : null}
  </section>`;
