// The exact probabilities of the language beside the model's: those of the command line.

import assert from "node:assert/strict";

import { assertAccessible } from "./accessible.mjs";
import * as cli from "./cli.mjs";
import { link, live, notices, truthShown, type } from "./page.mjs";
import { suite } from "./runner.mjs";
import { MODEL } from "./settings.mjs";

const test = suite("plain");

/** In the language up to its last word. */
const STORY = "Once upon a time, there was an old witch called Oona. She felt excited because she";
/** Leaves the language at " the". */
const STRAY = "Once upon a time, the president resigned.";

/** Native and wasm compute the truth in f64 in the same order; the logarithm may differ in its last place. */
const TOLERANCE = 1e-12;
/** The page's model is the CLI's up to f32 rounding. */
const MODEL_TOLERANCE = 1e-5;

test("surprise and perplexity in the language itself are the command line's", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: STORY }));
  await live(page);
  await truthShown(page);
  const { nll, truth } = await cli.truth(STORY);
  assert.equal(truth.impossible, null);
  const surprise = await cells(page, "attention.surprise");
  assert.equal(surprise.length, nll.length);
  for (const [pos, [, , , bits]] of surprise.entries()) {
    if (pos === 0) assert.equal(bits, "");
    else assertNear(Number(bits), truth.nll[pos] / Math.LN2, TOLERANCE, `token ${pos}`);
  }
  const mean = (values) => values.slice(1).reduce((sum, x) => sum + x, 0) / (values.length - 1);
  const [model, exact] = [mean(nll) / Math.LN2, mean(truth.nll) / Math.LN2];
  const [, last, trueLast, excess] = (await cells(page, "attention.perplexity")).at(-1).map(Number);
  assertNear(last, 2 ** model, MODEL_TOLERANCE * last, "perplexity");
  assertNear(trueLast, 2 ** exact, TOLERANCE, "true perplexity");
  assertNear(last, trueLast * 2 ** excess, 1e-9, "the identity");
  const caption = page.locator('[data-figure="attention.perplexity"] figcaption');
  const said = await caption.textContent();
  for (const [number, digits] of [[2 ** model, 3], [2 ** exact, 3], [model - exact, 4]]) {
    const shown = number.toFixed(digits).replace("-", "\u2212");
    assert.ok(said.includes(shown), `${said} has no ${shown}`);
  }
  await assertAccessible(page, "truth");
});

test("next tokens have the probabilities of the language", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: STORY }));
  await live(page);
  await truthShown(page);
  const { truth } = await cli.truth(STORY);
  const byId = new Map(truth.next.map(({ id, prob }) => [id, prob]));
  const rows = await cells(page, "attention.next");
  assert.ok(rows.length > 0);
  for (const [id, , , prob] of rows) {
    assertNear(Number(prob), byId.get(Number(id)) ?? 0, TOLERANCE, `token ${id}`);
  }
  assert.ok(rows.some(([id]) => byId.has(Number(id))), "the model knows something that may follow");
});

test("where a prompt leaves the language the token is named and no truth is shown", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: STRAY }));
  await live(page);
  const sentence = page.getByText(/^This model only knows the stories of its training: /);
  await sentence.waitFor({ timeout: 30_000 });
  const { tokens, truth } = await cli.truth(STRAY);
  const { pos } = truth.impossible;
  assert.ok(pos > 3 && pos < tokens.length - 1, `leaves at ${pos}`);
  const word = tokens[pos].text.trim();
  assert.match(await sentence.textContent(), new RegExp(`: \u201c${word}\u201d cannot follow; .*\\d\u00a0%`));
  const surprise = await cells(page, "attention.surprise");
  const isKnown = surprise.map(([, , , bits]) => bits !== "");
  assert.deepEqual(isKnown, surprise.map((_, index) => index > 0 && index < pos));
  const next = await cells(page, "attention.next");
  assert.ok(next.every(([, , , prob]) => prob === ""), "nothing is known of what follows");
  await page.getByText(`Over the first ${pos - 1} tokens:`, { exact: true }).waitFor();
  await type(page, STORY);
  await sentence.waitFor({ state: "detached" });
});

test("a language that does not arrive is said in one sentence, and the model goes on", async (t) => {
  const page = await t.visit(null);
  await page.route("**/truth-*.wasm", (route) => route.abort());
  await page.goto(`${t.origin}/${link({ backend: "cpu", prompt: STORY })}`);
  await live(page);
  await page.getByText(/^The exact probabilities of the language did not arrive: /).waitFor();
  assert.deepEqual(await notices(page), []);
  await page.unroute("**/truth-*.wasm");
  await type(page, `${STORY} loved`);
  await truthShown(page);
});

test("a model of no known language has neither truth nor its marks", async (t) => {
  const page = await t.visit(null);
  // A list of checksums that lists nothing.
  await page.route(`**/models/${MODEL}/SHA256SUMS`, (route) => route.fulfill({ body: "\n" }));
  await page.route(`**/models/${MODEL}/config*.json`, async (route) => {
    const response = await route.fetch();
    const { headlight_language: _, ...config } = await response.json();
    await route.fulfill({ response, json: config });
  });
  let asked = 0;
  page.on("request", (request) => {
    asked += /worker-truth|truth-/.test(request.url()) ? 1 : 0;
  });
  await page.goto(`${t.origin}/${link({ backend: "cpu", prompt: STRAY })}`);
  await live(page);
  assert.equal((await cells(page, "attention.surprise"))[1].length, 3);
  assert.equal((await cells(page, "attention.perplexity"))[1].length, 2);
  assert.equal(await page.getByText("the language itself").count(), 0);
  assert.equal(asked, 0, "the language is not fetched");
});

/** The body of a figure's table. */
function cells(page, figure) {
  const rows = page.locator(`table[data-for="${figure}"] tbody tr`);
  return rows.evaluateAll((rows) =>
    rows.map((row) => [...row.cells].map((cell) => cell.textContent)),
  );
}

function assertNear(got, want, tolerance, what) {
  assert.ok(Math.abs(got - want) <= tolerance, `${what}: got ${got}, want ${want}`);
}

export const { tests } = test;
