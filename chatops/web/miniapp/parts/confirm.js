/** The second step of a change: what it would do, what speaks against it, then do it within the time it stands. */
import { ask } from '../api.js';
import { secondsUntil } from '../clock.js';
import { askNow } from '../live.js';
import { haptic } from '../telegram.js';
import { say, span } from '../words.js';
import { CopyButton } from './attempt.js';
import { open } from './dialogs.js';
import { html, useEffect, useState } from './html.js';
import { inShort, Skeleton } from './states.js';
import { tell } from './toasts.js';

/** The service takes a press sooner than this for the second half of a double tap, in ms. */
const TOO_SOON = 800;

/** @param {number} id @param {any} offer @param {() => void} again loads the incident anew */
export async function openConfirm(id, offer, again) {
  haptic('press');
  await open(offer.title, (close) => html`<${Confirm} id=${id} offer=${offer} close=${close} />`);
  again();
  askNow();
}

/** @param {{id: number, offer: any, close: () => void}} props */
function Confirm({ id, offer, close }) {
  const [state, setState] = useState(/** @type {any} */ ({ preview: null, problem: '' }));
  const look = async () => {
    setState({ preview: null, problem: '' });
    try {
      const { action, ref, params } = offer;
      setState({ preview: await ask(`incidents/${id}/preview`, { method: 'POST', body: { action, ref, params } }), problem: '' });
    } catch (error) {
      setState({ preview: null, problem: inShort(/** @type {Error} */ (error)) });
    }
  };
  useEffect(() => void look(), []);
  const { preview, problem } = state;
  const leave = html`<button type="button" onClick=${() => close()}>${say('close')}</button>`;
  if (problem) {
    return html`<h2>${offer.title}</h2><p role="alert">${problem}</p>
      <div class="buttons">${leave}<button type="button" onClick=${look}>${say('again')}</button></div>`;
  }
  if (!preview) return html`<h2>${offer.title}</h2><${Skeleton} rows=${3} /><div class="buttons">${leave}</div>`;
  return html`<${Shown} key=${preview.confirm} offer=${offer} preview=${preview} look=${look} close=${close} />`;
}

/** @param {{offer: any, preview: any, look: () => void, close: () => void}} props */
function Shown({ offer, preview, look, close }) {
  const [word, setWord] = useState('');
  const [phase, setPhase] = useState('young');
  const left = useCountdown(preview.expires_at);
  useEffect(() => {
    const timer = setTimeout(() => setPhase((now) => (now === 'young' ? 'ready' : now)), TOO_SOON);
    return () => clearTimeout(timer);
  }, []);
  const refused = Boolean(preview.refusal) || !preview.confirm;
  const spent = !refused && left <= 0 && phase !== 'sending';
  const worded = preview.guard !== 'word' || word.trim() === preview.word;
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (phase !== 'ready' || spent || refused || !worded) return;
    setPhase('sending');
    haptic('press');
    try {
      const body = preview.guard === 'word' ? { word: word.trim() } : {};
      const { said } = await ask(`confirmations/${encodeURIComponent(preview.confirm)}`, { method: 'POST', body });
      haptic('done');
      tell(said);
    } catch (error) {
      haptic('failed');
      tell(inShort(/** @type {Error} */ (error)), true);
    }
    close();
  };
  const harsh = preview.danger === 'disrupt' || preview.danger === 'destroy';
  return html`
    <form class="confirm" data-phase=${phase} onSubmit=${send}>
      <h2>${preview.question || offer.title}</h2>
      ${offer.why && html`<p class="hint">${offer.why}</p>`}
      ${preview.refusal && html`<p class="caution" role="alert">${preview.refusal}</p>`}
      <${Changes} changes=${preview.changes || []} />
      ${(preview.cautions || []).map((/** @type {string} */ text) => html`<p class="caution" key=${text}>${text}</p>`)}
      ${preview.kubectl && html`<${Kubectl} line=${preview.kubectl} />`}
      ${!refused && preview.guard === 'word' && html`
        <label class="field">${say('confirm.word', { word: preview.word })}
          <input value=${word} onInput=${(/** @type {any} */ event) => setWord(event.target.value)} autocomplete="off" autocapitalize="off" spellcheck=${false} /></label>`}
      ${!refused && html`<p class="hint">${spent ? say('confirm.expired') : say('confirm.left', { left: span(left) })}</p>`}
      <div class="buttons">
        <button type="button" onClick=${() => close()}>${say(refused ? 'close' : 'cancel')}</button>
        ${spent && html`<button type="button" onClick=${look}>${say('confirm.anew')}</button>`}
        ${!refused && !spent && html`
          <button type="submit" class=${harsh ? 'danger' : 'main'} disabled=${phase !== 'ready' || !worded}>${
            phase === 'sending' ? say('confirm.sending') : offer.title}</button>`}
      </div>
    </form>`;
}

/** Whole seconds that are left. @param {string} until */
function useCountdown(until) {
  const [left, setLeft] = useState(() => Math.ceil(secondsUntil(until)));
  useEffect(() => {
    const timer = setInterval(() => setLeft(Math.ceil(secondsUntil(until))), 1000);
    return () => clearInterval(timer);
  }, [until]);
  return left;
}

/** @param {{changes: Array<{what: string, before: string, after: string}>}} props */
const Changes = ({ changes }) => changes.length > 0 && html`
  <table class="changes"><caption class="unseen">${say('confirm.changes')}</caption>
    <thead><tr><th scope="col">${say('confirm.what')}</th><th scope="col">${say('confirm.before')}</th><th scope="col">${say('confirm.after')}</th></tr></thead>
    <tbody>${changes.map((each, at) => html`<tr key=${at}><th scope="row">${each.what}</th><td>${each.before}</td><td>${each.after}</td></tr>`)}</tbody>
  </table>`;

/** @param {{line: string}} props */
const Kubectl = ({ line }) => html`<div class="kubectl"><code tabindex="0">${line}</code><${CopyButton} text=${line} /></div>`;
