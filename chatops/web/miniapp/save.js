/** Text out of the page: as a file where the browser can, else to copy. */
import { launch } from './telegram.js';
import { showText } from './parts/dialogs.js';

/** @param {string} name @param {string} type @param {string} text */
export function save(name, type, text) {
  // Telegram's views on phones ignore downloads, and the frame of its web clients has no right to one.
  const phone = ['android', 'android_x', 'ios'].includes(launch.value?.platform || '');
  if (phone || window.parent !== window) return showText(name, text);
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** @param {string} text @returns {Promise<boolean>} whether it is on the clipboard */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Rows as CSV of RFC 4180. A cell that a spreadsheet would take for a formula is quoted. @param {any[][]} rows */
export function csv(rows) {
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

/** @param {any} value */
function cell(value) {
  let text = value === null || value === undefined ? '' : String(value);
  if (typeof value !== 'number' && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
