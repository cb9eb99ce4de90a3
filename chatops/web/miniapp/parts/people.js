/** Who is known to the bot and what each may do. For admins. */
import { ask } from '../api.js';
import { useLoaded } from '../load.js';
import { me } from '../session.js';
import { popup } from '../telegram.js';
import { say } from '../words.js';
import { attempt } from './attempt.js';
import { Grants, GrantsForm, grantText } from './grants.js';
import { html, useState } from './html.js';
import { Failed, Skeleton } from './states.js';
import { tell } from './toasts.js';

export function People() {
  const { data, error, again } = useLoaded((signal) => ask('users', { signal }), []);
  return html`
    <section class="card" aria-labelledby="people"><h2 id="people">${say('people.title')}</h2>
      <p class="hint">${say('people.hint')}</p>
      ${error && html`<${Failed} error=${error} again=${again} />`}
      ${!data && !error && html`<${Skeleton} rows=${3} />`}
      <ul class="plain">${data?.users.map((/** @type {any} */ each) => html`<${Person} key=${each.id} person=${each} again=${again} />`)}</ul>
    </section>`;
}

/** @param {{person: any, again: () => void}} props */
function Person({ person, again }) {
  const [editing, setEditing] = useState(false);
  const path = `users/${person.id}`;
  const change = async (/** @type {string} */ act, /** @type {object} */ body) => {
    const done = await attempt(() => ask(`${path}/${act}`, { method: 'POST', body }));
    if (done) tell(say('people.saved', { name: person.name }));
    again();
  };
  const give = (/** @type {any} */ grant) => change('grants', grant);
  const take = async (/** @type {any} */ grant) => {
    const buttons = [{ id: 'yes', text: say('grant.remove'), danger: true }, { id: '', text: say('cancel') }];
    if ((await popup({ message: say('grant.removeAsk', { grant: grantText(grant), name: person.name }), buttons })) === 'yes') await change('grants/revoke', grant);
  };
  const turn = async () => {
    const word = say(person.disabled ? 'people.enable' : 'people.disable');
    const buttons = [{ id: 'yes', text: word, danger: !person.disabled }, { id: '', text: say('cancel') }];
    const message = say(person.disabled ? 'people.enableAsk' : 'people.disableAsk', { name: person.name });
    if ((await popup({ message, buttons })) !== 'yes') return;
    await change(person.disabled ? 'enable' : 'disable', {});
  };
  return html`
    <li class="person">
      <h3>${person.name}${person.disabled && html` <span class="sign-of">${say('people.disabled')}</span>`}</h3>
      <p class="hint">id ${person.id}</p>
      ${editing ? html`<${GrantsForm} name=${person.name} grants=${person.grants} give=${give} take=${take} />` : html`<${Grants} grants=${person.grants} />`}
      <div class="acts">
        <button type="button" aria-expanded=${editing} aria-label=${say('people.grantsOf', { name: person.name })} onClick=${() => setEditing(!editing)}>${say('people.grants')}</button>
        ${person.id !== me.value?.id && html`<button type="button" class=${person.disabled ? '' : 'danger'} onClick=${turn}>${say(person.disabled ? 'people.enable' : 'people.disable')}</button>`}
      </div>
    </li>`;
}
