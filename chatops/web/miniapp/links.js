/** Addresses that came from outside. Only what opens a page is a link; all else stays text. */

const ALLOWED = new Set(['http:', 'https:', 'tg:']);

/** @param {unknown} text @returns {string} the address, or '' when it may not be followed */
export function safeAddress(text) {
  try {
    const url = new URL(String(text));
    return ALLOWED.has(url.protocol) ? url.href : '';
  } catch {
    return '';
  }
}
