// Figures as pixels: what a page shows against what another renderer makes of the saved file.
//
// Chromium draws the page and resvg draws the file, with the typefaces that Chromium took.
// They agree on what is where and in which colour, and differ in three ways:
//
// - At an edge they mix two colours in other shares. That is why resvg draws twice, as it is
//   and finer, and a pixel may have any colour between those of its neighbours in either: it
//   counts by what it is beyond the darkest and the lightest of the 3 x 3 pixels around it,
//   the page's pixels in the file and the file's in the page.
// - Chromium puts the letters of a line on whole pixels of height and draws them stronger.
//   That is why pixels within the box of a text have a limit of their own.
// - Chromium puts the cells of a matrix (a canvas) on whole pixels, resvg does not; that is
//   at most one pixel and has no limit of its own.
//
// What the page adds on purpose is not in the file and is taken from the page for the
// picture: handles to drag, buttons, whatever is marked under the pointer or has the focus, and the
// ground of the place that a figure stands in, where a file has paper.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { saved } from "./files.mjs";
import { svgToPng } from "./settings.mjs";

/**
 * What two pictures of one drawing may differ by, as 255ths of a colour beyond the neighbours'.
 *
 * Measured with every figure of both rooms in both themes: in marks at most 4 pixels of a
 * block beyond 4, the strongest of them 18, where a dotted line or a round end is narrower
 * than a pixel; in texts at most 5 pixels of a block beyond 64. A hatching that is gone makes
 * 27 pixels of a block. Of 347 files in which one mark or text was gone, or one text was 3
 * pixels from its place, all but 4 were found out: those with a comma or a full stop alone.
 */
const LIMITS = {
  /** Width and height in pixels of the blocks in which pixels are counted. */
  marks: { block: 8, beyond: 4, nMost: 8, strongest: 30 },
  texts: { block: 16, beyond: 64, nMost: 8, strongest: 255 },
};

/** High enough for every figure of a room to be in view at once. */
const VIEW = { width: 1440, height: 2400 };

/** Saves a figure, and takes a picture of it as the page shows it. */
export async function taken(page, figure, title) {
  await page.setViewportSize(VIEW);
  const svg = (await saved(page, title, "Save as SVG")).bytes.toString();
  await page.mouse.move(0, 0);
  const { box, texts } = await page.evaluate(asInFile, figure);
  const shown = await page.screenshot({ clip: box });
  return { figure, svg, file: drawingOf(svg, box), shown, texts };
}

/** Takes away what only the page has; returns where the drawing is and where its texts are. */
function asInFile(figure) {
  document.activeElement.blur();
  const isOwn = (drawing) => drawing.closest("[data-figure]").dataset.figure === figure;
  // What is marked under the pointer lies in a drawing of its own over the first.
  const drawing = [...document.querySelectorAll(`[data-figure="${figure}"] .figure-drawing`)].find(isOwn);
  drawing.style.background = "var(--paper)";
  // A group that is a hit area holds buttons, which a file has no use for.
  for (const part of drawing.querySelectorAll(".handle, g.hit-area")) part.style.visibility = "hidden";
  const { left, top, width, height } = drawing.getBoundingClientRect();
  const texts = [...drawing.querySelectorAll("text")].map((text) => {
    const box = text.getBoundingClientRect();
    return [box.left - left, box.top - top, box.right - left, box.bottom - top];
  });
  // A browser draws layers from whole pixels on.
  const box = { x: Math.round(left), y: Math.round(top), width: Math.round(width), height: Math.round(height) };
  return { box, texts };
}

/** The part of a file that holds the drawing alone, without title, sentence and credit. */
function drawingOf(svg, { width, height }) {
  const [, fileWidth, viewWidth] = svg.match(/^<svg [^>]*? width="(\d+)"[^>]*? viewBox="0 0 (\d+) \d+"/);
  if (fileWidth !== viewWidth) throw new Error(`a file ${fileWidth} wide shows ${viewWidth}, expected no scaling`);
  const [, left, top] = svg.match(/<g transform="translate\((\d+) ([\d.]+)\)">/);
  return svg
    .replace(/ width="[^"]*"/, ` width="${width}"`)
    .replace(/ height="[^"]*"/, ` height="${height}"`)
    .replace(/ viewBox="[^"]*"/, ` viewBox="${left} ${top} ${width} ${height}"`);
}

/**
 * How the pictures of figures differ from their files, or from files that were changed: by
 * figure and by name of `variants(file)`, what was counted and the faults as sentences.
 * `forget` removes the pictures, which a reader of a fault wants to see.
 */
export async function compared(page, pictures, variants) {
  const folder = await mkdtemp(join(tmpdir(), "headlight-pictures-"));
  const names = {};
  for (const { figure, file, shown } of pictures) {
    await writeFile(join(folder, `${figure}.page.png`), shown);
    const files = Object.entries(variants(file));
    names[figure] = files.map(([name]) => name);
    for (const [name, svg] of files) await writeFile(join(folder, `${pictureName(figure, name)}.svg`), svg);
  }
  const families = Object.entries(await familiesOf(page)).map((pair) => pair.join("="));
  await promisify(execFile)(svgToPng(), [folder, ...families]);
  const found = {};
  for (const { figure, shown, texts } of pictures) {
    const drawn = names[figure].map((name) => {
      const kinds = ["png", "fine.png"].map((ending) => join(folder, `${pictureName(figure, name)}.${ending}`));
      return Promise.all(kinds.map((file) => readFile(file, "base64")));
    });
    const task = { shown: shown.toString("base64"), drawn: await Promise.all(drawn), texts, limits: LIMITS };
    const differences = await page.evaluate(differencesOf, task);
    const withFaults = differences.map((difference) => ({ ...difference, faults: faultsOf(difference, folder) }));
    found[figure] = Object.fromEntries(names[figure].map((name, at) => [name, withFaults[at]]));
  }
  return { found, forget: () => rm(folder, { recursive: true }) };
}

function pictureName(figure, name) {
  return `${figure}.${name.replaceAll(" ", "-")}`;
}

/** What is more than two renderers may differ by, as sentences. */
function faultsOf(difference, folder) {
  const sentences = difference.size ? [`the file is drawn as ${difference.size}`] : [];
  for (const [part, { beyond, nMost, strongest }] of Object.entries(LIMITS)) {
    const found = difference[part];
    if (found?.nMost > nMost) {
      const place = `at ${found.where.join(", ")}`;
      sentences.push(`${part}: ${found.nMost} pixels of a block ${place} are more than ${beyond} beyond their neighbours, expected ${nMost} at most`);
    }
    if (found?.strongest > strongest) {
      sentences.push(`${part}: a pixel is ${found.strongest} beyond its neighbours, expected ${strongest} at most`);
    }
  }
  return sentences.map((sentence) => `${sentence}; see ${folder}`);
}

/** The family that the browser takes for each of its style sheet's stacks, by the stack's generic family. */
async function familiesOf(page) {
  const generics = await page.evaluate(() => {
    const probes = document.createElement("div");
    probes.id = "font-probes";
    const names = ["sans", "serif", "mono"].map((name) => {
      const stack = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
      const probe = document.createElement("p");
      probe.id = `font-probe-${name}`;
      probe.textContent = "Ag1";
      probe.style.fontFamily = stack;
      probes.append(probe);
      return [probe.id, stack.split(",").at(-1).trim()];
    });
    document.body.append(probes);
    return names;
  });
  const session = await page.context().newCDPSession(page);
  await session.send("DOM.enable");
  await session.send("CSS.enable");
  const { root } = await session.send("DOM.getDocument");
  const families = {};
  for (const [id, generic] of generics) {
    const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector: `#${id}` });
    const { fonts } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
    families[generic] = fonts[0].familyName;
  }
  await session.detach();
  await page.evaluate(() => document.getElementById("font-probes").remove());
  return families;
}

/** Counts the pixels in which pairs of pictures (PNG, base64) differ from what is shown; to be evaluated in a page. */
async function differencesOf({ shown, drawn, texts, limits }) {
  const decoded = async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  };
  const { data: page, width, height } = await decoded(shown);

  /** The darkest and the lightest of each channel in the 3 x 3 pixels around each. */
  const rangeOf = (data) => {
    let [least, most] = [data, data];
    // Across, where the last of a line counts as beside the first of the next, and down.
    for (const step of [4, 4 * width]) {
      const [low, high] = [least.slice(), most.slice()];
      for (let at = step; at < data.length - step; at += 1) {
        for (const beside of [at - step, at + step]) {
          if (least[beside] < low[at]) low[at] = least[beside];
          if (most[beside] > high[at]) high[at] = most[beside];
        }
      }
      [least, most] = [low, high];
    }
    return { least, most };
  };
  const pageRange = rangeOf(page);

  const isText = new Uint8Array(width * height);
  for (const [left, top, right, bottom] of texts) {
    for (let y = Math.max(0, Math.floor(top) - 1); y < Math.min(height, Math.ceil(bottom) + 1); y += 1) {
      isText.fill(1, y * width + Math.max(0, Math.floor(left) - 1), y * width + Math.min(width, Math.ceil(right) + 1));
    }
  }

  /** How far each pixel is beyond its neighbours, of the page in both pictures of the file and the other way. */
  const beyondOf = (files) => {
    const ranges = files.map(rangeOf);
    const beyond = new Uint8Array(width * height);
    for (let at = 0; at < page.length; at += 1) {
      const [least, most] = [pageRange.least[at], pageRange.most[at]];
      const ofPage = Math.max(
        Math.min(ranges[0].least[at], ranges[1].least[at]) - page[at],
        page[at] - Math.max(ranges[0].most[at], ranges[1].most[at]),
      );
      const [plain, fine] = [files[0][at], files[1][at]];
      const ofFile = Math.min(Math.max(least - plain, plain - most), Math.max(least - fine, fine - most));
      beyond[at >> 2] = Math.max(beyond[at >> 2], ofPage, ofFile);
    }
    return beyond;
  };

  /** The strongest, and how many there are in the block that has the most; blocks overlap by half. */
  const counted = (beyond, isOfText, limit) => {
    const step = limit.block / 2;
    const [columns, rows] = [Math.ceil(width / step) + 1, Math.ceil(height / step) + 1];
    const counts = new Uint16Array(columns * rows);
    let strongest = 0;
    for (let at = 0; at < beyond.length; at += 1) {
      if (isText[at] !== isOfText || beyond[at] === 0) continue;
      strongest = Math.max(strongest, beyond[at]);
      if (beyond[at] <= limit.beyond) continue;
      // Block 0 begins before the first pixel.
      const block = Math.floor(Math.floor(at / width) / step) * columns + Math.floor((at % width) / step);
      for (const one of [block, block + 1, block + columns, block + columns + 1]) counts[one] += 1;
    }
    const nMost = Math.max(...counts);
    const block = counts.indexOf(nMost);
    const where = [block % columns, Math.floor(block / columns)].map((part) => (part - 1) * step);
    return { strongest, nMost, where };
  };

  const differences = [];
  for (const pair of drawn) {
    const files = await Promise.all(pair.map(decoded));
    const other = files.find((file) => file.width !== width || file.height !== height);
    if (other !== undefined) {
      differences.push({ size: `${other.width} x ${other.height}, expected ${width} x ${height}` });
      continue;
    }
    const beyond = beyondOf(files.map(({ data }) => data));
    differences.push({ marks: counted(beyond, 0, limits.marks), texts: counted(beyond, 1, limits.texts) });
  }
  return differences;
}
