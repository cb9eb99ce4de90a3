/** Around every page: the head with the way back, the tabs, the line that says how fresh it is, and the bar of buttons. */
import { connection } from '../live.js';
import { back, route } from '../router.js';
import { me } from '../session.js';
import { app, backButton, hasSecondary, mainButton, secondaryButton } from '../telegram.js';
import { clock, language, say } from '../words.js';
import { dialogs } from './dialogs.js';
import { html, useEffect, useRef } from './html.js';

/** Whether something was shown before: the first page does not take the focus. */
let moved = false;

/**
 * One page: its heading takes the focus when one came here, and Telegram's back button leads away from it.
 * @param {{title: string, root?: boolean, above?: string, aside?: any, children?: any}} props `above`: where back leads
 *   when one came here directly
 */
export function Page({ title, root = false, above = '#/open', aside, children }) {
  const head = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    backButton.value = root ? null : () => back(above);
    if (moved) head.current?.focus({ preventScroll: true });
    moved = true;
  }, []);
  useEffect(() => {
    document.title = `${title} · ${say('app.name')}`;
  }, [title, language.value]);
  return html`
    <header class="head">
      ${!root && !app.value && html`
        <button type="button" class="back" onClick=${() => back(above)} aria-label=${say('back')}><span aria-hidden="true">‹</span></button>`}
      <h1 ref=${head} tabindex="-1">${title}</h1>
      ${aside}
    </header>
    ${children}`;
}

const ICONS = /** @type {Record<string, string>} */ ({
  open: 'M12 3c1 4 5 5.500 5 10a5 5 0 0 1-10 0c0-2 1-3.500 2-4.500C9.500 10.500 11 10 12 3z',
  history: 'M12 4a8 8 0 1 1-7.500 5.200M4 4.500v5h5M12 8v4.500l3 2',
  reports: 'M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6',
  audit: 'M6 3.500h9l3.500 3.500v13.500H6zM9 11h6M9 15h6',
  settings: 'M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4M4 12h5',
});

/** @param {{to: string, label: string}} props */
function Tab({ to, label }) {
  const here = route.value.path[0] === to || (to === 'open' && route.value.path[0] === 'incident');
  return html`
    <a class="tab" href=${`#/${to}`} aria-current=${here ? 'page' : undefined}>
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS[to]} /></svg><span>${label}</span></a>`;
}

export const Tabs = () => html`
  <nav class="tabs" aria-label=${say('nav.label')}>
    <${Tab} to="open" label=${say('nav.open')} />
    <${Tab} to="history" label=${say('nav.history')} />
    <${Tab} to="reports" label=${say('nav.reports')} />
    ${me.value?.rights.decide && html`<${Tab} to="audit" label=${say('nav.audit')} />`}
    <${Tab} to="settings" label=${say('nav.settings')} />
  </nav>`;

/** Says that nobody answers, and of when what is shown is. */
export const Freshness = () => html`
  <div role="status" class="freshness">
    ${connection.value.lost && html`<p>${
      connection.value.asOf ? say('lost.asOf', { time: clock(connection.value.asOf) }) : say('lost')}</p>`}
  </div>`;

/** The page's stand-in for Telegram's main and second button. */
export function ButtonBar() {
  const shown = [];
  if (!app.value || !hasSecondary()) shown.push(secondaryButton.value);
  if (!app.value) shown.push(mainButton.value);
  const buttons = shown.filter((each) => each !== null);
  if (!buttons.length || dialogs.value.length) return null;
  return html`
    <div class="bar">
      ${buttons.map((each) => html`
        <button type="button" key=${each.text} class=${each === mainButton.value ? 'main' : ''} disabled=${each.busy}
          onClick=${each.press}>${each.text}</button>`)}
    </div>`;
}

/**
 * The page's main and second button while it is shown.
 * @param {import('../telegram.js').FrameButton | null} main @param {import('../telegram.js').FrameButton | null} second
 */
export function useButtons(main, second) {
  useEffect(() => {
    mainButton.value = main;
    secondaryButton.value = second;
  }, [main?.text, main?.busy, main?.press, second?.text, second?.busy, second?.press]);
  useEffect(() => () => {
    mainButton.value = null;
    secondaryButton.value = null;
  }, []);
}
