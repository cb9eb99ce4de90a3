// The chat client: keeps what the server tells, draws it, and passes on what the visitor does.

import { BOT_HUE, el, face, setBusy } from "/page/bubble.js";
import { drawMessages, forgetDrawn, nearBottom, showMessage, toBottom } from "/page/history.js";
import { timeText } from "/page/richtext.js";
import { endApp, openApp } from "/page/sheet.js";
import { drawChats, drawPeople } from "/page/sidebar.js";
import { $, clock, current, language, messagesOf, shownMessages, state, unreadIn } from "/page/state.js";
import { isDark, turnOver } from "/page/theme.js";
import { act, changes } from "/page/wire.js";

const ANSWER_SECONDS = 60;
let polling = new AbortController();
let toastTimer = 0;

const actions = {
  clock,
  get language() { return language(); },
  command: (command) => say(command),
  reply: (message) => replyTo(message),
  show: (id) => showMessage(id),
  press,
  copy: async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      toast("Copied to the clipboard");
    } catch {
      toast(text);
    }
  },
  link: (event, url) => { if (leadsHere(url)) event.preventDefault(); },
  app: launch,
};

// What the server tells

async function listen() {
  for (;;) {
    polling = new AbortController();
    try {
      take(await changes(state.as, state.revision, state.run, polling.signal));
      $("link").textContent = "";
      document.body.classList.remove("offline");
    } catch (error) {
      if (error.name === "AbortError") continue;
      $("link").textContent = "Connecting…";
      document.body.classList.add("offline");
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

function take(news) {
  if (news.fresh) {
    state.messages.clear();
    state.presses.clear();
    state.answered.clear();
    forgetDrawn();
  }
  Object.assign(state, { run: news.run, revision: news.revision, as: news.as, bot: news.bot, people: news.people });
  state.skew = news.now - Date.now() / 1000;
  state.chats = new Map(news.chats.map((chat) => [chat.id, chat]));
  if (news.as && ![...state.chats.values()].some((chat) => chat.kind === "private")) {
    state.chats.set(news.as, unopened(news));
  }
  for (const message of news.messages) {
    if (!state.messages.has(message.chat)) state.messages.set(message.chat, new Map());
    messagesOf(message.chat).set(message.id, message);
  }
  if (news.fresh) markOldAsRead();
  news.answers.forEach((answer) => answered(answer, news.fresh));
  if (!state.chats.has(state.chat)) state.chat = 0;
  if (!state.chat && matchMedia("(min-width: 760px)").matches) state.chat = [...state.chats.keys()][0] ?? 0;
  draw(news.fresh);
}

function unopened(news) {
  return {
    id: news.as, kind: "private", title: news.bot.first_name, members: 1, bot_status: "member", blocked: false,
    topics: [], pinned: 0, pins: 0, action: "", commands: [], menu: null,
  };
}

function markOldAsRead() {
  for (const [chat, messages] of state.messages) {
    state.read.set(`${state.as}:${chat}`, Math.max(0, ...messages.keys()));
  }
}

// Drawing

function draw(fresh) {
  drawPeople();
  drawChats(openChat);
  drawChat(fresh);
  const unread = [...state.chats.keys()].reduce((sum, chat) => sum + unreadIn(chat).length, 0);
  document.title = `${unread ? `(${unread}) ` : ""}${current()?.title ?? "Sandbox chat"}`;
}

function drawChat(fresh) {
  const chat = current();
  document.body.dataset.pane = chat ? "chat" : "list";
  $("chat").hidden = !chat;
  $("nothing").hidden = Boolean(chat);
  remember();
  if (!chat) return;
  $("title").textContent = chat.title;
  $("subtitle").textContent = subtitle(chat);
  $("face").replaceWith(Object.assign(face(chat.title, chat.kind === "private" ? BOT_HUE : chat.id), { id: "face" }));
  drawTopics(chat);
  drawPinned(chat);
  const stick = fresh || nearBottom();
  drawMessages(chat, actions);
  if (stick) toBottom();
  if (document.hasFocus() || fresh) markRead();
  $("down").hidden = nearBottom();
  const empty = shownMessages(chat.id).length === 0 && chat.kind === "private";
  $("begin").hidden = !empty;
  $("composer").hidden = empty;
  $("menu").hidden = chat.commands.length === 0 && !chat.menu;
  $("menu").textContent = chat.menu?.text ?? "Menu";
  $("menu").classList.toggle("opens", Boolean(chat.menu));
  drawCommands();
}

function subtitle(chat) {
  if (chat.action) return `${chat.action.replace(/_/g, " ")}…`;
  if (chat.kind === "private") return chat.blocked ? "bot, stopped" : "bot";
  const bot = { left: ", the bot left", kicked: ", the bot was removed", administrator: ", the bot is an administrator" };
  return `${chat.members} ${chat.members === 1 ? "person" : "people"} and the bot${bot[chat.bot_status] ?? ""}`;
}

function drawTopics(chat) {
  $("topics").hidden = chat.topics.length === 0;
  if (!chat.topics.some((topic) => topic.id === state.topic)) state.topic = 0;
  $("topics").replaceChildren(...(chat.topics.length ? [{ id: 0, name: "All" }, ...chat.topics] : []).map((topic) => {
    const chip = el("button", "chip", topic.closed ? `🔒 ${topic.name}` : topic.name);
    chip.type = "button";
    chip.setAttribute("aria-pressed", String(topic.id === state.topic));
    chip.addEventListener("click", () => {
      state.topic = topic.id;
      forgetDrawn();
      drawChat(true);
    });
    return chip;
  }));
}

function drawPinned(chat) {
  const message = messagesOf(chat.id).get(chat.pinned);
  $("pinned").hidden = !message || message.deleted;
  if (message && !message.deleted) {
    const title = chat.pins > 1 ? `Pinned messages: ${chat.pins}, the newest` : "Pinned message";
    $("pinned").replaceChildren(el("strong", "", title), el("span", "", message.text || "Document"));
    $("pinned").onclick = () => showMessage(message.id);
  }
}

function drawCommands() {
  const chat = current();
  const typed = $("text").value;
  const open = $("menu").getAttribute("aria-expanded") === "true" || /^\/\w*$/.test(typed);
  const prefix = typed.startsWith("/") ? typed.slice(1).toLowerCase() : "";
  const fitting = (chat?.commands ?? []).filter((one) => one.command.startsWith(prefix));
  $("commands").hidden = !open || fitting.length === 0;
  $("commands").replaceChildren(...fitting.map((one) => {
    const button = el("button", "command-item", el("strong", "", `/${one.command}`), el("span", "", one.description));
    button.type = "button";
    button.addEventListener("click", () => {
      $("text").value = "";
      closeMenu();
      say(`/${one.command}${chat.kind === "private" ? "" : `@${state.bot.username}`}`);
    });
    return button;
  }));
}

function closeMenu() {
  $("menu").setAttribute("aria-expanded", "false");
  drawCommands();
}

// Moving about

function openChat(id) {
  state.chat = id;
  state.topic = 0;
  replyTo(null);
  forgetDrawn();
  draw(true);
  if (matchMedia("(hover: hover)").matches) $("text").focus();
}

function remember() {
  const query = new URLSearchParams();
  if (state.as) query.set("as", state.as);
  if (state.chat) query.set("chat", state.chat);
  history.replaceState(null, "", `?${query}`);
}

function markRead() {
  const last = shownMessages(state.chat).at(-1);
  if (last && (nearBottom() || document.body.dataset.pane === "chat")) {
    state.read.set(`${state.as}:${state.chat}`, last.place);
    drawChats(openChat);
  }
}

// What the visitor does

async function say(text) {
  const chat = state.chat;
  const body = { as: state.as, chat, text, reply_to: state.replying?.id ?? 0, thread: state.topic };
  replyTo(null);
  try {
    await act("send", body);
    state.read.set(`${state.as}:${chat}`, Infinity);
    toBottom();
  } catch (error) {
    toast(error.message);
  }
}

async function begin(parameter = "") {
  try {
    await act("open", { as: state.as, chat: state.as });
    await act("send", { as: state.as, chat: state.as, text: `/start ${parameter}`.trim() });
    if (state.chat !== state.as) openChat(state.as);
  } catch (error) {
    toast(error.message);
  }
}

// Follow a link to the bot or to its Mini App. Whether it was one.
function leadsHere(url) {
  const web = /^(t|telegram)\.me$/.test(url.hostname);
  const [bot, name] = web ? url.pathname.slice(1).split("/") : [url.searchParams.get("domain"), url.searchParams.get("appname")];
  if (!(web || url.protocol === "tg:") || bot?.toLowerCase() !== state.bot?.username?.toLowerCase()) return false;
  if (name || url.searchParams.has("startapp")) launch({ link: url.href });
  else if (url.searchParams.has("start")) begin(url.searchParams.get("start"));
  else return false;
  return true;
}

// Open a Mini App: by a button (`message` and its address in `data`), by a `link`, or by the menu button.
async function launch(how) {
  try {
    const opened = await act("launch", { as: state.as, chat: state.chat, dark: isDark(), ...how });
    openApp(opened, (url) => { if (!leadsHere(url)) window.open(url, "_blank", "noopener,noreferrer"); });
  } catch (error) {
    toast(error.message);
  }
}

async function press(message, data, control) {
  if (control.classList.contains("busy")) return;
  setBusy(control, true);
  try {
    const { query } = await act("press", { as: state.as, chat: message.chat, message: message.id, data });
    if (state.answered.has(query)) {
      showAnswer(state.answered.get(query));
      setBusy(control, false);
      return;
    }
    state.presses.set(query, { chat: message.chat, message: message.id, data });
    setTimeout(() => {
      if (state.presses.delete(query)) {
        stopSpinner(message.chat, message.id, data);
        toast("The bot has not answered");
      }
    }, ANSWER_SECONDS * 1000);
  } catch (error) {
    setBusy(control, false);
    toast(error.message);
  }
}

// The answer may overtake the reply to the press itself, so answers without a press are kept.
function answered(answer, old) {
  const waiting = state.presses.get(answer.query);
  if (waiting) {
    state.presses.delete(answer.query);
    stopSpinner(waiting.chat, waiting.message, waiting.data);
    showAnswer(answer);
  } else if (!old) {
    state.answered.set(answer.query, answer);
  }
}

function stopSpinner(chat, message, data) {
  if (chat !== state.chat) return;
  state.drawn.get(String(message))?.item.querySelectorAll("[data-data]").forEach((key) => {
    if (key.dataset.data === data) setBusy(key, false);
  });
}

function showAnswer(answer) {
  if (answer.url) leadsHere(new URL(answer.url));
  if (!answer.text) return;
  if (answer.alert) {
    $("alert-text").textContent = answer.text;
    $("alert").showModal();
  } else {
    toast(answer.text);
  }
}

function toast(text) {
  clearTimeout(toastTimer);
  $("toast").textContent = text;
  $("toast").hidden = false;
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 3500);
}

function replyTo(message) {
  state.replying = message;
  $("replying").hidden = !message;
  if (!message) return;
  $("replying-name").textContent = message.from.name;
  $("replying-text").textContent = message.text || message.document?.name || "Photo";
  $("text").focus();
}

function grow() {
  const box = $("text");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  grow();
  closeMenu();
  say(text);
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
  if (event.key === "Escape") {
    replyTo(null);
    closeMenu();
  }
});
$("text").addEventListener("input", () => { grow(); drawCommands(); });
$("menu").addEventListener("click", () => {
  const chat = current();
  if (chat.menu) {
    launch({});
    return;
  }
  const open = $("menu").getAttribute("aria-expanded") !== "true";
  $("menu").setAttribute("aria-expanded", String(open));
  drawCommands();
});
$("begin").addEventListener("click", () => begin());
$("back").addEventListener("click", () => { state.chat = 0; forgetDrawn(); drawChats(openChat); drawChat(false); });
$("down").addEventListener("click", toBottom);
$("replying-stop").addEventListener("click", () => replyTo(null));
$("alert-close").addEventListener("click", () => $("alert").close());
$("messages").addEventListener("load", (event) => {
  if (event.target.getBoundingClientRect().top < innerHeight && nearBottom()) toBottom();
}, true);
$("scroll").addEventListener("scroll", () => { $("down").hidden = nearBottom(); }, { passive: true });
$("theme").addEventListener("click", turnOver);
$("as").addEventListener("change", () => {
  endApp();
  state.as = Number($("as").value);
  state.revision = 0;
  state.run = "";
  state.topic = 0;
  if (current()?.kind === "private") state.chat = state.as;
  replyTo(null);
  polling.abort();
});
addEventListener("focus", () => { if (current()) { markRead(); draw(false); } });
setInterval(() => {
  document.querySelectorAll("time[data-format='r']").forEach((time) => {
    time.textContent = timeText(Number(time.dataset.unix), "r", actions);
  });
}, 10000);
listen();
