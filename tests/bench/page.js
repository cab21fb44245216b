// Measures one model with both: what is compared, in which order, and that the answers agree.

import { asker } from "./port.js";

/** The largest difference of log-probabilities between two that compute one function in f32. */
const TOLERANCE = 2e-4;

let engine;
let ort;

/** Starts both workers; the page's own script starts ours. */
window.start = async (worker) => {
  engine = asker("./engine.js");
  ort = asker("./ort.js");
  await engine("start", { worker });
};

/** Times of `model` in ms, `n` of each after two that warm up. */
window.measure = async (model, prompt, n) => {
  const shape = await engine("load", { model });
  const version = await ort("load", { model, shape });
  const expected = await agreed(prompt, shape);
  await ort("prepare", { ids: expected.ids, next: expected.prefill.id });
  const times = { engine: {}, ort: {} };
  const keep = (side, what, found, isKept) => {
    assertSame(`${side} ${what}`, found, expected[what]);
    if (isKept) (times[side][what] ??= []).push(found.ms);
  };
  for (let round = -2; round < n; round += 1) {
    const ours = async () => {
      const { prefill, decode } = await engine("generate", { prompt });
      keep("engine", "prefill", prefill, round >= 0);
      keep("engine", "decode", decode, round >= 0);
      keep("engine", "run", await engine("run", { prompt }), round >= 0);
    };
    const theirs = async () => {
      keep("ort", "prefill", await ort("prefill"), round >= 0);
      keep("ort", "decode", await ort("decode"), round >= 0);
      keep("ort", "carried", await ort("carried"), round >= 0);
    };
    // Whoever comes first in one round comes last in the next.
    const order = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
    for (const side of order) await side();
  }
  const { error, ids } = expected;
  return { times, error, tokens: ids.length, version, isIsolated: crossOriginIsolated };
};

/** What both answer to the prompt, checked over the whole vocabulary. */
async function agreed(prompt, shape) {
  const { ids, log_probs } = await engine("distribution", { prompt, d_vocab: shape.d_vocab });
  const { whole, step } = await ort("distribution", { ids });
  const error = Math.max(worst(log_probs, whole), worst(log_probs, step));
  if (!(error <= TOLERANCE)) {
    throw new Error(`log-probabilities differ by ${error}, expected at most ${TOLERANCE}`);
  }
  const { prefill, decode } = await engine("generate", { prompt });
  return { ids, error, prefill, decode, carried: decode, run: prefill };
}

/** The largest difference; no number where the two are not of one length, or one of them is none. */
function worst(a, b) {
  if (a.length !== b.length) return NaN;
  return a.reduce((worst, value, index) => Math.max(worst, Math.abs(value - b[index])), 0);
}

/** A time counts only with the right answer. */
function assertSame(what, found, expected) {
  const difference = Math.abs(found.log_prob - expected.log_prob);
  if (found.id !== expected.id || !(difference <= TOLERANCE)) {
    const line = ({ id, log_prob }) => `id ${id} with log-probability ${log_prob}`;
    throw new Error(`${what} gives ${line(found)}, expected ${line(expected)}`);
  }
}
