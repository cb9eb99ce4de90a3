/** Changes that people ask for: done, or said why not; and a button that copies. */
import { copy } from '../save.js';
import { say } from '../words.js';
import { html, useEffect, useRef, useState } from './html.js';
import { inShort } from './states.js';
import { tell } from './toasts.js';

const STAYS = 3000;

/** @template T @param {() => Promise<T>} change @returns {Promise<T | undefined>} undefined when it was refused, which is said */
export async function attempt(change) {
  try {
    return await change();
  } catch (error) {
    tell(inShort(/** @type {Error} */ (error)), true);
    return undefined;
  }
}

/** Says so itself: a dialog would hide a line below it. @param {{text: string}} props */
export function CopyButton({ text }) {
  const [said, setSaid] = useState('');
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = async () => {
    setSaid((await copy(text)) ? say('save.copied') : say('save.notCopied'));
    timer.current = setTimeout(() => setSaid(''), STAYS);
  };
  return html`<button type="button" onClick=${press}><span role="status">${said || say('save.copy')}</span></button>`;
}
