// Prompts of a thousand tokens: the room fills piece by piece, stays quick, and keeps little.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as cli from "./cli.mjs";
import { writeSums } from "./files.mjs";
import { link, linkOf, notices, promptField, rootOf, rowsOf } from "./page.mjs";
import { suite } from "./runner.mjs";
import { serve } from "./server.mjs";
import { DIST } from "./settings.mjs";

const test = suite("plain");

const N_LAYERS = 6;
const N_HEADS = 12;
const WIDTH = 64 * N_HEADS;
const N_WORDS = 512;
const N_CONTEXT = 1024;

/** Lengths of prompts, in tokens. */
const LENGTHS = [256, 512, 1024];

/** The largest picture of a pattern that may cross from the engine to the page. */
const MAX_CELLS = 256 * 256;

const TOLERANCE = 1e-5;
const HEAD = { layer: 3, head: 5 };

for (const n of LENGTHS) {
  test(`at ${n} tokens the room fills, and what crosses stays small`, async (t) => {
    const { origin, folder } = await site();
    const prompt = promptOf(n, 1);
    const started = performance.now();
    const page = await opened(t, origin, prompt);
    t.note(`live after ${((performance.now() - started) / 1e3).toFixed(1)} s`);
    await page.waitForFunction(() => window.atlasSizes.at(-1) === 72, null, { timeout: 90_000 });
    t.note(`all heads after ${((performance.now() - started) / 1e3).toFixed(1)} s`);
    const sizes = new Set(await page.evaluate(() => window.atlasSizes));
    if (n > 128) assert.ok(sizes.size > 3, `the atlas had ${[...sizes].join(", ")} heads`);
    await patternFilled(page);
    await assertPattern(page, prompt, n, folder);
    const largest = await page.evaluate(() => window.largestArray);
    t.note(`largest array ${largest}`);
    assert.ok(largest <= MAX_CELLS, `an array of ${largest} numbers crossed`);
    const text = await page.evaluate(() => window.longestText);
    t.note(`longest text ${(text / 1e3).toFixed(0)} kB`);
    // What is said of every position grows with the prompt's length, not with its square.
    assert.ok(text <= 4_000 * n, `a text of ${text} characters crossed`);
  });
}

/** Row, column and strongest links of the selected head, bars and facts of the selected row. */
async function assertPattern(page, prompt, n, folder) {
  const { pattern } = await cli.attention(prompt, HEAD, folder);
  const rows = await rowsOf(page, "attention.pattern");
  const parts = (part) => rows.filter(([kind]) => kind === part);
  const [row, column, strongest] = ["selected row", "selected column", "strongest"].map(parts);
  assert.equal(row.length, n, "the last row is selected");
  assert.equal(strongest.length, 50);
  const key = parseInt(column[0][2], 10);
  assert.equal(column.length, n - key, "the selected column");
  for (const [kind, query, key, weight] of [...row, ...column]) {
    const [q, k] = [parseInt(query, 10), parseInt(key, 10)];
    assertNear(Number(weight), pattern[q][k], TOLERANCE, `${kind}: ${query} ${key}`);
  }
  for (const [, query, key, weight] of strongest) {
    const [queries, keys] = [query, key].map(span);
    const inside = pattern.slice(...queries).flatMap((row) => row.slice(...keys));
    assertNear(Number(weight), Math.max(...inside), TOLERANCE, `strongest: ${query} ${key}`);
  }
  const most = pattern.reduce((most, row) => Math.max(most, ...row), 0);
  assertNear(Number(strongest[0][3]), most, TOLERANCE, "the strongest of all");
  const caption = await page.locator('table[data-for="attention.pattern"] caption').textContent();
  assert.match(caption, new RegExp(`\\b${(n * (n + 1)) / 2}\\b`));

  const last = pattern[n - 1];
  const sorted = [...last].sort((a, b) => b - a);
  const items = page.locator('[data-figure="attention.pattern"] [role=listitem]');
  const names = await items.evaluateAll((items) => items.map((item) => item.getAttribute("aria-label")));
  const bars = names.map((name) => name.split(" ").at(-1));
  assert.ok(bars.length >= 5, `${bars.length} bars`);
  const listed = bars.map(Number).sort((a, b) => b - a);
  for (const [rank, weight] of listed.entries()) assertNear(weight, sorted[rank], 0.0051, `bar ${rank}`);
  const [weight, score, lse, rank] = await page.locator(".facts dd").allTextContents();
  assertNear(Number(weight), last[key], 0.000051, "weight of the selected cell");
  const number = (text) => Number(text.replace("\u2212", "-"));
  assertNear(Math.exp(number(score) - number(lse)), last[key], 0.01 * last[key] + 1e-6, "score");
  assert.equal(rank, `1 of ${n}`);
}

/** Of `12: word` or `12\u201315: `, the first position and the one behind the last. */
function span(text) {
  const [first, last = first] = text.match(/\d+/g).slice(0, /\u2013/.test(text) ? 2 : 1).map(Number);
  return [first, last + 1];
}

test.alone("at 1,024 tokens zooming and dragging keep up with the hand", async (t) => {
  const { origin } = await site();
  const page = await opened(t, origin, promptOf(1024, 1));
  await page.waitForFunction(() => window.atlasSizes.at(-1) === 72, null, { timeout: 90_000 });
  await patternFilled(page);
  const zoomIn = page.getByRole("button", { name: "Zoom in" });
  for (let n = 0; n < 4; n += 1) await zoomIn.click();
  const shownPart = page.getByRole("group", { name: "Part of the map in view" }).locator(".label");
  const before = await shownPart.textContent();
  assert.match(before, /queries \d+\u2013\d+, keys \d+\u2013\d+/);
  const map = page.locator('[data-target="map:0"]');
  await map.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await map.boundingBox();
  const [middleX, middleY] = [x + width / 2, y + Math.min(height, 700) / 2];
  await page.mouse.move(middleX, middleY);
  await page.mouse.down();
  await page.evaluate(() => {
    window.frameTimes = [];
    let last = performance.now();
    const tick = (now) => {
      window.frameTimes.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const started = performance.now();
  let moves = 0;
  while (performance.now() - started < 2_000) {
    moves += 1;
    const angle = moves / 8;
    await page.mouse.move(middleX + 120 * Math.sin(angle), middleY + 120 * (1 - Math.cos(angle)));
  }
  const frames = await page.evaluate(() => window.frameTimes.slice(1));
  await page.mouse.up();
  const sorted = [...frames].sort((a, b) => a - b);
  const [median, worst] = [sorted[sorted.length >> 1], sorted.at(-1)];
  t.note(`${frames.length} frames, median ${median.toFixed(1)} ms, worst ${worst.toFixed(0)} ms, ${moves} moves`);
  assert.notEqual(await shownPart.textContent(), before, "the map has moved");
  assert.ok(median <= 33, `median frame of ${median} ms`);
  assert.ok(frames.length >= 60, `${frames.length} frames in 2 s`);
});

test.alone("typing while the heads are computed is answered within 2 s", async (t) => {
  const { origin } = await site();
  const page = await opened(t, origin, promptOf(1024, 1));
  await page.waitForFunction(() => window.atlasSizes.at(-1) > 0, null, { timeout: 90_000 });
  const nThere = await page.evaluate(() => window.atlasSizes.at(-1));
  assert.ok(nThere < 72, `${nThere} heads: too late to interrupt`);
  const { run } = await rootOf(page);
  const short = promptOf(12, 2);
  const started = performance.now();
  await promptField(page).fill(short);
  await page.waitForFunction((run) => document.documentElement.dataset.run !== run, run);
  const ms = performance.now() - started;
  t.note(`${ms.toFixed(0)} ms, with ${nThere} of 72 heads there`);
  assert.ok(ms <= 2_000, `${ms} ms`);
  assert.equal((await linkOf(page)).prompt, short);
  await page.waitForFunction(() => window.atlasSizes.at(-1) === 72);
  assert.equal((await rowsOf(page, "attention.pattern")).length, 12);
});

/** A live page that keeps count of what arrives. */
async function opened(t, origin, prompt) {
  const page = await t.visit(null, { origin });
  await page.addInitScript(listen);
  await page.goto(`${origin}/${link({ backend: "cpu", model: "long", prompt, ...HEAD })}`);
  await page.waitForSelector("html:is([data-engine=live], [data-engine=failed])", { timeout: 60_000 });
  assert.equal((await rootOf(page)).engine, "live", (await notices(page)).join(" "));
  return page;
}

/** Notes the longest array of every message, and each size that the atlas has had. */
function listen() {
  window.largestArray = 0;
  window.longestText = 0;
  window.atlasSizes = [];
  const longest = (data, depth) => {
    if (ArrayBuffer.isView(data)) return data.length ?? data.byteLength;
    if (data instanceof ArrayBuffer) return data.byteLength / 4;
    if (typeof data !== "object" || data === null || depth > 6) return 0;
    const values = Array.isArray(data) ? data : Object.values(data);
    const own = Array.isArray(data) && typeof data[0] === "number" ? data.length : 0;
    return values.slice(0, 256).reduce((most, one) => Math.max(most, longest(one, depth + 1)), own);
  };
  const Own = window.Worker;
  window.Worker = class extends Own {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => {
        window.longestText = Math.max(window.longestText, data?.json?.length ?? 0);
        window.largestArray = Math.max(window.largestArray, longest(data, 0));
      });
    }
  };
  const look = () => {
    const size = document.querySelectorAll('table[data-for="attention.atlas"] tbody tr').length;
    if (window.atlasSizes.at(-1) !== size) window.atlasSizes.push(size);
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
}

/** Waits until row, column and strongest links are there. */
async function patternFilled(page) {
  const isFilled = () => {
    const heads = document.querySelectorAll('table[data-for="attention.pattern"] tbody th');
    const parts = new Set([...heads].map((head) => head.textContent));
    return ["selected row", "selected column", "strongest"].every((part) => parts.has(part));
  };
  await page.waitForFunction(isFilled, null, { timeout: 60_000 });
}

/** Words in an order that repeats nothing for long. */
export function promptOf(n, seed) {
  const random = generator(seed);
  return Array.from({ length: n }, () => `w${Math.floor(random() * N_WORDS)}`).join(" ");
}

let made;

/** The page with a model of random weights that reads long prompts. */
export function site() {
  made ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), "headlight-long-"));
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
    await cp(DIST, folder, { recursive: true });
    const model = join(folder, "models/long");
    await mkdir(model);
    await writeModel(model);
    const index = join(folder, "models/index.json");
    const list = JSON.parse(await readFile(index, "utf8"));
    const sizes = { bytes: 0, files: [], recorded: false };
    list.push({ name: "long", description: "Random", prompt: null, head: null, ...sizes });
    for (const ending of [".br", ".gz"]) rmSync(index + ending, { force: true });
    await writeFile(index, JSON.stringify(list));
    return { ...(await serve(folder)), folder: model };
  })();
  return made;
}

/** A GPT-2 with an MLP as wide as the stream, its weights drawn from a seed. */
async function writeModel(folder) {
  const config = {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    activation_function: "gelu_new",
    bos_token_id: null,
    eos_token_id: null,
    layer_norm_epsilon: 1e-5,
    n_embd: WIDTH,
    n_head: N_HEADS,
    n_inner: WIDTH,
    n_layer: N_LAYERS,
    n_positions: N_CONTEXT,
    tie_word_embeddings: true,
    torch_dtype: "float32",
    vocab_size: N_WORDS,
  };
  const vocab = Object.fromEntries(Array.from({ length: N_WORDS }, (_, id) => [`w${id}`, id]));
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: null,
    decoder: null,
    model: { type: "WordLevel", vocab, unk_token: "<unk>" },
  };
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  await writeFile(join(folder, "model.safetensors"), safetensors(tensors()));
  await writeSums(folder);
}

/** Every tensor of the model: its shape and how it is filled. */
function tensors() {
  const around = (centre, spread) => ({ centre, spread });
  const norm = (name) => [
    [`${name}.weight`, [WIDTH], around(1, 0)],
    [`${name}.bias`, [WIDTH], around(0, 0)],
  ];
  const linear = (name, from, to, spread) => [
    [`${name}.weight`, [from, to], around(0, spread)],
    [`${name}.bias`, [to], around(0, 0)],
  ];
  const block = (layer) => [
    ...norm(`h.${layer}.ln_1`),
    // Wide enough that patterns have something to see.
    ...linear(`h.${layer}.attn.c_attn`, WIDTH, 3 * WIDTH, 0.05),
    ...linear(`h.${layer}.attn.c_proj`, WIDTH, WIDTH, 0.02),
    ...norm(`h.${layer}.ln_2`),
    ...linear(`h.${layer}.mlp.c_fc`, WIDTH, WIDTH, 0.02),
    ...linear(`h.${layer}.mlp.c_proj`, WIDTH, WIDTH, 0.02),
  ];
  return [
    ["wte.weight", [N_WORDS, WIDTH], around(0, 0.05)],
    ["wpe.weight", [N_CONTEXT, WIDTH], around(0, 0.02)],
    ...Array.from({ length: N_LAYERS }, (_, layer) => block(layer)).flat(),
    ...norm("ln_f"),
  ].map(([name, shape, fill]) => [`transformer.${name}`, shape, fill]);
}

/** The file: the length of the header, the header, the numbers. */
function safetensors(tensors) {
  const header = {};
  let end = 0;
  for (const [name, shape] of tensors) {
    const start = end;
    end += 4 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: "F32", shape, data_offsets: [start, end] };
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const numbers = new Float32Array(end / 4);
  const random = generator(7);
  let at = 0;
  for (const [, shape, { centre, spread }] of tensors) {
    const stop = at + shape.reduce((product, size) => product * size, 1);
    if (spread === 0) numbers.fill(centre, at, stop);
    // Uniform, with the spread for a standard deviation.
    else for (; at < stop; at += 1) numbers[at] = centre + (random() - 0.5) * Math.sqrt(12) * spread;
    at = stop;
  }
  return Buffer.concat([length, json, Buffer.from(numbers.buffer)]);
}

/** Numbers in [0, 1), the same for the same seed. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function assertNear(got, want, tolerance, what) {
  assert.ok(Math.abs(got - want) <= tolerance, `${what}: got ${got}, want ${want}`);
}

export const { tests } = test;
