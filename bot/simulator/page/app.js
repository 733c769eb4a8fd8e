// The page: which phones are shown, the clock, the language.
import { api, listen } from "./api.js";
import { Phone } from "./phone.js";
import { language, t, toggle, translatePage } from "./strings.js";

const phones = new Map();
const unread = new Map();
let shown = new Set();
let state = { people: [], bots: [], blocked: [] };
const stage = document.querySelector("#phones");
const tabs = document.querySelector("#people");
const trouble = document.querySelector("#trouble");
const narrow = matchMedia("(max-width: 760px)");

function onTrouble(error) {
  trouble.hidden = !error;
  if (error) trouble.textContent = error.message === "lost" ? t("lost") : error.message;
}
const hooks = {
  onTrouble,
  onSeen: (phone) => {
    if (shown.has(phone.person.id)) return;
    unread.set(phone.person.id, (unread.get(phone.person.id) ?? 0) + 1);
    drawTabs();
  },
};

function choose(id) {
  if (narrow.matches) shown = new Set([id]);
  else if (shown.has(id) && shown.size > 1) shown.delete(id);
  else shown.add(id);
  unread.delete(id);
  arrange();
}

function arrange() {
  stage.replaceChildren(...state.people.filter((p) => shown.has(p.id)).map((p) => phones.get(p.id).node));
  for (const id of shown) phones.get(id).toBottom();
  drawTabs();
}

function drawTabs() {
  tabs.replaceChildren(...state.people.map((person) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.className = "tab";
    tab.dataset.role = person.role;
    tab.setAttribute("aria-pressed", shown.has(person.id));
    const name = document.createElement("span");
    name.textContent = person.first_name;
    const role = document.createElement("small");
    role.textContent = t(person.role);
    tab.append(name, role);
    if (unread.get(person.id)) {
      const count = document.createElement("b");
      count.textContent = unread.get(person.id);
      tab.append(count);
    }
    tab.addEventListener("click", () => choose(person.id));
    return tab;
  }));
}

function firstShown() {
  const of = (role) => state.people.filter((p) => p.role === role);
  const mine = (list) => list.find((p) => p.language_code === language()) ?? list[0];
  if (narrow.matches) return [mine(of("student"))?.id].filter(Boolean);
  const students = of("student").slice(0, 2);
  return [...students, mine(of("counselor"))].filter(Boolean).map((p) => p.id);
}

async function refresh() {
  state = await api.state();
  for (const person of state.people) {
    if (!phones.has(person.id)) phones.set(person.id, new Phone(person, hooks));
    const phone = phones.get(person.id);
    const bot = state.bots.find((b) => b.key === person.bot) ?? {};
    Object.assign(phone, { person, bot, commands: bot.commands?.[person.id] ?? [] });
    phone.setBlocked(state.blocked.some(([id, key]) => id === person.id && key === person.bot));
  }
  const now = new Date(state.clock.now);
  document.querySelector("#now").textContent = now.toLocaleString(language() === "zh" ? "zh-CN" : "en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  drawTabs();
}
const loadAll = () => Promise.all([...phones.values()].map((phone) => phone.load()));

document.querySelector("#tongue").addEventListener("click", () => {
  toggle();
  translatePage();
  for (const phone of phones.values()) { phone.build(); phone.draw(); }
  refresh().then(arrange).catch(onTrouble);
});
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try { await api.clock(Number(button.dataset.advance)); await refresh(); onTrouble(null); } catch (error) { onTrouble(error); }
    button.disabled = false;
  });
}
narrow.addEventListener("change", () => { shown = new Set(firstShown()); arrange(); });

translatePage();
document.querySelector("#tongue").textContent = t("tongue");
document.querySelector("#tongue").dataset.t = "tongue";
try {
  await refresh();
  shown = new Set(firstShown());
  await loadAll();
  arrange();
  listen((event) => {
    if (event.type === "state" || event.type === "block" || event.type === "commands") refresh().catch(onTrouble);
    const phone = phones.get(event.person);
    if (phone && (!event.bot || event.bot === phone.person.bot)) phone.apply(event);
  }, () => refresh().then(loadAll).then(arrange).catch(onTrouble));
  setInterval(() => refresh().then(() => onTrouble(null)).catch(onTrouble), 20000);
} catch (error) { onTrouble(error); }
