// Files that the page saves: how a test gets them, and what they must agree with.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

import { chooseInMenu } from "./page.mjs";
import { BIN, DIST } from "./settings.mjs";

/** Chromium drops what a page downloads beyond ten files in a second. */
const BETWEEN_FILES_MS = 120;

/** The style sheet of a file. */
const STYLE = /<style>(.*?)<\/style>/gs;

/** Chooses an entry and returns the file that comes of it. */
export async function saved(page, title, entry) {
  await page.waitForTimeout(BETWEEN_FILES_MS);
  const download = page.waitForEvent("download");
  await chooseInMenu(page, title, entry);
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

/** The heads and cells of a figure's table. */
export function tableOf(page, figure) {
  return page.locator(`table[data-for="${figure}"]`).evaluate((table) => {
    const texts = (row) => [...row.cells].map((cell) => cell.textContent);
    return { heads: texts(table.tHead.rows[0]), rows: [...table.tBodies[0].rows].map(texts) };
  });
}

/** Asserts that the columns and rows of a JSON file are those of a table. */
export function assertIsTable(json, { heads, rows }, figure) {
  assert.deepEqual(json.columns, heads, figure);
  const texts = json.rows.map((row) => row.map((cell) => String(cell ?? "")));
  assert.equal(texts.length, rows.length, figure);
  let n_numbers = 0;
  for (const [at, row] of json.rows.entries()) {
    for (const [column, cell] of row.entries()) {
      const shown = rows[at][column];
      if (typeof cell === "number") {
        assert.equal(cell, Number(shown), `${figure} ${at} ${column}`);
        n_numbers += 1;
      } else {
        assert.equal(texts[at][column], shown, `${figure} ${at} ${column}`);
      }
    }
  }
  assert.ok(n_numbers > 0, `${figure} has numbers`);
}

/** Lists the files of a model that a test has made or changed as they are now. */
export async function writeSums(folder) {
  const there = new Set(await readdir(folder));
  const files = ["config.json", "model.safetensors", "tokenizer.json"].filter((file) => there.has(file));
  const lines = files.map(async (file) => {
    const digest = createHash("sha256").update(await readFile(join(folder, file))).digest("hex");
    return `${digest}  ${file}\n`;
  });
  await writeFile(join(folder, "SHA256SUMS"), (await Promise.all(lines)).join(""));
}

/** The cells of a CSV file as RFC 4180 reads them. */
export function csvRows(text) {
  assert.ok(text.endsWith("\r\n"));
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy;
  const rows = [[]];
  for (let end = 0; end < text.length; end = cell.lastIndex) {
    const found = cell.exec(text);
    assert.ok(found, `no cell at ${text.slice(end, end + 40)}`);
    const [, raw, mark] = found;
    rows.at(-1).push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (mark === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

/** Asserts that an SVG is whole and harmless; returns its size and its words. */
export async function assertDrawing(page, svg, figure) {
  // Read apart from the rest, for the page's policy holds for what is parsed in it.
  const styles = [...svg.matchAll(STYLE)].map(([, rules]) => rules);
  const bare = svg.replace(STYLE, "");
  const found = await page.evaluate((svg) => {
    const { documentElement: root } = new DOMParser().parseFromString(svg, "image/svg+xml");
    const all = [root, ...root.querySelectorAll("*")];
    const withNamespace = all.flatMap((element) => [...element.attributes]);
    const attributes = withNamespace.filter(({ name }) => name !== "xmlns");
    return {
      root: `${root.namespaceURI} ${root.localName}`,
      tags: [...new Set(all.map((element) => element.localName))],
      names: [...new Set(attributes.map(({ name }) => name))],
      references: attributes.map(({ value }) => value).filter((value) => /url\(|:/.test(value)),
      ids: all.map(({ id }) => id).filter(Boolean),
      title: root.querySelector("title").textContent,
      text: [...root.querySelectorAll("text")].map(({ textContent }) => textContent).join("\n"),
      width: Number(root.getAttribute("width")),
      height: Number(root.getAttribute("height")),
    };
  }, bare);
  assert.equal(found.root, "http://www.w3.org/2000/svg svg", figure);
  for (const tag of ["script", "foreignObject", "parsererror", "img", "style", "a"]) {
    assert.ok(!found.tags.includes(tag), `${figure} has <${tag}>`);
  }
  assert.equal(styles.length, 1, figure);
  for (const style of styles) {
    assert.doesNotMatch(style, /[@<\\]|&lt;|var\(|url\((?!#)/, `${figure} names nothing outside of itself`);
  }
  assert.deepEqual(found.names.filter((name) => /^on|^style$/.test(name)), [], figure);
  for (const value of found.references) {
    const own = value.match(/^url\(#(\w+)\)$/);
    assert.ok(own ? found.ids.includes(own[1]) : /^data:image\/png;base64,/.test(value), value);
  }
  assert.notEqual(found.title.trim(), "", figure);
  // A long title stands on several lines.
  assert.ok(found.text.replaceAll("\n", " ").includes(found.title), figure);
  assert.ok(found.width > 100 && found.height > 60, `${figure}: ${found.width} x ${found.height}`);
  return found;
}

/** Asserts that these bytes are a PNG at twice the size of the drawing, or larger than `least`. */
export function assertPng(bytes, { width, height }, figure) {
  assert.equal(bytes.subarray(0, 8).toString("latin1"), "\x89PNG\r\n\x1a\n", figure);
  const size = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  for (const [index, least] of [width, height].entries()) {
    assert.ok(size[index] >= 2 * least - 2, `${figure}: ${size} of ${width} x ${height}`);
  }
  assert.ok(bytes.length > 2_000, `${figure}: ${bytes.length} bytes`);
}

/** What a command line prints, run by a shell beside the models and these files. */
export async function output(line, files = {}) {
  const folder = await mkdtemp(join(tmpdir(), "headlight-command-"));
  await symlink(join(DIST, "models"), join(folder, "models"));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  const env = { ...process.env, PATH: `${dirname(BIN)}${delimiter}${process.env.PATH}` };
  const limits = { cwd: folder, env, maxBuffer: 1 << 26 };
  const { stdout } = await promisify(execFile)("sh", ["-c", line], limits);
  await rm(folder, { recursive: true });
  return stdout;
}
