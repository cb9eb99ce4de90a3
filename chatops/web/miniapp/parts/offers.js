/** Changes that may help, each with why; a press asks for the preview, nothing more. */
import { refQuery } from '../api.js';
import { address } from '../router.js';
import { say } from '../words.js';
import { openConfirm } from './confirm.js';
import { html } from './html.js';

const DANGERS = /** @type {Record<string, string>} */ ({
  read: 'danger.read', low: 'danger.low', disrupt: 'danger.disrupt', destroy: 'danger.destroy',
});

/** What is only read and this page can show. @type {Record<string, [string, object]>} */
const READ = {
  logs: ['logs', {}], logs_previous: ['logs', { previous: '1' }], describe: ['describe', {}], events: ['describe', {}], yaml: ['describe', {}],
};

/** @param {number} id @param {any} offer @returns {string} where it leads; '' for a change, and for what is not shown here */
function readAt(id, offer) {
  const [page, query] = (!offer.changes && READ[offer.action]) || [];
  return page ? address(`incident/${id}/${page}`, { ...refQuery(offer.ref), container: offer.params?.container, ...query }) : '';
}

/** @param {{id: number, offers: any[], again: () => void}} props */
export const Offers = ({ id, offers, again }) => html`
  <ul class="offers">
    ${offers.filter((offer) => offer.changes || readAt(id, offer)).map((offer) => html`
      <li key=${`${offer.action}${JSON.stringify(offer.params)}${offer.ref.name}`}>
        ${offer.changes ? html`<button type="button" class="offer" onClick=${() => openConfirm(id, offer, again)}><${Offer} offer=${offer} /></button>`
          : html`<a class="offer button" href=${readAt(id, offer)}><${Offer} offer=${offer} /></a>`}
      </li>`)}
  </ul>`;

/** @param {{offer: any}} props */
const Offer = ({ offer }) => html`
  <span class="offer-title">${offer.icon && html`<span aria-hidden="true">${offer.icon} </span>`}${offer.title}</span>
  <span class=${`danger-of is-${offer.danger}`}>${say(DANGERS[offer.danger] || 'danger.low')}</span>
  ${offer.why && html`<span class="offer-why">${offer.why}</span>`}
  ${offer.helped && html`<span class="offer-why">${say('offer.helped', { times: offer.helped })}</span>`}`;
