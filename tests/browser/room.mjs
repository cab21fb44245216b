// The instruments of the room: each says the numbers of the command line.

import assert from "node:assert/strict";

import * as cli from "./cli.mjs";
import {
  answered,
  headButton,
  link,
  linkOf,
  live,
  PROMPT,
  promptField,
  rootOf,
  rowsArrived,
  rowsOf,
  shown,
  withNewRun,
} from "./page.mjs";
import { suite } from "./runner.mjs";
import { percent } from "./tables.mjs";

const test = suite("plain");

/** Two builds of the same arithmetic, native and wasm: rounding only. */
const TOLERANCE = 1e-5;

/** Has earlier copies of tokens, for heads that look for them. */
const STORY = "Lily and Tom were good friends. One day, Lily found a red ball. Lily and";

/** What comes next is far from certain, so that there is something to cut. */
const OPEN = "Once upon a time";

test("an example is run with the head that its sentence speaks of", async (t) => {
  const page = await t.livePage(link({ backend: "cpu", prompt: PROMPT }));
  const { run } = await rootOf(page);
  await page.getByRole("button", { name: "Examples" }).click();
  const panel = page.getByRole("region", { name: "Examples" });
  await panel.getByText(/\bwitch\b.*\btower\b/).waitFor();
  await panel.getByRole("button", { name: /A second name/ }).click();
  await panel.waitFor({ state: "detached" });
  const prompt = await promptField(page).inputValue();
  assert.match(prompt, /whisper Yotta and$/);
  await answered(page, prompt, run);
  await page.getByRole("heading", { name: "Layer 0, head 5" }).waitFor();
  await page.getByText(/head 0\.5 puts [\d.]+\s% of its weight on \u201cElwa\u201d/).first().waitFor();
});

test("every head's scores are the command line's, and sorting sorts by them", async (t) => {
  const page = await opened(t, { prompt: STORY, layer: 1, head: 2 });
  const { nLayers, nHeads, scores } = await scoresOf(page);
  t.note(`${nLayers} x ${nHeads} heads`);
  const picker = page.getByRole("combobox", { name: "sort" });
  const orders = {
    "the token before": (head) => -head.over_targets.previous,
    "the same token": (head) => -head.over_targets.duplicate,
    induction: (head) => -head.over_targets.induction,
    entropy: (head) => head.entropy,
    "first token": (head) => -head.sink,
    layer: ({ layer, head }) => layer * nHeads + head,
  };
  for (const [name, key] of Object.entries(orders)) {
    await picker.selectOption({ label: name });
    const keys = await shownOrder(page, scores, key);
    assert.equal(keys.length, nLayers * nHeads, "no head is lost");
    const falls = keys.findIndex((value, at) => at > 0 && value < keys[at - 1] - TOLERANCE);
    assert.equal(falls, -1, `by ${name}: place ${falls} of ${keys.join(" ")}`);
    const chosen = page.getByRole("radio", { checked: true }).first();
    assert.match(await chosen.getAttribute("aria-label"), /^Layer 1, head 2\b/, "still selected");
  }
});

/** Compares the atlas with the command line; the scores of all heads. */
async function scoresOf(page) {
  const rows = await rowsArrived(page, "attention.atlas", 2);
  const scores = [];
  for (const [layer, head, , ...numbers] of rows) {
    const where = { layer: Number(layer), head: Number(head) };
    const { scores: all } = await cli.attention(STORY, where);
    const over = all.over_targets;
    const { previous, duplicate, induction, entropy, sink, nearby } = all;
    const targets = [over.previous, over.duplicate, over.induction];
    const want = [previous, duplicate, induction, entropy, sink, nearby, ...targets];
    for (const [at, value] of want.entries()) {
      const got = numbers[at] === "" ? null : Number(numbers[at]);
      if (value === null) assert.equal(got, null, `head ${layer}.${head}, score ${at}`);
      else assertNear(got, value, TOLERANCE, `head ${layer}.${head}, score ${at}`);
    }
    scores.push({ ...where, ...all });
  }
  const [nLayers, nHeads] = ["layer", "head"].map((of) => 1 + Math.max(...scores.map((s) => s[of])));
  assert.equal(scores.length, nLayers * nHeads, "a row for every head");
  return { nLayers, nHeads, scores };
}

/** What the heads are ordered by, in the order in which they stand. */
async function shownOrder(page, scores, key) {
  const radios = page.getByRole("radiogroup", { name: "Choose a layer and a head" });
  const names = await radios
    .getByRole("radio")
    .evaluateAll((all) => all.map((radio) => radio.getAttribute("aria-label")));
  return names.map((name) => {
    const [layer, head] = name.match(/\d+/g).map(Number);
    return key(scores.find((one) => one.layer === layer && one.head === head));
  });
}

test("lens, norms and attribution are the command line's", async (t) => {
  const page = await opened(t, { prompt: STORY });
  await assertInside(page, STORY, []);
  // Another row is asked about, and another pair of tokens.
  await page.getByRole("listbox", { name: /^Tokens/ }).getByRole("option").nth(4).click();
  await assertNorms(page, STORY, 4, []);
  const { next } = await cli.run(STORY);
  const [, , third, fourth] = next;
  const pick = (name) => page.getByRole("combobox", { name, exact: true });
  await pick("for").selectOption(String(third.id));
  await pick("rather than").selectOption(String(fourth.id));
  await attributed(page, STORY, third.id, fourth.id, []);
  await assertAttribution(page, STORY, third.id, fourth.id, []);
});

test("parts that are taken out change every number as --edit does, and can be put back", async (t) => {
  const page = await opened(t, { prompt: STORY, layer: 1, head: 2 });
  const figures = ["attention.pattern", "attention.next", "attention.surprise", "attention.norms"];
  const textOf = () => Promise.all(figures.map((figure) => rowsOf(page, figure)));
  const clean = await cli.run(STORY);
  await rowsArrived(page, "attention.lens");
  const before = await textOf();

  await withNewRun(page, () => page.getByRole("button", { name: "Take this head out" }).click());
  const edits = [{ hook: "blocks.1.attn.hook_z", head: 2, pos: "all", op: "zero" }];
  await assertEdited(page, clean, edits);
  assert.equal((await linkOf(page)).ablate, "1.2:zero");

  const mlp = page.getByRole("button", { name: "Take MLP 3 out" });
  await withNewRun(page, () => mlp.click());
  assert.equal(await mlp.getAttribute("aria-pressed"), "true");
  edits.push({ hook: "blocks.3.hook_mlp_out", pos: "all", op: "zero" });
  await assertEdited(page, clean, edits);
  await assertInside(page, STORY, edits);

  const band = page.getByRole("region", { name: "Taken out of the model" });
  await withNewRun(page, () => band.getByRole("button", { name: /^MLP 3 = 0/ }).click());
  edits[1].op = "mean";
  await band.getByRole("button", { name: /^MLP 3 = its mean/ }).waitFor();
  await assertEdited(page, clean, edits);
  assert.equal((await linkOf(page)).ablate, "1.2:zero,mlp3:mean");

  const other = await t.visit(new URL(page.url()).hash);
  await live(other);
  await other.getByRole("button", { name: /^head 1.2 = 0/ }).waitFor();
  await assertEdited(other, clean, edits);
  assert.equal(await headButton(other, { layer: 1, head: 2 }).getAttribute("aria-checked"), "true");
  await other.getByRole("button", { name: "Put this head back" }).waitFor();

  await withNewRun(page, () => band.getByRole("button", { name: "Put all back" }).click());
  await band.waitFor({ state: "detached" });
  assert.deepEqual(await textOf(), before, "the clean numbers, bit for bit");
  assert.equal((await linkOf(page)).ablate, undefined);
});

test("one part can be put back by its chip, the others stay out", async (t) => {
  const page = await opened(t, { prompt: STORY, ablate: "0.1:zero,2.3:mean" });
  const band = page.getByRole("region", { name: "Taken out of the model" });
  await withNewRun(page, () => band.getByRole("button", { name: "Put head 0.1 back" }).click());
  const edits = [{ hook: "blocks.2.attn.hook_z", head: 3, pos: "all", op: "mean" }];
  await assertEdited(page, await cli.run(STORY), edits);
});

/** Next tokens, surprise and the sentence are those of the edited model. */
async function assertEdited(page, clean, edits) {
  const { next, nll, perplexity } = await cli.run(STORY, edits);
  const byId = (tokens) => new Map(tokens.map(({ id, prob }) => [id, prob]));
  const [now, whole] = [byId(next), byId(clean.next)];
  const rows = await rowsOf(page, "attention.next");
  assert.ok(rows.length > 0, "next tokens");
  for (const [rank, [id, text, prob, cleanProb]] of rows.entries()) {
    assertNear(Number(prob), now.get(Number(id)), TOLERANCE, `next token ${text}`);
    assertNear(Number(prob), next[rank].prob, TOLERANCE, `rank ${rank}`);
    assertNear(Number(cleanProb), whole.get(Number(id)), TOLERANCE, `${text} in the whole model`);
  }
  const surprise = await rowsOf(page, "attention.surprise");
  const most = Math.max(...nll.slice(1));
  for (const [pos, [text, nats]] of surprise.entries()) {
    if (pos > 0) assertNear(Number(nats), nll[pos], TOLERANCE * Math.max(1, most), `surprise at ${text}`);
  }
  const said = await page
    .getByRole("region", { name: "Taken out of the model" })
    .getByRole("status")
    .textContent();
  const [first] = clean.next;
  assert.ok(said.includes(`\u201c${first.text.trim()}\u201d`), `${said} names ${first.text}`);
  assert.ok(said.includes(percent(first.prob)), `${said} says ${percent(first.prob)}`);
  for (const one of [clean.perplexity, perplexity]) {
    assert.ok(said.includes(one.toFixed(one < 1000 ? 2 : 0)), `${said} says ${one}`);
  }
}

/** Lens, norms of the last row, and attribution of the whole model's two most probable tokens. */
async function assertInside(page, prompt, edits) {
  const { rows } = await cli.lens(prompt, edits);
  const shownRows = await rowsArrived(page, "attention.lens", rows.length);
  assert.equal(shownRows.length, rows.length, "every layer and position");
  const places = new Map(rows.map(({ hook, pos, top }) => [`${hook} ${pos}`, top[0]]));
  for (const [hook, pos, , id, text, prob] of shownRows) {
    const top = places.get(`${hook} ${pos}`);
    assertNear(Number(prob), top.prob, TOLERANCE, `${hook} at ${pos}`);
    if (Number(id) !== top.id) throw new Error(`${hook} at ${pos}: ${text}, want ${top.text}`);
  }
  const { tokens, next } = await cli.run(prompt);
  await assertNorms(page, prompt, tokens.length - 1, edits);
  await attributed(page, prompt, next[0].id, next[1].id, edits);
  await assertAttribution(page, prompt, next[0].id, next[1].id, edits);
}

async function assertNorms(page, prompt, pos, edits) {
  const { residual } = await cli.run(prompt, edits);
  const rows = await rowsArrived(page, "attention.norms");
  assert.ok(rows.length > 4, `${rows.length} norms`);
  for (const [hook, at, norm] of rows) {
    assert.equal(at, String(pos), "norms of the selected row");
    const want = residual.find((one) => one.hook === hook && one.pos === pos)?.norm;
    // The command line does not list the embedding of the position.
    if (want === undefined) assert.match(hook, /pos_embed/);
    else assertNear(Number(norm), want, TOLERANCE * want, `${hook} at ${pos}`);
  }
}

/** Waits until the attribution is that of these two tokens. */
async function attributed(page, prompt, token, against, edits) {
  const { logit_difference: difference } = await cli.attribute(prompt, token, against, edits);
  const isIt = (difference) => {
    const rows = [...document.querySelectorAll('table[data-for="attention.attribution"] tbody tr')];
    const shown = Number(rows.at(-2)?.cells[2].textContent ?? NaN);
    return Math.abs(shown - difference) < 1e-4;
  };
  await page.waitForFunction(isIt, difference, { timeout: 30_000 });
}

async function assertAttribution(page, prompt, token, against, edits) {
  const want = await cli.attribute(prompt, token, against, edits);
  const rows = await rowsOf(page, "attention.attribution");
  const components = rows.slice(0, -3);
  assert.deepEqual(
    components.map(([name]) => name),
    want.components.map(({ name }) => name),
  );
  for (const [at, [name, , value]] of components.entries()) {
    assertNear(Number(value), want.components[at].value, TOLERANCE, name);
  }
  const [sum, difference] = rows.slice(-3).map(([, , value]) => Number(value));
  assertNear(sum, want.sum, TOLERANCE, "sum");
  assertNear(difference, want.logit_difference, TOLERANCE, "logit difference");
  const added = components.reduce((sum, [, , value]) => sum + Number(value), 0);
  assertNear(added, sum, 1e-9, "the components add up");
  const said = await page.locator('[data-figure="attention.attribution"] .sums').textContent();
  const [sumSaid, differenceSaid] = said.match(/[\u2212\d][\d.]*/g);
  assert.equal(sumSaid, differenceSaid, said);
  assert.equal(Number(sumSaid.replace("\u2212", "-")).toFixed(3), sum.toFixed(3), said);
}

/** Settings of the draw, each with the controls that make it. */
const CUTS = [
  { temperature: 1, topK: 0, topP: 1 },
  { temperature: 1, topK: 3, topP: 1 },
  { temperature: 1, topK: 0, topP: 0.7 },
  { temperature: 1.6, topK: 0, topP: 0.5 },
  { temperature: 0.5, topK: 4, topP: 0.9 },
  { temperature: 0, topK: 0, topP: 1 },
];

test("the next tokens lie on one pitch, however sure the model is", async (t) => {
  // Not Stories, so there is one column, and after this the model is all but certain.
  const prompt = "Lily and Tom were frogs in a spaceship. Lily";
  for (const width of [1440, 1024, 390]) {
    const page = await t.visit(link({ backend: "cpu", prompt }), { viewport: { width, height: 900 } });
    await live(page);
    const rows = page.locator('[data-figure="attention.next"] [role=option]');
    await rows.nth(9).waitFor();
    const heights = await rows.evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
    assert.equal(new Set(heights).size, 1, `${width} px: ${heights}`);
  }
});

test("temperature, top-k and top-p cut the tokens that the definition cuts", async (t) => {
  const page = await opened(t, { prompt: OPEN });
  const { next } = await cli.run(OPEN);
  const list = page.getByRole("listbox", { name: /^Next tokens/ });
  for (const sampling of CUTS) {
    const label = JSON.stringify(sampling);
    await setSampling(page, sampling);
    const { kept, mass, drawn } = drawnOf(next, sampling);
    const isShown = (nKept) => {
      const options = [...document.querySelectorAll('[data-figure="attention.next"] [role=option]')];
      const uncut = options.filter((option) => !/never drawn/.test(option.querySelector("title").textContent));
      return uncut.length === Math.min(nKept, options.length);
    };
    await page.waitForFunction(isShown, kept, { timeout: 10_000 });
    const options = await list.getByRole("option").evaluateAll((all) =>
      all.map((option) => {
        const title = option.querySelector("title").textContent;
        return { id: option.id, title, className: option.getAttribute("class") };
      }),
    );
    for (const { id, title, className } of options) {
      const prob = drawn.get(Number(id.replace("next-", "")));
      const [, said] = title.match(/drawn with (.*)$/) ?? [];
      assert.equal(said === undefined, prob === undefined, `${label}: ${title}`);
      assert.equal(/\bcut\b/.test(className), prob === undefined, `${label}: ${title} is ${className}`);
      if (prob !== undefined) assertNear(readPercent(said), prob, 0.0006, `${label}: ${title}`);
    }
    const lines = page.locator('[data-figure="attention.next"] .cut-sentence text');
    const note = (await lines.allTextContents()).join(" ");
    if (sampling.temperature === 0) assert.match(note, new RegExp(next[0].text.trim()), label);
    else if (kept === next.length) assert.match(note, /nothing is cut/i, label);
    else {
      assert.match(note, new RegExp(`\\bkeeps? ${kept} of 1,\\d{3} tokens`), label);
      assert.ok(note.includes(percent(mass)), `${label}: ${note} says ${percent(mass)}`);
    }
  }
});

test("Generate draws as the command line does with the same options", async (t) => {
  const page = await opened(t, { prompt: OPEN });
  const sampling = { temperature: 1.4, topK: 5, topP: 0.9 };
  await setSampling(page, sampling);
  const seed = page.getByRole("spinbutton", { name: "seed" });
  await seed.fill("7");
  await seed.press("Tab");
  const { tokens } = await cli.generate(OPEN, 40, 7, sampling);
  await page.getByRole("button", { name: "Generate" }).click();
  const keep = page.getByRole("button", { name: "Add to prompt" });
  await keep.waitFor({ timeout: 30_000 });
  const chips = page.getByRole("group", { name: "What the model wrote" }).locator(".chip");
  assert.deepEqual(
    (await chips.allTextContents()).map((text) => text.replace(/\u2423/g, " ")),
    tokens.map(({ text }) => text),
  );
  const { seed: inLink, temperature, top_k: topK, top_p: topP } = await linkOf(page);
  assert.deepEqual([inLink, temperature, topK, topP], ["7", "1.4", "5", "0.9"]);
});

test("the line of the cut is dragged, and moves top-p or the top-k that cuts", async (t) => {
  const page = await opened(t, { prompt: OPEN });
  const figure = page.locator('[data-figure="attention.next"]');
  const dragTo = async (rank, below) => {
    const from = await figure.locator(".handle-grip").boundingBox();
    const row = await figure.getByRole("option").nth(rank).boundingBox();
    const x = from.x + from.width / 2;
    await page.mouse.move(x, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(x, row.y + below * row.height, { steps: 4 });
    await page.mouse.up();
  };
  const keeps = (kept) =>
    page.waitForFunction((nCut) => {
      return document.querySelectorAll('[data-figure="attention.next"] .is-cut').length === nCut;
    }, 10 - kept);
  await dragTo(2, 0.5);
  await keeps(3);
  const { top_p: topP, top_k: none } = await linkOf(page);
  assert.ok(topP > 0 && topP < 1 && none === undefined, `top-p ${topP}, top-k ${none}`);
  await dragTo(9, 3);
  await keeps(10);
  await setSampling(page, { temperature: 1, topK: 5, topP: 1 });
  await keeps(5);
  await dragTo(2, 0.1);
  await keeps(2);
  assert.equal((await linkOf(page)).top_k, "2");
});

/** Moves the three controls. */
async function setSampling(page, { temperature, topK, topP }) {
  const group = page.getByRole("group", { name: "How the next token is drawn" });
  await group.getByRole("slider", { name: "temperature" }).fill(String(temperature));
  await group.getByRole("slider", { name: "top-p" }).fill(String(topP));
  const field = group.getByRole("spinbutton", { name: "top-k" });
  await field.fill(topK === 0 ? "" : String(topK));
  await field.press("Tab");
}

/** What sampling leaves: how many tokens, of what share, and each one's probability. */
function drawnOf(next, { temperature, topK, topP }) {
  if (temperature === 0) return { kept: 1, mass: 1, drawn: new Map([[next[0].id, 1]]) };
  const powers = next.map(({ prob }) => prob ** (1 / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const heated = powers.map((power) => power / total);
  const sumOf = (list) => list.reduce((sum, prob) => sum + prob, 0);
  let left = topK > 0 ? heated.slice(0, topK) : heated;
  const bound = topP * sumOf(left);
  let sum = 0;
  const enough = left.findIndex((prob) => (sum += prob) >= bound);
  if (topP < 1) left = left.slice(0, enough + 1);
  const mass = sumOf(left);
  const drawn = new Map(left.map((prob, at) => [next[at].id, prob / mass]));
  return { kept: left.length, mass, drawn };
}

test("the chosen next token is appended and the prompt runs", async (t) => {
  const page = await opened(t, { prompt: STORY });
  const { next } = await cli.run(STORY);
  const words = next.slice(0, 8).filter(({ text }) => /^ \w+$/.test(text));
  const list = page.getByRole("listbox", { name: /^Next tokens/ });
  await list.locator(`#next-${words[1].id}`).click();
  const name = `Append \u201c${words[1].text.trim()}\u201d`;
  await withNewRun(page, () => page.getByRole("button", { name }).click());
  assert.equal(await promptField(page).inputValue(), STORY + words[1].text);
  const { next: after } = await cli.run(STORY + words[1].text);
  const rows = await rowsOf(page, "attention.next");
  for (const [rank, [, , prob]] of rows.entries()) assertNear(Number(prob), after[rank].prob, TOLERANCE);
});

test("a token that is no text cannot be appended", async (t) => {
  const { text, stopped } = await cli.generate(OPEN, 150, 1);
  assert.equal(stopped, "end");
  const prompt = OPEN + text.replace(/<\|.*?\|>/g, "");
  const page = await opened(t, { prompt });
  const { next } = await cli.run(prompt);
  assert.match(next[0].text, /^<\|.*\|>$/, "a whole story is followed by its end");
  const { run } = await rootOf(page);
  const option = page.locator(`#next-${next[0].id}`);
  await option.click();
  assert.ok(await page.getByRole("button", { name: /^Append/ }).isDisabled());
  await option.press("Enter");
  await option.dblclick();
  // What must not happen has no moment to wait for; another run would be there by now.
  await page.waitForTimeout(300);
  assert.equal(await promptField(page).inputValue(), prompt);
  assert.equal((await rootOf(page)).run, run, "nothing ran");
});

test("the steps of a row lead from its scores to its weights, by keyboard", async (t) => {
  const [head, row] = [{ layer: 1, head: 2 }, 9];
  const page = await opened(t, { prompt: STORY, ...head, row, view: "row" });
  const tabs = page.getByRole("radiogroup", { name: "Steps from scores to weights" });
  const titles = await tabs.getByRole("radio").allTextContents();
  assert.equal(titles.length, 5);
  await tabs.getByRole("radio", { checked: true }).focus();
  const said = new Set();
  for (let step = 0; step < 5; step += 1) {
    const chosen = tabs.getByRole("radio").nth(step);
    assert.equal(await chosen.getAttribute("aria-checked"), "true", `step ${step}`);
    assert.ok(await chosen.evaluate((tab) => tab === document.activeElement), `step ${step}`);
    said.add(await page.locator('[data-figure="attention.steps"] .say').textContent());
    await page.keyboard.press("ArrowRight");
  }
  assert.equal(said.size, 5, "each step has a sentence of its own");

  const rows = await rowsArrived(page, "attention.steps");
  const { pattern, tokens } = await cli.attention(STORY, head);
  assert.equal(rows.length, tokens.length, "a row for every key");
  const visible = rows.slice(0, row + 1).map((cells) => cells.slice(2).map(Number));
  const lse = Math.log(visible.reduce((sum, [score]) => sum + Math.exp(score), 0));
  const most = Math.max(...visible.map(([score]) => score));
  const total = visible.reduce((sum, [, , , exponential]) => sum + exponential, 0);
  for (const [key, [score, masked, less, exponential, weight]] of visible.entries()) {
    assertNear(weight, pattern[row][key], 1e-6, `weight of ${key}`);
    assert.equal(masked, score, "what may be looked at keeps its score");
    assertNear(less, score - most, 1e-9, `score of ${key} less the largest`);
    assertNear(exponential, Math.exp(less), 1e-5, `exponential of ${key}`);
    assertNear(weight, exponential / total, 1e-7, `weight of ${key} from its exponential`);
    assertNear(weight, Math.exp(score - lse), 1e-5, `weight of ${key} from its score`);
  }
  for (const [, , score, masked, , exponential, weight] of rows.slice(row + 1)) {
    assert.deepEqual([score, masked, exponential, weight], ["", "-inf", "0", "0"]);
  }
  const facts = await page.locator(".facts dd").allTextContents();
  const [, , shownLse] = facts.map((text) => Number(text.replace("\u2212", "-")));
  assertNear(shownLse, lse, 1e-3, "log-sum-exp");
});

test("a score comes from query times key, as the command line captures them", async (t) => {
  const [head, row, col] = [{ layer: 1, head: 2 }, 9, 4];
  const hooks = ["q", "k"].map((name) => `blocks.${head.layer}.attn.hook_${name}`);
  const captured = await cli.capture(STORY, hooks);
  const vectorAt = (hook, pos) => {
    const { shape, numbers } = captured[hook];
    const [nHeads, dHead] = shape.slice(-2);
    const start = (pos * nHeads + head.head) * dHead;
    return numbers.slice(start, start + dHead);
  };
  const page = await opened(t, { prompt: STORY, ...head, row, col, view: "row" });
  const agrees = async (key) => {
    const caption = `table[data-for="attention.product"] caption:text("key ${key},")`;
    await page.locator(caption).waitFor({ state: "attached" });
    const [q, k] = [vectorAt(hooks[0], row), vectorAt(hooks[1], key)];
    const rows = await rowsOf(page, "attention.product");
    assert.equal(rows.length, q.length);
    for (const [dim, [, ofQuery, ofKey, product]] of rows.entries()) {
      assertNear(Number(ofQuery), q[dim], TOLERANCE, `query ${dim}`);
      assertNear(Number(ofKey), k[dim], TOLERANCE, `key ${dim}`);
      assertNear(Number(product), q[dim] * k[dim], TOLERANCE * 10, `product ${dim}`);
    }
    const sum = rows.reduce((sum, [, , , product]) => sum + Number(product), 0);
    const scores = await rowsOf(page, "attention.steps");
    const score = sum / Math.sqrt(q.length);
    assertNear(score, Number(scores[key][2]), TOLERANCE, "the score");
    const said = await page.locator('[data-figure="attention.product"] .note').textContent();
    assert.ok(said.includes(score.toFixed(2).replace("-", "\u2212")), `${said} names ${score}`);
  };
  await agrees(col);
  await page.locator('[data-figure="attention.steps"] [data-target="key:2"]').click();
  await agrees(2);
  await page.getByRole("radio", { name: "Mask" }).click();
  await page.locator(".product").waitFor({ state: "detached" });
});

test("the lines are links of the pattern with its weights", async (t) => {
  const [head, row] = [{ layer: 1, head: 2 }, 9];
  const page = await opened(t, { prompt: STORY, ...head, row, view: "lines" });
  const { pattern } = await cli.attention(STORY, head);
  const assertLinks = async (isListed) => {
    const rows = await rowsArrived(page, "attention.lines");
    for (const [query, , key, , weight] of rows) {
      assert.ok(isListed(Number(query)), `query ${query}`);
      assertNear(Number(weight), pattern[query][key], TOLERANCE, `${query} to ${key}`);
    }
    const drawn = await page.locator('[data-figure="attention.lines"] svg path.link').count();
    assert.equal(drawn, rows.length, "a line for each link");
    return rows;
  };
  const own = await assertLinks((query) => query === row);
  const strongest = pattern[row].indexOf(Math.max(...pattern[row]));
  assert.equal(own[0][2], String(strongest), "the strongest comes first");
  await page.getByRole("button", { name: "All queries" }).click();
  await page.waitForFunction((n) => {
    return document.querySelectorAll('table[data-for="attention.lines"] tbody tr').length > n;
  }, own.length);
  await assertLinks(() => true);
});

test("view, parts taken out, sampling, seed and compared tokens survive in the link", async (t) => {
  const { next } = await cli.run(STORY);
  const [token, against] = [next[2].id, next[4].id];
  const settings = { prompt: STORY, layer: 2, head: 3, row: 7, col: 3, ablate: "1.2:mean,mlp0:zero" };
  const drawn = { temperature: 0.7, top_k: 6, top_p: 0.8, seed: 12, token, against };
  for (const view of ["row", "lines"]) {
    const page = await opened(t, { ...settings, ...drawn, view });
    await page.locator('[data-figure="attention.next"] .is-cut').first().waitFor();
    const here = await everything(page);
    assert.equal(here.link.view, view);
    const other = await t.visit(new URL(page.url()).hash);
    await liveInAnyView(other);
    await other.locator('[data-figure="attention.next"] .is-cut').first().waitFor();
    assert.deepEqual(await everything(other), here);
    assert.deepEqual(
      Object.fromEntries(Object.keys(drawn).map((key) => [key, here.link[key]])),
      Object.fromEntries(Object.entries(drawn).map(([key, value]) => [key, String(value)])),
    );
  }
});

/** Every table, every setting. */
async function everything(page) {
  await rowsArrived(page, "attention.attribution");
  await rowsArrived(page, "attention.lens");
  await rowsArrived(page, "attention.atlas", 24);
  const tables = await page.evaluate(() => {
    const text = (table) => [...table.rows].map((row) => row.textContent);
    const all = [...document.querySelectorAll("table[data-for]")];
    return Object.fromEntries(all.map((table) => [table.dataset.for, text(table)]));
  });
  const settings = await page.evaluate(() => {
    const fields = document.querySelectorAll("textarea, input, .contrast select");
    const pressed = document.querySelectorAll("[aria-pressed=true], [aria-checked=true]");
    return {
      fields: [...fields].map(({ value }) => value),
      pressed: [...pressed].map((one) => one.getAttribute("aria-label") ?? one.textContent),
    };
  });
  return { link: await linkOf(page), tables, settings };
}

/** A live page. */
function opened(t, view) {
  return t.livePage(link({ backend: "cpu", ...view }));
}

/** Waits until the engine has answered, whichever way the head is looked at. */
async function liveInAnyView(page) {
  await page.waitForSelector("html[data-engine=live]", { timeout: 90_000 });
  await rowsArrived(page, "attention.next");
}

function readPercent(text) {
  if (text.startsWith(">")) return 1;
  return text.startsWith("<") ? 0 : Number(text.replace(/\s*%/, "")) / 100;
}

function assertNear(got, want, tolerance, what) {
  assert.ok(Math.abs(got - want) <= tolerance, `${what}: got ${got}, want ${want}`);
}

export const { tests } = test;
