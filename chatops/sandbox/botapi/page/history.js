// The messages of the open chat: drawn once, replaced when they change.

import { bubble } from "/page/bubble.js";
import { $, clock, shownMessages, state } from "/page/state.js";

export function forgetDrawn() {
  state.drawn.clear();
  $("messages").replaceChildren();
}

export function drawMessages(chat, actions) {
  const list = $("messages");
  const wanted = shownMessages(chat.id).filter((m) => !state.topic || (m.thread || 1) === state.topic);
  const ids = new Set(wanted.map((message) => String(message.id)));
  for (const [id, drawn] of state.drawn) {
    if (!ids.has(id)) {
      drawn.item.remove();
      state.drawn.delete(id);
    }
  }
  let before = null;
  let previous = null;
  for (const message of wanted) {
    const id = String(message.id);
    const drawn = state.drawn.get(id);
    let item = drawn?.item;
    if (!drawn || drawn.revision !== message.revision) {
      item = bubble(message, contextOf(message, chat, actions));
      if (drawn) replaceItem(drawn.item, item, message.edits > drawn.edits);
      state.drawn.set(id, { item, revision: message.revision, edits: message.edits });
    }
    const day = new Date(message.date * 1000).toDateString();
    const newDay = day !== (previous && new Date(previous.date * 1000).toDateString());
    item.dataset.day = newDay ? dayName(message.date) : "";
    item.classList.toggle("new-day", newDay);
    const follows = previous && !newDay && !previous.service && previous.from?.id === message.from.id
      && message.date - previous.date < 300;
    item.classList.toggle("follows", Boolean(follows));
    const place = before ? before.nextSibling : list.firstChild;
    if (item !== place) list.insertBefore(item, place);
    before = item;
    previous = message;
  }
}

function contextOf(message, chat, actions) {
  const waiting = [...state.presses.values()].filter((p) => p.chat === message.chat && p.message === message.id);
  const topic = chat.topics.length && !state.topic
    ? chat.topics.find((one) => one.id === (message.thread || 1))?.name : "";
  return { group: chat.kind !== "private", topic, actions, pending: new Set(waiting.map((press) => press.data)) };
}

function replaceItem(old, item, flash) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.data : null;
  const open = old.querySelector(".expandable.open") !== null;
  old.replaceWith(item);
  if (open) item.querySelector(".expand")?.click();
  if (focused !== null && focused !== undefined) {
    const keys = [...item.querySelectorAll("[data-data]")];
    (keys.find((key) => key.dataset.data === focused) ?? keys[0])?.focus({ preventScroll: true });
  }
  if (flash) item.classList.add("flash");
}

function dayName(unix) {
  const date = new Date(unix * 1000);
  const today = new Date(clock() * 1000);
  if (date.toDateString() === today.toDateString()) return "Today";
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" }).format(date);
}

export function nearBottom() {
  const box = $("scroll");
  return box.scrollHeight - box.scrollTop - box.clientHeight < 120;
}

export function toBottom() {
  $("scroll").scrollTop = $("scroll").scrollHeight;
}

export function showMessage(id) {
  const item = state.drawn.get(String(id))?.item;
  if (!item) return;
  item.scrollIntoView({ block: "center" });
  item.classList.remove("flash");
  requestAnimationFrame(() => item.classList.add("flash"));
}
