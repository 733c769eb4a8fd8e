// The page: which phones are shown, the clock, the language, the line to the simulator.
import { api, connect } from "./api.js";
import { keep, make } from "./dom.js";
import { Phone } from "./phone.js";
import { language, momentOf, sentence, setTimeZone, t, toggle, translatePage } from "./strings.js";

const REFRESH_MS = 20000;
const RETRY_MS = 2000;
const phones = new Map();
const tabs = new Map();
const unread = new Map();
const find = (selector) => document.querySelector(selector);
const narrow = matchMedia("(max-width: 760px)");
let state = { people: [], bots: [], blocked: [], clock: null };
let shown = new Set();

function setLost(lost) {
  find("#trouble").hidden = !lost;
  if (lost) find("#trouble").textContent = sentence({ code: "lost" });
}
// A fault of the page itself is no lost line: it goes to the console, unhandled.
function onFailure(error) {
  if (!error.code) throw error;
  setLost(true);
}
let speaking;
function say(text) {
  clearTimeout(speaking);
  // a moment of patience: of a burst only the last is read out
  speaking = setTimeout(() => { find("#says").textContent = text.slice(0, 300); }, 250);
}
const hooks = {
  say,
  onLost: () => setLost(true),
  onUnread: ({ person }) => {
    if (shown.has(person.id)) return;
    unread.set(person.id, (unread.get(person.id) ?? 0) + 1);
    drawTabs();
  },
};

function firstShown() {
  const of = (role) => state.people.filter((person) => person.role === role);
  const mine = (list) => list.find((person) => person.language_code === language()) ?? list[0];
  const chosen = narrow.matches ? [mine(of("student"))] : [...of("student").slice(0, 2), mine(of("counselor"))];
  return new Set(chosen.filter(Boolean).map((person) => person.id));
}

function choose(id) {
  if (narrow.matches) shown = new Set([id]);
  else if (!shown.has(id)) shown.add(id);
  else if (shown.size > 1) shown.delete(id);
  unread.delete(id);
  arrange();
  if (shown.has(id)) for (const node of [tabOf(id), phones.get(id)?.node]) node?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function arrange() {
  const stage = find("#phones");
  const before = new Set(stage.children);
  const there = state.people.map((person) => phones.get(person.id)).filter((phone) => phone && shown.has(phone.person.id));
  keep(stage, there.map((phone) => phone.node));
  for (const phone of there) if (!before.has(phone.node)) { phone.toEnd(); phone.composer.grow(); }
  drawTabs();
}

function tabOf(id) {
  if (!tabs.has(id)) {
    tabs.set(id, make("button", { type: "button", class: "tab", "data-tab": id, onclick: () => choose(id) }, make("span"), make("small"), make("b")));
  }
  return tabs.get(id);
}

function drawTabs() {
  keep(find("#people"), state.people.map((person) => {
    const tab = tabOf(person.id);
    const [name, role, count] = tab.children;
    const waiting = unread.get(person.id) ?? 0;
    tab.dataset.role = person.role;
    tab.setAttribute("aria-pressed", shown.has(person.id));
    name.textContent = person.first_name;
    role.textContent = t(person.role);
    count.hidden = !waiting;
    count.textContent = waiting;
    tab.setAttribute("aria-label", [person.first_name, t(person.role), waiting ? `${waiting} ${t("unread")}` : ""].join(" ").trim());
    return tab;
  }));
}

async function refresh() {
  state = await api.state();
  setTimeZone(state.time_zone);
  const fresh = [];
  for (const person of state.people) {
    if (!phones.has(person.id)) {
      phones.set(person.id, new Phone(person, hooks));
      fresh.push(phones.get(person.id));
    }
    const bot = state.bots.find((each) => each.key === person.bot) ?? { username: "", description: "" };
    const blocked = state.blocked.some(([id, key]) => id === person.id && key === person.bot);
    phones.get(person.id).update({ person, bot, commands: bot.commands?.[person.id] ?? [], blocked });
  }
  drawClock();
  drawTabs();
  await Promise.all(fresh.map((phone) => phone.load()));
}

function drawClock() {
  if (!state.clock) return;
  find("#now").textContent = momentOf(state.clock.now);
  find("#now").dateTime = state.clock.now;
}

let due;
function refreshSoon() {
  clearTimeout(due);
  due = setTimeout(() => refresh().catch(onFailure), 100);
}

// At each connection everything is read afresh. Events that come meanwhile wait: whatever is
// newer than the answer is among them, and applying one twice changes nothing.
let waiting = null;
let again = false;
async function catchUp() {
  if (waiting) { again = true; return; }
  try {
    do {
      again = false;
      waiting = [];
      await refresh();
      await Promise.all([...phones.values()].map((phone) => phone.load()));
    } while (again);
    setLost(false);
    if (!shown.size) shown = firstShown();
    arrange();
    document.body.dataset.ready = "";
  } catch (error) {
    setTimeout(catchUp, RETRY_MS);
    onFailure(error);
  } finally {
    const missed = waiting;
    waiting = null;
    missed.forEach(apply);
  }
}

function apply(event) {
  if (event.type === "reset") { catchUp(); return; }
  if (["state", "block", "commands"].includes(event.type)) { refreshSoon(); return; }
  const phone = phones.get(event.person);
  if (phone && event.bot === phone.person.bot) phone.apply(event);
  else if (!phone && event.person > 0) refreshSoon(); // somebody new; their phone loads itself
}

find("#tongue").addEventListener("click", () => {
  toggle();
  translatePage();
  for (const phone of phones.values()) phone.translate();
  drawClock();
  drawTabs();
  if (!find("#trouble").hidden) setLost(true);
});
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      await api.clock(Number(button.dataset.advance));
      await refresh();
      say(`${t("today")} ${momentOf(state.clock.now)}`);
    } catch (error) {
      onFailure(error);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}
narrow.addEventListener("change", () => {
  if (!phones.size) return;
  const [first] = shown;
  shown = narrow.matches && first ? new Set([first]) : firstShown();
  arrange();
});

translatePage();
connect({ onOpen: catchUp, onEvent: (event) => (waiting ? waiting.push(event) : apply(event)), onLost: () => setLost(true) });
setInterval(() => refresh().catch(onFailure), REFRESH_MS);
