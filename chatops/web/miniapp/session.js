/**
 * Who looks at the page. Signs in with Telegram's initData or a login code, once; the session's token lives in
 * sessionStorage, so that a reload finds it and another tab does not.
 */
import { signal } from './vendor/signals.js';
import { actAs, ask, onSessionOver, Refused, SessionOver } from './api.js';
import { speak } from './words.js';

const KEY = 'chatops.session';

/** @typedef {{id: number, name: string, language: string, rights: {read: boolean, act: boolean, decide: boolean},
 *   grants: Array<{role: string, cluster: string, namespace: string}>, bot: string, via: string, silences: boolean}} Me */

/** @type {{value: Me | null}} */
export const me = signal(null);

/** 'starting', 'in', 'over', 'outside' (never signed in), 'link' (the login link is used up) or 'failed'. */
export const phase = signal('starting');

/** Why it failed. @type {{value: Error | null}} */
export const trouble = signal(null);

/** The bot's name, also after the session ended: the way back leads there. */
export const bot = signal('');

/** @returns {{token: string, origin: string, bot: string} | null} */
function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) || 'null');
  } catch {
    return null;
  }
}

/** @param {object | null} session */
function store(session) {
  try {
    if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
    else sessionStorage.removeItem(KEY);
  } catch {
    // No storage: signed in until the page is closed.
  }
}

onSessionOver(() => {
  if (phase.value === 'in') end('over');
});

/** @param {string} next the phase that follows */
function end(next) {
  store(null);
  actAs('');
  me.value = null;
  phase.value = next;
}

/** @param {import('./launch.js').Launch} launch */
export async function signIn(launch) {
  phase.value = 'starting';
  const { initData, loginCode } = launch;
  const origin = new URLSearchParams(initData).get('hash') || loginCode;
  const before = stored();
  bot.value = before?.bot || '';
  try {
    if (before && (!origin || before.origin === origin)) {
      actAs(`Bearer ${before.token}`);
      return enter(await ask('me'), before);
    }
    if (!initData && !loginCode) return end('outside');
    const request = initData ? { as: `tma ${initData}`, body: {} } : { as: '', body: { code: loginCode } };
    const made = await ask('session', { method: 'POST', ...request });
    actAs(`Bearer ${made.token}`);
    return enter(made.me || (await ask('me')), { token: made.token, origin });
  } catch (error) {
    if (error instanceof SessionOver || (loginCode && error instanceof Refused && error.status < 500)) {
      return end(loginCode && !before ? 'link' : 'over');
    }
    trouble.value = /** @type {Error} */ (error);
    phase.value = 'failed';
  }
}

/** @param {Me} who @param {{token: string, origin: string}} session */
function enter(who, session) {
  bot.value = who.bot || '';
  store({ token: session.token, origin: session.origin, bot: bot.value });
  speak(who.language);
  me.value = who;
  phase.value = 'in';
}

export async function signOut() {
  await ask('session', { method: 'DELETE' }).catch(() => {});
  end('over');
}

/** @param {string} language */
export async function setLanguage(language) {
  const who = await ask('me', { method: 'PATCH', body: { language } });
  speak(who.language);
  me.value = who;
}
