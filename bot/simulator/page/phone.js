// One person's phone: the chat with one bot.
import { api } from "./api.js";
import { t, language } from "./strings.js";

const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
};
const clockOf = (iso) => new Date(iso).toLocaleTimeString(language() === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });

// a 1×1 PNG and an empty Ogg page stand for a picture and a voice note taken on the spot
const SAMPLES = {
  sticker: () => new File([new Uint8Array([82, 73, 70, 70])], "sticker.webp", { type: "image/webp" }),
  voice: () => new File([new Uint8Array([79, 103, 103, 83])], "voice.ogg", { type: "audio/ogg" }),
};

export class Phone {
  constructor(person, { onTrouble, onSeen }) {
    this.person = person;
    this.onTrouble = onTrouble;
    this.onSeen = onSeen;
    this.messages = new Map();
    this.draft = "";
    this.replyTo = null;
    this.editing = null;
    this.blocked = false;
    this.commands = [];
    this.bot = { name: "", username: "" };
    this.build();
  }

  build() {
    const title = `${t("chat")} ${this.person.label || this.person.first_name}`;
    this.log = make("ol", { class: "log", role: "log", "aria-live": "polite", "aria-label": title, tabindex: "0" });
    this.input = make("textarea", {
      rows: "1", "data-testid": "composer", "aria-label": t("write"), placeholder: t("write"),
      onkeydown: (event) => this.onKey(event),
      oninput: () => { this.draft = this.input.value; this.grow(); },
    });
    this.input.value = this.draft;
    this.sendButton = make("button", { type: "submit", class: "send", "data-testid": "send", "aria-label": t("send") }, "➤");
    this.state = make("p", { class: "state", "aria-live": "polite" });
    this.pin = make("div", { class: "pin", hidden: true });
    this.context = make("div", { class: "context", hidden: true });
    this.menu = make("div", { class: "sheet", hidden: true, role: "menu" });
    this.file = make("input", { type: "file", hidden: true, onchange: () => this.uploadChosen() });
    this.startButton = make("button", { type: "button", class: "start", "data-testid": "start", onclick: () => this.send("/start") }, t("start"));
    this.node = make("section", { class: "phone", "data-person": this.person.id, "data-role": this.person.role, "aria-label": title },
      make("header", { class: "who" },
        make("span", { class: "avatar", "aria-hidden": "true" }, [...this.person.first_name][0] ?? "?"),
        make("div", {},
          make("h2", {}, this.person.first_name, make("span", { class: "role" }, t(this.person.role))),
          this.state),
        make("button", { type: "button", class: "quiet", "aria-label": t("more"), "aria-haspopup": "menu", onclick: () => this.toggleMenu() }, "⋯")),
      this.menu, this.pin, this.log, this.startButton, this.context,
      make("form", { class: "compose", onsubmit: (event) => { event.preventDefault(); this.submit(); } },
        make("button", { type: "button", class: "quiet attach", "aria-label": t("attach"), onclick: () => this.toggleMenu(true) }, "+"),
        this.input, this.sendButton, this.file));
    this.setState();
  }

  setState(text) {
    this.state.textContent = text ?? `@${this.bot.username}`;
  }

  async load() {
    const { messages } = await api.history(this.person.id, this.person.bot);
    this.messages = new Map(messages.map((message) => [message.id, message]));
    this.draw();
  }

  draw() {
    this.log.replaceChildren(...[...this.messages.values()].filter((m) => !m.deleted).map((m) => this.bubble(m)));
    this.startButton.hidden = this.messages.size > 0;
    const pinned = [...this.messages.values()].filter((m) => m.pinned && !m.deleted).pop();
    this.pin.hidden = !pinned;
    if (pinned) this.pin.replaceChildren(make("b", {}, t("pinned")), make("span", {}, pinned.text));
    this.toBottom();
  }

  apply(event) {
    if (event.type === "message" || event.type === "edit") {
      const known = this.messages.has(event.message.id);
      this.messages.set(event.message.id, event.message);
      if (known) this.log.querySelector(`[data-message="${event.message.id}"]`)?.replaceWith(this.bubble(event.message));
      else { this.log.append(this.bubble(event.message)); this.toBottom(); }
      this.startButton.hidden = true;
      this.setState();
      if (!known && event.message.from_bot) this.onSeen(this);
    } else if (event.type === "delete") {
      this.messages.delete(event.message_id);
      this.log.querySelector(`[data-message="${event.message_id}"]`)?.remove();
    } else if (event.type === "action") {
      this.setState(t("typing"));
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.setState(), 4000);
    } else if (event.type === "answer" && event.text) {
      this.toast(event.text, event.alert);
    } else if (event.type === "pin" || event.type === "reset") {
      this.load().catch(this.onTrouble);
    }
  }

  bubble(message) {
    const mine = !message.from_bot;
    const body = make("div", { class: "text" });
    if (message.reply_to && this.messages.has(message.reply_to)) {
      body.append(make("blockquote", {}, this.messages.get(message.reply_to).text.slice(0, 80)));
    }
    if (message.file) body.append(this.media(message));
    const words = make("div");
    words.innerHTML = message.html; // escaped by the simulator: only Telegram's own formatting tags
    body.append(words);
    const meta = make("span", { class: "meta" },
      message.protected ? make("span", { class: "lock", title: t("protected"), role: "img", "aria-label": t("protected") }, "🔒") : null,
      message.edit_date ? `${t("edited")} ` : null,
      make("time", { datetime: message.date }, clockOf(message.date)));
    const bubble = make("li", { class: `bubble ${mine ? "from-me" : "from-bot"}`, "data-message": message.id }, make("div", { class: "card" }, body, meta));
    if (message.buttons) bubble.append(this.keyboard(message));
    const actions = make("span", { class: "actions" }, make("button", { type: "button", class: "quiet", onclick: () => this.setReply(message) }, t("reply")));
    if (mine && message.kind === "text") actions.append(make("button", { type: "button", class: "quiet", onclick: () => this.setEdit(message) }, t("edit")));
    bubble.append(actions);
    return bubble;
  }

  media(message) {
    const source = `/sim/file/${encodeURIComponent(message.file.id)}`;
    if (message.kind === "photo") return make("img", { src: source, alt: message.caption || t("photo"), class: message.spoiler ? "spoiler" : "" });
    return make("a", { href: source, class: "file", download: message.file.name }, `${t(message.kind)} · ${message.file.name}`);
  }

  keyboard(message) {
    return make("div", { class: "keys" }, ...message.buttons.map((row) => make("div", { class: "row" }, ...row.map((button) =>
      button.url
        ? make("a", { href: button.url, rel: "noreferrer noopener", target: "_blank", class: "key" }, button.text)
        : make("button", { type: "button", class: "key", "data-testid": "inline-button", "data-callback": button.data, onclick: (event) => this.press(event.currentTarget, message.id, button.data) }, button.text)))));
  }

  async press(button, messageId, data) {
    button.disabled = true;
    await this.attempt(() => api.press({ person: this.person.id, bot: this.person.bot, message_id: messageId, data }));
    button.disabled = false;
  }

  onKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
    if (event.key === "Escape") this.clearContext();
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const done = this.editing
      ? await this.attempt(() => api.edit({ person: this.person.id, bot: this.person.bot, message_id: this.editing, text }))
      : await this.send(text);
    if (done) { this.input.value = this.draft = ""; this.clearContext(); this.grow(); }
    this.input.focus();
  }

  send(text) {
    const body = { person: this.person.id, bot: this.person.bot, text };
    if (this.replyTo) body.reply_to = this.replyTo;
    return this.attempt(() => api.send(body));
  }

  setReply(message) { this.editing = null; this.replyTo = message.id; this.showContext(t("replying"), message.text); }
  setEdit(message) { this.replyTo = null; this.editing = message.id; this.input.value = message.text; this.showContext(t("editing"), message.text); }
  showContext(label, text) {
    this.context.hidden = false;
    this.context.replaceChildren(make("b", {}, label), make("span", {}, text.slice(0, 80)), make("button", { type: "button", class: "quiet", onclick: () => this.clearContext() }, t("cancel")));
    this.input.focus();
  }
  clearContext() { this.replyTo = this.editing = null; this.context.hidden = true; }

  toggleMenu(attach = false) {
    if (!this.menu.hidden) { this.menu.hidden = true; return; }
    const item = (label, action) => make("button", { type: "button", role: "menuitem", onclick: () => { this.menu.hidden = true; action(); } }, label);
    const uploads = ["photo", "voice", "sticker", "document"].map((kind) => item(t(kind), () => this.attach(kind)));
    const commands = this.commands.map((c) => item(`/${c.command}  ${c.description}`, () => this.send(`/${c.command}`)));
    const zh = this.person.language_code === "zh";
    const own = [
      item(this.blocked ? t("unblock") : t("block"), () => this.attempt(() => api.block({ person: this.person.id, bot: this.person.bot, blocked: !this.blocked }))),
      item(zh ? t("switchBack") : t("switch"), () => this.attempt(() => api.language({ person: this.person.id, language_code: zh ? "en" : "zh" }))),
    ];
    this.menu.replaceChildren(...(attach ? uploads : [...commands, make("hr"), ...own]));
    this.menu.hidden = false;
    this.menu.querySelector("button")?.focus();
    this.menu.onkeydown = (event) => { if (event.key === "Escape") this.menu.hidden = true; };
  }

  attach(kind) {
    this.kind = kind;
    if (SAMPLES[kind]) { this.upload(SAMPLES[kind]()); return; }
    this.file.accept = kind === "photo" ? "image/*" : "";
    this.file.click();
  }
  uploadChosen() { if (this.file.files[0]) this.upload(this.file.files[0]); this.file.value = ""; }
  upload(file) {
    const form = new FormData();
    for (const [key, value] of Object.entries({ person: this.person.id, bot: this.person.bot, kind: this.kind })) form.append(key, value);
    form.append("file", file);
    return this.attempt(() => api.upload(form));
  }

  async attempt(action) {
    try { await action(); this.onTrouble(null); return true; } catch (error) { this.onTrouble(error); return false; }
  }

  setBlocked(blocked) {
    this.blocked = blocked;
    this.node.classList.toggle("is-blocked", blocked);
    if (blocked) this.setState(t("blocked")); else this.setState();
  }
  toast(text, alert) {
    const box = make("div", { class: "toast", role: alert ? "alert" : "status" }, text);
    this.node.append(box);
    setTimeout(() => box.remove(), alert ? 7000 : 3500);
  }
  grow() { this.input.style.height = "auto"; this.input.style.height = `${Math.min(this.input.scrollHeight, 140)}px`; }
  toBottom() { this.log.scrollTop = this.log.scrollHeight; }
}
