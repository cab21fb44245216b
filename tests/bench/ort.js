// onnxruntime-web in a worker: the same weights as a graph, on one thread, with SIMD.
//
// A time is that of `session.run` alone, for the logits alone: what the caller makes of
// the keys and values, which the graph computes too, is not counted against it.

import * as ort from "./ort/ort.wasm.min.mjs";

import { answer } from "./port.js";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL("./ort/", import.meta.url).href;
ort.env.logLevel = "error";

let session;
let shape;

function tensor(type, data, dims) {
  return new ort.Tensor(type, data, dims);
}

/** The inputs for `ids` behind a past of keys and values by name. */
function feeds(ids, past) {
  const n_past = past.length;
  const n = ids.length;
  const total = n_past + n;
  const mask = new Float32Array(n * total);
  for (let query = 0; query < n; query += 1) {
    mask.fill(-Infinity, query * total + n_past + query + 1, (query + 1) * total);
  }
  const positions = ids.map((_, index) => BigInt(n_past + index));
  return {
    ids: tensor("int64", BigInt64Array.from(ids.map(BigInt)), [n]),
    positions: tensor("int64", BigInt64Array.from(positions), [n]),
    mask: tensor("float32", mask, [n, total]),
    ...past.tensors,
  };
}

/** No keys and values yet. */
function nothing() {
  const dims = [shape.n_heads, 0, shape.d_head];
  const names = session.inputNames.filter((name) => name.startsWith("past."));
  const tensors = names.map((name) => [name, tensor("float32", new Float32Array(0), dims)]);
  return { length: 0, tensors: Object.fromEntries(tensors) };
}

/** Keys and values of `ids`. */
async function past(ids) {
  const outputs = await session.run(feeds(ids, nothing()));
  const present = Object.entries(outputs).filter(([name]) => name.startsWith("present."));
  const tensors = present.map(([name, value]) => [name.replace("present.", "past."), value]);
  return { length: ids.length, tensors: Object.fromEntries(tensors) };
}

/** Log-probabilities of logits, in f64. */
function logProbs(logits) {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
  return Array.from(logits, (logit) => logit - top - Math.log(sum));
}

/** The time of one run, its most probable id and how probable that is. */
async function timed(inputs, outputs = ["logits"]) {
  const started = performance.now();
  const { logits } = await session.run(inputs, outputs);
  const ms = performance.now() - started;
  const found = logProbs(logits.data);
  const id = found.reduce((best, value, index) => (value > found[best] ? index : best), 0);
  return { ms, id, log_prob: found[id] };
}

/** The inputs of what is timed, made once. */
let prefill;
let decode;

answer({
  async load({ model, shape: sizes }) {
    await session?.release();
    shape = sizes;
    const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
    session = await ort.InferenceSession.create(`./models/${model}/model.onnx`, options);
    return ort.env.versions.web;
  },

  async prepare({ ids, next }) {
    prefill = feeds(ids, nothing());
    decode = feeds([next], await past(ids));
  },

  prefill: () => timed(prefill),
  decode: () => timed(decode),

  /** The same with keys and values for the next step, as whoever generates needs them. */
  carried: () => timed(decode, session.outputNames),

  /** Log-probabilities after `ids`: read at once, and its last one behind the others. */
  async distribution({ ids }) {
    const whole = await session.run(feeds(ids, nothing()), ["logits"]);
    const step = await session.run(feeds(ids.slice(-1), await past(ids.slice(0, -1))), ["logits"]);
    return { whole: logProbs(whole.logits.data), step: logProbs(step.logits.data) };
  },
});
