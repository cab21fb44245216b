// Before the engine is there: a recorded run to look at, progress to watch, and a way out.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { assertAccessible } from "./accessible.mjs";
import * as cli from "./cli.mjs";
import {
  badge,
  everythingArrived,
  link,
  live,
  notices,
  promptField,
  PROMPT,
  rootOf,
  shown,
  truthShown,
} from "./page.mjs";
import { suite } from "./runner.mjs";
import { modelFolder, MODEL } from "./settings.mjs";
import { assertAgrees } from "./tables.mjs";

const test = suite("plain");

/** The script of either worker. */
const WORKERS = "**/worker-*.js";

/** The page's second module. */
const SECOND = "**/further-*_bg.wasm";

/** The starts of the names of all that is fetched until the engine is live. */
const FIRST_VISIT = JSON.parse(readFileSync(new URL("./first_visit.json", import.meta.url)));

/** Cumulative layout shift, the sum without input just before. */
const MOST_SHIFT = 0.02;

const HEAD = { layer: 1, head: 2 };

test("a recorded run is shown, and called one, until the engine is live", async (t) => {
  const page = await t.visit(null);
  const letWorkersIn = await hold(page, WORKERS);
  await page.route("**/models/index.json", listRecording);
  await page.route(`**/recorded/${MODEL}.json`, async (route) =>
    route.fulfill({ json: await recording() }),
  );
  await page.goto(`${t.origin}/${link({ prompt: PROMPT, ...HEAD })}`);
  await page.waitForSelector("html[data-engine=recorded]");
  assert.match(await badge(page), /recorded/);
  const view = await shown(page);
  assert.equal(view.backend, "none", "nothing computed this");
  await assertAgrees(view, PROMPT, 1e-5);
  await assertAccessible(page, "recorded");
  letWorkersIn();
  await live(page);
  assert.match(await badge(page), /CPU/);
  await assertAgrees(await shown(page), PROMPT, 1e-5);
});

test("a page whose engine is slow says so, keeps what is typed, and can be cancelled", async (t) => {
  const page = await t.visit(null);
  const letWorkersIn = await hold(page, WORKERS);
  // As if nothing was recorded of this prompt.
  await page.goto(`${t.origin}/${link({ backend: "cpu", prompt: "Lily had a" })}`);
  const cancel = page.getByRole("button", { name: "Cancel" });
  await cancel.waitFor();
  assert.equal((await rootOf(page)).engine, "loading");
  await page.getByRole("progressbar", { name: "Loading the engine" }).waitFor();
  await assertAccessible(page, "loading");
  await promptField(page).fill("Tom saw a dog.");
  await cancel.click();
  await page.waitForSelector("html[data-engine=failed]");
  assert.deepEqual(await notices(page), ["Loading was cancelled."]);
  letWorkersIn();
  await page.getByRole("button", { name: "Try again" }).click();
  await live(page);
  const view = await shown(page);
  assert.equal(view.prompt, "Tom saw a dog.");
  await assertAgrees(view, "Tom saw a dog.", 1e-5);
});

test("a page whose module does not arrive says so, and can be tried again", async (t) => {
  t.expect(/net::ERR_FAILED|Failed to fetch/);
  const page = await t.visit(null);
  let isOut = true;
  await page.route("**/shell-*_bg.wasm", (route) => (isOut ? route.abort() : route.continue()));
  await page.goto(`${t.origin}/`);
  await page.getByRole("alert").getByText(/could not start/).waitFor();
  await page.getByText("Headlight", { exact: true }).waitFor();
  await assertAccessible(page, "not started");
  isOut = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await live(page);
  assert.equal(await page.getByText("could not start").count(), 0);
});

test("the first figures need only the page's first module; what else is missing is said, and comes", async (t) => {
  t.expect(/net::ERR_FAILED|Failed to fetch|further/);
  const page = await t.visit(null);
  let isOut = true;
  await page.route(SECOND, (route) => (isOut ? route.abort() : route.continue()));
  await page.goto(`${t.origin}/`);
  await page.waitForSelector("html[data-engine=recorded]");
  await page.getByRole("application", { name: /Arrow keys/ }).waitFor();
  assert.equal(await page.getByRole("radio", { name: /^Layer \d, head \d/ }).count(), 24);
  assert.match((await notices(page)).join(), /part of this page has not arrived/);
  assert.equal(await page.getByRole("heading", { name: "Next token after the prompt" }).count(), 0);
  // What is done meanwhile is not lost.
  await page.getByRole("button", { name: "One row" }).click();
  await page.keyboard.press("?");
  // In the panel, on the stage and beside it.
  const words = page.getByText("This part of the page is on its way.");
  await words.nth(2).waitFor();
  await assertAccessible(page, "half there");
  isOut = false;
  await page.getByRole("heading", { name: "Next token after the prompt" }).waitFor();
  await page.getByRole("heading", { name: "Words", exact: true }).waitFor();
  await page.getByRole("radio", { name: /Scores/ }).waitFor();
  await words.first().waitFor({ state: "detached" });
  assert.deepEqual(await notices(page), []);
  await page.waitForSelector("html[data-engine=live]");
});

test.alone("a first visit fetches what `cargo xtask size` counts for it, and nothing else", async (t) => {
  const page = await t.visit(null);
  const fetched = new Set();
  let isLive = false;
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname.slice(1);
    if (!isLive) fetched.add(path === "" ? "index.html" : path);
  });
  await page.goto(`${t.origin}/`);
  await page.waitForSelector("html[data-engine=live]");
  isLive = true;
  const counted = (path) => FIRST_VISIT.some((stem) => path.startsWith(stem));
  // Asked for once the engine has answered, which the document says a moment later.
  const isLater = (path) => /^((worker-)?truth-|(worker|engine)-gpu-)/.test(path);
  const beyond = [...fetched].filter((path) => !counted(path) && !isLater(path));
  assert.deepEqual(beyond, [], "is fetched and not counted");
  // A folder may be empty.
  const files = FIRST_VISIT.filter((stem) => !stem.endsWith("/"));
  const missing = files.filter((stem) => ![...fetched].some((path) => path.startsWith(stem)));
  assert.deepEqual(missing, [], "is counted and not fetched");
});

test.alone("nothing that has been drawn moves while the rest arrives", async (t) => {
  for (const width of [1440, 1024, 390]) {
    const page = await t.visit(null, { viewport: { width, height: 900 } });
    await page.addInitScript(() => {
      window.shifted = 0;
      new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifted += shift.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(`${t.origin}/`);
    await everythingArrived(page);
    await truthShown(page);
    const shifted = await page.evaluate(async () => {
      // The observer is told of a shift after the frame that has it.
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let n = 0; n < 3; n += 1) await frame();
      return window.shifted;
    });
    t.note(`${width} px: ${shifted.toFixed(4)}`);
    assert.ok(shifted <= MOST_SHIFT, `at ${width} px the layout shifted by ${shifted}`);
  }
});

/** Lets nothing that matches through until the returned function is called. */
async function hold(page, pattern) {
  let letIn;
  const gate = new Promise((resolve) => {
    letIn = resolve;
  });
  await page.route(pattern, async (route) => {
    await gate;
    // What was cancelled in the meantime cannot go on.
    await route.continue().catch(() => {});
  });
  return letIn;
}

/** The list of models, saying that there is a recorded run. */
async function listRecording(route) {
  const response = await route.fetch();
  const models = await response.json();
  for (const model of models) model.recorded = model.name === MODEL;
  await route.fulfill({ response, json: models });
}

/** A recorded run made of the command line's answers. */
async function recording() {
  const config = JSON.parse(await readFile(join(modelFolder(), "config.json"), "utf8"));
  const { pattern } = await cli.attention(PROMPT, HEAD);
  const { tokens, next, nll, perplexity } = await cli.run(PROMPT);
  const [n_heads, d_model] = [config.n_head, config.n_embd];
  return {
    format: "headlight-recording",
    version: 1,
    model: MODEL,
    prompt: PROMPT,
    shape: {
      n_layers: config.n_layer,
      n_heads,
      n_kv_heads: n_heads,
      d_model,
      d_head: d_model / n_heads,
      d_mlp: config.n_inner ?? 4 * d_model,
      d_vocab: config.vocab_size,
      n_ctx: config.n_positions,
    },
    answer: {
      backend: "cpu",
      tokens,
      next: next.slice(0, 10),
      nll,
      perplexity,
      elapsed_ms: 1,
      pattern: { head: HEAD, seq_len: tokens.length },
    },
    pattern: pattern.flat(),
    lse: tokens.map(() => 0),
  };
}

export const { tests } = test;
