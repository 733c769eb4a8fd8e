// Talks to the simulator. A failure is an Error whose `code` the page has a sentence for.
const ANSWER_MS = 15000;
const SLOW_MS = 120000; // an upload, or a day that passes with all that is due in it

async function ask(path, options = {}, patience = ANSWER_MS) {
  let answer;
  try {
    answer = await fetch(path, { ...options, signal: AbortSignal.timeout(patience) });
  } catch {
    throw Object.assign(new Error("lost"), { code: "lost" });
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(body.error ?? String(answer.status)), { code: body.code || "refused" });
  return body;
}
const post = (path, body, patience) =>
  ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }, patience);

export const api = {
  state: () => ask("/sim/state"),
  history: (person, bot) => ask(`/sim/history?person=${person}&bot=${bot}`),
  send: (body) => post("/sim/send", body),
  edit: (body) => post("/sim/edit", body),
  press: (body) => post("/sim/press", body),
  block: (body) => post("/sim/block", body),
  language: (body) => post("/sim/language", body),
  clock: (seconds) => post("/sim/clock", { advance_s: seconds }, SLOW_MS),
  upload: (form) => ask("/sim/upload", { method: "POST", body: form }, SLOW_MS),
  sample: async (name) => {
    const answer = await fetch(`/static/samples/${name}`).catch(() => null);
    if (!answer?.ok) throw Object.assign(new Error("lost"), { code: "lost" });
    return answer.blob();
  },
};

// Server-sent events. `onOpen` comes at each (re)connection: whoever listens catches up then,
// so nothing that happened before the stream or in a gap is missed.
export function connect({ onOpen, onEvent, onLost }) {
  const source = new EventSource("/sim/events");
  source.onopen = onOpen;
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  source.onerror = () => {
    onLost();
    // a browser gives up for good after an answer that is no stream
    if (source.readyState === EventSource.CLOSED) setTimeout(() => connect({ onOpen, onEvent, onLost }), 2000);
  };
}
