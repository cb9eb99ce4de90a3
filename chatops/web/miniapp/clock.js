/** The time as the service has it: a phone's clock may be off, and a confirm stands for 60 seconds. */

let ahead = 0;

/** @param {string | null} date the Date header of an answer */
export function setClock(date) {
  const told = Date.parse(date || '');
  // The header has whole seconds: a smaller difference is none.
  if (!Number.isNaN(told)) ahead = Math.abs(told - Date.now()) > 1500 ? told - Date.now() : 0;
}

/** @returns {number} milliseconds since 1970 */
export const now = () => Date.now() + ahead;

/** @param {string} moment @returns {number} seconds from now until then, negative when it is past */
export const secondsUntil = (moment) => (Date.parse(moment) - now()) / 1000;
