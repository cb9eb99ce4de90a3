/** Dialogs over the page: the browser's own element, which keeps the focus inside and gives it back. */
import { signal } from '../vendor/signals.js';
import { say } from '../words.js';
import { CopyButton } from './attempt.js';
import { html, useEffect, useRef } from './html.js';

/** @typedef {{key: number, label: string, draw: (close: (value?: any) => void) => any, resolve: (value: any) => void,
 *   hide?: () => void}} Dialog `hide` closes the element: only then does the browser give the focus back */

/** @type {{value: Dialog[]}} */
export const dialogs = signal([]);
let count = 0;

/**
 * @param {string} label what it is, for those who do not see it
 * @param {(close: (value?: any) => void) => any} draw
 * @returns {Promise<any>} what it was closed with; undefined when it was left
 */
export function open(label, draw) {
  return new Promise((resolve) => {
    dialogs.value = [...dialogs.value, { key: ++count, label, draw, resolve }];
  });
}

/** @param {number} key @param {any} [value] */
function close(key, value) {
  const found = dialogs.value.find((each) => each.key === key);
  if (!found) return;
  found.hide?.();
  dialogs.value = dialogs.value.filter((each) => each !== found);
  found.resolve(value);
}

/** Close the topmost one. @returns {boolean} whether there was one */
export function closeTop() {
  const top = dialogs.value.at(-1);
  if (top) close(top.key);
  return Boolean(top);
}

export const closeAll = () => {
  while (closeTop());
};

export const DialogHost = () => dialogs.value.map((each) => html`<${Shown} key=${each.key} dialog=${each} />`);

/** @param {{dialog: Dialog}} props */
function Shown({ dialog }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    element.current?.showModal();
    dialog.hide = () => element.current?.close();
  }, []);
  const leave = (/** @type {Event} */ event) => (event.preventDefault(), close(dialog.key));
  return html`
    <dialog ref=${element} class="dialog" aria-label=${dialog.label} onCancel=${leave}>
      ${dialog.draw((/** @type {any} */ value) => close(dialog.key, value))}
    </dialog>`;
}

/**
 * The page's stand-in for Telegram's popup. What changes nothing stands first.
 * @param {{title?: string, message: string, buttons: Array<{id: string, text: string, danger?: boolean}>}} asked
 */
export async function openDialog({ title, message, buttons }) {
  const chosen = await open(title || message, (close) => html`
    ${title && html`<h2>${title}</h2>`}
    <p>${message}</p>
    <div class="buttons">
      ${[...buttons].sort((one, other) => Number(Boolean(one.id)) - Number(Boolean(other.id))).map(({ id, text, danger }) => html`
        <button type="button" key=${id} class=${danger ? 'danger' : ''} onClick=${() => close(id)}>${text}</button>`)}
    </div>`);
  return chosen || '';
}

/** A text to read and to copy. @param {string} title @param {string} text */
export function showText(title, text) {
  const select = (/** @type {FocusEvent} */ event) => /** @type {HTMLTextAreaElement} */ (event.target).select();
  return open(title, (close) => html`
    <h2>${title}</h2>
    <label class="field">${say('save.copyHint')}
      <textarea class="text-out" readonly rows="12" value=${text} onFocus=${select}></textarea></label>
    <div class="buttons"><button type="button" onClick=${() => close()}>${say('close')}</button><${CopyButton} text=${text} /></div>`);
}
