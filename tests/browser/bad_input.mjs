// Bad prompts and bad files: one clear sentence, nothing lost of what was typed.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeSums } from "./files.mjs";
import {
  answered,
  chooseModel,
  computedOn,
  link,
  live,
  notices,
  PROMPT,
  promptField,
  rootOf,
  shown,
  type,
} from "./page.mjs";
import { suite } from "./runner.mjs";
import { serve } from "./server.mjs";
import { DIST, MODEL } from "./settings.mjs";
import { assertAgrees } from "./tables.mjs";

const test = suite("plain");

test("a prompt longer than the context is refused in a sentence and kept", async (t) => {
  const prompt = "Lily ".repeat(400);
  await refusesPrompt(t, prompt, /\b\d+ tokens, expected at most \d+/);
});

test("a prompt longer than the context is cut to what the model reads, on request", async (t) => {
  const page = await t.livePage(link({ backend: "cpu", prompt: PROMPT }));
  const before = await rootOf(page);
  const typed = `${PROMPT} ${"Lily saw a dog. ".repeat(60)}`;
  await promptField(page).fill(typed);
  const cut = page.getByRole("button", { name: /^Keep the first \d+ tokens$/ });
  await cut.waitFor();
  assert.equal(await page.locator(".prompt .used").textContent(), "", "the count was of the prompt before");
  const limit = Number((await cut.textContent()).match(/\d+/)[0]);
  await cut.click();
  await cut.waitFor({ state: "detached" });
  const kept = await promptField(page).inputValue();
  assert.ok(typed.startsWith(kept) && kept.length > PROMPT.length, kept);
  await answered(page, kept, before.run);
  assert.equal(await page.locator(".prompt .used").textContent(), `${limit} of ${limit} tokens`);
});

test("an empty prompt is refused in a sentence", async (t) => {
  await refusesPrompt(t, "", /^The prompt is empty/);
});

test("a link with an empty prompt opens a page that waits for one", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: "" }));
  const alert = page.getByRole("alert").filter({ hasText: "The prompt is empty" });
  await alert.waitFor();
  await promptField(page).fill(PROMPT);
  await live(page);
  await assertAgrees(await shown(page), PROMPT, 1e-5);
});

async function refusesPrompt(t, prompt, pattern) {
  const page = await t.livePage(link({ backend: "cpu", prompt: PROMPT }));
  const before = await rootOf(page);
  await promptField(page).fill(prompt);
  const alert = page.getByRole("region", { name: "Prompt" }).getByRole("alert");
  await alert.waitFor();
  const said = (await alert.textContent()).trim();
  t.note(said);
  assert.match(said, pattern);
  assert.equal(await promptField(page).inputValue(), prompt, "what was typed is kept");
  assert.deepEqual(await rootOf(page), before, "the last good run is still shown");
  await promptField(page).fill("Tom saw a dog.");
  await answered(page, "Tom saw a dog.", before.run);
  await alert.waitFor({ state: "detached" });
  await assertAgrees(await shown(page), "Tom saw a dog.", 1e-5);
}

test("markup in a prompt is text wherever it is shown", async (t) => {
  const prompt = "<img src=x onerror=alert(1)><b>Lily</b>";
  const page = await t.visit(link({ backend: "cpu", prompt, layer: prompt, model: "<b>" }));
  await live(page);
  assert.equal(await page.locator("img, b:text('Lily')").count(), 0);
  const chips = page.getByRole("listbox").getByRole("option");
  assert.match((await chips.allTextContents()).join(""), /<b>/);
  const said = (await notices(page)).join(" ");
  assert.match(said, /<img src=x/, "the notice about the layer quotes it");
  assert.match(said, /<b>/, "the notice about the model quotes it");
  await assertAgrees(await shown(page), prompt, 1e-5);
  await type(page, `Lily ${prompt}`);
  await assertAgrees(await shown(page), `Lily ${prompt}`, 1e-5);
});

/** Ways to spoil a model, each with the file that the sentence must name. */
const SPOILT = {
  "no-weights": {
    what: "a missing model file",
    names: /no-weights\/model\.safetensors/,
    spoil: (folder) => rm(join(folder, "model.safetensors")),
    trouble: /404.*no-weights\/model\.safetensors/,
  },
  truncated: {
    what: "a truncated model file",
    names: /model\.safetensors/,
    spoil: (folder) => change(folder, "model.safetensors", (bytes) => bytes.subarray(0, 100_000)),
  },
  "wrong-shape": {
    what: "a tensor of a wrong shape",
    names: /model\.safetensors.*`.*wte\.weight`.*\[\d+, \d+\].*\[\d+, \d+\]/,
    spoil: (folder) => change(folder, "model.safetensors", transposeEmbedding),
  },
  "broken-utf8": {
    what: "broken UTF-8 in the configuration",
    names: /config\.json.*UTF-8/,
    spoil: (folder) =>
      change(folder, "config.json", (bytes) => Buffer.concat([bytes, Buffer.from([0xc3, 0x28])])),
  },
  "no-tokenizer": {
    what: "a tokenizer that is cut off",
    names: /tokenizer\.json/,
    spoil: (folder) => change(folder, "tokenizer.json", (bytes) => bytes.subarray(0, 500)),
  },
  "one-bit": {
    what: "a flipped bit of the weights",
    names: /^model\.safetensors is damaged: .* begins with [0-9a-f]{12}, expected [0-9a-f]{12}\b/,
    spoil: (folder) => change(folder, "model.safetensors", flipLastBit),
    // Nothing else gives it away.
    isListed: false,
  },
};

for (const [name, { what, names, trouble }] of Object.entries(SPOILT)) {
  test(`${what} is named in a sentence, and another model still opens`, async (t) => {
    if (trouble) t.expect(trouble);
    const { origin } = await spoiltSite();
    const page = await t.visit(link({ backend: "cpu", model: name, prompt: PROMPT }), { origin });
    await page.waitForSelector("html[data-engine=failed]", { timeout: 60_000 });
    const [said] = await notices(page);
    t.note(said);
    assertFileSentence(said, names);
    assert.equal(await promptField(page).inputValue(), PROMPT, "the prompt is kept");
    await promptField(page).fill("Tom saw a dog.");
    await chooseModel(page, MODEL);
    await live(page);
    await assertAgrees(await shown(page), "Tom saw a dog.", 1e-5);
  });
}

test("a model that cannot be opened leaves the one that is open", async (t) => {
  const { origin } = await spoiltSite();
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT }), { origin });
  await live(page);
  const { run } = await rootOf(page);
  await chooseModel(page, "truncated");
  await page.waitForFunction((run) => document.documentElement.dataset.run !== run, run);
  await computedOn(page, "cpu");
  assertFileSentence((await notices(page)).at(-1), SPOILT.truncated.names);
  const view = await shown(page);
  assert.equal(view.prompt, PROMPT);
  await assertAgrees(view, PROMPT, 1e-5);
});

function assertFileSentence(said, names) {
  assert.match(said, /^[^\n]*[^.\s]\.$/);
  assert.match(said, names);
  assert.doesNotMatch(said, /panicked|unreachable|undefined/);
}

let site;

/** The page once more, with a spoilt copy of the model for each way to spoil it. */
function spoiltSite() {
  site ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), "headlight-spoilt-"));
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
    await cp(DIST, folder, { recursive: true });
    const good = join(folder, "models", MODEL);
    const list = JSON.parse(await readFile(join(folder, "models/index.json"), "utf8"));
    for (const [name, { spoil, isListed = true }] of Object.entries(SPOILT)) {
      const copy = join(folder, "models", name);
      const isPlain = (file) => !/\.(br|gz)$/.test(file);
      await cp(good, copy, { recursive: true, filter: isPlain });
      await spoil(copy);
      if (isListed) await writeSums(copy);
      list.push({ name, description: "", bytes: 0, recorded: false, files: [] });
    }
    await writeFile(join(folder, "models/index.json"), JSON.stringify(list));
    return serve(folder);
  })();
  return site;
}

async function change(folder, name, how) {
  const file = join(folder, name);
  await writeFile(file, how(await readFile(file)));
}

function flipLastBit(bytes) {
  bytes[bytes.length - 1] ^= 1;
  return bytes;
}

/** The same bytes with the embedding's two sizes exchanged in the header. */
function transposeEmbedding(bytes) {
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, end).toString());
  const name = Object.keys(header).find((name) => name.endsWith("wte.weight"));
  header[name].shape.reverse();
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, bytes.subarray(end)]);
}

export const { tests } = test;
