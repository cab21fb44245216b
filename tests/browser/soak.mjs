// Hundreds of runs and dozens of texts on one page: what page and worker hold does not grow.

import assert from "node:assert/strict";

import { giveHands } from "./hands.mjs";
import { live, link, shown } from "./page.mjs";
import { suite } from "./runner.mjs";
import { assertAgrees } from "./tables.mjs";

const test = suite("plain");

/** Prompts in rounds of this many, and a text at the end of each round. */
const ROUND = 10;

/** Rounds until everything that is kept once has been made: buffers, caches, compiled code. */
const WARM_ROUNDS = 6;

const ROUNDS = 30;

/**
 * How much each memory may have grown at the end. A wasm memory never shrinks and grows by
 * pages of 64 KB, so a hole here and there is allowed for; 4 KB kept of each run are not.
 */
const MAX_GROWTH_BYTES = 1 << 20;

const SENTENCE = "Lily and Tom were good friends. One day, Lily found a red ball. ";

test("300 runs and 30 texts leave page and worker as large as they were", async (t) => {
  const page = await t.visit(null);
  await page.addInitScript(KEEP_MEMORY);
  await page.route("**/worker-cpu-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${KEEP_MEMORY}\n${await response.text()}` });
  });
  await page.goto(`${t.origin}/${link({ backend: "cpu", prompt: "Lily" })}`);
  await live(page);
  await page.evaluate(giveHands);
  const measure = await meter(page);

  for (let round = 0; round < WARM_ROUNDS; round += 1) await page.evaluate(oneRound, promptsOf(round));
  const before = await measure();
  const since = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) await page.evaluate(oneRound, promptsOf(round));
  const after = await measure();
  t.note(`${ROUNDS * ROUND} runs and ${ROUNDS} texts in ${((performance.now() - since) / 1e3).toFixed(1)} s`);
  for (const [what, bytes] of Object.entries(before)) {
    t.note(`${what} ${megabytes(bytes)}, then ${megabytes(after[what])} MB`);
  }
  for (const [what, bytes] of Object.entries(before)) {
    const growth = after[what] - bytes;
    assert.ok(bytes > 1e5, `${what} of ${bytes} bytes was not measured`);
    assert.ok(growth <= MAX_GROWTH_BYTES, `${what} grew by ${megabytes(growth)} MB`);
  }
  const { prompt, ...view } = await shown(page);
  assert.equal(prompt, promptsOf(ROUNDS - 1).at(-1));
  await assertAgrees(view, prompt, 1e-5);
});

/** Prompts of a few words to a hundred and more, the same lengths in each round. */
function promptsOf(round) {
  return Array.from({ length: ROUND }, (_, n) => `${SENTENCE.repeat(n % 5)}Tom ${round} ${n}`);
}

/** Asks each prompt and has the last one continued; in the page. */
async function oneRound(prompts) {
  const { hands } = window;
  for (const prompt of prompts) await hands.ask(prompt);
  hands.button("Generate").click();
  // What was written can be kept once it is complete.
  await hands.until(() => hands.button("Add to prompt") && !hands.isWriting());
}

/** Keeps the first memory that a module of this thread has, for `meter`. */
const KEEP_MEMORY = `
for (const name of ["instantiate", "instantiateStreaming"]) {
  const own = WebAssembly[name];
  WebAssembly[name] = async (...options) => {
    const made = await own.apply(WebAssembly, options);
    globalThis.wasmMemory ??= (made.instance ?? made).exports.memory;
    return made;
  };
}
`;

/** What measures all memories of a page and its worker, in bytes, once what is garbage is gone. */
async function meter(page) {
  const session = await page.context().newCDPSession(page);
  const [worker] = page.workers().filter((worker) => /worker-cpu/.test(worker.url()));
  const memoryOf = (thread) => thread.evaluate(() => globalThis.wasmMemory.buffer.byteLength);
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
