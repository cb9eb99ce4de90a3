/** One line of what just happened, read out politely and gone after a while. */
import { signal } from '../vendor/signals.js';
import { html } from './html.js';

const STAYS = 6000;
const toast = signal({ text: '', failed: false });
/** Said to screen readers only: new incidents. */
const announced = signal('');
let timer = 0;

/** @param {string} text @param {boolean} [failed] */
export function tell(text, failed = false) {
  clearTimeout(timer);
  toast.value = { text, failed };
  timer = setTimeout(() => (toast.value = { text: '', failed: false }), STAYS);
}

/** @param {string} text */
export const announce = (text) => (announced.value = text);

export const Toasts = () => html`
  <div class="toasts" role="status" aria-live="polite">
    ${toast.value.text && html`<p class=${toast.value.failed ? 'toast failed' : 'toast'}>${toast.value.text}</p>`}
  </div>
  <div class="unseen" aria-live="polite">${announced.value}</div>`;
