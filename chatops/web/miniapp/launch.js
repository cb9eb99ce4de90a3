/**
 * What the page was opened with: Telegram's launch parameters or a login code, both in the hash.
 * Read once, before anything else, then taken out of the address. Telegram's own script looks for them later, in
 * sessionStorage under the name it would have kept them by itself.
 *
 * @typedef {{inside: boolean, initData: string, startParam: string, theme: string, platform: string, version: string,
 *   loginCode: string, route: string}} Launch
 */

const TELEGRAMS_OWN = '__telegram__initParams';

/** @returns {Record<string, string>} what Telegram's script kept in this tab, of an earlier load of the page */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(TELEGRAMS_OWN) || '{}') || {};
  } catch {
    return {};
  }
}

/** @param {Record<string, string>} params */
function keep(params) {
  try {
    sessionStorage.setItem(TELEGRAMS_OWN, JSON.stringify(params));
  } catch {
    // No storage here: Telegram's buttons will be missing after a reload, and the page's own stand in.
  }
}

/** @param {string} text */
const paramsOf = (text) => Object.fromEntries(new URLSearchParams(text));

/** Read the hash and leave only the page's own route in it. @returns {Launch} */
export function readLaunch() {
  const hash = location.hash.replace(/^#/, '');
  const begin = hash.search(/(^|[?&#])tgWebApp[A-Za-z]+=/);
  const own = begin < 0 ? hash : hash.slice(0, begin);
  const given = begin < 0 ? {} : paramsOf(hash.slice(begin).replace(/^[?&#]/, ''));
  const told = begin < 0 ? kept() : { ...kept(), ...given };
  if (begin >= 0) keep(told);
  const loginCode = own.startsWith('login=') ? own.slice('login='.length) : '';
  const route = own.startsWith('/') ? own : '';
  history.replaceState(null, '', `${location.pathname}${location.search}#${route || '/open'}`);
  const native = 'TelegramWebviewProxy' in window || typeof window.external?.notify === 'function';
  const initData = given.tgWebAppData || '';
  return {
    inside: native || Boolean(told.tgWebAppPlatform || told.tgWebAppData),
    initData,
    startParam: given.tgWebAppStartParam || new URLSearchParams(initData).get('start_param') || '',
    theme: told.tgWebAppThemeParams || '',
    platform: told.tgWebAppPlatform || '',
    version: told.tgWebAppVersion || '',
    loginCode,
    route,
  };
}

/** The language Telegram has for the person: a hint for the first words on the screen. @param {string} initData */
export function languageHint(initData) {
  try {
    return JSON.parse(new URLSearchParams(initData).get('user') || '{}').language_code || navigator.language;
  } catch {
    return navigator.language;
  }
}
