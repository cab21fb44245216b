// Hundreds of runs and dozens of texts on one page: what is held does not grow with them.

import assert from "node:assert/strict";

import { giveHands } from "./hands.mjs";
import { live, link, shown } from "./page.mjs";
import { suite } from "./runner.mjs";
import { assertAgrees } from "./tables.mjs";

/** Not alone: it waits for each answer, and no other lane has a part in these memories. */
const test = suite("plain");

/** Prompts in rounds of this many, and a text at the end of each round. */
const ROUND = 10;

/** Rounds until everything that is kept once has been made: buffers, caches, compiled code. */
const WARM_ROUNDS = 2;

const ROUNDS = 30;

/**
 * How much each memory may have grown at the end. A wasm memory never shrinks and grows by
 * pages of 64 KB, once its holes are full: 8 KB kept of each run are seen, 2 KB are not.
 *
 * The page's wasm memory does grow today, by 10 KB a run of these, 16 KB of longer ones.
 * Probably an owner of Leptos keeps what was ever made under it, and a drawing makes its
 * effects and views under one that lives as long as the page (`drawing/document.rs`). Its
 * bound only sees to it that this gets no worse.
 */
const MAX_GROWTH_BYTES = {
  "the page's heap": 1 << 20,
  "the page's wasm memory": 5 << 20,
  "the worker's wasm memory": 1 << 20,
};

const LAST = "Tom saw a dog. Tom";

const SENTENCE = "Lily and Tom were good friends. One day, Lily found a red ball. ";

test("300 runs and 30 texts leave the worker and the page's heap as large as they were", async (t) => {
  const page = await t.visit(null);
  await page.addInitScript(KEEP_EXPORTS);
  await page.route("**/worker-cpu-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${KEEP_EXPORTS}\n${await response.text()}` });
  });
  await page.goto(`${t.origin}/${link({ backend: "cpu", prompt: "Lily" })}`);
  await live(page);
  await page.evaluate(giveHands);
  const threads = [page, page.workers().find((worker) => /worker-cpu/.test(worker.url()))];
  const measure = await meter(...threads);

  const go = async (n) => {
    for (let round = 0; round < n; round += 1) await page.evaluate(oneRound, promptsOf(round));
  };
  await go(WARM_ROUNDS);
  // Loading leaves holes of megabytes, which would hide what is kept.
  for (const thread of threads) await thread.evaluate(fillHoles);
  await go(WARM_ROUNDS);
  const before = await measure();
  const since = performance.now();
  await go(ROUNDS);
  const after = await measure();
  t.note(`${ROUNDS * ROUND} runs and ${ROUNDS} texts in ${((performance.now() - since) / 1e3).toFixed(1)} s`);
  for (const [what, bytes] of Object.entries(before)) {
    t.note(`${what} ${megabytes(bytes)}, then ${megabytes(after[what])} MB`);
  }
  for (const [what, bytes] of Object.entries(before)) {
    const growth = after[what] - bytes;
    assert.ok(bytes > 1e5, `${what} of ${bytes} bytes was not measured`);
    assert.ok(growth <= MAX_GROWTH_BYTES[what], `${what} grew by ${megabytes(growth)} MB`);
  }
  await page.evaluate((prompt) => window.hands.ask(prompt), LAST);
  const { prompt, ...view } = await shown(page);
  assert.equal(prompt, LAST);
  await assertAgrees(view, LAST, 1e-5);
});

/** Prompts of a few words to some forty tokens, the same lengths in each round. */
function promptsOf(round) {
  return Array.from({ length: ROUND }, (_, n) => `${SENTENCE.repeat(n % 3)}Tom ${round} ${n}`);
}

/** Asks each prompt and has the last one continued; in the page. */
async function oneRound(prompts) {
  const { hands } = window;
  for (const prompt of prompts) await hands.ask(prompt);
  hands.button("Generate").click();
  // What was written can be kept once it is complete.
  await hands.until(() => hands.button("Add to prompt") && !hands.isWriting());
}

/** Takes what is free of a thread's wasm memory, in ever smaller pieces, until it has to grow. */
function fillHoles() {
  const { memory, __wbindgen_malloc: take } = globalThis.wasmExports;
  for (const bytes of [1 << 20, 1 << 16, 1 << 12]) {
    const size = memory.buffer.byteLength;
    while (memory.buffer.byteLength === size) take(bytes, 1);
  }
}

/** Keeps what the first module of this thread exports, its memory among it. */
const KEEP_EXPORTS = `
for (const name of ["instantiate", "instantiateStreaming"]) {
  const own = WebAssembly[name];
  WebAssembly[name] = async (...options) => {
    const made = await own.apply(WebAssembly, options);
    globalThis.wasmExports ??= (made.instance ?? made).exports;
    return made;
  };
}
`;

/** What measures the memories of a page and its worker, in bytes, once what is garbage is gone. */
async function meter(page, worker) {
  const session = await page.context().newCDPSession(page);
  const memoryOf = (thread) => thread.evaluate(() => globalThis.wasmExports.memory.buffer.byteLength);
  return async () => {
    // Twice: what the first round sets free may hold more.
    for (let n = 0; n < 2; n += 1) await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return {
      "the page's heap": usedSize,
      "the page's wasm memory": await memoryOf(page),
      "the worker's wasm memory": await memoryOf(worker),
    };
  };
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(2);
}

export const { tests } = test;
