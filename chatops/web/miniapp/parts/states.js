/** What stands where content does not: loading, nothing there, something went wrong, no right, not signed in. */
import { Refused, SessionOver, Unreachable } from '../api.js';
import { bot } from '../session.js';
import { say } from '../words.js';
import { html } from './html.js';
import { Outside } from './marks.js';

/** @param {{rows?: number}} props */
export const Skeleton = ({ rows = 6 }) => html`
  <div class="skeleton" role="status"><span class="unseen">${say('state.loading')}</span>
    ${Array.from({ length: rows }, (_, at) => html`<div key=${at} class="bone" aria-hidden="true"></div>`)}</div>`;

/** @param {{title: string, hint?: string, children?: any}} props */
export const State = ({ title, hint, children }) => html`
  <div class="state"><p class="state-title">${title}</p>${hint && html`<p>${hint}</p>`}${children}</div>`;

/** Why it failed, and what to do. @param {{error: Error, again?: () => void}} props */
export function Failed({ error, again }) {
  const [title, hint] = explain(error);
  return html`<div class="state" role="alert"><p class="state-title">${title}</p>${hint && html`<p>${hint}</p>`}
    ${again && html`<button type="button" onClick=${again}>${say('again')}</button>`}</div>`;
}

/** @param {Error} error @returns {[string, string]} */
export function explain(error) {
  if (error instanceof Unreachable) return [say('state.unreachable'), say('state.unreachableHint')];
  if (error instanceof SessionOver) return [say('state.over'), say('state.overHint')];
  if (!(error instanceof Refused)) return [say('state.broken'), say('state.brokenHint')];
  if (error.status === 403) return [say('state.noRight'), error.detail || say('state.noRightHint')];
  if (error.status === 404) return [say('state.notFound'), error.detail || say('state.notFoundHint')];
  if (error.status === 500) return [say('state.server'), say('state.serverHint')];
  if (error.status > 500) return [say('state.unavailable'), error.detail];
  return [say('state.refused'), error.detail];
}

/** One line for a toast. @param {Error} error */
export const inShort = (error) => (error instanceof Refused && error.status !== 500 && error.detail) || explain(error)[0];

const BotLink = () => bot.value && html`
  <p><${Outside} to=${`https://t.me/${encodeURIComponent(bot.value)}`}>${say('state.openBot')}<//></p>`;

/** The whole page when nobody is signed in. @param {{phase: string, error: Error | null, again: () => void}} props */
export function NotIn({ phase, error, again }) {
  if (phase === 'starting') return html`<${Skeleton} />`;
  if (phase === 'failed' && error) return html`<${Failed} error=${error} again=${again} />`;
  if (phase === 'link') return html`<${State} title=${say('state.link')} hint=${say('state.linkHint')} />`;
  if (phase === 'over') return html`<${State} title=${say('state.over')} hint=${say('state.overHint')}><${BotLink} /><//>`;
  return html`<${State} title=${say('state.outside')} hint=${say('state.outsideHint')}><${BotLink} /><//>`;
}
