// The menu of every figure: by keys, and what it saves against what the page shows.

import assert from "node:assert/strict";

import { assertAccessible } from "./accessible.mjs";
import * as cli from "./cli.mjs";
import { assertDrawing, assertIsTable, assertPng, csvRows, output, saved, tableOf } from "./files.mjs";
import { chooseInMenu, computedOn, link, menuButton, notices, PROMPT, VIEWS } from "./page.mjs";
import { suite } from "./runner.mjs";
import { ATTENTION } from "./shared.mjs";

const test = suite("plain");

/** Text that a careless writer takes for markup, quotes or the end of a cell. */
const HARD = "<img src=x onerror=alert(1)> said: \"it's, \u{1f600}\" \u05e9\u05dc\u05d5\u05dd & <b>Lily</b>";

/** Opens a view and waits until every figure in it has its numbers; as a new visitor with other `options` than a look. */
async function opened(t, view, more = {}, { look = {}, options = null } = {}) {
  const to = link({ backend: "cpu", prompt: PROMPT, view, ...more });
  const page = options === null ? await t.livePage(to, ATTENTION, look) : await t.visit(to, options);
  await computedOn(page, "cpu");
  for (const figure of Object.keys(VIEWS[view])) {
    const cell = `table[data-for="${figure}"] tbody td`;
    await page.waitForSelector(cell, { state: "attached", timeout: 30_000 });
  }
  return page;
}

for (const view of Object.keys(VIEWS)) {
  test(`every menu of the view ${view} is worked by keys`, async (t) => {
    const page = await opened(t, view);
    for (const title of Object.values(VIEWS[view])) {
      const button = menuButton(page, title);
      await button.focus();
      await page.keyboard.press("Enter");
      const menu = page.getByRole("menu");
      await menu.waitFor();
      assert.equal(await menu.count(), 1);
      assert.equal(await button.getAttribute("aria-expanded"), "true");
      await focusIsOn(page, "Show numbers");
      await page.keyboard.press("ArrowUp");
      await focusIsOn(page, "How this is computed");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await focusIsOn(page, "Copy link");
      await page.keyboard.press("End");
      await focusIsOn(page, "How this is computed");
      await page.keyboard.press("Escape");
      await menu.waitFor({ state: "detached" });
      assert.ok(await button.evaluate((element) => element === document.activeElement), title);
    }
  });

  test(`the numbers that the view ${view} saves are those of its tables`, async (t) => {
    const page = await opened(t, view);
    for (const [figure, title] of Object.entries(VIEWS[view])) {
      const table = await tableOf(page, figure);
      assert.ok(table.rows.length > 0, figure);
      const csv = await saved(page, title, "Save data as CSV");
      assert.deepEqual(csvRows(csv.bytes.toString()), [table.heads, ...table.rows], figure);
      const json = JSON.parse((await saved(page, title, "Save data as JSON")).bytes);
      assertIsTable(json, table, figure);
      assert.deepEqual(
        [json.figure, json.model, json.prompt, json.layer, json.head, json.backend],
        [figure, "stories", PROMPT, 3, 2, "cpu"],
      );
    }
  });

  test(`the drawings that the view ${view} saves need nothing but themselves`, async (t) => {
    const page = await opened(t, view);
    for (const [figure, title] of Object.entries(VIEWS[view])) {
      const { name, bytes } = await saved(page, title, "Save as SVG");
      const kind = figure.replace(".", "-");
      assert.match(name, new RegExp(`^headlight-${kind}-stories(-3\\.2)?\\.svg$`));
      const drawing = await assertDrawing(page, bytes.toString(), figure);
      const png = await saved(page, title, "Save as PNG");
      assert.equal(png.name, name.replace(/svg$/, "png"));
      assertPng(png.bytes, drawing, figure);
    }
  });
}

for (const colorScheme of ["light", "dark"]) {
  test(`a figure that is a value is saved as the command line writes it, ${colorScheme}`, async (t) => {
    const page = await opened(t, "map", {}, { look: { colorScheme } });
    // What the language says, which its own worker adds, and what sampling leaves.
    const ofLanguage = '[data-figure="attention.perplexity"] path.mark-line.is-dashed';
    const ofSampling = '[data-figure="attention.next"] .cut-sentence text';
    for (const selector of [ofLanguage, ofSampling]) {
      await page.waitForSelector(selector, { state: "attached", timeout: 30_000 });
    }
    const file = (await saved(page, "Next token after the prompt", "Save as SVG")).bytes.toString();
    const [, width] = file.match(/^<svg [^>]*?width="(\d+)"/);
    assert.equal(file, await cli.svg(PROMPT, width, colorScheme));
    // Its style sheet holds in the picture too, whatever the page's policy says of styles.
    const { bytes } = await saved(page, "Next token after the prompt", "Save as PNG");
    const [, paper] = file.match(/\.paper\{fill: (#[0-9a-f]{6});\}/);
    assert.equal(await cornerOf(page, bytes), paper);
  });
}

for (const colorScheme of ["light", "dark"]) {
  test(`lens and attribution are saved as the command line writes them, ${colorScheme}`, async (t) => {
    const page = await opened(t, "map", {}, { look: { colorScheme } });
    const { next } = await cli.run(PROMPT);
    const pair = ["--token", String(next[0].id), "--against", String(next[1].id)];
    const options = { "attention.lens": ["lens"], "attention.attribution": ["attribute", ...pair] };
    for (const [figure, command] of Object.entries(options)) {
      await page.waitForSelector(`[data-figure="${figure}"] svg rect`, { state: "attached", timeout: 30_000 });
      const file = (await saved(page, VIEWS.map[figure], "Save as SVG")).bytes.toString();
      const [, width] = file.match(/^<svg [^>]*?width="(\d+)"/);
      assert.equal(file, await cli.svg(PROMPT, width, colorScheme, ...command), figure);
    }
  });
}

for (const colorScheme of ["light", "dark"]) {
  for (const [kind, prompt] of Object.entries({ cells: PROMPT, pixels: Array(5).fill(PROMPT).join(" ") })) {
    test(`a map of ${kind} is saved as the command line writes it, ${colorScheme}`, async (t) => {
      const page = await opened(t, "map", { prompt, layer: 1, head: 2 }, { look: { colorScheme } });
      const file = (await saved(page, "attention map", "Save as SVG")).bytes.toString();
      // The key's colours are pixels in both.
      assert.equal(file.match(/<image /g).length, kind === "pixels" ? 2 : 1);
      const [, width] = file.match(/^<svg [^>]*?width="(\d+)"/);
      const head = ["--layer", "1", "--head", "2"];
      assert.equal(file, await cli.svg(prompt, width, colorScheme, "attention", ...head));
    });
  }
}

test("the heads are saved as they stand, with a map of each and nothing to press", async (t) => {
  const page = await opened(t, "map", { ablate: "1.2:zero" });
  const file = (await saved(page, "Heads", "Save as SVG")).bytes.toString();
  assert.equal(file.match(/<image /g).length, 24);
  const { text } = await assertDrawing(page, file, "attention.atlas");
  for (const words of ["layer 0", "3.5", "heads mostly look"]) assert.ok(text.includes(words), text);
  assert.doesNotMatch(text, /MLP/);
  const shown = page.locator('[data-figure="attention.atlas"] .figure-drawing');
  const width = await shown.evaluate((drawing) => drawing.clientWidth);
  assert.equal(file.match(/^<svg [^>]*?width="(\d+)"/)[1], String(Math.max(width, 280) + 48));
});

/** The colour of a picture's first pixel, as a style sheet writes it. */
function cornerOf(page, png) {
  return page.evaluate(async (numbers) => {
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(numbers)], { type: "image/png" }));
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  }, [...png]);
}

test("a drawing names every token of the prompt", async (t) => {
  const page = await opened(t, "map");
  const { rows } = await tableOf(page, "attention.pattern");
  const svg = (await saved(page, "attention map", "Save as SVG")).bytes.toString();
  const { text } = await assertDrawing(page, svg, "attention.pattern");
  for (const [token] of rows) assert.ok(text.includes(token.trim()), `${token} in ${text}`);
  assert.match(text, /Layer 3, head 2/);
  assert.match(text, /raw weights/);
});

test("markup, quotes, emoji and right-to-left text stay text in every file", async (t) => {
  const page = await opened(t, "map", { prompt: HARD });
  for (const title of ["attention map", "Surprise in bits"]) {
    const figure = Object.entries(VIEWS.map).find(([, of]) => of === title)[0];
    const table = await tableOf(page, figure);
    const csv = await saved(page, title, "Save data as CSV");
    assert.deepEqual(csvRows(csv.bytes.toString()), [table.heads, ...table.rows]);
    const json = JSON.parse((await saved(page, title, "Save data as JSON")).bytes);
    assert.equal(json.prompt, HARD);
    assertIsTable(json, table, figure);
    const svg = (await saved(page, title, "Save as SVG")).bytes.toString();
    const { text } = await assertDrawing(page, svg, figure);
    if (figure === "attention.pattern") {
      // So many tokens leave no room for every label; those that are drawn are saved.
      const drawing = page.locator(`[data-figure="${figure}"] .figure-drawing`).first();
      const labels = await drawing.locator("svg text").allTextContents();
      assert.ok(labels.some((label) => label.includes("<")), labels.join(" "));
      for (const label of labels) assert.ok(text.includes(label), label);
    }
    assertPng((await saved(page, title, "Save as PNG")).bytes, { width: 1, height: 1 }, figure);
  }
  await chooseInMenu(page, "attention map", "How this is computed");
  const region = page.getByRole("region", { name: "How this is computed" });
  const printed = JSON.parse(await output(await region.locator("code").first().textContent()));
  const { rows } = await tableOf(page, "attention.pattern");
  assert.deepEqual(printed.tokens.length, rows.length, "a shell hands the prompt over whole");
  const gaps = printed.pattern.flat().map((weight, at) => Math.abs(weight - rows[Math.floor(at / rows.length)][1 + (at % rows.length)]));
  assert.ok(Math.max(...gaps) < 1e-5, "it prints what is shown");
  assert.deepEqual(await notices(page), []);
});

for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`menu and method are accessible at ${viewport.width} px, ${colorScheme}`, async (t) => {
      const page = await opened(t, "map", {}, { look: { viewport, colorScheme } });
      for (const title of Object.values(VIEWS.map)) {
        await menuButton(page, title).click();
        const box = await page.getByRole("menu").boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= viewport.width, `${title}: ${JSON.stringify(box)}`);
        for (const item of await page.getByRole("menuitem").all()) {
          assert.ok((await item.boundingBox()).height >= 24, title);
        }
      }
      await assertAccessible(page, "menu");
      await page.keyboard.press("Escape");
      await chooseInMenu(page, "attention map", "How this is computed");
      await chooseInMenu(page, "Surprise in bits", "Show numbers");
      await page.getByRole("region", { name: "How this is computed" }).waitFor();
      await assertAccessible(page, "method and numbers");
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(excess <= 0, `the page is ${excess} px wider than the window`);
    });
  }
}

test("a menu opens over the page, one at a time, and closes from outside", async (t) => {
  const page = await opened(t, "map");
  const figure = page.locator('[data-figure="attention.next"]');
  const before = await figure.boundingBox();
  await menuButton(page, "Next token after the prompt").click();
  assert.deepEqual(await figure.boundingBox(), before, "nothing moves");
  await menuButton(page, "Heads").click();
  assert.equal(await page.getByRole("menu").count(), 1);
  await page.getByRole("heading", { name: /^Layer/ }).click();
  await page.getByRole("menu").waitFor({ state: "detached" });
});

test("the command of every figure runs and names what is shown, and closing gives the focus back", async (t) => {
  for (const view of Object.keys(VIEWS)) {
    const page = await opened(t, view, { ablate: "1.2:zero" });
    for (const [figure, title] of Object.entries(VIEWS[view])) {
      await chooseInMenu(page, title, "How this is computed");
      const region = page.getByRole("region", { name: "How this is computed" });
      await region.waitFor();
      const [command, code] = await region.locator("code").allTextContents();
      assert.match(command, /^headlight [a-z]+ --model models\/stories .*--prompt '/, figure);
      const printed = await output(command);
      if (command.endsWith(" --json")) assert.ok(JSON.parse(printed), command);
      assert.match(code, /^crates\/[a-z]+\/src\/[a-z_/]+\.rs$/, figure);
      const isWhole = await region.getByText(/has no option to take parts out/).count();
      assert.notEqual(command.includes(" --edit "), isWhole === 1, `${figure}: ${command}`);
      await region.getByRole("button", { name: "Hide how this is computed" }).click();
      await region.waitFor({ state: "detached" });
      const isBack = (element) => element === document.activeElement;
      assert.ok(await menuButton(page, title).evaluate(isBack), title);
    }
  }
});

test("Copy link copies the link of the page", async (t) => {
  const permissions = ["clipboard-read", "clipboard-write"];
  const page = await opened(t, "map", {}, { options: { permissions } });
  await chooseInMenu(page, "Perplexity so far", "Copy link");
  await page.getByRole("button", { name: "Link copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url());
});

/** Asserts which entry has the focus. */
async function focusIsOn(page, name) {
  const has = (name) => document.activeElement?.textContent === name;
  await page.waitForFunction(has, name, { timeout: 5_000 });
}

export const { tests } = test;
