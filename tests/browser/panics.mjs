// A page whose own code fails: what made it panic once, and what it says where it does.

import assert from "node:assert/strict";

import { chooseModel, link, live, PROMPT, promptField, rootOf, type } from "./page.mjs";
import { suite } from "./runner.mjs";

const test = suite("plain");

/** Long enough for the page to be at rest after a step of a visitor. */
const A_STEP_MS = 700;

/** Waits until the page asks for nothing more. */
async function atRest(page) {
  await page.waitForTimeout(A_STEP_MS);
}

/** Waits until the row of tokens holds a text. */
async function tokensSay(page, text) {
  await page.locator(".chips", { hasText: text }).waitFor();
}

test("models are changed to and fro with a prompt that only one of them knows", async (t) => {
  const page = await t.visit(link({ backend: "cpu" }));
  await live(page);
  await type(page, "Once upon a time");
  for (const model of ["induction", "stories", "induction", "stories"]) {
    await chooseModel(page, model);
    await page.getByRole("button", { name: new RegExp(`^Model: ${model}`) }).waitFor();
    await atRest(page);
  }
  // An effect that died would leave the row of tokens as it was.
  await type(page, "Lily saw a dog.");
  await tokensSay(page, "dog");
});

test("links, typing and Back may follow each other in any order", async (t) => {
  const page = await t.visit(link({ backend: "cpu" }));
  await live(page);
  const enter = async (hash) => {
    await page.evaluate((hash) => { location.hash = hash; }, hash);
    await atRest(page);
  };
  await enter("#/attention?v=1&model=induction&prompt=Lily");
  await promptField(page).fill("ba be bi ba");
  await atRest(page);
  await page.goBack();
  await atRest(page);
  await enter("#/attention?v=1&model=stories&prompt=Lily");
  await type(page, PROMPT);
  await tokensSay(page, "ball");
  assert.equal((await rootOf(page)).engine, "live");
});

test("a page whose code fails says so and offers to go on from its address", async (t) => {
  t.expect(/unreachable/);
  const page = await t.visit(link({ backend: "cpu" }));
  await live(page);
  await type(page, "Lily saw a dog.");
  const alert = page.locator("#page-failed");
  assert.equal(await alert.isVisible(), false);
  // What the page's own module does when it panics: it executes `unreachable`.
  await page.evaluate(() => {
    const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
    const module = new WebAssembly.Module(new Uint8Array(bytes));
    setTimeout(new WebAssembly.Instance(module).exports.f, 0);
  });
  await alert.waitFor({ state: "visible" });
  assert.match(await alert.textContent(), /went wrong.*reload/i);
  await alert.getByRole("button", { name: "Reload" }).click();
  await live(page);
  assert.equal(await promptField(page).inputValue(), "Lily saw a dog.");
  assert.equal(await alert.isVisible(), false);
});

export const { tests } = test;
