/** Small things shown everywhere: severity and health as colour, shape and word; places, ages, links. */
import { safeAddress } from '../links.js';
import { follow } from '../telegram.js';
import { age, clock, say } from '../words.js';
import { html } from './html.js';

export const SEVERITIES = ['critical', 'warning', 'info', 'none'];

const SHAPES = /** @type {Record<string, string>} */ ({
  critical: 'M5 1h6l4 4v6l-4 4H5l-4-4V5z',
  warning: 'M8 1.5 15.2 14.5H.8z',
  info: 'M8 1a7 7 0 1 1 0 14A7 7 0 1 1 8 1z',
  none: 'M8 1a7 7 0 1 1 0 14A7 7 0 1 1 8 1zm0 2a5 5 0 1 0 0 10A5 5 0 1 0 8 3z',
});
const SIGNS = /** @type {Record<string, string>} */ ({
  critical: 'M7.2 4h1.6v5H7.2zm0 6.2h1.6v1.7H7.2z',
  warning: 'M7.2 6h1.6v4H7.2zm0 5h1.6v1.6H7.2z',
  info: 'M7.2 7h1.6v5H7.2zm0-3h1.6v1.7H7.2z',
  none: '',
});

/** @param {{of: string}} props */
export const SeverityIcon = ({ of }) => html`
  <svg class=${`icon is-${of}`} viewBox="0 0 16 16" aria-hidden="true">
    <path d=${SHAPES[of] || SHAPES.none} /><path class="sign" d=${SIGNS[of] || ''} />
  </svg>`;

const SEVERITY_WORDS = /** @type {Record<string, string>} */ ({
  critical: 'severity.critical', warning: 'severity.warning', info: 'severity.info', none: 'severity.none',
});
export const severityWord = (/** @type {string} */ of) => say(SEVERITY_WORDS[of] || 'severity.none');

/** @param {{of: string}} props */
export const Severity = ({ of }) =>
  html`<span class=${`severity is-${of}`}><${SeverityIcon} of=${of} />${severityWord(of)}</span>`;

const HEALTH = /** @type {Record<string, [string, string]>} */ ({
  bad: ['critical', 'health.bad'], warn: ['warning', 'health.warn'], good: ['good', 'health.good'], unknown: ['none', 'health.unknown'],
});

/** @param {{of: string}} props */
export function Health({ of }) {
  const [look, word] = HEALTH[of] || HEALTH.unknown;
  return html`<span class=${`health is-${look}`}><span class="dot" aria-hidden="true"></span>${say(word)}</span>`;
}

/** @param {{row: {cluster: string, namespace: string}}} props */
export const Place = ({ row }) => html`<span class="place">${[row.cluster, row.namespace].filter(Boolean).join(' / ') || '—'}</span>`;

/** How long ago; the moment itself for machines and screen readers. @param {{of: string}} props */
export const Age = ({ of }) => html`<time datetime=${of}>${age(of)}</time>`;

/** @param {{of: string}} props */
export const Clock = ({ of }) => html`<time datetime=${of}>${clock(of)}</time>`;

/** A link where the address may be followed, else only its text. @param {{to: string, children?: any}} props */
export function Outside({ to, children }) {
  const address = safeAddress(to);
  if (!address) return html`<span>${children}</span>`;
  const pressed = (/** @type {MouseEvent} */ event) => follow(event, address);
  return html`<a class="outside" href=${address} target="_blank" rel="noopener noreferrer" onClick=${pressed}>${children}</a>`;
}

/** Names and values, as a list of definitions. @param {{pairs: Array<[string, any]>}} props */
export const Pairs = ({ pairs }) => html`
  <dl class="pairs">${pairs.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** @param {{kind: string, name: string}} ref */
export const refName = (ref) => `${ref.kind} ${ref.name}`;
