/**
 * The frame around the page: Telegram's buttons, haptics and popups where the page was opened there, and the page's own
 * (parts/frame.js, parts/dialogs.js) everywhere else. Nothing waits for Telegram's script: it is loaded beside.
 */
import { effect, signal } from './vendor/signals.js';
import { closeTop, dialogs, openDialog } from './parts/dialogs.js';
import { applyTheme } from './theme.js';

const SCRIPT = 'https://telegram.org/js/telegram-web-app.js';
const PATIENCE = 2000;

/** @type {{value: import('./launch.js').Launch | null}} */
export const launch = signal(null);

/** Telegram's WebApp object once its script is there; null: the page draws its own. */
export const app = signal(/** @type {any} */ (null));

/** @typedef {{text: string, press: () => void, busy?: boolean, danger?: boolean}} FrameButton */
export const mainButton = signal(/** @type {FrameButton | null} */ (null));
export const secondaryButton = signal(/** @type {FrameButton | null} */ (null));
/** What leads back, where something does. @type {{value: (() => void) | null}} */
export const backButton = signal(null);

/** Load Telegram's script when the page was opened inside Telegram. @returns {Promise<boolean>} */
export function loadTelegram() {
  return new Promise((resolve) => {
    if (!launch.value?.inside) return resolve(false);
    const script = document.createElement('script');
    const timer = setTimeout(() => resolve(false), PATIENCE);
    script.onload = () => {
      clearTimeout(timer);
      resolve(true);
      // Also when it is late: better then than never.
      const found = /** @type {any} */ (window).Telegram?.WebApp;
      if (found && atLeast(found, '6.1')) adopt(found);
    };
    script.onerror = () => (clearTimeout(timer), resolve(false));
    script.src = SCRIPT;
    document.head.append(script);
  });
}

/** @param {any} web @param {string} version */
const atLeast = (web, version) => Boolean(web?.isVersionAtLeast?.(version));

/** @param {any} web */
function adopt(web) {
  web.ready();
  web.expand();
  app.value = web;
  const theme = () => applyTheme(JSON.stringify(web.themeParams));
  web.onEvent('themeChanged', theme);
  if (Object.keys(web.themeParams).length) theme();
  for (const [set, name] of [['setHeaderColor', 'secondary_bg_color'], ['setBackgroundColor', 'secondary_bg_color']]) {
    if (web.themeParams[name]) web[set]?.(name);
  }
  web.BackButton.onClick(() => closeTop() || backButton.value?.());
  web.MainButton.onClick(() => mainButton.value?.press());
  effect(() => (backButton.value || dialogs.value.length ? web.BackButton.show() : web.BackButton.hide()));
  effect(() => draw(web.MainButton, dialogs.value.length ? null : mainButton.value));
  if (atLeast(web, '7.10')) {
    web.SecondaryButton.onClick(() => secondaryButton.value?.press());
    effect(() => draw(web.SecondaryButton, dialogs.value.length ? null : secondaryButton.value));
  }
  if (atLeast(web, '7.0')) {
    web.SettingsButton.onClick(() => (location.hash = '#/settings'));
    web.SettingsButton.show();
  }
}

/** Whether this Telegram has a second button; where not the page draws it. */
export const hasSecondary = () => atLeast(app.value, '7.10');

/** @param {any} button @param {FrameButton | null} wanted */
function draw(button, wanted) {
  if (!wanted) return button.hide();
  button.setParams({ text: wanted.text, is_visible: true, is_active: !wanted.busy });
  if (wanted.busy) button.showProgress(false);
  else button.hideProgress();
}

/** @param {'select' | 'press' | 'done' | 'failed'} what happened */
export function haptic(what) {
  const feedback = app.value?.HapticFeedback;
  if (!feedback) return;
  if (what === 'select') feedback.selectionChanged();
  else if (what === 'press') feedback.impactOccurred('light');
  else feedback.notificationOccurred(what === 'done' ? 'success' : 'error');
}

/**
 * Ask something small: at most three buttons. Resolves to the chosen id, or '' when it was closed.
 * @param {{title?: string, message: string, buttons: Array<{id: string, text: string, danger?: boolean}>}} asked
 * @returns {Promise<string>}
 */
export function popup(asked) {
  const web = app.value;
  if (!atLeast(web, '6.2') || asked.message.length > 256 || (asked.title || '').length > 64) return openDialog(asked);
  const buttons = asked.buttons.map(({ id, text, danger }) => ({ id, text: text.slice(0, 64), type: danger ? 'destructive' : 'default' }));
  return new Promise((resolve) => {
    try {
      web.showPopup({ title: asked.title, message: asked.message, buttons }, (/** @type {string} */ id) => resolve(id || ''));
    } catch {
      // Another popup is open: Telegram has one at a time.
      resolve(openDialog(asked));
    }
  });
}

/** Whether a swipe down may put the page away: not where it is for scrolling inside of it. @param {boolean} may */
export function allowSwipes(may) {
  if (!atLeast(app.value, '7.7')) return;
  if (may) app.value.enableVerticalSwipes();
  else app.value.disableVerticalSwipes();
}

/** Keep the person from closing the page by a swipe while text is not stored. @param {boolean} on */
export function guardText(on) {
  if (!atLeast(app.value, '6.2')) return;
  if (on) app.value.enableClosingConfirmation();
  else app.value.disableClosingConfirmation();
}

/** @param {MouseEvent} event @param {string} address one that links.js let through */
export function follow(event, address) {
  const web = app.value;
  if (!web) return;
  const url = new URL(address);
  // Telegram's views open tg: by themselves, and its script refuses to.
  if (url.protocol === 'tg:') return;
  event.preventDefault();
  if (url.hostname === 't.me') web.openTelegramLink(url.href);
  else web.openLink(url.href);
}
