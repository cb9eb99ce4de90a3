// The list of chats and of people to act as.

import { BOT_HUE, el, face } from "/page/bubble.js";
import { $, clock, shownMessages, state, unreadIn } from "/page/state.js";

export function drawPeople() {
  const select = $("as");
  const wanted = state.people.map((person) => `${person.id}:${person.first_name}`).join();
  if (select.dataset.shown !== wanted) {
    select.dataset.shown = wanted;
    select.replaceChildren(...state.people.map((person) => {
      const option = el("option", "", person.first_name + (person.username ? ` (@${person.username})` : ""));
      option.value = person.id;
      return option;
    }));
  }
  select.value = state.as;
  select.disabled = state.people.length === 0;
}

/** `open(chat id)` is called when one is chosen. */
export function drawChats(open) {
  const newest = (chat) => shownMessages(chat.id).at(-1);
  const order = [...state.chats.values()].sort((a, b) => (newest(b)?.date ?? 0) - (newest(a)?.date ?? 0));
  const focused = document.activeElement?.dataset?.chat;
  $("chats").replaceChildren(...order.map((chat) => {
    const last = newest(chat);
    const unread = unreadIn(chat.id);
    const button = el("button", "chat-item", face(chat.title, chat.kind === "private" ? BOT_HUE : chat.id),
      el("span", "chat-item-text",
        el("span", "chat-item-top", el("strong", "", chat.title),
          last ? el("time", "", shortTime(last.date)) : null),
        el("span", "chat-item-bottom", el("span", "excerpt", excerpt(last, chat)), badge(unread))));
    button.type = "button";
    button.dataset.chat = chat.id;
    if (chat.id === state.chat) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => open(chat.id));
    return el("li", "", button);
  }));
  if (focused) $("chats").querySelector(`[data-chat="${focused}"]`)?.focus();
}

function badge(unread) {
  if (!unread.length) return null;
  const loud = unread.some((message) => !message.silent);
  const mark = el("span", loud ? "badge" : "badge quiet", String(unread.length));
  mark.setAttribute("aria-label", `${unread.length} unread${loud ? "" : ", silent"}`);
  return mark;
}

function excerpt(message, chat) {
  if (chat.action) return `${chat.action.replace(/_/g, " ")}…`;
  if (!message) return chat.kind === "private" ? "Press Start to begin" : "No messages yet";
  if (message.service) return message.service;
  const who = message.own ? "You: " : chat.kind === "private" ? "" : `${message.from.name}: `;
  return who + (message.text || message.document?.name || "Photo").slice(0, 100).replace(/\s+/g, " ");
}

function shortTime(unix) {
  const date = new Date(unix * 1000);
  const today = date.toDateString() === new Date(clock() * 1000).toDateString();
  return new Intl.DateTimeFormat("en-GB", today ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" })
    .format(date);
}
