// WebGPU computed by SwiftShader: the CPU's numbers, and a badge that tells the truth.

import assert from "node:assert/strict";

import { assertAccessible } from "./accessible.mjs";
import {
  answered,
  badge,
  chooseHead,
  computedOn,
  link,
  live,
  notice,
  openBadge,
  PROMPT,
  promptField,
  rootOf,
  rowsArrived,
  shown,
  showsHead,
  type,
} from "./page.mjs";
import { assertDrawing, assertIsTable, saved, tableOf } from "./files.mjs";
import { compared, taken } from "./pictures.mjs";
import { suite } from "./runner.mjs";
import { assertAgrees, gapsNote } from "./tables.mjs";

/** Alone: a software GPU takes every core, and some of its answers are waited for with a limit. */
const test = suite("gpu", { alone: true });

/** What one test leaves to the next: a page that took 20 s until its GPU computed. */
const ON_GPU = "a page that computes on a GPU which can be lost";

/**
 * From a question to a GPU that is lost to the CPU's answer: the loss may show as silence,
 * and what the CPU needs comes out of a cache.
 */
const ANSWERED_S = 15;

/** Keeps each device that a worker opens, so that a test can lose it. */
const KEEP_DEVICES = `
globalThis.devices = [];
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (...options) {
  const device = await requestDevice.apply(this, options);
  devices.push(device);
  return device;
};
`;

/** A GPU adds in another order and may round `exp` by a few ulp. */
const TOLERANCE = 1e-4;

/** To two lengths measured: a software GPU compiles a dozen kernels for them first. */
const MEASURES_MS = 90_000;

/** A link on the GPU: followed within the page that the test before has left, or as a new visitor. */
async function onGpu(t, to) {
  const left = t.takeOver(ON_GPU);
  await left?.evaluate((hash) => (location.hash = hash), to);
  const page = left ?? (await visitKeepingDevices(t, to));
  await computedOn(page, "gpu");
  return page;
}

/** Opens a link as a new visitor whose worker keeps its devices, see `KEEP_DEVICES`. */
async function visitKeepingDevices(t, to) {
  const page = await t.visit(null);
  await page.route("**/worker-gpu-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${KEEP_DEVICES}\n${await response.text()}` });
  });
  await page.goto(`${t.origin}/${to}`);
  return page;
}

test("a GPU that is asked for computes and stays, until the badge switches to the CPU", async (t) => {
  const page = await t.visit(link({ backend: "gpu", prompt: PROMPT, layer: 1, head: 2 }));
  const since = performance.now();
  await computedOn(page, "gpu");
  t.note(`live on the gpu after ${((performance.now() - since) / 1e3).toFixed(1)} s`);
  t.note(gapsNote(await assertAgrees(await shown(page), PROMPT, TOLERANCE)));
  await page.evaluate(recordBackends);
  for (const prompt of ["Tom saw a dog. Tom", "Lily had a cat and a"]) {
    await type(page, prompt);
    const view = await shown(page);
    assert.equal(view.backend, "gpu");
    t.note(gapsNote(await assertAgrees(view, prompt, TOLERANCE)));
  }
  await chooseHead(page, { layer: 3, head: 1 });
  await assertAgrees(await shown(page), "Lily had a cat and a", TOLERANCE);
  assert.deepEqual(await page.evaluate(() => window.backends), ["gpu"], "it stays");
  assert.match(await badge(page), /\bGPU\b/);
  const panel = await openBadge(page);
  await panel.getByText(/the gpu was asked for and passed its self-test/i).waitFor();
  await assertSelfTestPassed(panel);
  await panel.getByRole("button", { name: "Use CPU" }).click();
  await computedOn(page, "cpu");
  assert.match(await badge(page), /\bCPU\b/);
  const view = await shown(page);
  assert.equal(view.prompt, "Lily had a cat and a", "the prompt is kept");
  await assertAgrees(view, view.prompt, 1e-5);
});

test("a run with a head's numbers stays what it is when they come anew from the GPU", async (t) => {
  const page = await visitKeepingDevices(t, flashLink({ layer: 1, head: 2 }));
  const section = page.getByRole("region", { name: "Run on this GPU" });
  // As soon as it is offered: the numbers may still be on their way, or the prompt is still
  // being run, and the run waits for these.
  const agrees = section.getByText(/^The GPU and the trace agree to \S+\.$/);
  await section.getByRole("button", { name: "Run these numbers" }).click({ timeout: 90_000 });
  await agrees.waitFor({ timeout: 60_000 });
  // The numbers come anew once the GPU has taken over, and must change nothing that is seen.
  await page.waitForTimeout(5_000);
  assert.equal(await section.getByText(/have changed since our kernel ran/).count(), 0);
  t.handOn(page, ON_GPU);
});

test("our kernel runs on the GPU, agrees with the trace, and is measured with its errors", async (t) => {
  const page = await onGpu(t, flashLink({ data: "random", n: 48, d: 16 }));
  await page.waitForSelector('table[data-for="flash.stage"] td', { state: "attached" });
  const section = page.getByRole("region", { name: "Run on this GPU" });
  const offer = section.getByRole("button", { name: "Run these numbers" });
  // Where other numbers have been run before, it says so once these are there.
  const other = section.getByText(/have changed since our kernel ran/);
  await offer.or(other).first().waitFor();
  await section.getByRole("button", { name: /^Run (these numbers|them again)$/ }).click();
  await assertAgreesWithTrace(t, page, section);
  // An answer is that of one mask: under another it is not shown.
  await page.getByRole("checkbox", { name: "causal" }).uncheck();
  await section.getByText(/have changed since our kernel ran/).waitFor();
  assert.equal(await page.locator('table[data-for="flash.device"] td').count(), 0);
  await section.getByRole("button", { name: "Run them again" }).click();
  await assertAgreesWithTrace(t, page, section);

  await section.getByRole("button", { name: "Measure longer sequences" }).click();
  await section.getByText(/^Measuring .* queries and keys, \d of 6\.$/).waitFor();
  await rowsArrived(page, "flash.growth", 2, MEASURES_MS);
  await section.getByRole("button", { name: "Stop measuring" }).click();
  await section.getByText(/^Stopped\. The figures go up to/).waitFor();
  const measured = await records(page, "flash.growth");
  assert.deepEqual(measured.slice(0, 2).map((row) => row.n), ["256", "512"]);
  for (const row of measured) {
    for (const way of ["flash", "standard"]) {
      const label = `${way} at ${row.n}`;
      assert.ok(Number(row[`${way} ms`]) > 0, `${label}: ${row[`${way} ms`]} ms`);
      assert.ok(Number(row[`${way} extra bytes`]) > 0, `${label}: ${row[`${way} extra bytes`]} bytes`);
      assert.ok(Number(row[`${way} max error`]) < TOLERANCE, `${label}: ${row[`${way} max error`]}`);
    }
    const [flash, standard] = [row["flash extra bytes"], row["standard extra bytes"]].map(Number);
    assert.ok(standard >= Number(row.n) ** 2 * 4 && flash < standard, `${flash} and ${standard} bytes`);
    t.note(`${row.n}: ${row["flash ms"]} and ${row["standard ms"]} ms, ${flash} and ${standard} bytes`);
  }
  const figure = page.locator('[data-figure="flash.growth"]');
  const drawn = await figure.locator("svg text").allTextContents();
  for (const word of ["flash, our kernel", "standard"]) {
    assert.equal(drawn.filter((text) => text === word).length, 1, `${word} in the legend of both panels`);
  }
  // A dot of each way in both panels.
  for (const tone of ["main", "ink"]) {
    assert.equal(await figure.locator(`.tone-${tone} > circle`).count(), measured.length * 2, tone);
  }
  assert.match(await figure.locator("figcaption").textContent(), /Largest error \d/);
  // Nothing more is asked for, and what was under way is not shown.
  await page.waitForTimeout(1_500);
  assert.equal((await records(page, "flash.growth")).length, measured.length);
  await section.getByRole("button", { name: "Measure again" }).waitFor();
  // Both figures can be taken along.
  for (const [title, name] of [["Longer sequences, our kernel and standard attention", "growth"], ["Run on this GPU", "device"]]) {
    const json = JSON.parse((await saved(page, title, "Save data as JSON")).bytes.toString());
    assert.equal(json.figure, `flash.${name}`);
    assertIsTable(json, await tableOf(page, `flash.${name}`), name);
  }
  const svg = (await saved(page, "Longer sequences, our kernel and standard attention", "Save as SVG")).bytes.toString();
  assert.ok(svg.includes("flash, our kernel") && svg.includes("mark-line"), svg.slice(0, 500));
  await assertAccessible(page, "a run and a measurement on the GPU");
  await assertGrowthIsShown(t, page);
  await page.getByRole("button", { name: "Dark theme" }).click();
  await page.waitForSelector("html[data-theme=dark]");
  await assertGrowthIsShown(t, page);
  t.handOn(page, ON_GPU);
});

test("a measurement that a prompt interrupts begins anew behind it, and the engine lives", async (t) => {
  const page = await onGpu(t, flashLink({ data: "random", n: 32, d: 16 }));
  await page.waitForSelector('table[data-for="flash.stage"] td', { state: "attached" });
  const section = page.getByRole("region", { name: "Run on this GPU" });
  const measure = section.getByRole("button", { name: /^Measure (longer sequences|again)$/ });
  await measure.click();
  await section.getByText(/^Measuring .* queries and keys, \d of 6\.$/).waitFor();
  await type(page, "Tom saw a dog. Tom");
  await section.getByText(/A newer prompt or another engine came between/).waitFor();
  // Asked for while the prompt may still run: it waits for its end, and then goes on by itself.
  await measure.click();
  await section.getByText(/^Measuring .* queries and keys, \d of 6\.$/).waitFor({ timeout: 60_000 });
  assert.equal(await section.getByText(/A prompt is being run/).count(), 0, "what it waited for is over");
  await rowsArrived(page, "flash.growth", 1, MEASURES_MS);
  await section.getByRole("button", { name: "Stop measuring" }).click();
  assert.equal((await rootOf(page)).backend, "gpu");
  assert.equal(await page.getByText(/stopped answering|started again/).count(), 0);
  t.handOn(page, ON_GPU);
});

test("while a GPU that was lost comes back the CPU answers, and the second loss is the last", async (t) => {
  // What the browser, wgpu and the engine each say of a device that is gone.
  t.expect(/lost|destroyed|poisoned|panicked|unreachable/i);
  const page = await onGpu(t, link({ backend: "gpu", prompt: PROMPT, layer: 1, head: 2 }));
  await showsHead(page, { layer: 1, head: 2 });
  const lose = async (prompt) => {
    // The one before it may have been ended a moment ago.
    const worker = page.workers().filter((worker) => /worker-gpu/.test(worker.url())).at(-1);
    await worker.evaluate(() => devices.forEach((device) => device.destroy()));
    const { run } = await rootOf(page);
    const since = performance.now();
    await promptField(page).fill(prompt);
    await answered(page, prompt, run);
    const seconds = (performance.now() - since) / 1e3;
    t.note(`answered ${seconds.toFixed(1)} s after the loss`);
    assert.ok(seconds < ANSWERED_S, `${seconds.toFixed(1)} s`);
    const view = await shown(page);
    assert.equal(view.backend, "cpu");
    assert.deepEqual(view.head, { layer: 1, head: 2 });
    await assertAgrees(view, prompt, 1e-5);
  };
  await lose("Tom saw a dog. Tom");
  const said = await notice(page, /On the GPU the engine/);
  t.note(said);
  const since = performance.now();
  await computedOn(page, "gpu");
  t.note(`on the gpu again after ${((performance.now() - since) / 1e3).toFixed(1)} s`);
  await assertAgrees(await shown(page), "Tom saw a dog. Tom", TOLERANCE);

  await lose("Lily had a cat and a");
  // What must not happen has no moment to wait for; at first the GPU was asked at once.
  await page.waitForTimeout(5_000);
  await type(page, "Lily had a cat and");
  assert.equal((await shown(page)).backend, "cpu", "the GPU is left alone");
  assert.equal(page.workers().filter((worker) => /worker-gpu/.test(worker.url())).length, 0);
  const panel = await openBadge(page);
  await panel.getByText(/GPU failed twice/).first().waitFor();
});

test("left alone, the page takes the faster backend and shows both times", async (t) => {
  const page = await t.visit(link({ prompt: PROMPT }));
  await live(page);
  const panel = await openBadge(page);
  await panel.getByRole("table").waitFor({ timeout: 100_000 });
  const times = await panel.locator("h3:has-text('One run') + dl").evaluate((list) => {
    const names = [...list.querySelectorAll("dt")].map((name) => name.textContent);
    const values = [...list.querySelectorAll("dd")].map((value) => value.textContent);
    return Object.fromEntries(names.map((name, index) => [name, values[index]]));
  });
  const [cpuMs, gpuMs] = [milliseconds(times.CPU), milliseconds(times.GPU)];
  const faster = gpuMs < cpuMs ? "gpu" : "cpu";
  await computedOn(page, faster);
  t.note(`one run: CPU ${times.CPU}, GPU ${times.GPU}; ${faster} was taken`);
  assert.match(await badge(page), new RegExp(`\\b${faster}\\b`, "i"));
  await assertSelfTestPassed(panel);
  await assertAccessible(page, "badge with a self-test");
  await assertAgrees(await shown(page), PROMPT, TOLERANCE);
});

test("a GPU that fails its self-test does not compute, and the page says why", async (t) => {
  const page = await t.visit(link({ backend: "gpu", fault: "self-test", prompt: PROMPT }));
  const said = await notice(page, /self-test/);
  t.note(said);
  assert.match(said, /a fault injected by a test/, "the operation is named");
  assert.match(said, /CPU/);
  await computedOn(page, "cpu");
  assert.equal(await promptField(page).inputValue(), PROMPT);
  assert.match(await badge(page), /\bCPU\b/);
  const panel = await openBadge(page);
  await panel.getByRole("row", { name: /a fault injected by a test.*failed/ }).waitFor();
  await assertAgrees(await shown(page), PROMPT, 1e-5);
  await type(page, "Tom saw a dog. Tom");
  const view = await shown(page);
  assert.equal(view.backend, "cpu");
  await assertAgrees(view, "Tom saw a dog. Tom", 1e-5);
});

/** Asserts that the file of what was measured is what the page shows, as pixels.mjs does for every other figure. */
async function assertGrowthIsShown(t, page) {
  const [figure, title] = ["flash.growth", "Longer sequences, our kernel and standard attention"];
  const picture = await taken(page, figure, title);
  await assertDrawing(page, picture.svg, figure);
  const { found, forget } = await compared(page, [picture], (file) => ({ file }));
  const { faults, marks, texts } = found[figure].file;
  assert.deepEqual(faults, []);
  t.note(`its picture: at most ${marks.nMost} pixels of marks, ${texts.nMost} of texts, one by ${marks.strongest}`);
  await forget();
}

/** A link to the Flash room, on the GPU. */
function flashLink(view) {
  const all = { v: "1", backend: "gpu", prompt: PROMPT, ...view };
  const pairs = Object.entries(all).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `#/flash?${pairs.join("&")}`;
}

/** The verdict, and the numbers behind it. */
async function assertAgreesWithTrace(t, page, section) {
  await section.getByText(/^The GPU and the trace agree to \S+\.$/).waitFor({ timeout: 60_000 });
  await rowsArrived(page, "flash.device", 2);
  const [trace, dense] = await records(page, "flash.device");
  assert.deepEqual([trace.against, dense.against], ["trace", "softmax f64"]);
  for (const name of ["max O difference", "max LSE difference"]) {
    assert.ok(Number(trace[name]) < 1e-5, `${name} from the trace: ${trace[name]}`);
    assert.ok(Number(dense[name]) < 1e-4, `${name} from softmax: ${dense[name]}`);
  }
  assert.equal(trace["rows compared"], "48");
  assert.ok(Number(trace.ms) > 0, `${trace.ms} ms`);
  assert.notEqual(trace.device, "");
  assert.deepEqual([trace["queries per tile"], trace["keys per tile"]], ["8", "4"]);
  t.note(`O ${trace["max O difference"]}, LSE ${trace["max LSE difference"]} from the trace`);
}

/** The rows of a table by the names of its columns. */
function records(page, figure) {
  return page.evaluate((name) => {
    const table = document.querySelector(`table[data-for="${name}"]`);
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
    return [...table.querySelectorAll("tbody tr")].map((row) =>
      Object.fromEntries([...row.children].map((cell, at) => [heads[at], cell.textContent])),
    );
  }, figure);
}

/** Keeps every backend that is ever shown from now on. */
function recordBackends() {
  const root = document.documentElement;
  window.backends = [root.dataset.backend];
  const look = () => {
    const { backend } = root.dataset;
    if (!window.backends.includes(backend)) window.backends.push(backend);
  };
  new MutationObserver(look).observe(root, { attributeFilter: ["data-backend"] });
}

async function assertSelfTestPassed(panel) {
  const rows = await panel.locator("tbody tr").evaluateAll((rows) =>
    rows.map((row) => [...row.cells].map((cell) => cell.textContent)),
  );
  assert.ok(rows.length >= 10, `only ${rows.length} operations were tested`);
  for (const [name, error, tolerance, result] of rows) {
    assert.equal(result, "passed", name);
    assert.ok(Number(error) <= Number(tolerance), `${name}: ${error} > ${tolerance}`);
  }
}

/** Reads `7 ms` or `1.2 s`. */
function milliseconds(text) {
  const [, number, unit] = text?.match(/^([\d.]+)\s(ms|s)$/) ?? [];
  assert.ok(unit, `${text} is no time`);
  return Number(number) * (unit === "s" ? 1e3 : 1);
}

export const { tests } = test;
