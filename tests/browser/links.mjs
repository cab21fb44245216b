// A link means one view, and a model that cannot be had changes nothing.

import assert from "node:assert/strict";

import { chooseModel, link, linkOf, live, notice, notices, promptField, rowsArrived, shown, type } from "./page.mjs";
import { suite } from "./runner.mjs";

const test = suite("plain");

/** Follows a link in a page that is open. */
async function follow(page, hash) {
  await page.evaluate((hash) => { location.hash = hash; }, hash);
}

/** What a link says of the view, once the page has answered it. */
async function viewOf(page) {
  await rowsArrived(page, "attention.attribution");
  const { backend, ...view } = await linkOf(page);
  return view;
}

test("a link shows the same in a page that showed something else", async (t) => {
  const view = "#/attention?v=1&model=induction&layer=0&head=1&row=5&ablate=1.1:zero";
  const fresh = await t.visit(link({ backend: "cpu" }).replace("#/attention?", `${view}&`));
  await live(fresh);
  const expected = await viewOf(fresh);
  assert.equal(expected.model, "induction");
  assert.equal(expected.ablate, "1.1:zero");
  const page = await t.visit(link({ backend: "cpu", prompt: "Lily saw a dog.", layer: 3, head: 0 }));
  await live(page);
  await follow(page, view);
  await page.getByRole("button", { name: /^Model: induction/ }).waitFor();
  await page.waitForFunction((prompt) => document.querySelector("textarea").value === prompt, expected.prompt);
  assert.deepEqual(await viewOf(page), expected);
});

test("a link that takes out what its model lacks is answered without it", async (t) => {
  const page = await t.visit(link({ backend: "cpu" }));
  await live(page);
  await follow(page, "#/attention?v=1&ablate=3.1:zero&model=induction");
  await notice(page, /no head 3\.1/);
  await rowsArrived(page, "attention.attribution");
  const { model, ablate } = await linkOf(page);
  assert.deepEqual({ model, ablate }, { model: "induction", ablate: undefined });
  assert.equal(await page.locator(".prompt .error").count(), 0);
});

test("a model that cannot be read leaves prompt, head and what is taken out", async (t) => {
  t.expect(/Failed to load resource|ERR_FAILED/);
  const page = await t.visit(link({ backend: "cpu", prompt: "Lily saw a dog.", layer: 2, head: 1, row: 3, ablate: "1.4:zero" }));
  await live(page);
  await rowsArrived(page, "attention.attribution");
  const before = await linkOf(page);
  await page.route("**/models/induction/*", (route) => route.abort());
  await chooseModel(page, "induction");
  await notice(page, /config\.json/);
  await page.getByRole("button", { name: /^Model: stories/ }).waitFor();
  assert.equal(await promptField(page).inputValue(), "Lily saw a dog.");
  await page.waitForFunction(() => document.documentElement.dataset.engine === "live");
  await rowsArrived(page, "attention.attribution");
  assert.deepEqual(await linkOf(page), before);
  assert.equal((await notices(page)).length, 1);
  await type(page, "Tom ran.");
  assert.equal((await shown(page)).prompt, "Tom ran.");
});

export const { tests } = test;
