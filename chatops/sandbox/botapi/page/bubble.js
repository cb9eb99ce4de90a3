// One message as a list item.

import { richText, safeUrl } from "/page/richtext.js";

export const BOT_HUE = 5;
const SIZE = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export function el(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Stable colour number of a person, for name and face. */
export function hue(id) {
  return Math.abs(Number(id)) % 7;
}

/** The face of a chat or person: a coloured circle with initials. */
export function face(name, id, size = "") {
  const initials = [...name.replace(/[^\p{L}\p{N} ]/gu, "").trim()].slice(0, 1).join("").toUpperCase() || "•";
  const circle = el("span", `face ${size}`, initials);
  circle.dataset.hue = hue(id);
  circle.setAttribute("aria-hidden", "true");
  return circle;
}

function clock(unix) {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(new Date(unix * 1000));
}

/** `context`: group, actions, pending (set of data strings that wait for an answer). */
export function bubble(message, context) {
  const item = el("li", "row");
  item.dataset.id = message.id;
  if (message.service) {
    item.classList.add("service");
    item.append(el("span", "", message.service));
    return item;
  }
  item.classList.add(message.own ? "own" : "other");
  item.classList.toggle("alone", message.alone);
  const stack = el("div", "stack");
  const body = el("div", "bubble");
  if (context.group && !message.own) {
    const name = el("span", "name", message.from.name);
    const colour = message.from.bot ? BOT_HUE : message.from.id;
    name.dataset.hue = hue(colour);
    if (message.from.bot) name.append(el("span", "tag", "bot"));
    body.append(name);
    item.append(face(message.from.name, colour, "small"));
  }
  if (message.alone) body.append(el("span", "only-you", "👁 Only you can see this"));
  if (context.topic) body.append(el("span", "topic", context.topic));
  if (message.reply) body.append(replyPreview(message.reply, context));
  if (message.photo) body.append(photo(message.photo));
  if (message.document) body.append(documentLink(message.document));
  if (message.rich) {
    const text = el("div", "text rich");
    text.append(...message.rich.inside.map((node) => tree(node, message, context)));
    text.dir = "auto";
    body.append(text);
  } else if (message.text) {
    const text = el("div", "text");
    text.append(richText(message.text, message.entities, context.actions));
    text.dir = "auto";
    body.append(text);
  }
  body.append(meta(message, context));
  stack.append(body);
  if (message.keyboard.length) stack.append(keyboard(message, context));
  item.append(stack);
  return item;
}

// The tags that the server lets through, as elements of the page; anything else shows what is inside it.
const TREE = {
  b: "strong", strong: "strong", i: "em", em: "em", u: "u", ins: "u", s: "s", strike: "s", del: "s", code: "code", mark: "mark",
  sub: "sub", sup: "sup", p: "p", h1: "h3", h2: "h3", h3: "h4", h4: "h4", h5: "h5", h6: "h5", pre: "pre", footer: "footer",
  hr: "hr", ul: "ul", ol: "ol", li: "li", blockquote: "blockquote", aside: "aside", table: "table", tr: "tr", td: "td", th: "th",
  caption: "caption", details: "details", summary: "summary", br: "br", "tg-button-row": "div", "tg-time": "time",
};

function tree(node, message, context) {
  if (typeof node === "string") return document.createTextNode(node);
  if (node.tag === "tg-button") return treeButton(node, message, context);
  const url = node.tag === "a" ? safeUrl(node.attributes.href ?? "") : null;
  const element = el(url ? "a" : TREE[node.tag] ?? "span", node.tag);
  if (url) {
    Object.assign(element, { href: url.href, target: "_blank", rel: "noopener noreferrer" });
    element.addEventListener("click", (event) => context.actions.link(event, url));
  }
  if (node.tag === "details") element.open = "open" in node.attributes;
  element.append(...node.inside.map((each) => tree(each, message, context)));
  return element;
}

function treeButton(node, message, context) {
  const { type, style } = node.attributes;
  const value = node.attributes.data ?? node.attributes.url ?? node.attributes.text ?? "";
  const control = key(message, { text: words(node), kind: type, style, value }, context);
  control.classList.toggle("as-link", style === "link");
  return control;
}

function words(node) {
  return typeof node === "string" ? node : node.inside.map(words).join("");
}

function meta(message, context) {
  const line = el("span", "meta");
  if (!message.alone) line.append(replyButton(message, context));
  for (const symbol of message.reactions) line.append(el("span", "reaction", symbol));
  if (message.silent) {
    const silent = el("span", "silent", "🔕");
    silent.title = "Sent without notification";
    silent.setAttribute("role", "img");
    silent.setAttribute("aria-label", "silent");
    line.append(silent);
  }
  if (message.edited) line.append(el("span", "", "edited"));
  const time = el("time", "", clock(message.date));
  time.dateTime = new Date(message.date * 1000).toISOString();
  line.append(time);
  return line;
}

function replyButton(message, context) {
  const reply = el("button", "reply-button");
  reply.type = "button";
  reply.setAttribute("aria-label", `Reply to ${message.from.name}`);
  reply.addEventListener("click", () => context.actions.reply(message));
  return reply;
}

function replyPreview(reply, context) {
  const preview = el("button", "reply", el("strong", "", reply.name), el("span", "", reply.text));
  preview.type = "button";
  preview.addEventListener("click", () => context.actions.show(reply.id));
  return preview;
}

function photo(file) {
  const link = el("a", "photo");
  const image = el("img");
  link.href = image.src = `/chat/file/${encodeURIComponent(file.id)}`;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  image.alt = file.name ? `Photo ${file.name}` : "Photo";
  image.width = file.width;
  image.height = file.height;
  image.style.width = `${file.width}px`;
  link.append(image);
  return link;
}

function documentLink(file) {
  const size = file.size < 1024 ? `${file.size} B` : file.size < 1048576
    ? `${SIZE.format(file.size / 1024)} KB` : `${SIZE.format(file.size / 1048576)} MB`;
  const link = el("a", "document", el("span", "document-icon"),
    el("span", "document-name", el("strong", "", file.name), el("span", "", size)));
  link.href = `/chat/file/${encodeURIComponent(file.id)}?download=1`;
  link.download = file.name;
  return link;
}

function keyboard(message, context) {
  const rows = el("div", "keyboard");
  rows.setAttribute("role", "group");
  rows.setAttribute("aria-label", "Buttons of this message");
  for (const row of message.keyboard) {
    const line = el("div", "keys");
    for (const button of row) line.append(key(message, button, context));
    rows.append(line);
  }
  return rows;
}

function key(message, button, context) {
  const url = button.kind === "url" ? safeUrl(button.value) : null;
  const control = el(url ? "a" : "button", `key ${button.kind}`, el("span", "key-text", button.text));
  if (["danger", "success", "primary"].includes(button.style)) control.dataset.style = button.style;
  if (url) {
    control.href = url.href;
    control.target = "_blank";
    control.rel = "noopener noreferrer";
    control.addEventListener("click", (event) => context.actions.link(event, url));
    return control;
  }
  control.type = "button";
  if (button.kind === "callback_data") {
    control.dataset.data = button.value;
    setBusy(control, context.pending.has(button.value));
    control.addEventListener("click", () => context.actions.press(message, button.value, control));
  } else if (button.kind === "web_app") {
    control.addEventListener("click", () => context.actions.app({ message: message.id, data: button.value }));
  } else if (button.kind === "copy_text") {
    control.addEventListener("click", () => context.actions.copy(button.value));
  } else {
    control.disabled = true;
  }
  return control;
}

/** Spinner on or off. */
export function setBusy(control, busy) {
  control.classList.toggle("busy", busy);
  control.setAttribute("aria-busy", String(busy));
}
