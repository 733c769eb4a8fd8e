// Where a person writes: the draft, what it answers or edits, files and samples.
import { gist } from "./bubble.js";
import { api } from "./api.js";
import { icon, make } from "./dom.js";
import { Menu } from "./menu.js";
import { t } from "./strings.js";

const TALLEST = 140;
const SAMPLES = {
  photo: ["photo.jpg", "image/jpeg"],
  voice: ["voice.ogg", "audio/ogg"],
  sticker: ["sticker.webp", "image/webp"],
};

export class Composer {
  // `phone` gives whose (address), attempt(action) -> done, and its commands.
  constructor(phone) {
    this.phone = phone;
    this.key = `handrail-draft-${phone.person.id}`;
    this.draft = sessionStorage.getItem(this.key) ?? "";
    this.about = null; // { kind: "reply" | "edit", message }
    this.build();
  }

  build() {
    const written = this.input?.value ?? this.draft;
    this.input = make("textarea", {
      rows: "1", "data-testid": "composer", "aria-label": t("write"), placeholder: t("write"),
      onkeydown: (event) => this.onKey(event), oninput: () => this.grow(), onpaste: (event) => this.onPaste(event),
    });
    this.input.value = written;
    this.context = make("div", { class: "context", hidden: true });
    this.menu = new Menu("low");
    this.file = make("input", { type: "file", hidden: true, tabindex: "-1", "aria-hidden": "true", onchange: () => this.chosen() });
    const opens = (name, label, items) => make("button", {
      type: "button", class: "round", "data-testid": name, title: label, "aria-label": label, "aria-haspopup": "menu", "aria-expanded": "false",
      onclick: (event) => this.menu.toggle(event.currentTarget, label, items()),
    }, icon(name === "attach" ? "plus" : "slash"));
    this.form = make("form", { class: "compose", onsubmit: (event) => { event.preventDefault(); this.submit(); } },
      opens("attach", t("attach"), () => this.attachments()),
      opens("commands", t("commands"), () => this.commands()),
      this.input,
      make("button", { type: "submit", class: "round send", "data-testid": "send", title: t("send"), "aria-label": t("send") }, icon("send")),
      this.file);
    this.node = make("div", { class: "composer" }, this.menu.node, this.context, this.form);
    if (this.about) this.showAbout();
  }

  attachments() {
    const sample = (kind) => () => this.sendSample(kind);
    return [
      [t("choosePhoto"), "", () => this.choose("photo", "image/*")],
      [t("chooseFile"), "", () => this.choose("document", "")],
      null,
      [t("samplePhoto"), "", sample("photo")],
      [t("sampleVoice"), "", sample("voice")],
      [t("sampleSticker"), "", sample("sticker")],
    ];
  }

  commands() {
    const known = this.phone.commands.map((each) => [`/${each.command}`, each.description, () => this.phone.send({ text: `/${each.command}` })]);
    return known.length ? known : [[t("noCommands"), "", () => {}]];
  }

  onKey(event) {
    // Enter that ends a pinyin composition must not send half a sentence
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && this.about) {
      event.stopPropagation();
      this.clear();
    }
  }

  // The words leave the field at once, so a second Enter sends nothing twice and what is typed
  // meanwhile stays; a failure puts them back.
  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const { about } = this;
    this.write("");
    this.clear();
    const done = await (about?.kind === "edit"
      ? this.phone.attempt((whose) => api.edit({ ...whose, message_id: about.message.id, text }))
      : this.phone.send({ text, ...(about ? { reply_to: about.message.id } : {}) }));
    if (done) return;
    if (about) this.setAbout(about.kind, about.message);
    if (about?.kind === "edit") this.write(text);
    else this.write(this.input.value ? `${text}\n${this.input.value}` : text);
  }

  write(text) {
    this.input.value = text;
    this.grow();
  }

  setAbout(kind, message) {
    this.clear();
    this.about = { kind, message, before: this.input.value };
    if (kind === "edit") this.write(message.text);
    this.showAbout();
    this.input.focus();
  }

  showAbout() {
    const { kind, message } = this.about;
    this.context.hidden = false;
    this.context.replaceChildren(
      make("b", {}, t(kind === "edit" ? "editing" : "replying")),
      make("span", {}, gist(message)),
      make("button", { type: "button", class: "quiet", onclick: () => { this.clear(); this.input.focus(); } }, t("cancel")));
  }

  // Ends a reply or an edit; a draft that an edit pushed aside comes back.
  clear() {
    if (this.about?.kind === "edit") this.write(this.about.before);
    this.about = null;
    this.context.hidden = true;
  }

  grow() {
    sessionStorage.setItem(this.key, this.about?.kind === "edit" ? this.about.before : this.input.value);
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, TALLEST)}px`;
  }

  choose(kind, accept) {
    this.kind = kind;
    this.file.accept = accept;
    this.file.click();
  }

  chosen() {
    const [file] = this.file.files;
    this.file.value = "";
    if (file) this.upload(this.kind, file);
  }

  onPaste(event) {
    const picture = [...event.clipboardData.files].find((file) => file.type.startsWith("image/"));
    if (!picture) return;
    event.preventDefault();
    this.upload("photo", picture);
  }

  sendSample(kind) {
    const [name, type] = SAMPLES[kind];
    return this.phone.attempt(async () => new File([await api.sample(name)], name, { type }))
      .then((file) => file && this.upload(kind, file));
  }

  upload(kind, file) {
    const form = new FormData();
    for (const [key, value] of Object.entries({ ...this.phone.whose(), kind })) form.append(key, value);
    form.append("file", file);
    return this.phone.attempt(() => api.upload(form), t("sending"));
  }
}
