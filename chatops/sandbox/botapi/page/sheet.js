// The sheet that a Mini App opens in: its frame, and the buttons and questions that are Telegram's and not the app's.

import { el } from "/page/bubble.js";
import { connect } from "/page/bridge.js";
import { $ } from "/page/state.js";
import { isDark, onTheme, turnOver } from "/page/theme.js";

// As Telegram's own web client has it: no downloads, and no way out of the frame.
const MAY = "allow-scripts allow-same-origin allow-popups allow-forms allow-modals allow-storage-access-by-user-activation";
const COLOUR = /^#[0-9a-f]{6}$/i;
const DEFAULT_WORDS = { ok: "OK", close: "Close", cancel: "Cancel" };
let app = null;

/** `launch`: {url, title, themes}; `follow(url)` is called with links that lead to Telegram. */
export function openApp(launch, follow) {
  endApp();
  const frame = el("iframe", "app-frame");
  frame.title = launch.title;
  frame.setAttribute("sandbox", MAY);
  frame.allow = "clipboard-write";
  app = { launch, frame, follow, asks: false, back: false, headed: "" };
  app.bridge = connect(frame, sheet);
  // An app that never says it is ready is shown once it is there.
  frame.addEventListener("load", sheet.ready);
  frame.src = launch.url;
  $("app-title").textContent = launch.title;
  $("app-place").replaceChildren(frame);
  for (const part of ["header", "background", "bottom"]) sheet.colour(part, "");
  for (const name of ["main", "secondary", "back", "settings"]) sheet.button(name, { is_visible: false });
  $("app").classList.remove("ready");
  if (!$("app").open) $("app").showModal();
}

/** At once, whatever the app wants to be asked before. */
export function endApp() {
  if (!app) return;
  app.bridge.end();
  app = null;
  if ($("popup").open) $("popup").close();
  $("app-place").replaceChildren();
  $("app").close();
}

function leave() {
  if (!app?.asks) {
    endApp();
    return;
  }
  const buttons = [{ id: "stay", type: "cancel" }, { id: "leave", type: "destructive", text: "Close anyway" }];
  sheet.popup({ message: "Changes that you made may not be saved.", buttons }, (id) => { if (id === "leave") endApp(); });
}

const sheet = {
  theme: () => app.launch.themes[isDark() ? "dark" : "light"],
  ready: () => $("app").classList.add("ready"),
  close: endApp,
  confirmClosing: (wanted) => { app.asks = wanted; },

  button(name, wanted) {
    const control = $(`app-${name}`);
    if (name === "back") {
      app.back = wanted.is_visible === true;
      control.classList.toggle("closes", !app.back);
      control.setAttribute("aria-label", app.back ? "Back" : "Close");
      return;
    }
    control.hidden = !wanted.is_visible || (name !== "settings" && !String(wanted.text ?? "").trim());
    if (name === "settings") return;
    $("app-bottom").hidden = $("app-main").hidden && $("app-secondary").hidden;
    if (control.hidden) return;
    control.textContent = wanted.text;
    control.disabled = wanted.is_active === false;
    control.classList.toggle("busy", wanted.is_progress_visible === true);
    control.setAttribute("aria-busy", String(wanted.is_progress_visible === true));
    control.style.backgroundColor = COLOUR.test(wanted.color) ? wanted.color : "";
    control.style.color = COLOUR.test(wanted.text_color) ? wanted.text_color : "";
    if (name === "secondary") $("app-bottom").dataset.secondary = wanted.position ?? "left";
  },

  // By the name of a colour of the theme, which goes with the theme, or by a colour.
  headed(colour, key) {
    app.headed = colour ? "" : key;
    sheet.colour("header", colour ?? sheet.theme()[key]);
  },

  colour(part, colour) {
    const place = { header: "app-head", background: "app-place", bottom: "app-bottom" }[part];
    $(place).style.backgroundColor = COLOUR.test(colour) ? colour : "";
  },

  popup(wanted, closed) {
    const box = $("popup");
    const buttons = wanted.buttons?.length ? wanted.buttons : [{ id: "", type: "close" }];
    box.returnValue = "";
    $("popup-title").textContent = wanted.title ?? "";
    $("popup-title").hidden = !wanted.title;
    $("popup-text").textContent = wanted.message ?? "";
    $("popup-buttons").replaceChildren(...buttons.map((each, number) => {
      const control = el("button", each.type ?? "default", each.text || DEFAULT_WORDS[each.type] || "OK");
      control.type = "button";
      control.addEventListener("click", () => box.close(String(number)));
      return control;
    }));
    box.addEventListener("close", () => closed(box.returnValue ? buttons[box.returnValue].id ?? "" : null), { once: true });
    box.showModal();
  },

  link(url) {
    if (/^https?:/i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
  },

  telegramLink(url) {
    const { follow } = app;
    endApp();
    follow(new URL(url));
  },

  haptic({ type, impact_style, notification_type }) {
    $("app").dataset.haptic = [type, impact_style ?? notification_type].filter(Boolean).join(" ");
    navigator.vibrate?.(type === "notification" ? [20, 40, 20] : 10);
  },
};

function reload() {
  const { url } = app.launch;
  // A new document, and not the same one at another #.
  app.frame.src = "about:blank";
  app.frame.addEventListener("load", () => { app.frame.src = url; }, { once: true });
}

$("app-back").addEventListener("click", () => { if (app.back) app.bridge.send("back_button_pressed"); else leave(); });
$("app-settings").addEventListener("click", () => app.bridge.send("settings_button_pressed"));
$("app-main").addEventListener("click", () => app.bridge.send("main_button_pressed"));
$("app-secondary").addEventListener("click", () => app.bridge.send("secondary_button_pressed"));
$("app-reload").addEventListener("click", reload);
$("app-theme").addEventListener("click", turnOver);
$("app").addEventListener("cancel", (event) => {
  event.preventDefault();
  leave();
});
onTheme(() => {
  if (!app) return;
  app.bridge.theme();
  if (app.headed) sheet.headed(null, app.headed);
});
