// Without any GPU: the page is live on the CPU and says the numbers of the command line.

import assert from "node:assert/strict";

import * as cli from "./cli.mjs";
import {
  badge,
  chooseHead,
  computedOn,
  link,
  live,
  notices,
  openBadge,
  promptField,
  PROMPT,
  shown,
  type,
} from "./page.mjs";
import { suite } from "./runner.mjs";
import { assertAgrees, gapsNote } from "./tables.mjs";

const test = suite("plain");

/** Two builds of the same arithmetic, native and wasm: rounding only. */
const TOLERANCE = 1e-5;

test("without an adapter the page goes live on the CPU and says so", async (t) => {
  const page = await t.visit();
  await live(page);
  await computedOn(page, "cpu");
  assert.match(await badge(page), /\bCPU\b/);
  const panel = await openBadge(page);
  await panel.getByText(/no webgpu|no gpu could be opened/i).first().waitFor({ timeout: 60_000 });
  const { backend, prompt, ...tables } = await shown(page);
  assert.equal(backend, "cpu");
  assert.deepEqual(await notices(page), [], "a visitor without WebGPU is told nothing");
  t.note(gapsNote(await assertAgrees(tables, prompt, TOLERANCE)));
});

test("every figure agrees with the command line", async (t) => {
  const page = await t.livePage(link({ backend: "cpu", prompt: PROMPT, layer: 0, head: 0 }));
  const view = await shown(page);
  assert.deepEqual(view.head, { layer: 0, head: 0 });
  t.note(gapsNote(await assertAgrees(view, PROMPT, TOLERANCE)));
});

test("typing a prompt changes every figure to that prompt's", async (t) => {
  const page = await t.livePage(link({ backend: "cpu", prompt: PROMPT }));
  const before = await shown(page);
  const cells = page.locator('[data-figure="attention.pattern"] svg .cells path');
  const drawn = () => cells.evaluateAll((paths) => paths.map((path) => path.getAttribute("d")));
  const drawnBefore = await drawn();
  for (const prompt of ["Tom saw a dog. Tom", "Lily said: “I am sad.” caf\u00e9 \u{1f600}", "Lily"]) {
    await type(page, prompt);
    const after = await shown(page);
    assert.ok(Number(after.run) > Number(before.run), "a run of its own");
    assert.notDeepEqual(after.pattern, before.pattern);
    assert.notDeepEqual(await drawn(), drawnBefore, "the map is drawn anew");
    await assertAgrees(after, prompt, TOLERANCE);
  }
});

test("each head that is chosen shows its own pattern", async (t) => {
  const page = await t.livePage(link({ backend: "cpu", prompt: PROMPT, layer: 0, head: 0 }));
  const { run } = await shown(page);
  for (const head of [{ layer: 2, head: 1 }, { layer: 0, head: 3 }, { layer: 3, head: 0 }]) {
    await chooseHead(page, head);
    const view = await shown(page);
    assert.equal(view.run, run, "another head is no new run");
    await assertAgrees(view, PROMPT, TOLERANCE);
  }
});

test("a prompt beyond 64 tokens lists row, column and strongest links", async (t) => {
  const prompt = "Lily found a red ball. Tom was happy. ".repeat(8).trim();
  const page = await t.livePage(link({ backend: "cpu", prompt, layer: 1, head: 1 }));
  const { tokens } = await cli.run(prompt);
  const { pattern } = await cli.attention(prompt, { layer: 1, head: 1 });
  assert.ok(tokens.length > 64, `only ${tokens.length} tokens`);
  const table = page.locator('table[data-for="attention.pattern"]');
  const rows = await table.locator("tbody tr").evaluateAll((rows) =>
    rows.map((row) => [...row.cells].map((cell) => cell.textContent)),
  );
  const count = (part) => rows.filter(([kind]) => kind === part).length;
  assert.equal(count("strongest"), 50);
  assert.equal(count("selected row"), tokens.length, "the last row is selected");
  for (const [, query, key, weight] of rows) {
    const [q, k] = [parseInt(query, 10), parseInt(key, 10)];
    assert.ok(Math.abs(Number(weight) - pattern[q][k]) <= TOLERANCE, `${query} ${key} ${weight}`);
  }
  const total = (tokens.length * (tokens.length + 1)) / 2;
  assert.match(await table.locator("caption").textContent(), new RegExp(`\\b${total}\\b`));
});

test("Generate writes what the command line writes", async (t) => {
  const page = await t.livePage(link({ backend: "cpu", prompt: "Lily found a red" }));
  await page.getByRole("button", { name: "Generate" }).click();
  const keep = page.getByRole("button", { name: "Add to prompt" });
  await keep.waitFor({ timeout: 30_000 });
  const { tokens } = await cli.generate("Lily found a red", 40, 0);
  const chips = page.getByRole("group", { name: "What the model wrote" }).locator("[title]");
  assert.equal(await chips.count(), tokens.length);
  await keep.click();
  await page.waitForFunction(() => document.querySelector("textarea").value.length > 16);
  const isText = ({ text }) => !/^<\|.*\|>$/.test(text);
  const written = tokens.filter(isText).map(({ text }) => text).join("");
  assert.equal(await promptField(page).inputValue(), `Lily found a red${written}`);
});

export const { tests } = test;
