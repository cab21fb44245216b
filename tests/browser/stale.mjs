// Answers that come late and out of order: what is shown is of one prompt, and at last of the last.

import assert from "node:assert/strict";

import * as cli from "./cli.mjs";
import { link, live, promptField, rowsArrived, shown } from "./page.mjs";
import { suite } from "./runner.mjs";
import { assertAgrees } from "./tables.mjs";

const test = suite("plain");

const TOLERANCE = 1e-5;

const WORDS = "Lily and Tom were good friends. One day, Lily found a red ball and Tom saw it.";
const N_PROMPTS = 12;

/** Of different lengths, growing and shrinking, each the beginning of no other's answer. */
const PROMPTS = Array.from({ length: N_PROMPTS }, (_, n) => {
  const words = WORDS.split(" ");
  return `${n % 2 === 0 ? "Lily" : "Tom"} ${words.slice(n % 5, 4 + ((n * 5) % 12)).join(" ")}`;
});

for (const seed of [1, 2]) {
  test(`answers that are late and out of order are never mixed, order ${seed}`, async (t) => {
    const page = await t.visit(null);
    await page.addInitScript(delayAnswers, seed);
    const start = "Once upon a time";
    await page.goto(`${t.origin}/${link({ backend: "cpu", prompt: start, layer: 0, head: 0 })}`);
    await live(page);
    await rowsArrived(page, "attention.atlas", 24);
    await page.evaluate(watch);
    const field = promptField(page);
    for (const [n, prompt] of PROMPTS.entries()) {
      await field.fill(prompt);
      if (n % 3 !== 2) await field.press("Enter");
      // Around the typing pause of 120 ms, so that some prompts are asked and some are not.
      await page.waitForTimeout((n * 97 * seed) % 260);
    }
    const last = PROMPTS.at(-1);
    const ofLast = (await cli.run(last)).tokens.map(({ text }) => text);
    await page.waitForFunction(isComplete, ofLast, { timeout: 30_000 });

    await assertAgrees(await shown(page), last, TOLERANCE);
    const seen = await page.evaluate(() => window.seen.map((text) => JSON.parse(text)));
    const runs = new Set(seen.map(({ run }) => run));
    t.note(`${seen.length} states of ${runs.size} runs`);
    assert.ok(runs.size > 1, "more than the last prompt was shown");
    const all = new Map();
    for (const prompt of [start, ...PROMPTS]) {
      const { tokens } = await cli.run(prompt);
      all.set(JSON.stringify(tokens.map(({ text }) => text)), prompt);
    }
    for (const state of seen) await assertOfOnePrompt(state, all);
    await assertOfOnePrompt(seen.at(-1), new Map([...all].filter(([, prompt]) => prompt === last)));
    const complete = seen.at(-1);
    assert.ok(complete.atlas && complete.lens.length > 0 && complete.difference, "all of it is there");
  });
}

/** Every figure of a state that was shown belongs to one and the same prompt. */
async function assertOfOnePrompt({ run, tokens, pattern, next, lens, difference, atlas }, prompts) {
  const prompt = prompts.get(JSON.stringify(tokens));
  assert.ok(prompt, `run ${run} shows ${tokens.join("")}, which nobody typed`);
  const what = `run ${run}, ${prompt}`;
  const [want, head] = await Promise.all([cli.run(prompt), cli.attention(prompt, { layer: 0, head: 0 })]);
  for (const [rank, prob] of next.entries()) {
    assertNear(prob, want.next[rank].prob, `${what}: next token ${rank}`);
  }
  assert.equal(pattern.length, tokens.length, `${what}: pattern`);
  for (const [query, weight] of pattern.entries()) {
    assertNear(weight, head.pattern[query][0], `${what}: weight of ${query}`);
  }
  if (lens.length > 0) {
    const { rows } = await cli.lens(prompt);
    const probs = new Map(rows.map(({ hook, pos, top }) => [`${hook} ${pos}`, top[0].prob]));
    assert.equal(lens.length, rows.length, `${what}: places of the lens`);
    for (const [place, prob] of lens) assertNear(prob, probs.get(place), `${what}: lens, ${place}`);
  }
  if (difference !== null) {
    const [{ id: token }, { id: against }] = want.next;
    const { logit_difference: own } = await cli.attribute(prompt, token, against);
    assertNear(difference, own, `${what}: attribution`);
  }
  if (atlas !== null) assertNear(atlas, head.scores.entropy, `${what}: entropy of head 0.0`);
}

/** True once these tokens have all their numbers and no answer is held back; in the page. */
function isComplete(ofLast) {
  if (window.nHeldBack > 0) return false;
  const { tokens, lens, difference, atlas } = JSON.parse(window.seen.at(-1));
  const isThere = lens.length > 0 && difference !== null && atlas !== null;
  return isThere && JSON.stringify(tokens) === JSON.stringify(ofLast);
}

/** Hands every message of every worker on after a time of its own, up to 0.4 s. */
function delayAnswers(seed) {
  window.nHeldBack = 0;
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const Own = window.Worker;
  window.Worker = class extends Own {
    #own = null;

    get onmessage() {
      return this.#own;
    }

    set onmessage(own) {
      this.#own = own;
      super.onmessage = (event) => {
        // What a worker loads while it starts comes in order; everything else does not.
        const isLive = document.documentElement.dataset.engine === "live";
        if (!isLive) return this.#own?.call(this, event);
        window.nHeldBack += 1;
        setTimeout(() => {
          window.nHeldBack -= 1;
          this.#own?.call(this, event);
        }, 400 * random());
      };
    }
  };
}

/** Notes every different state that the document goes through. */
function watch() {
  window.seen = [];
  const cells = (figure) => {
    const rows = document.querySelectorAll(`table[data-for="attention.${figure}"] tbody tr`);
    return [...rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  };
  const look = () => {
    const attribution = cells("attribution").at(-2);
    const [first] = cells("atlas");
    const state = JSON.stringify({
      run: document.documentElement.dataset.run,
      tokens: cells("surprise").map(([token]) => token),
      pattern: cells("pattern").map(([, weight]) => Number(weight)),
      next: cells("next").map(([, , prob]) => Number(prob)),
      lens: cells("lens").map(([hook, pos, , , , prob]) => [`${hook} ${pos}`, Number(prob)]),
      difference: attribution ? Number(attribution[2]) : null,
      atlas: first ? Number(first[6]) : null,
    });
    if (window.seen.at(-1) !== state) window.seen.push(state);
  };
  const frame = () => {
    look();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new MutationObserver(look).observe(document.documentElement, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: ["data-run"],
  });
}

function assertNear(got, want, what) {
  assert.ok(Math.abs(got - want) <= TOLERANCE, `${what}: got ${got}, want ${want}`);
}

export const { tests } = test;
