// Pictures of every figure: the file that is saved, drawn by resvg, against the page in Chromium.
//
// The file is the one that the command line writes (menu.mjs and flash_menu.mjs compare
// them byte for byte). How much two renderers may differ is said in pictures.mjs.

import assert from "node:assert/strict";

import { FIGURES, midst } from "./flash_page.mjs";
import { computedOn, everythingArrived, link, PROMPT, truthShown, VIEWS } from "./page.mjs";
import { compared, taken } from "./pictures.mjs";
import { suite } from "./runner.mjs";

const test = suite("plain");

// The dark first: it takes longer, for parts of the files are changed there.
for (const colorScheme of ["dark", "light"]) {
  test(`the files of the Attention room are what the page shows, ${colorScheme}`, async (t) => {
    const page = await t.visit(link({ backend: "cpu", prompt: PROMPT }), { colorScheme });
    await computedOn(page, "cpu");
    await everythingArrived(page);
    await truthShown(page);
    // What the language says, which its own worker adds, and what sampling leaves.
    const late = ['"attention.perplexity"] path.mark-line.is-dashed', '"attention.next"] .cut-sentence text'];
    for (const part of late) await page.waitForSelector(`[data-figure=${part}`, { state: "attached" });
    const pictures = [];
    for (const [view, figures] of Object.entries(VIEWS)) {
      await page.evaluate((hash) => (location.hash = hash), link({ backend: "cpu", prompt: PROMPT, view }));
      const values = Object.entries(figures);
      for (const [figure] of values) await page.waitForSelector(`[data-figure="${figure}"] .figure-drawing text`);
      for (const [figure, title] of values) pictures.push(await taken(page, figure, title));
    }
    await assertFilesAreShown(t, page, pictures, colorScheme);
  });

  test(`the files of the Flash room are what the page shows, ${colorScheme}`, async (t) => {
    const page = await midst(t, {}, { options: { colorScheme } });
    const pictures = [];
    for (const [figure, title] of Object.entries(FIGURES)) pictures.push(await taken(page, figure, title));
    await assertFilesAreShown(t, page, pictures, colorScheme);
  });
}

/** Asserts that each file is what the page shows, and in the dark that a spoiled one is not. */
async function assertFilesAreShown(t, page, pictures, colorScheme) {
  for (const { figure, svg } of pictures) assertNamesNothingOutside(svg, figure);
  // One theme is enough: what must be seen stands out from its ground as much in the other.
  const variants = (file) => ({ file, ...(colorScheme === "dark" ? spoiled(file) : {}) });
  const { found, forget } = await compared(page, pictures, variants);
  const seen = new Set();
  const largest = { marks: 0, strongest: 0, texts: 0 };
  for (const [figure, { file, ...changed }] of Object.entries(found)) {
    assert.deepEqual(file.faults, [], figure);
    largest.marks = Math.max(largest.marks, file.marks.nMost);
    largest.strongest = Math.max(largest.strongest, file.marks.strongest);
    largest.texts = Math.max(largest.texts, file.texts.nMost);
    for (const [change, { faults }] of Object.entries(changed)) {
      assert.notDeepEqual(faults, [], `${figure}: ${change}, and no difference is seen`);
      seen.add(change);
    }
  }
  if (colorScheme === "dark") assert.deepEqual([...seen].sort(), [...CHANGES].sort());
  const { marks, texts, strongest } = largest;
  t.note(`${pictures.length} figures; at most ${marks} pixels of marks, ${texts} of texts, one by ${strongest}`);
  await forget();
}

/** Asserts that a file refers to nothing but its own parts, and holds no name of the page's theme. */
function assertNamesNothingOutside(svg, figure) {
  assert.doesNotMatch(svg, /var\(/, figure);
  const pictures = /="data:image\/png;base64,[\w+/=]+"/g;
  const rest = svg.replace(' xmlns="http://www.w3.org/2000/svg"', "").replace(pictures, "");
  assert.doesNotMatch(rest, /xmlns|@import|@font-face|\bdata:|\/\/|\bsrc\b/, figure);
  const named = [...rest.matchAll(/href="([^"]*)"|url\(([^)]*)\)/g)];
  for (const [whole, href, url] of named) assert.match(href ?? url, /^#\w+$/, `${figure}: ${whole}`);
}

const CHANGES = ["a text gone", "a text moved", "a mark gone", "another colour", "no hatching"];

/** A drawing's marks, in any figure. */
const MARK = /<(?:rect|path|line) class="(?:mark-bar|mark-line|link|step-cell|piece|grid-line|cell-outline)\b[^>]*\/>/g;

/** The file with one part of it gone, moved or in another colour; whatever it has of these. */
function spoiled(file) {
  const start = file.indexOf('<g transform="translate(');
  const replaced = (part, other) => {
    const at = file.indexOf(part, start);
    return file.slice(0, at) + other + file.slice(at + part.length);
  };
  const changed = {};
  const drawing = file.slice(start);
  // A text of few letters is the easiest to overlook; a comma alone is too little to be seen.
  const texts = [...drawing.matchAll(/<text [^>]*>.*?<\/text>/g)].map(([text]) => text);
  const nLetters = (text) => text.replace(/<[^>]*>|&\w+;/g, "").match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const [text] = texts.filter((text) => nLetters(text) >= 2).sort((a, b) => nLetters(a) - nLetters(b));
  changed["a text gone"] = replaced(text, "");
  changed["a text moved"] = replaced(text, `<g transform="translate(3 0)">${text}</g>`);
  const marks = [...drawing.matchAll(MARK)].map(([mark]) => mark).filter((mark) => extentOf(mark) > 0);
  const [mark] = marks.sort((a, b) => extentOf(b) - extentOf(a));
  if (mark !== undefined) {
    changed["a mark gone"] = replaced(mark, "");
    const colour = /<(?:path|line)/.test(mark) ? "stroke" : "fill";
    changed["another colour"] = replaced(mark, mark.replace("/>", ` style="${colour}: #808080"/>`));
  }
  if (/masked-cells"/.test(drawing)) {
    const [, ground] = file.match(/\.hatch-ground\{fill: ([^;]+);/);
    changed["no hatching"] = file.replace(/(\.hatch-line\{stroke: )[^;]+/, `$1${ground}`);
  }
  return changed;
}

/** How much there is of a mark: a rectangle's area, the letters of a path, 1 for a line. */
function extentOf(mark) {
  const number = (name) => Number(mark.match(new RegExp(` ${name}="([\\d.]+)"`))?.[1] ?? 0);
  if (mark.startsWith("<line")) return 1;
  if (mark.startsWith("<path")) return mark.length;
  return number("width") * number("height");
}

export const { tests } = test;
