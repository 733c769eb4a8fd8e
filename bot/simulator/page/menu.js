// A pop-up menu: arrows move, Escape and a tap outside close it, focus goes back to its button.
import { make } from "./dom.js";

export class Menu {
  constructor(name) {
    this.node = make("div", {
      class: `sheet ${name}`, role: "menu", hidden: true,
      onkeydown: (event) => this.onKey(event),
      onfocusout: (event) => {
        if (event.relatedTarget && !this.node.contains(event.relatedTarget) && event.relatedTarget !== this.opener) this.close(false);
      },
    });
    this.outside = (event) => {
      if (!this.node.contains(event.target) && !this.opener?.contains(event.target)) this.close(false);
    };
  }

  // `items` are [label, detail, action]; null draws a line.
  toggle(opener, label, items) {
    if (!this.node.hidden) return this.close();
    this.opener = opener;
    this.node.setAttribute("aria-label", label);
    this.node.replaceChildren(...items.map((item) => item === null
      ? make("hr", { role: "separator" })
      : make("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => { this.close(); item[2](); } },
        make("span", {}, item[0]), item[1] ? make("small", {}, item[1]) : null)));
    this.node.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", this.outside);
    this.items()[0]?.focus();
  }

  items() { return [...this.node.querySelectorAll('[role="menuitem"]')]; }

  close(focus = true) {
    if (this.node.hidden) return;
    this.node.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", this.outside);
    if (focus) this.opener.focus();
  }

  onKey(event) {
    const items = this.items();
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items.at(to % items.length)?.focus();
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab") { this.close(); return; }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
