/** What can be done with the incident itself: take it, give it back, close it, silence it, note something. */
import { ask } from '../api.js';
import { askNow } from '../live.js';
import { save } from '../save.js';
import { guardText, haptic, popup } from '../telegram.js';
import { count, say } from '../words.js';
import { open } from './dialogs.js';
import { html, useMemo, useState } from './html.js';
import { inShort } from './states.js';
import { tell } from './toasts.js';

const LENGTHS = /** @type {const} */ ([
  ['30m', 'silence.30m'], ['1h', 'silence.1h'], ['4h', 'silence.4h'], ['8h', 'silence.8h'], ['until_resolved', 'silence.untilResolved'],
]);

/** @param {number} id @param {string} act @param {object} body @param {() => void} again */
async function post(id, act, body, again) {
  haptic('press');
  try {
    const { said } = await ask(`incidents/${id}/${act}`, { method: 'POST', body });
    haptic('done');
    tell(said);
    return true;
  } catch (error) {
    haptic('failed');
    tell(inShort(/** @type {Error} */ (error)), true);
    return false;
  } finally {
    again();
    askNow();
  }
}

/** The second button of the page: take the incident, while nobody has it. @param {any} incident @param {() => void} again */
export function useTake(incident, again) {
  const [busy, setBusy] = useState(false);
  const can = incident.can.includes('acknowledge');
  return useMemo(() => {
    if (!can) return null;
    const press = async () => {
      setBusy(true);
      await post(incident.id, 'acknowledge', {}, again);
      setBusy(false);
    };
    return { text: say('act.acknowledge'), press, busy };
  }, [incident.id, can, busy, say('act.acknowledge')]);
}

/** @param {{incident: any, again: () => void}} props */
export function Acts({ incident, again }) {
  const { id, can } = incident;
  const plain = (/** @type {string} */ act) => () => post(id, act, {}, again);
  const known = /** @type {Record<string, [string, () => any]>} */ ({
    release: ['act.release', plain('release')],
    resolve: ['act.resolve', () => resolve(incident, again)],
    reject: ['act.reject', () => reject(incident, again)],
    silence: ['act.silence', () => silence(id, again)],
    unsilence: ['act.unsilence', plain('unsilence')],
    stop: ['act.stop', plain('stop')],
    reopen: ['act.reopen', plain('reopen')],
    note: ['act.note', () => note(id, again)],
  });
  return html`
    <div class="acts" role="group" aria-label=${say('act.label')}>
      ${Object.entries(known).filter(([act]) => can.includes(act)).map(([act, [key, press]]) => html`
        <button type="button" key=${act} onClick=${press}>${say(key)}</button>`)}
      <button type="button" onClick=${() => exportMarkdown(id)}>${say('act.export')}</button>
    </div>`;
}

/** @param {any} incident @param {() => void} again */
async function resolve(incident, again) {
  if (incident.firing) {
    const buttons = [{ id: 'yes', text: say('act.resolve') }, { id: '', text: say('cancel') }];
    const message = count('resolve.firing', incident.firing);
    if ((await popup({ title: say('resolve.ask', { id: incident.id }), message, buttons })) !== 'yes') return;
  }
  await post(incident.id, 'resolve', {}, again);
}

/** @param {any} incident @param {() => void} again */
async function reject({ id, reject_reasons }, again) {
  const reason = await open(say('act.reject'), (close) => html`<${Reasons} reasons=${reject_reasons} close=${close} />`);
  if (reason) await post(id, 'reject', { reason }, again);
}

/** @param {{reasons: Array<{code: string, text: string}>, close: (value?: string) => void}} props */
function Reasons({ reasons, close }) {
  const [text, setText] = useState('');
  const sent = (/** @type {Event} */ event) => (event.preventDefault(), text.trim() && close(text.trim()));
  return html`
    <h2>${say('reject.title')}</h2><p>${say('reject.hint')}</p>
    <div class="buttons stacked">${reasons.map((each) => html`
      <button type="button" key=${each.code} onClick=${() => close(each.code)}>${each.text}</button>`)}</div>
    <form onSubmit=${sent}>
      <label class="field">${say('reject.other')}
        <input maxlength="200" value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} /></label>
      <div class="buttons"><button type="button" onClick=${() => close()}>${say('cancel')}</button>
        <button type="submit" disabled=${!text.trim()}>${say('act.reject')}</button></div>
    </form>`;
}

/** @param {number} id @param {() => void} again */
async function silence(id, again) {
  const length = await open(say('act.silence'), (close) => html`
    <h2>${say('silence.title', { id })}</h2><p>${say('silence.hint')}</p>
    <div class="buttons stacked">
      ${LENGTHS.map(([value, key]) => html`<button type="button" key=${value} onClick=${() => close(value)}>${say(key)}</button>`)}
      <button type="button" onClick=${() => close()}>${say('cancel')}</button>
    </div>`);
  if (length) await post(id, 'silence', { length }, again);
}

/** @param {number} id @param {() => void} again */
async function note(id, again) {
  const text = await open(say('act.note'), (close) => html`<${Note} close=${close} />`);
  guardText(false);
  if (text) await post(id, 'note', { text }, again);
}

/** @param {{close: (value?: string) => void}} props */
function Note({ close }) {
  const [text, setText] = useState('');
  const typed = (/** @type {any} */ event) => (setText(event.target.value), guardText(Boolean(event.target.value)));
  const sent = (/** @type {Event} */ event) => (event.preventDefault(), text.trim() && close(text.trim()));
  return html`
    <form onSubmit=${sent}><h2>${say('act.note')}</h2>
      <label class="field">${say('note.hint')}<textarea rows="5" maxlength="500" value=${text} onInput=${typed}></textarea></label>
      <div class="buttons"><button type="button" onClick=${() => close()}>${say('cancel')}</button>
        <button type="submit" class="main" disabled=${!text.trim()}>${say('note.save')}</button></div>
    </form>`;
}

/** @param {number} id */
async function exportMarkdown(id) {
  try {
    save(`incident-${id}.md`, 'text/markdown', await ask(`incidents/${id}/export`, { text: true }));
  } catch (error) {
    tell(inShort(/** @type {Error} */ (error)), true);
  }
}
