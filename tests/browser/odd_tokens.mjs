// Text that is more than letters: markup, other scripts, emoji, bytes, and a very long token.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as cli from "./cli.mjs";
import { writeSums } from "./files.mjs";
import {
  link,
  linkOf,
  live,
  notices,
  promptField,
  rowsArrived,
  rowsOf,
  shown,
  type,
  withNewRun,
} from "./page.mjs";
import { suite } from "./runner.mjs";
import { serve } from "./server.mjs";
import { ATTENTION } from "./shared.mjs";
import { DIST } from "./settings.mjs";
import { assertAgrees } from "./tables.mjs";

const test = suite("plain");

const PROMPTS = {
  markup: `<img src=x onerror="wasRun=1"> "'&amp;`,
  "more markup": "<script>wasRun=1</script><b onload=alert(1)>",
  "right to left": "Lily said \u05e9\u05dc\u05d5\u05dd and \u0645\u0631\u062d\u0628\u0627 \u202eoverridden\u202c to Tom",
  emoji: "Lily \u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466} saw \u{1f1eb}\u{1f1f7} and \u{1f44d}\u{1f3fd} e\u0301",
  "controls and blanks": "Lily\ttabs \u00a0\u200b\ufeff\u0007 and\n\nlines  twice",
  "a long word": `Lily ${"abcdefghij".repeat(5)} ran`,
};

const WIDTHS = [1440, 390];

for (const [name, prompt] of Object.entries(PROMPTS)) {
  test(`${name}: nothing is run, everything is shown, nothing overflows`, async (t) => {
    for (const width of WIDTHS) {
      const look = { viewport: { width, height: 900 } };
      const page = await t.livePage(link({ backend: "cpu", prompt: "Lily" }), ATTENTION, look);
      await type(page, prompt);
      await assertAgrees(await shown(page), prompt, 1e-5);
      assert.equal(await promptField(page).inputValue(), prompt);
      assert.equal((await linkOf(page)).prompt, prompt, "the link holds it");
      assert.deepEqual(await notices(page), []);
      await assertShown(page, prompt, width);
      for (const view of ["Lines", "One row", "Map"]) {
        await page.getByRole("button", { name: view, exact: true }).click();
        await assertHarmless(page, `${name}, ${view} at ${width}`);
      }
    }
  });
}

/** Each token is a chip, and no character of a chip is invisible. */
async function assertShown(page, prompt, width) {
  const { tokens } = await cli.run(prompt);
  const chips = page.getByRole("listbox", { name: /^Tokens/ }).getByRole("option");
  const texts = await chips.allTextContents();
  assert.equal(texts.length, tokens.length);
  const isInvisible = /[\s\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
  for (const [pos, text] of texts.entries()) {
    assert.notEqual(text, "", `token ${pos} is seen`);
    assert.doesNotMatch(text, isInvisible, `token ${pos} ${JSON.stringify(tokens[pos].text)}`);
    const { text: own } = tokens[pos];
    if (/^[ -~]+$/.test(own)) assert.equal(text, own.replace(/ /g, "\u2423"), `token ${pos}`);
  }
  await assertHarmless(page, `chips at ${width}`);
}

/** Nothing of a prompt became part of the page, and nothing sticks out of it. */
async function assertHarmless(page, what) {
  const found = await page.evaluate(() => ({
    wasRun: window.wasRun === 1,
    elements: document.querySelectorAll("body img, body script:not([src]), [onload], [onerror]").length,
    excess: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  assert.deepEqual(found, { wasRun: false, elements: 0, excess: Math.min(0, found.excess) }, what);
  const broken = await page.evaluate(() => {
    const isAbove = (one, other) => {
      const [a, b] = [one, other].map((element) => element.getBoundingClientRect());
      const isOver = (from, to, otherFrom, otherTo) => from < otherTo - 1 && otherFrom < to - 1;
      return isOver(a.left, a.right, b.left, b.right) && isOver(a.top, a.bottom, b.top, b.bottom);
    };
    // Name, bar and number of one line must not lie upon each other.
    const all = [...document.querySelectorAll("ol.bars > li, .token-row, .figure-drawing [role=listitem]")];
    const lines = all.filter((line) => line.checkVisibility());
    const isBroken = (line) => {
      const [name, number] = [".name, .text-label", ":scope > .number, .text-number"].map((part) =>
        line.querySelector(part),
      );
      return name && number && isAbove(name, number);
    };
    const drawn = [...document.querySelectorAll('[data-figure="attention.pattern"] g:has(> text.text-number)')];
    const isDrawnBroken = (line) => {
      const [name, number] = [line.querySelector(".text-label"), line.querySelector(".text-number")];
      return name && number && isAbove(name, number);
    };
    const broken = [...lines.filter(isBroken), ...drawn.filter(isDrawnBroken)];
    return broken.map((line) => line.textContent.slice(0, 60));
  });
  assert.deepEqual(broken, [], `${what}: names upon numbers`);
}

test("bytes that the model writes are named, shown and not made text", async (t) => {
  // At a high temperature the model writes any token, bytes as well.
  const hot = { temperature: 5 };
  const isByte = ({ text }) => /^<0x[0-9A-F]{2}>$/.test(text);
  const { tokens } = await cli.generate("Lily", 40, 1, hot);
  assert.ok(tokens.some(isByte), "the command line writes bytes with this seed");
  const page = await t.visit(link({ backend: "cpu", prompt: "Lily", seed: 1, ...hot }));
  await live(page);
  await page.getByRole("button", { name: "Generate" }).click();
  const keep = page.getByRole("button", { name: "Add to prompt" });
  await keep.waitFor({ timeout: 30_000 });
  const chips = await page
    .getByRole("group", { name: "What the model wrote" })
    .locator(".chip")
    .allTextContents();
  const bytes = tokens.map((token, at) => [token, chips[at]]).filter(([token]) => isByte(token));
  for (const [{ text }, chip] of bytes) assert.equal(chip, text);
  await assertHarmless(page, "bytes");
  await withNewRun(page, () => keep.click());
  assert.doesNotMatch(await promptField(page).inputValue(), /<0x|<\|/, "the prompt is text");
});

/** A word of a single token of 300 characters. */
const LONG_TOKEN = "abcdefghijklmnopqrst".repeat(15);
/** Tokens that are more than text, for a model that has nothing else. */
const ODD = [
  LONG_TOKEN,
  "<img/src=x/onerror=alert(1)>",
  "<b>bold</b>",
  "\u05e9\u05dc\u05d5\u05dd",
  "\u202eoverride",
  "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}",
  "e\u0301\u0327\u0323",
  "\u{1d573}\u{1d58a}\u{1d586}\u{1d589}",
  "\ufdfd",
  "\u0e01\u0e33",
];

test("a model whose tokens are 300 characters long, markup, or of other scripts", async (t) => {
  const { origin } = await oddSite();
  const prompt = [...ODD, "ba", LONG_TOKEN, "ko"].join(" ");
  for (const width of WIDTHS) {
    const view = { backend: "cpu", model: "odd", prompt };
    const viewport = { width, height: 900 };
    const page = await t.visit(link(view), { origin, viewport });
    await live(page);
    const words = prompt.split(" ");
    assert.equal((await rowsOf(page, "attention.pattern")).length, words.length);
    assert.deepEqual(
      (await rowsOf(page, "attention.surprise")).map(([text]) => text),
      words,
      "the tables hold the tokens as they are",
    );
    await rowsArrived(page, "attention.lens");
    const wide = await page.evaluate(() => {
      const chips = [...document.querySelectorAll(".chip")];
      return chips.map((chip) => chip.getBoundingClientRect().right).filter((right) => right > innerWidth);
    });
    assert.deepEqual(wide, [], `no chip is wider than ${width} px`);
    for (const view of ["Lines", "One row", "Map"]) {
      await page.getByRole("button", { name: view, exact: true }).click();
      await assertHarmless(page, `${view} at ${width}`);
    }
    await page.close();
  }
});

let site;

/** The page with a copy of a small model whose tokens have odd names. */
function oddSite() {
  site ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), "headlight-odd-"));
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
    await cp(DIST, folder, { recursive: true });
    const from = join(folder, "models/induction");
    const to = join(folder, "models/odd");
    await cp(from, to, { recursive: true, filter: (file) => !/\.(br|gz)$/.test(file) });
    const tokenizer = JSON.parse(await readFile(join(to, "tokenizer.json"), "utf8"));
    const { vocab } = tokenizer.model;
    const kept = new Set(["ba", "ko", tokenizer.model.unk_token]);
    const names = Object.entries(vocab).filter(([word]) => !kept.has(word));
    for (const [at, word] of ODD.entries()) {
      const [old, id] = names[at];
      delete vocab[old];
      vocab[word] = id;
    }
    await writeFile(join(to, "tokenizer.json"), JSON.stringify(tokenizer));
    await writeSums(to);
    const list = JSON.parse(await readFile(join(folder, "models/index.json"), "utf8"));
    const induction = list.find(({ name }) => name === "induction");
    list.push({ ...induction, name: "odd", prompt: null });
    const index = join(folder, "models/index.json");
    await rmCompressed(index);
    await writeFile(index, JSON.stringify(list));
    return serve(folder);
  })();
  return site;
}

/** A compressed copy would be served in place of the changed file. */
async function rmCompressed(file) {
  for (const ending of [".br", ".gz"]) rmSync(file + ending, { force: true });
}

export const { tests } = test;
