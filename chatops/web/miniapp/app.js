/** The page's beginning: read what it was opened with, draw, sign in, and show what the address names. */
import { effect } from './vendor/signals.js';
import { Unreachable } from './api.js';
import { languageHint, readLaunch } from './launch.js';
import { historyList, matches, openList } from './lists.js';
import { connection, onChanges, startPolling, stopPolling } from './live.js';
import { closeAll, DialogHost } from './parts/dialogs.js';
import { ButtonBar, Freshness, Page, Tabs } from './parts/frame.js';
import { html, render, useEffect, useLayoutEffect, useState } from './parts/html.js';
import { severityWord } from './parts/marks.js';
import { Failed, NotIn, Skeleton, State } from './parts/states.js';
import { announce, Toasts } from './parts/toasts.js';
import Incident from './pages/incident.js';
import Open from './pages/open.js';
import { address, listen, openAbove, route } from './router.js';
import { me, phase, signIn, trouble } from './session.js';
import { launch, loadTelegram } from './telegram.js';
import { applyTheme, makeReadable, themeVersion } from './theme.js';
import { language, say, speak } from './words.js';

/** Pages that are seldom looked at are fetched when they are. @type {Record<string, () => Promise<any>>} */
const LATER = {
  history: () => import('./pages/history.js'),
  reports: () => import('./pages/reports.js'),
  audit: () => import('./pages/audit.js'),
  settings: () => import('./pages/settings.js'),
  logs: () => import('./pages/logs.js'),
  describe: () => import('./pages/describe.js'),
};

/** @param {{name: string, id?: number}} props */
function Later({ name, id }) {
  const [found, setFound] = useState(/** @type {any} */ ({}));
  const load = () =>
    LATER[name]().then(
      (module) => setFound({ page: module.default }),
      () => setFound({ failed: true, lost: connection.value.lost || !navigator.onLine }),
    );
  useEffect(() => void load(), [name]);
  if (found.lost) return html`<${Page} title=${say('app.name')}><${Failed} error=${new Unreachable(name)} again=${load} /><//>`;
  if (found.failed) {
    return html`<${Page} title=${say('app.name')}><${State} title=${say('state.newer')} hint=${say('state.newerHint')}>
      <button type="button" onClick=${() => location.reload()}>${say('reload')}</button><//><//>`;
  }
  return found.page ? html`<${found.page} id=${id} />` : html`<${Skeleton} />`;
}

function Current() {
  const [name, number, part] = route.value.path;
  const id = Number(number);
  const known = name === 'incident' && Number.isSafeInteger(id) && id > 0;
  if (known && (part === 'logs' || part === 'describe')) return html`<${Later} key=${`${id}${part}`} name=${part} id=${id} />`;
  if (known) return html`<${Incident} key=${id} id=${id} />`;
  if (name in LATER && !number) return html`<${Later} key=${name} name=${name} />`;
  if (name === 'open') return html`<${Open} />`;
  return html`<${Page} title=${say('state.notFound')}><${State} title=${say('state.noPage')}><a href="#/open">${say('nav.open')}</a><//><//>`;
}

/** Pages behind a tab; all others have a way back instead. */
const isRoot = () => phase.value !== 'in' || route.value.path[0] !== 'incident';

/** Where each address was scrolled to, for the way back. @type {Map<string, number>} */
const scrolled = new Map();

function App() {
  const isIn = phase.value === 'in';
  useLayoutEffect(() => {
    closeAll();
    scrollTo(0, scrolled.get(location.hash) || 0);
  }, [route.value.path.join('/')]);
  // Read here, so that everything is drawn again in another language or theme.
  return html`
    <div class=${isRoot() ? 'app' : 'app inner'} data-language=${language.value} data-theme-version=${themeVersion.value}>
      ${isIn && html`<${Tabs} />`}
      <main>
        <${Freshness} />
        ${isIn ? html`<${Current} />` : html`
          <header class="head"><h1>${say('app.name')}</h1></header>
          <${NotIn} phase=${phase.value} error=${trouble.value} again=${() => signIn(/** @type {any} */ (launch.value))} />`}
      </main>
      <${ButtonBar} />
    </div>
    <${Toasts} />
    <${DialogHost} />`;
}

/** @param {any[]} rows @param {boolean} reset */
function takeChanges(rows, reset) {
  const myId = me.value?.id || 0;
  openList.take(rows, reset, myId);
  // New is what opened within the last poll or two, not what was taken or silenced just now.
  const fresh = rows.filter((row) => matches({}, row, myId) && !row.taken_by && Date.now() - Date.parse(row.opened_at) < 90_000);
  if (!fresh.length) return;
  const [{ title, object, severity }] = fresh;
  announce(say('announce.new', { severity: severityWord(severity), title: [title, object].filter(Boolean).join(' · ') }));
}

function start() {
  const given = readLaunch();
  launch.value = given;
  speak(languageHint(given.initData));
  makeReadable();
  applyTheme(given.theme);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', makeReadable);
  history.scrollRestoration = 'manual';
  addEventListener('scroll', () => scrolled.set(location.hash, scrollY), { passive: true });
  listen();
  const incident = /^inc_(\d{1,15})$/.exec(given.startParam);
  if (incident && !given.route) openAbove(address(`incident/${incident[1]}`));
  else if (given.route.startsWith('/incident/')) openAbove(`#${given.route}`);
  onChanges(takeChanges);
  let who = 0;
  effect(() => {
    const id = me.value?.id || 0;
    if (id && id !== who) {
      openList.forget();
      historyList.forget();
      who = id;
    }
    if (phase.value === 'in') startPolling();
    else stopPolling();
  });
  const place = /** @type {Element} */ (document.getElementById('app'));
  place.replaceChildren();
  render(html`<${App} />`, place);
  signIn(given);
  loadTelegram();
}

start();
