// Talks to the simulator. Every failure becomes one Error with a sentence.
async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("lost");
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error ?? `${answer.status}`);
  return body;
}
const post = (path, body) =>
  ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const api = {
  state: () => ask("/sim/state"),
  history: (person, bot) => ask(`/sim/history?person=${person}&bot=${bot}`),
  send: (body) => post("/sim/send", body),
  edit: (body) => post("/sim/edit", body),
  press: (body) => post("/sim/press", body),
  block: (body) => post("/sim/block", body),
  language: (body) => post("/sim/language", body),
  person: (body) => post("/sim/people", body),
  clock: (seconds) => post("/sim/clock", { advance_s: seconds }),
  upload: (form) => ask("/sim/upload", { method: "POST", body: form }),
};

// Server-sent events; after a gap the caller catches up from the history.
export function listen(onEvent, onGap) {
  let opened = false;
  const source = new EventSource("/sim/events");
  source.onopen = () => { if (opened) onGap(); opened = true; };
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
}
