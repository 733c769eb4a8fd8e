// One message as its reader's app shows it.
import { icon, make } from "./dom.js";
import { clockOf, t } from "./strings.js";

const QUOTE = 80;
const SIZES = ["B", "kB", "MB"];

function sizeOf(bytes) {
  const step = Math.min(SIZES.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)));
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${SIZES[step]}`;
}

// What a message is in a few words: its text, or the kind of thing it is.
export const gist = (message) => (message.text || t(message.kind)).replace(/\s+/g, " ").slice(0, QUOTE);

function media(message, onGrow) {
  const source = `/sim/file/${encodeURIComponent(message.file.id)}`;
  const label = message.caption || t(message.kind);
  if (message.kind === "photo") {
    const picture = make("img", { src: source, alt: label, class: message.spoiler ? "veiled" : null, onload: onGrow });
    return make("a", { href: source, target: "_blank", rel: "noopener", class: "picture" }, picture);
  }
  if (message.kind === "sticker") return make("img", { src: source, alt: label, class: "sticker", onload: onGrow });
  if (message.kind === "voice" || message.kind === "audio") return make("audio", { src: source, controls: true, preload: "metadata", "aria-label": label });
  if (message.kind === "video" || message.kind === "animation") return make("video", { src: source, controls: true, preload: "metadata", "aria-label": label });
  return make("a", { href: source, class: "file", download: message.file.name }, make("b", {}, message.file.name), make("small", {}, sizeOf(message.file.size)));
}

function keyboard(message, onPress) {
  const key = (button) => button.data == null
    ? make("a", { href: button.url, rel: "noreferrer noopener", target: "_blank", class: "key" }, button.text)
    : make("button", {
      type: "button", class: "key", "data-testid": "inline-button", "data-callback": button.data,
      onclick: (event) => onPress(event.currentTarget, message, button.data),
    }, button.text);
  return make("div", { class: "keys" }, ...message.buttons.map((row) => make("div", { class: "row" }, ...row.map(key))));
}

export function bubble(message, { quoted, onPress, onReply, onEdit, onQuote, onGrow }) {
  const mine = !message.from_bot;
  const body = make("div", { class: "text" });
  if (quoted) body.append(make("button", { type: "button", class: "quote", onclick: () => onQuote(quoted) }, gist(quoted)));
  if (message.file) body.append(media(message, onGrow));
  const words = make("div", { class: "words" });
  words.innerHTML = message.html; // escaped by the simulator: only Telegram's own formatting tags
  if (!message.html && !message.file) words.textContent = t(message.kind);
  if (words.childNodes.length) body.append(words);
  const meta = make("span", { class: "meta" },
    message.protected ? make("span", { class: "lock", role: "img", title: t("protected"), "aria-label": t("protected") }, icon("lock")) : null,
    message.edit_date ? make("span", {}, t("edited")) : null,
    make("time", { datetime: message.date }, clockOf(message.date)));
  const act = (name, action) =>
    make("button", { type: "button", class: "act", title: t(name), "aria-label": `${t(name)}: ${gist(message)}`, onclick: () => action(message) }, icon(name));
  const classes = ["bubble", mine ? "from-me" : "from-bot", message.protected ? "is-protected" : "", message.kind === "sticker" ? "is-sticker" : ""];
  return make("li", { class: classes.join(" ").trim(), "data-message": message.id },
    make("div", { class: "line" },
      make("div", { class: "card" }, body, meta),
      make("div", { class: "acts" }, act("reply", onReply), mine && message.kind === "text" ? act("edit", onEdit) : null)),
    message.buttons ? keyboard(message, onPress) : null);
}
