// Light or dark: as the system has it, until the visitor chooses.

const system = matchMedia("(prefers-color-scheme: dark)");
const told = new Set();
let chosen = "";

export const isDark = () => (chosen || (system.matches ? "dark" : "light")) === "dark";

/** The other one, from now on. */
export function turnOver() {
  chosen = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  tell();
}

/** `listener` is called whenever it has changed. */
export function onTheme(listener) {
  told.add(listener);
}

function tell() {
  for (const listener of told) listener();
}

system.addEventListener("change", () => { if (!chosen) tell(); });
