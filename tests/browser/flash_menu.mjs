// What the menus of the Flash room's figures do: files, numbers, methods.

import assert from "node:assert/strict";

import { assertAccessible } from "./accessible.mjs";
import { flashSvg, npy } from "./cli.mjs";
import { assertDrawing, assertIsTable, assertPng, csvRows, output, saved, tableOf } from "./files.mjs";
import { FIGURES, HEAD, HOME, clock, goTo, ledgerRow, link, midst, playing, stepTold } from "./flash_page.mjs";
import { PROMPT, chooseInMenu, menuButton, notices } from "./page.mjs";
import { suite } from "./runner.mjs";

const test = suite("plain");

test("every menu of the room is worked by keys, which step nothing", async (t) => {
  const page = await midst(t);
  for (const title of Object.values(FIGURES)) {
    const button = menuButton(page, title);
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    const isOn = (name) => document.activeElement?.textContent === name;
    await page.waitForFunction(isOn, "Show numbers", { timeout: 5_000 });
    await page.keyboard.press("End");
    await page.waitForFunction(isOn, "How this is computed", { timeout: 5_000 });
    await page.keyboard.press("Home");
    await page.waitForFunction(isOn, "Show numbers", { timeout: 5_000 });
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    assert.ok(await button.evaluate((element) => element === document.activeElement), title);
  }
  assert.equal((await clock(page)).step, 60);
});

test("the numbers that the room saves are those of its tables", async (t) => {
  const page = await midst(t);
  for (const [figure, title] of Object.entries(FIGURES)) {
    const table = await tableOf(page, figure);
    assert.ok(table.rows.length > 0, figure);
    const csv = await saved(page, title, "Save data as CSV");
    const kind = figure.replace(".", "-");
    assert.equal(csv.name, `headlight-${kind}-stories-${HEAD.layer}.${HEAD.head}.csv`);
    assert.deepEqual(csvRows(csv.bytes.toString()), [table.heads, ...table.rows], figure);
    const json = JSON.parse((await saved(page, title, "Save data as JSON")).bytes);
    assertIsTable(json, table, figure);
    assert.deepEqual(
      [json.figure, json.data, json.algorithm, json.block_q, json.causal, json.step],
      [figure, "head", "fa2", 4, true, 60],
    );
    const { model, prompt, layer, head } = json.of_head;
    assert.deepEqual([model, prompt, layer, head], ["stories", PROMPT, HEAD.layer, HEAD.head]);
    assert.equal(json.q !== undefined, figure === "flash.stage");
  }
  // Another step, another table: what is saved is what is shown.
  await goTo(page, 61);
  const json = JSON.parse((await saved(page, FIGURES["flash.stage"], "Save data as JSON")).bytes);
  assert.equal(json.step, 61);
});

test("the drawings that the room saves need nothing but themselves", async (t) => {
  const page = await midst(t);
  for (const [figure, title] of Object.entries(FIGURES)) {
    const { name, bytes } = await saved(page, title, "Save as SVG");
    const svg = bytes.toString();
    const drawing = await assertDrawing(page, svg, figure);
    const png = await saved(page, title, "Save as PNG");
    assert.equal(png.name, name.replace(/svg$/, "png"));
    assertPng(png.bytes, drawing, figure);
    if (figure !== "flash.stage") continue;
    const words = await page.locator(`[data-figure="${figure}"] svg text`).allTextContents();
    assert.ok(words.length > 20, `${words.length} words`);
    for (const word of words) assert.ok(drawing.text.includes(word.trim()), word);
    const pictures = await page.locator(`[data-figure="${figure}"] canvas`).evaluateAll(
      (all) => all.filter((one) => one.clientWidth > 0 && one.clientHeight > 0).length,
    );
    assert.equal(svg.match(/<image /g)?.length ?? 0, pictures);
    assert.ok(drawing.tags.includes("polygon"), "the part that the mask hides");
    assert.ok(!drawing.tags.includes("button"), "nothing to press");
  }
});

/** Three matrices as a visitor types them. */
const TYPED = [
  [[0.5, -1.2, 3], [1, 0.25, -2], [-0.75, 2, 1], [0, 1, 0.1]],
  [[1, 0, 0.5], [-1, 2, 0.3], [0.2, -0.4, 1], [2, 1, -1]],
  [[10, 1, 0], [0.5, -3, 2], [1, 1, 1], [-2, 0.125, 4]],
];

for (const colorScheme of ["light", "dark"]) {
  test(`the stage of typed numbers is saved as the command line writes it, ${colorScheme}`, async (t) => {
    const numbers = TYPED.map((rows) => rows.map((row) => row.join(" ")).join("\n")).join("\n\n");
    const step = 14;
    const page = await t.visit(link({ data: "typed", numbers, bq: 2, bk: 2, step }), { colorScheme });
    await playing(page);
    await stepTold(page, step);
    const { name, bytes } = await saved(page, FIGURES["flash.stage"], "Save as SVG");
    assert.equal(name, "headlight-flash-stage-typed.svg");
    const file = bytes.toString();
    const [, width] = file.match(/^<svg [^>]*?width="(\d+)"/);
    const [q, k, v] = TYPED;
    const options = ["--algorithm", "fa2", "--block-q", "2", "--block-k", "2", "--causal"];
    assert.equal(file, await flashSvg({ q, k, v }, [...options, "--step", String(step)], width, colorScheme));
  });
}

test("a drawing of numbers from a seed says so, and a tile one key wide is drawn", async (t) => {
  const page = await t.livePage(link({ data: "random", n: 64, d: 32, draw: 7, bq: 16, bk: 1, step: 40 }), HOME);
  await page.waitForSelector('main[data-step="40"]', { state: "attached" });
  const { name, bytes } = await saved(page, FIGURES["flash.stage"], "Save as SVG");
  assert.equal(name, "headlight-flash-stage-random.svg");
  const { text } = await assertDrawing(page, bytes.toString(), "flash.stage");
  assert.match(text, /random numbers of seed 7/);
  assert.ok(bytes.toString().includes("data:image/png;base64,"));
});

test("the command of every figure runs on the stage's data, and closing gives the focus back", async (t) => {
  for (const algorithm of ["standard", "fa1", "fa2"]) {
    const page = await midst(t, { algorithm, lazy: 1, reverse: 1 });
    const stage = await saved(page, FIGURES["flash.stage"], "Save data as JSON");
    const { q, k, v } = JSON.parse(stage.bytes);
    const files = { "q.npy": npy(q), "k.npy": npy(k), "v.npy": npy(v) };
    const ledger = await ledgerRow(page, algorithm);
    const error = (await tableOf(page, "flash.error")).rows[0][1];
    for (const [figure, title] of Object.entries(FIGURES)) {
      await chooseInMenu(page, title, "How this is computed");
      const region = page.getByRole("region", { name: "How this is computed" });
      await region.waitFor();
      const [command, code] = await region.locator("code").allTextContents();
      const printed = JSON.parse(await output(command, files));
      assert.equal(printed.elements_moved, Number(ledger["elements moved in all"]), command);
      assert.ok(Math.abs(printed.max_abs_error - Number(error)) <= 1e-7, `${command}: ${error}`);
      assert.match(code, /^crates\/[a-z]+\/src\/[a-z_/]+\.rs$/, figure);
      await region.getByText(/q\.npy, k\.npy and v\.npy hold/).waitFor();
      await region.getByRole("button", { name: "Hide how this is computed" }).click();
      await region.waitFor({ state: "detached" });
      const isBack = (element) => element === document.activeElement;
      assert.ok(await menuButton(page, title).evaluate(isBack), title);
    }
  }
});

for (const [width, height, colorScheme] of [[1440, 900, "light"], [390, 844, "dark"]]) {
  test(`menu, method and numbers of the room are accessible at ${width} px, ${colorScheme}`, async (t) => {
    const page = await midst(t, {}, { look: { viewport: { width, height }, colorScheme } });
    for (const title of Object.values(FIGURES)) {
      await menuButton(page, title).click();
      const box = await page.getByRole("menu").boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width, `${title}: ${JSON.stringify(box)}`);
    }
    await assertAccessible(page, "menu");
    await page.keyboard.press("Escape");
    await chooseInMenu(page, FIGURES["flash.ledger"], "How this is computed");
    await chooseInMenu(page, FIGURES["flash.stage"], "Show numbers");
    const numbers = page.getByRole("region", { name: `Numbers: ${FIGURES["flash.stage"]}` });
    await numbers.waitFor();
    await assertAccessible(page, "method and numbers");
    // The arrows scroll what has the focus.
    await numbers.focus();
    await page.keyboard.press("ArrowRight");
    assert.equal((await clock(page)).step, 60);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(excess <= 0, `the page is ${excess} px wider than the window`);
    assert.deepEqual(await notices(page), []);
  });
}

export const { tests } = test;
