// The page's own worker script and engine, heard from inside the worker.
//
// What the engine posts to the page is timed here, where it is posted: neither the way
// to another thread nor that thread's other work is part of any time.

import { answer } from "./port.js";

/** The last few requests, by run id: what has been posted about each, and who waits. */
const runs = new Map();
let latest = 0;
let booted;

self.postMessage = (message) => {
  const at = performance.now();
  if (message.kind === "failed") return booted.reject(new Error(message.message));
  if (message.json === undefined) return undefined;
  const event = JSON.parse(message.json);
  if (event.Booted) return booted.resolve();
  return onMessage(event, at);
};

function onMessage(event, at) {
  const [kind, body] = Object.entries(event === "Heartbeat" ? {} : event)[0] ?? [];
  const run = runs.get(body?.run);
  if (!run) return;
  if (kind === "Token") run.tokens.push({ at, ...body.token });
  if (kind === "Done") run.resolve({ ...run, at, response: body.response });
  if (kind === "Failed") run.reject(new Error(body.error.message));
  if (kind === "Cancelled") run.reject(new Error("the request was cancelled"));
}

/** Sends a request as the page does; when it began, its tokens and its answer. */
function ask(kind, fields) {
  latest += 1;
  const run = latest;
  const data = { json: JSON.stringify({ [kind]: { run, ...fields } }) };
  const done = new Promise((resolve, reject) => {
    runs.set(run, { started: performance.now(), tokens: [], resolve, reject });
  });
  self.onmessage(new MessageEvent("message", { data }));
  return done.finally(() => runs.delete(run));
}

const GREEDY = { temperature: 0, top_k: 0, top_p: 1, seed: 0 };

answer({
  async start({ worker }) {
    await new Promise((resolve, reject) => {
      booted = { resolve, reject };
      import(worker).catch(reject);
    });
  },

  /** The model that lies beside this script under `models/`. */
  async load({ model }) {
    const { response } = await ask("Load", { model, backend: "cpu" });
    return response.Loaded.shape;
  },

  /** Reads the prompt and writes two tokens: how long until the first, then the second. */
  async generate({ prompt }) {
    const asked = { prompt, max_tokens: 2, sampling: GREEDY, edits: [] };
    const { started, tokens } = await ask("Generate", asked);
    const [first, second] = tokens;
    return {
      prefill: { ms: first.at - started, id: first.id, log_prob: Math.log(first.prob) },
      decode: { ms: second.at - first.at, id: second.id, log_prob: Math.log(second.prob) },
    };
  },

  /** What the page asks for after each keystroke: logits and norms of all positions. */
  async run({ prompt }) {
    const asked = { prompt, top: 10, edits: [], pattern: null };
    const { started, at, response } = await ask("Run", asked);
    const [{ id, prob }] = response.Run.next;
    return { ms: at - started, id, log_prob: Math.log(prob) };
  },

  /** The prompt's ids, and the log-probability of each id of the vocabulary after it. */
  async distribution({ prompt, d_vocab }) {
    const asked = { prompt, top: d_vocab, edits: [], pattern: null };
    const { response } = await ask("Run", asked);
    const log_probs = new Array(d_vocab).fill(NaN);
    for (const { id, prob } of response.Run.next) log_probs[id] = Math.log(prob);
    return { ids: response.Run.tokens.map(({ id }) => id), log_probs };
  },
});
