// Workers that die: the page recovers by itself, says so once, and loses nothing.

import assert from "node:assert/strict";

import { link, live, notices, PROMPT, shown, type } from "./page.mjs";
import { suite } from "./runner.mjs";
import { MODEL } from "./settings.mjs";
import { assertAgrees } from "./tables.mjs";

const test = suite("plain");

test("a worker that panics in mid-run is replaced, and the page says so", async (t) => {
  // What a panic leaves in the console is how a developer learns of it.
  t.expect(/a fault injected by a test/);
  t.expect(/unreachable/);
  await recovers(t, "panic");
  const lines = t.trouble().filter((line) => /a fault injected by a test/.test(line));
  assert.equal(lines.length, 1, "the fault happened, once");
});

test("a worker that closes itself silently is replaced, and the page says so", async (t) => {
  await recovers(t, "close");
});

test("a page that was not built for tests fails at no link's bidding", async (t) => {
  const page = await t.visit(null);
  await page.route(`${t.origin}/`, async (route) => {
    const response = await route.fetch();
    const document = await response.text();
    const body = document.replace('"headlight-made-for" content="tests"', '"headlight-made-for" content="visitors"');
    assert.notEqual(body, document, "the document says whom it was made for");
    await route.fulfill({ response, body });
  });
  await page.goto(`${t.origin}/${link({ backend: "cpu", fault: "panic", prompt: PROMPT })}`);
  await live(page);
  // Where the fault is heeded, it takes effect in mid-run.
  await type(page, "Tom saw a dog. Tom");
  await assertAgrees(await shown(page), "Tom saw a dog. Tom", 1e-5);
  assert.deepEqual(await notices(page), []);
});

test("trying again finds the engines whose list did not arrive", async (t) => {
  t.expect(/Failed to load resource|ERR_FAILED/);
  const page = await t.visit(null);
  await page.route("**/engines.json", (route) => route.abort(), { times: 1 });
  await page.goto(`${t.origin}/${link({ backend: "cpu", prompt: PROMPT })}`);
  await page.getByText(/engines\.json did not arrive/).first().waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await live(page);
  await assertAgrees(await shown(page), PROMPT, 1e-5);
});

/** What a worker waits for when it falls silent: a file that never comes. */
const MOMENTS = {
  "its module arrives": "**/engine-cpu-*.wasm",
  "its model arrives": `**/models/${MODEL}/model.safetensors`,
};

/**
 * A worker that was heard of once is taken for dead after 5 s, which are counted in ticks. That
 * is time that nobody works in: on two cores with a load of ten it was seen within 5 s.
 */
const NOTICED_S = 8;

for (const [moment, file] of Object.entries(MOMENTS)) {
  test(`a worker that falls silent while ${moment} is replaced in seconds`, async (t) => {
    const page = await t.visit(null);
    let nAsked = 0;
    const isAsked = new Promise((resolve) => {
      page.route(file, (route) => {
        nAsked += 1;
        // The first one waits for ever.
        if (nAsked === 1) resolve();
        else route.continue();
      });
    });
    const workers = [];
    page.on("worker", (worker) => isEngine(worker) && workers.push(worker));
    await page.goto(`${t.origin}/${link({ backend: "cpu", prompt: PROMPT })}`);
    await isAsked;
    // It lives and says so for longer than silence is waited for.
    await page.waitForTimeout(6_500);
    assert.equal(workers.length, 1, "a worker that waits is left in peace");
    assert.deepEqual(await notices(page), []);
    const next = page.waitForEvent("worker", { predicate: isEngine, timeout: 90_000 });
    const since = performance.now();
    // Whether the answer still gets out does not matter.
    workers[0].evaluate(() => close()).catch(() => {});
    await next;
    const seconds = (performance.now() - since) / 1e3;
    t.note(`replaced after ${seconds.toFixed(1)} s`);
    assert.ok(seconds < NOTICED_S, `${seconds.toFixed(1)} s`);
    await live(page);
    const [said, ...more] = await notices(page);
    assert.deepEqual(more, []);
    assertSentence(said);
    const { prompt, ...recovered } = await shown(page);
    assert.equal(prompt, PROMPT, "the prompt is kept");
    await assertAgrees(recovered, PROMPT, 1e-5);
  });
}

function isEngine(worker) {
  return /worker-cpu/.test(worker.url());
}

test("an engine that never starts leaves a sentence, the prompt and a way to go on", async (t) => {
  t.expect(/404/);
  const page = await t.visit(null);
  await page.route("**/worker-*.js", (route) => route.fulfill({ status: 404 }));
  await page.goto(`${t.origin}/`);
  await page.waitForSelector("html[data-engine=failed]", { timeout: 30_000 });
  const [said] = await notices(page);
  assertSentence(said);
  assert.ok((await shown(page)).prompt.length > 0, "the prompt is kept");
  await page.unroute("**/worker-*.js");
  await page.getByRole("button", { name: "Try again" }).click();
  await live(page);
  const { prompt, ...view } = await shown(page);
  await assertAgrees(view, prompt, 1e-5);
});

async function recovers(t, fault) {
  const view = { backend: "cpu", fault, prompt: PROMPT, layer: 2, head: 1 };
  const page = await t.visit(link(view));
  const since = performance.now();
  await live(page);
  t.note(`live after ${((performance.now() - since) / 1e3).toFixed(1)} s`);
  const said = await notices(page);
  assert.equal(said.length, 1, `one sentence, not ${JSON.stringify(said)}`);
  assertSentence(said[0]);
  assert.match(said[0], /engine/);
  t.note(said[0]);
  const { prompt, ...recovered } = await shown(page);
  assert.equal(prompt, PROMPT, "the prompt is kept");
  assert.deepEqual(recovered.head, { layer: 2, head: 1 });
  await assertAgrees(recovered, PROMPT, 1e-5);
  await type(page, "Tom saw a dog. Tom");
  await assertAgrees(await shown(page), "Tom saw a dog. Tom", 1e-5);
}

/** One sentence: a capital, no line break, no full stop but the last. */
function assertSentence(text) {
  assert.match(text, /^[A-Z][^\n]*[^.\s]\.$/);
  assert.doesNotMatch(text, /panicked|undefined|null|\bat \S+:\d+/);
}

export const { tests } = test;
