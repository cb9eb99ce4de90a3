/** The reader's own things: language, API tokens, the way out; for admins, who may do what. */
import { ask, Refused } from '../api.js';
import { useLoaded } from '../load.js';
import { Page } from '../parts/frame.js';
import { html, useState } from '../parts/html.js';
import { Clock } from '../parts/marks.js';
import { People } from '../parts/people.js';
import { Grants } from '../parts/grants.js';
import { attempt, CopyButton } from '../parts/attempt.js';
import { Failed, Skeleton } from '../parts/states.js';
import { me, setLanguage, signOut } from '../session.js';
import { popup } from '../telegram.js';
import { count, say } from '../words.js';

const SCOPES = /** @type {const} */ ([['read', 'scope.read'], ['act', 'scope.act'], ['decide', 'scope.decide']]);
const DAYS = [7, 30, 90, 365];

export default function Settings() {
  const who = me.value;
  if (!who) return null;
  const leave = async () => {
    const buttons = [{ id: 'yes', text: say('settings.signOut'), danger: true }, { id: '', text: say('cancel') }];
    if ((await popup({ message: say('settings.signOutAsk'), buttons })) === 'yes') await signOut();
  };
  return html`
    <${Page} title=${say('settings.title')} root>
      <section class="card" aria-labelledby="who"><h2 id="who">${who.name}</h2>
        <p class="hint">id ${who.id}</p>
        <${Grants} grants=${who.grants} />
        <label class="field">${say('settings.language')}
          <select value=${who.language} onChange=${(/** @type {any} */ event) => attempt(() => setLanguage(event.target.value))}>
            <option value="en" lang="en">English</option><option value="ru" lang="ru">Русский</option>
          </select></label>
        <div class="acts"><button type="button" onClick=${leave}>${say('settings.signOut')}</button></div>
      </section>
      <${Tokens} />
      ${who.rights.decide && html`<${People} />`}
    <//>`;
}

function Tokens() {
  const { data, error, again } = useLoaded((signal) => ask('tokens', { signal }), []);
  const [made, setMade] = useState(/** @type {any} */ (null));
  const revoke = async (/** @type {any} */ token) => {
    const buttons = [{ id: 'yes', text: say('tokens.revoke'), danger: true }, { id: '', text: say('cancel') }];
    if ((await popup({ message: say('tokens.revokeAsk', { name: token.name }), buttons })) !== 'yes') return;
    await attempt(() => ask(`tokens/${encodeURIComponent(token.id)}`, { method: 'DELETE' }));
    again();
  };
  return html`
    <section class="card" aria-labelledby="tokens"><h2 id="tokens">${say('tokens.title')}</h2>
      <p class="hint">${say('tokens.hint')}</p>
      ${error && !(error instanceof Refused && error.status === 403) && html`<${Failed} error=${error} again=${again} />`}
      ${error instanceof Refused && error.status === 403 && html`<p>${error.detail}</p>`}
      ${!data && !error && html`<${Skeleton} rows=${2} />`}
      ${made && html`<${Secret} token=${made} done=${() => setMade(null)} />`}
      ${data && html`
        <ul class="plain">${data.tokens.map((/** @type {any} */ each) => html`
          <li key=${each.id} class="line"><span class="grow">${each.name} · ${scopeWord(each.scope)}
            <br /><span class="hint">${say('tokens.until')} <${Clock} of=${each.expires_at} /></span></span>
            <button type="button" class="danger" aria-label=${say('tokens.revokeNamed', { name: each.name })} onClick=${() => revoke(each)}>${say('tokens.revoke')}</button></li>`)}</ul>
        <${NewToken} made=${(/** @type {any} */ token) => (setMade(token), again())} />`}
    </section>`;
}

const scopeWord = (/** @type {string} */ scope) => say(SCOPES.find(([value]) => value === scope)?.[1] || 'scope.read');

/** @param {{token: any, done: () => void}} props */
const Secret = ({ token, done }) => html`
    <div class="secret" role="status"><p>${say('tokens.once', { name: token.name })}</p>
      <code class="mono" tabindex="0">${token.token}</code>
      <div class="buttons"><${CopyButton} text=${token.token} /><button type="button" onClick=${done}>${say('tokens.hide')}</button></div>
    </div>`;

/** @param {{made: (token: any) => void}} props */
function NewToken({ made }) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState('read');
  const [days, setDays] = useState(30);
  const [busy, setBusy] = useState(false);
  const sent = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    const token = await attempt(() => ask('tokens', { method: 'POST', body: { name: name.trim(), scope, days } }));
    setBusy(false);
    if (!token) return;
    setName('');
    made({ name: token.made.name, token: token.token });
  };
  const value = (/** @type {any} */ event) => event.target.value;
  return html`
    <form class="form" onSubmit=${sent} aria-label=${say('tokens.make')}>
      <label class="field">${say('tokens.name')}<input required maxlength="60" value=${name} onInput=${(/** @type {any} */ event) => setName(value(event))} /></label>
      <label class="field">${say('tokens.scope')}<select value=${scope} onChange=${(/** @type {any} */ event) => setScope(value(event))}>
        ${SCOPES.map(([each, key]) => html`<option key=${each} value=${each}>${say(key)}</option>`)}</select></label>
      <label class="field">${say('tokens.days')}<select value=${days} onChange=${(/** @type {any} */ event) => setDays(Number(value(event)))}>
        ${DAYS.map((each) => html`<option key=${each} value=${each}>${count('days', each)}</option>`)}</select></label>
      <button type="submit" disabled=${busy || !name.trim()}>${say('tokens.make')}</button>
    </form>`;
}
