// Text with entities to DOM nodes. Every character arrives as text; nothing is ever parsed as markup.

const INLINE = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", spoiler: "button",
  text_link: "a", url: "a", email: "span", mention: "span", text_mention: "span", hashtag: "span", bot_command: "button",
  date_time: "time", custom_emoji: "span",
};
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const SAFE = new Set(["http:", "https:", "tg:"]);

/** The address when a browser may open it, else null. */
export function safeUrl(raw) {
  try {
    const url = new URL(raw);
    return SAFE.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** A fragment for `text`; `actions` has `command(name)`, `link(event, url)`, `clock()` (Unix seconds) and `language`. */
export function richText(text, entities, actions) {
  const known = entities.filter((e) => e.length > 0 && (INLINE[e.type] || BLOCKS.has(e.type)));
  const cuts = new Set([0, text.length]);
  for (const e of known) {
    cuts.add(Math.min(e.offset, text.length));
    cuts.add(Math.min(e.offset + e.length, text.length));
  }
  const edges = [...cuts].sort((a, b) => a - b);
  const fragment = document.createDocumentFragment();
  const blocks = new Map();
  for (let i = 0; i + 1 < edges.length; i++) {
    const [from, to] = [edges[i], edges[i + 1]];
    const over = known.filter((e) => e.offset <= from && e.offset + e.length >= to);
    let home = fragment;
    for (const e of over.filter((e) => BLOCKS.has(e.type))) {
      if (!blocks.has(e)) {
        const made = block(e);
        blocks.set(e, made.inside);
        home.append(made.outside);
      }
      home = blocks.get(e);
    }
    let piece = text.slice(from, to);
    if (home === fragment) piece = withoutBlockBreaks(piece, known, from, to);
    let node = document.createTextNode(piece);
    const inline = over.filter((e) => INLINE[e.type]).sort((a, b) => a.length - b.length);
    for (const e of inline) node = wrapped(node, e, text.slice(e.offset, e.offset + e.length), actions);
    home.append(node);
  }
  return fragment;
}

// A block starts on its own line already; the line break next to it would show as an empty line.
function withoutBlockBreaks(piece, known, from, to) {
  if (known.some((e) => BLOCKS.has(e.type) && e.offset + e.length === from)) piece = piece.replace(/^\n/, "");
  if (known.some((e) => BLOCKS.has(e.type) && e.offset === to)) piece = piece.replace(/\n$/, "");
  return piece;
}

function block(entity) {
  if (entity.type === "pre") {
    const pre = document.createElement("pre");
    const code = document.createElement("code");
    pre.tabIndex = 0;
    if (entity.language) pre.dataset.language = entity.language;
    pre.append(code);
    return { outside: pre, inside: code };
  }
  const quote = document.createElement("blockquote");
  if (entity.type === "blockquote") return { outside: quote, inside: quote };
  const inside = document.createElement("div");
  const toggle = document.createElement("button");
  quote.className = "expandable";
  toggle.type = "button";
  toggle.className = "expand";
  toggle.textContent = "Show more";
  toggle.setAttribute("aria-expanded", "false");
  toggle.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    toggle.textContent = open ? "Show less" : "Show more";
    toggle.setAttribute("aria-expanded", String(open));
  });
  quote.append(inside, toggle);
  return { outside: quote, inside };
}

function wrapped(node, entity, whole, actions) {
  let element = document.createElement(INLINE[entity.type]);
  switch (entity.type) {
    case "text_link":
    case "url": {
      const url = safeUrl(entity.url ?? whole);
      if (!url) return node;
      element.href = url.href;
      element.target = "_blank";
      element.rel = "noopener noreferrer";
      element.title = url.href;
      element.addEventListener("click", (event) => actions.link(event, url));
      break;
    }
    case "spoiler":
      element.type = "button";
      element.className = "spoiler";
      element.setAttribute("aria-label", "Show the hidden text");
      element.addEventListener("click", () => {
        element.classList.add("shown");
        element.removeAttribute("aria-label");
      }, { once: true });
      break;
    case "bot_command":
      element.type = "button";
      element.className = "command";
      element.addEventListener("click", () => actions.command(whole));
      break;
    case "date_time":
      element.dateTime = new Date(entity.unix_time * 1000).toISOString();
      element.dataset.unix = entity.unix_time;
      element.dataset.format = entity.date_time_format;
      element.dataset.fallback = whole;
      element.title = new Date(entity.unix_time * 1000).toLocaleString(actions.language);
      if (entity.date_time_format) {
        element.textContent = timeText(entity.unix_time, entity.date_time_format, actions);
        return element;
      }
      break;
    case "mention":
    case "text_mention":
    case "hashtag":
    case "email":
      element.className = "mention";
      break;
  }
  element.append(node);
  return element;
}

/** A moment by a Telegram date-time format: `r`, or `w?[dD]?[tT]?`. */
export function timeText(unix, format, { clock, language }) {
  if (format === "r") return relative(unix - clock(), language);
  const options = {};
  if (format.includes("w")) options.weekday = "long";
  if (format.includes("d")) Object.assign(options, { day: "2-digit", month: "2-digit", year: "2-digit" });
  if (format.includes("D")) Object.assign(options, { day: "numeric", month: "long", year: "numeric" });
  if (/[tT]/.test(format)) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
  if (format.includes("T")) options.second = "2-digit";
  return new Intl.DateTimeFormat(language, options).format(new Date(unix * 1000));
}

function relative(seconds, language) {
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const size = Math.abs(seconds);
  if (size < 60) return words.format(Math.round(seconds), "second");
  if (size < 3600) return words.format(Math.round(seconds / 60), "minute");
  if (size < 86400) return words.format(Math.round(seconds / 3600), "hour");
  return words.format(Math.round(seconds / 86400), "day");
}
