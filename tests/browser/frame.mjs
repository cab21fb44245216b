// The frame: accessible at every size and in both themes, driven by keys, shared by link.

import assert from "node:assert/strict";

import { assertAccessible } from "./accessible.mjs";
import {
  chooseHead,
  chooseInMenu,
  chooseModel,
  link,
  linkOf,
  live,
  promptField,
  PROMPT,
  shown,
  showsHead,
  type,
} from "./page.mjs";
import { suite } from "./runner.mjs";
import { ATTENTION } from "./shared.mjs";
import { assertAgrees } from "./tables.mjs";

const test = suite("plain");

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

for (const viewport of SIZES) {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing at ${viewport.width} px, ${colorScheme}`, async (t) => {
      const look = { viewport, colorScheme };
      const page = await t.livePage(link({ backend: "cpu", prompt: PROMPT }), ATTENTION, look);
      await live(page);
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(excess <= 0, `the page is ${excess} px wider than the window`);
      await looksThrough(page);
    });
  }
}

/** Opens everything there is to open and lets axe look at it. */
async function looksThrough(page) {
  await assertAccessible(page, "live");
  for (const name of [/^Engine: /, "Help", /^Model: /, "Examples"]) {
    await page.getByRole("button", { name }).click();
    await page.locator(".panel").waitFor();
    await assertAccessible(page, `panel of ${name}`);
    await page.keyboard.press("Escape");
  }
  await chooseInMenu(page, "attention map", "Show numbers");
  await promptField(page).fill("Lily ".repeat(400));
  await page.getByRole("region", { name: "Prompt" }).getByRole("alert").waitFor();
  await assertAccessible(page, "numbers, and a prompt that is too long");
}

test("brackets, comma and full stop change layer and head", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT, layer: 1, head: 1 }));
  await live(page);
  await tabTo(page, (element) => element.getAttribute("role") === "radio");
  const steps = [
    ["]", { layer: 2, head: 1 }],
    [".", { layer: 2, head: 2 }],
    ["[", { layer: 1, head: 2 }],
    [",", { layer: 1, head: 1 }],
    ["[", { layer: 0, head: 1 }],
    ["[", { layer: 0, head: 1 }],
  ];
  for (const [key, head] of steps) {
    await page.keyboard.press(key);
    await showsHead(page, head);
    await assertAgrees(await shown(page), PROMPT, 1e-5);
  }
  await promptField(page).press("]");
  assert.deepEqual((await shown(page)).head, { layer: 0, head: 1 }, "in the prompt a key is a letter");
});

test("arrow keys walk through heads and keep the focus on the one that is chosen", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT, layer: 1, head: 1 }));
  await live(page);
  await tabTo(page, (element) => element.getAttribute("role") === "radio");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await showsHead(page, { layer: 2, head: 2 });
  // The focus follows in a task of its own, once the heads are drawn anew.
  const isFocused = () => /^Layer 2, head 2\b/.test(document.activeElement.getAttribute("aria-label"));
  await page.waitForFunction(isFocused, null, { timeout: 2_000 });
  await assertAgrees(await shown(page), PROMPT, 1e-5);
});

test("arrow keys move the cursor of the map, which says where it is", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT, row: 5, col: 2 }));
  await live(page);
  await tabTo(page, (element) => element.getAttribute("role") === "application");
  const { pattern, tokens } = await shown(page);
  const moves = [
    ["ArrowUp", 4, 2],
    ["ArrowRight", 4, 3],
    ["ArrowDown", 5, 3],
    ["ArrowLeft", 5, 2],
    ["Home", 5, 0],
  ];
  for (const [key, row, col] of moves) {
    await page.keyboard.press(key);
    const at = await linkOf(page);
    assert.deepEqual([at.row, at.col], [String(row), String(col)], `after ${key}`);
    const said = await page.getByRole("application").getAttribute("aria-label");
    assert.ok(said.includes(tokens[row].trim()), `${said} names ${tokens[row]}`);
    assert.ok(said.includes(pattern[row][col].toFixed(4)), `${said} tells ${pattern[row][col]}`);
  }
});

test("Escape closes what is open and gives the focus back", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT }));
  await live(page);
  const button = page.getByRole("button", { name: /^Engine: / });
  await tabTo(page, (element) => element.getAttribute("aria-label")?.startsWith("Engine: "));
  await page.keyboard.press("Enter");
  const panel = page.getByRole("region", { name: "What computes" });
  await panel.waitFor();
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  assert.ok(await button.evaluate((element) => element === document.activeElement));
});

test("Share copies a link that shows the same to a stranger", async (t) => {
  const permissions = ["clipboard-read", "clipboard-write"];
  const page = await t.visit(link({ backend: "cpu" }), { permissions });
  await live(page);
  const prompt = "Tom said: \u201cLily & I, 100 % sure?\u201d #a=b\u00e9";
  await type(page, prompt);
  await chooseHead(page, { layer: 3, head: 2 });
  await page.getByRole("listbox").getByRole("option").nth(4).click();
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Link copied" }).waitFor();
  const copied = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(copied.href, page.url(), "the address bar holds the same link");
  const other = await t.visit(copied.hash);
  await live(other);
  const [here, there] = [await shown(page), await shown(other)];
  assert.equal(there.prompt, prompt);
  assert.deepEqual(there.head, { layer: 3, head: 2 });
  assert.deepEqual(there.pattern, here.pattern);
  const selected = other.getByRole("listbox").first().getByRole("option", { selected: true });
  assert.match(await selected.getAttribute("title"), /^4: /);
  await assertAgrees(there, prompt, 1e-5);
});

test("another model brings a prompt that it can read, and a head worth looking at", async (t) => {
  const page = await t.visit(link({ backend: "cpu" }));
  await live(page);
  const { prompt } = await shown(page);
  await chooseModel(page, "induction");
  await page.waitForFunction((old) => document.querySelector("textarea").value !== old, prompt);
  const ofInduction = await promptField(page).inputValue();
  const words = ofInduction.split(" ");
  const segment = (words.length + 1) / 2;
  const copy = words.slice(segment);
  assert.deepEqual(copy, words.slice(0, segment - 1), "words written twice, but for the last");
  await page.waitForFunction(
    (n) => document.querySelectorAll('table[data-for="attention.pattern"] tbody tr').length === n,
    words.length,
  );
  // An induction head looks at what followed the earlier copy.
  const { pattern, head, next } = await shown(page);
  const copied = pattern.slice(segment).map((row, pos) => row[pos + 1]);
  const mean = copied.reduce((sum, weight) => sum + weight, 0) / copied.length;
  assert.ok(mean > 0.5, `head ${head.layer}.${head.head} gives ${mean} to what followed the copy`);
  assert.equal(next[0].text.trim(), words[segment - 1], "the copy goes on");
  await promptField(page).fill("Lily ran");
  await page.getByRole("alert").filter({ hasText: /^The text has "Lily"/ }).waitFor();
  await page.getByRole("button", { name: "Use this model's example" }).click();
  await page.waitForFunction((text) => document.querySelector("textarea").value === text, ofInduction);
  await chooseModel(page, "stories");
  await page.waitForFunction((text) => document.querySelector("textarea").value === text, prompt);
});

test("a link to a model without a prompt shows that model's own example", async (t) => {
  const page = await t.visit(link({ backend: "cpu", model: "induction" }));
  await live(page);
  assert.notEqual(await promptField(page).inputValue(), "");
  assert.equal((await shown(page)).tokens.length > 8, true);
});

test("the theme is the system's until it is chosen, and then remembered", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT }), { colorScheme: "dark" });
  const theme = (name) => page.waitForSelector(`html[data-theme=${name}]`);
  await theme("dark");
  await page.getByRole("button", { name: "Dark theme" }).click();
  await theme("light");
  await page.reload();
  await theme("light");
  await live(page);
});

/** Presses Tab until the focus is on what is meant. */
async function tabTo(page, isMeant) {
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press("Tab");
    const found = await page.evaluateHandle(() => document.activeElement);
    if (await found.evaluate(isMeant)) return;
  }
  throw new Error(`60 tabs do not reach ${isMeant}`);
}

export const { tests } = test;
