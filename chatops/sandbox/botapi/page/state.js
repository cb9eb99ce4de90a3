// What the page knows, and how to look things up in it.

export const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
export const state = {
  as: Number(asked.get("as")) || 0,
  chat: Number(asked.get("chat")) || 0,
  topic: 0,
  run: "",
  revision: 0,
  skew: 0,
  bot: null,
  people: [],
  chats: new Map(),
  messages: new Map(),
  read: new Map(),
  drawn: new Map(),
  presses: new Map(),
  replying: null,
  answered: new Map(),
};

export const language = () => state.people.find((person) => person.id === state.as)?.language_code?.replace(/^en$/, "en-GB") || "en-GB";
export const clock = () => Date.now() / 1000 + state.skew;
export const current = () => state.chats.get(state.chat);
export const messagesOf = (chat) => state.messages.get(chat) ?? new Map();

export function shownMessages(chat) {
  return [...messagesOf(chat).values()].filter((message) => !message.deleted).sort((a, b) => a.place - b.place || b.id - a.id);
}

export function unreadIn(chat) {
  const read = state.read.get(`${state.as}:${chat}`) ?? 0;
  return shownMessages(chat).filter((message) => message.place > read && !message.own && !message.service);
}
