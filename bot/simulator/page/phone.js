// One person's phone: the chat with one bot.
import { api } from "./api.js";
import { bubble, gist } from "./bubble.js";
import { Composer } from "./composer.js";
import { icon, keep, make } from "./dom.js";
import { Menu } from "./menu.js";
import { dayOf, sentence, t } from "./strings.js";

const PAGE = 300;
const NEAR = 60;
const EDGE = 10;
const TYPING_MS = 4500;
const BUSY_MS = 5000;
const TELEGRAM = { en: "English", zh: "中文" };

export class Phone {
  // hooks: onUnread(phone), onLost(), say(text) for screen readers
  constructor(person, hooks) {
    Object.assign(this, { person, hooks, messages: new Map(), nodes: new Map(), days: new Map() });
    Object.assign(this, { limit: PAGE, blocked: false, commands: [], bot: { username: "", description: "" }, missed: 0, pressed: 0 });
    this.atEnd = true;
    this.composer = new Composer(this);
    this.build();
  }

  whose() { return { person: this.person.id, bot: this.person.bot }; }

  build() {
    this.log = make("ol", { class: "log", role: "log", "aria-live": "off", tabindex: "0", onscroll: () => this.onScroll() });
    this.title = make("h2", {});
    this.state = make("p", { class: "state" });
    this.pin = make("button", { type: "button", class: "pin", hidden: true });
    this.menu = new Menu("high");
    this.more = make("button", {
      type: "button", class: "round", "data-testid": "more", "aria-haspopup": "menu", "aria-expanded": "false",
      onclick: () => this.menu.toggle(this.more, t("more"), this.choices()),
    }, icon("more"));
    this.newest = make("button", { type: "button", class: "newest", hidden: true, onclick: () => { this.log.scrollTop = this.log.scrollHeight; } }, icon("down"), make("b", {}));
    this.fault = make("p", { class: "fault", role: "alert", hidden: true });
    this.toasts = make("div", { class: "toasts", role: "status" });
    this.foot = make("div", { class: "foot" });
    this.avatar = make("span", { class: "avatar", "aria-hidden": "true" }, [...this.person.first_name][0] ?? "?");
    this.node = make("section", { class: "phone", "data-person": this.person.id, "data-role": this.person.role },
      make("header", { class: "who" }, this.avatar, make("div", {}, this.title, this.state), this.more),
      this.menu.node, this.pin, make("div", { class: "scroll" }, this.log, this.newest, this.toasts), this.fault, this.foot);
    // the field grows, a keyboard opens: who was reading the newest goes on reading it
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.log);
    this.label();
  }

  // Everything that is in the page's language or comes from the simulator's state.
  label() {
    const name = this.person.first_name;
    this.title.replaceChildren(name, make("span", { class: "role" }, t(this.person.role)));
    this.node.setAttribute("aria-label", `${t("chat")} ${name}`);
    this.log.setAttribute("aria-label", `${t("messages")} ${name}`);
    for (const [button, label] of [[this.more, t("more")], [this.newest, t("newest")]]) {
      button.setAttribute("aria-label", label);
      button.title = label;
    }
    this.setState();
  }

  translate() {
    const focused = document.activeElement === this.composer.input;
    this.nodes.clear();
    this.days.clear();
    this.menu.close(false);
    this.composer.build();
    this.foot.replaceChildren();
    this.fault.hidden = true;
    this.label();
    this.render();
    if (focused) this.composer.input.focus();
  }

  update({ person, bot, commands, blocked }) {
    const face = JSON.stringify([person, bot.username, bot.description, commands, blocked]);
    if (face === this.face) return;
    Object.assign(this, { face, person, bot, commands, blocked });
    this.label();
    this.render();
  }

  setState(text) {
    this.state.textContent = text ?? `@${this.bot.username} · ${TELEGRAM[this.person.language_code]}`;
    this.state.classList.toggle("is-busy", Boolean(text));
  }

  async load() {
    const { messages } = await api.history(this.person.id, this.person.bot);
    this.messages = new Map(messages.map((message) => [message.id, message]));
    this.render();
  }

  // Draws what changed and nothing else, so focus and reading position stay.
  render() {
    const all = [...this.messages.values()];
    const wanted = all.length > this.limit ? [this.earlier()] : [];
    const known = this.nodes;
    this.nodes = new Map();
    let day = null;
    for (const message of all.slice(-this.limit)) {
      const on = dayOf(message.date);
      if (on !== day) wanted.push(this.dayNode(on));
      day = on;
      wanted.push(this.nodeOf(message, known.get(message.id)));
    }
    const gone = [...known].filter(([id]) => !this.nodes.has(id)).map(([, each]) => each.node);
    const lost = gone.some((node) => node.contains(document.activeElement));
    if (!all.length) wanted.push(this.emptyNode());
    keep(this.log, wanted);
    if (lost) this.log.focus({ preventScroll: true });
    this.drawPin(all);
    this.drawFoot(all.length > 0);
    if (this.atEnd) this.toEnd();
  }

  nodeOf(message, known) {
    const quoted = message.reply_to ? this.messages.get(message.reply_to) : null;
    const face = JSON.stringify([message, quoted?.text]);
    if (known?.face === face) {
      this.nodes.set(message.id, known);
      return known.node;
    }
    const node = bubble(message, {
      quoted,
      onPress: (key, of, data) => this.press(key, of.id, data),
      onReply: (of) => this.composer.setAbout("reply", of),
      onEdit: (of) => this.composer.setAbout("edit", of),
      onQuote: (of) => this.show(of.id),
      onGrow: () => this.atEnd && this.toEnd(),
    });
    this.nodes.set(message.id, { face, node });
    if (known) {
      const held = known.node.contains(document.activeElement) ? document.activeElement : null;
      node.classList.add("is-redrawn");
      known.node.replaceWith(node);
      if (held) this.focusLike(held, node);
    }
    return node;
  }

  // A bot usually answers a button by redrawing its message: the keyboard stays where it was.
  focusLike(held, node) {
    const same = held.dataset.callback && node.querySelector(`[data-callback="${CSS.escape(held.dataset.callback)}"]`);
    (same || node.querySelector(".key") || this.log).focus({ preventScroll: true });
  }

  dayNode(day) {
    if (!this.days.has(day)) this.days.set(day, make("li", { class: "day" }, make("span", {}, day)));
    return this.days.get(day);
  }

  emptyNode() {
    return make("li", { class: "empty" }, make("p", {}, this.bot.description || t("empty")));
  }

  earlier() {
    return make("li", { class: "day" }, make("button", { type: "button", class: "quiet", onclick: () => { this.atEnd = false; this.limit += PAGE; this.render(); } }, t("earlier")));
  }

  drawPin(all) {
    const pinned = all.filter((message) => message.pinned).pop();
    this.pin.hidden = !pinned;
    if (!pinned) return;
    this.pin.replaceChildren(make("b", {}, t("pinned")), make("span", {}, gist(pinned)));
    this.pin.onclick = () => this.show(pinned.id);
  }

  // As in the app: Start in an empty chat, Unblock in a blocked one, else the field.
  drawFoot(started) {
    const big = (testid, word, action) => make("button", { type: "button", class: "big", "data-testid": testid, onclick: action }, t(word));
    const kind = this.blocked ? "unblock" : started ? "composer" : "start";
    this.node.classList.toggle("is-blocked", this.blocked);
    if (this.foot.dataset.kind === kind && this.foot.childElementCount) return;
    const held = this.foot.contains(document.activeElement);
    this.foot.dataset.kind = kind;
    if (kind === "composer") this.foot.replaceChildren(this.composer.node);
    else if (kind === "start") this.foot.replaceChildren(big("start", "start", () => this.send({ text: "/start" })));
    else this.foot.replaceChildren(make("p", {}, t("blocked")), big("unblock", "unblock", () => this.block(false)));
    if (held) this.foot.querySelector("textarea, .big").focus();
  }

  apply(event) {
    if (event.type === "message" || event.type === "edit") {
      const known = this.messages.has(event.message.id);
      this.messages.set(event.message.id, event.message);
      this.setState();
      // one's own message, and what a pressed button brings, are followed wherever one was reading
      if (!known && (!event.message.from_bot || Date.now() - this.pressed < BUSY_MS)) this.atEnd = true;
      if (!known && event.message.from_bot) this.arrived(event.message);
      else if (event.message.from_bot && this.node.contains(document.activeElement)) this.hooks.say(event.message.text);
      this.render();
    } else if (event.type === "delete") {
      this.messages.delete(event.message_id);
      this.render();
    } else if (event.type === "pin") {
      this.messages.set(event.message.id, event.message);
      this.render();
    } else if (event.type === "action") {
      this.setState(t("typing"));
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.setState(), TYPING_MS);
    } else if (event.type === "answer" && event.by === this.person.id) {
      this.settle();
      if (event.text) this.toast(event.text, event.alert);
    }
  }

  arrived(message) {
    this.hooks.onUnread(this);
    // only the phone one is at reads its messages out: three of them at once would be noise
    if (this.node.contains(document.activeElement)) this.hooks.say(message.text || t(message.kind));
    else if (this.node.isConnected) this.hooks.say(`${t("newFor")} ${this.person.first_name}`);
    if (this.atEnd) return;
    this.missed += 1;
    this.drawNewest();
  }

  // A second tap while the bot has not answered the first is no second press, as in the app.
  async press(key, messageId, data) {
    if (key.getAttribute("aria-busy") === "true") return;
    key.setAttribute("aria-busy", "true");
    this.pressed = Date.now();
    setTimeout(() => key.removeAttribute("aria-busy"), BUSY_MS);
    const done = await this.attempt((whose) => api.press({ ...whose, message_id: messageId, data }));
    if (!done) key.removeAttribute("aria-busy");
  }
  settle() {
    for (const key of this.log.querySelectorAll('[aria-busy="true"]')) key.removeAttribute("aria-busy");
  }

  send(body) { return this.attempt((whose) => api.send({ ...whose, ...body })); }
  block(blocked) { return this.attempt((whose) => api.block({ ...whose, blocked })); }

  choices() {
    const zh = this.person.language_code === "zh";
    return [
      [t(zh ? "switchBack" : "switch"), "", () => this.attempt(() => api.language({ person: this.person.id, language_code: zh ? "en" : "zh" }))],
      [t(this.blocked ? "unblock" : "block"), "", () => this.block(!this.blocked)],
    ];
  }

  // Returns what the action gave (true for nothing), or false after saying what went wrong.
  async attempt(action, doing) {
    if (doing) this.setState(doing);
    try {
      const result = await action(this.whose());
      this.fault.hidden = true;
      return result ?? true;
    } catch (error) {
      if (error.code === "lost") this.hooks.onLost();
      this.fault.textContent = sentence(error);
      this.fault.hidden = error.code === "lost";
      return false;
    } finally {
      if (doing) this.setState();
    }
  }

  toast(text, alert) {
    const box = make("div", { class: `toast${alert ? " is-alert" : ""}` }, text);
    this.toasts.append(box);
    setTimeout(() => box.remove(), alert ? 8000 : 4000);
  }

  show(id) {
    const node = this.nodes.get(id)?.node;
    node?.scrollIntoView({ block: "center" });
    node?.classList.add("is-shown");
    setTimeout(() => node?.classList.remove("is-shown"), 1500);
  }

  onScroll() {
    if (!this.log.clientHeight) return;
    this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
    if (this.atEnd) this.missed = 0;
    this.drawNewest();
  }
  drawNewest() {
    this.newest.hidden = this.atEnd;
    this.newest.querySelector("b").textContent = this.missed || "";
  }
  // To the newest; of one that is taller than the phone (a crisis card) its beginning shows.
  toEnd() {
    const last = this.log.lastElementChild;
    const tall = last?.matches(".from-bot") && last.offsetHeight > this.log.clientHeight;
    this.log.scrollTop = tall ? last.offsetTop - this.log.offsetTop - EDGE : this.log.scrollHeight;
    this.onScroll();
  }
}
