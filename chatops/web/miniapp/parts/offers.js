/** Changes that may help, each with why; a press asks for the preview, nothing more. */
import { say } from '../words.js';
import { openConfirm } from './confirm.js';
import { html } from './html.js';

const DANGERS = /** @type {Record<string, string>} */ ({
  read: 'danger.read', low: 'danger.low', disrupt: 'danger.disrupt', destroy: 'danger.destroy',
});

/** @param {{id: number, offers: any[], again: () => void}} props */
export const Offers = ({ id, offers, again }) => html`
  <ul class="offers">
    ${offers.map((offer) => html`
      <li key=${`${offer.action}${JSON.stringify(offer.params)}${offer.ref?.name}`}>
        <button type="button" class="offer" onClick=${() => openConfirm(id, offer, again)}>
          <span class="offer-title">${offer.icon && html`<span aria-hidden="true">${offer.icon} </span>`}${offer.title}</span>
          <span class=${`danger-of is-${offer.danger}`}>${say(DANGERS[offer.danger] || 'danger.low')}</span>
          ${offer.why && html`<span class="offer-why">${offer.why}</span>`}
          ${offer.helped && html`<span class="offer-why">${say('offer.helped', { times: offer.helped })}</span>`}
        </button>
      </li>`)}
  </ul>`;
