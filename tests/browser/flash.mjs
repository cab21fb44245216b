// The Flash room: its numbers are those of `headlight flash` on the same head.

import assert from "node:assert/strict";

import { assertAccessible } from "./accessible.mjs";
import { capture, flash } from "./cli.mjs";
import { HEAD, HOME, clock, goTo, ledgerRow, link, longerClock, playing, stepTold } from "./flash_page.mjs";
import { PROMPT, live, rootOf } from "./page.mjs";
import { suite } from "./runner.mjs";

const test = suite("plain");

/** One head of a captured `[1, pos, head, d_head]`, as rows. */
function headOf({ shape, numbers }, head) {
  const [, n, heads, d] = shape;
  return Array.from({ length: n }, (_, pos) =>
    numbers.slice((pos * heads + head) * d, (pos * heads + head + 1) * d),
  );
}

function number(text) {
  if (text === "inf" || text === "-inf") return text;
  return Number(text);
}

/** Equal words for infinities, else numbers that are as near as the page promises. */
function assertNear(found, expected, label) {
  if (typeof expected === "string" || typeof found === "string") {
    assert.equal(found, expected, label);
  } else {
    assert.ok(Math.abs(found - expected) <= 1e-5, `${label}: ${found} is not ${expected}`);
  }
}

test("shows what the command line's trace says of a live head, step for step", async (t) => {
  const hooks = ["q", "k", "v"].map((name) => `blocks.${HEAD.layer}.attn.hook_${name}`);
  const captured = await capture(PROMPT, hooks);
  const [q, k, v] = hooks.map((hook) => headOf(captured[hook], HEAD.head));
  const { answer, trace } = await flash({ q, k, v }, [
    "--algorithm", "fa2", "--block-q", "4", "--block-k", "4", "--causal",
  ]);
  const page = await t.livePage(link({ bq: 4, bk: 4 }), HOME);
  await playing(page);
  await page.waitForFunction(
    (n) => document.querySelector(".transport .clock")?.textContent.replace(/[\u202f\s]/g, "").endsWith(`of${n}`),
    trace.events.length,
  );
  const { all } = await clock(page);
  assert.equal(all, trace.events.length);
  // Played by hand for a while, so that it is not only jumped to.
  await goTo(page, 0);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(() => !/^step 0 /.test(document.querySelector(".transport .clock").textContent));
  await page.getByRole("button", { name: "Pause" }).click();
  const kinds = ["load", "mask", "rescale", "row_sum", "normalise"];
  const middle = Math.floor(trace.events.length / 2);
  const steps = kinds.map((kind) => {
    const after = trace.events.findIndex((event, at) => at >= middle && event.kind === kind);
    return (after < 0 ? trace.events.findLastIndex((event) => event.kind === kind) : after) + 1;
  });
  let compared = 0;
  for (const step of steps) {
    await goTo(page, step);
    await page.waitForFunction(
      (wanted) => document.querySelector(".transport .clock").textContent.replace(/[\u202f\s]/g, "").startsWith(`step${wanted}of`),
      step,
    );
    await page.waitForSelector(`[data-step="${step}"]`, { state: "attached" });
    const event = trace.events[step - 1];
    const rows = await stageRows(page);
    const label = `step ${step}, ${event.kind}`;
    for (const [index, row] of rows.entries()) {
      // Counted from 0, as everywhere.
      assert.equal(row.query, String(event.i * 4 + index), `${label} query`);
      for (const name of ["m", "l", "alpha"]) {
        const expected = event.values[name][index];
        if (expected === undefined) assert.equal(row[name], undefined, `${label} ${name}`);
        else assertNear(number(row[name]), expected, `${label} ${name}[${index}]`);
        compared += 1;
      }
      for (const [matrix, letter] of [["O", "O"], ["S", "S"], ["P", "P"]]) {
        const expected = event.values[matrix][index] ?? [];
        const found = row.matrices[letter] ?? [];
        assert.equal(found.length, expected.length, `${label} ${matrix}`);
        expected.forEach((value, at) => assertNear(number(found[at]), value, `${label} ${matrix}[${index}][${at}]`));
        compared += expected.length;
      }
    }
    const done = trace.events.slice(0, step);
    const sum = (key) => done.reduce((total, one) => total + one[key], 0);
    const ledger = await ledgerRow(page, "fa2");
    assert.equal(Number(ledger["elements read so far"]), sum("elements_read"), label);
    assert.equal(Number(ledger["elements written so far"]), sum("elements_written"), label);
    assert.equal(Number(ledger["elements moved in all"]), answer.elements_moved, label);
  }
  assert.ok(compared > 500, `${compared} numbers compared`);
  t.note(`${compared} numbers at steps ${steps.join(", ")}`);
});

/** The rows of the chip's table. */
async function stageRows(page) {
  return page.evaluate(() => {
    const table = document.querySelector('table[data-for="flash.stage"]');
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
    return [...table.querySelectorAll("tbody tr")].map((row) => {
      const cells = [...row.children].map((cell) => cell.textContent);
      const found = { matrices: {} };
      heads.forEach((head, at) => {
        const [letter, index] = head.split(" ");
        if (index === undefined) found[head] = cells[at];
        else (found.matrices[letter] ??= []).push(cells[at]);
      });
      return found;
    });
  });
}

test("opens on a recorded head before the engine is there, in few bytes", async (t) => {
  const page = await t.visit(null);
  let bytes = 0;
  page.on("response", async (response) => {
    // The room's own module is measured in its release build, by `cargo xtask size`.
    if (/\/recorded-heads\//.test(response.url())) {
      bytes += Number(response.headers()["content-length"] ?? 0);
    }
  });
  await page.route("**/engine-*", (route) => route.abort());
  await page.route("**/worker-*", (route) => route.abort());
  t.expect(/Failed|ERR_FAILED|net::|engine|worker|Script error/i);
  await page.goto(`${t.origin}/#/flash`);
  await page.waitForSelector('table[data-for="flash.stage"] td', { state: "attached", timeout: 30_000 });
  assert.notEqual((await rootOf(page)).engine, "live");
  const { step, all } = await clock(page);
  assert.ok(step > 0 && step < all, `step ${step} of ${all}`);
  assert.ok(bytes > 0 && bytes < 30_000, `${bytes} bytes`);
  t.note(`${(bytes / 1e3).toFixed(1)} KB`);
});

test("the badge is the largest error of the whole result, and small", async (t) => {
  const page = await t.livePage(link(), HOME);
  await playing(page);
  await page.waitForFunction(() => {
    const proof = document.querySelector('[data-figure="flash.error"]');
    const texts = (name) => [...proof?.querySelectorAll(`svg .text-${name}`) ?? []].map((text) => text.textContent);
    return /e-\d/.test(texts("number").join()) && texts("note").length === 0;
  });
  const error = Number(await page.locator('[data-figure="flash.error"] svg .text-number').textContent());
  assert.ok(error > 0 && error < 5e-6, `${error}`);
  t.note(`${error}`);
});

for (const [width, height, colorScheme] of [[1440, 900, "light"], [1024, 768, "dark"], [390, 844, "light"], [390, 844, "dark"]]) {
  test(`axe finds nothing in the room at ${width} px, ${colorScheme}`, async (t) => {
    const page = await t.visit(link(), { viewport: { width, height }, colorScheme });
    await playing(page);
    await assertAccessible(page, "a rescale");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("button", { name: "Show the answer" }).click();
    await page.locator(".learn .answer").waitFor();
    await assertAccessible(page, "the lesson");
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }));
    assert.ok(scroll <= client, `${scroll} px wide in ${client}`);
  });
}

test("the lesson sets the stage at every step and gives it back", async (t) => {
  const page = await t.livePage(link({ algorithm: "fa1", step: 7 }), HOME);
  await playing(page);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  const said = new Set();
  for (let step = 1; step <= 8; step += 1) {
    await page.getByRole("button", { name: "Show the answer" }).click();
    said.add(await page.locator(".learn .answer").textContent());
    assert.match(await page.evaluate(() => location.hash), /flash/);
    await page.getByRole("button", { name: step < 8 ? "Next" : "Finish", exact: true }).click();
  }
  assert.equal(said.size, 8);
  assert.equal(await page.getByRole("button", { name: "FA1" }).getAttribute("aria-pressed"), "true");
  assert.equal((await clock(page)).step, 7);
});

test("a prompt in which nothing is rescaled has other numbers for the step that is about it", async (t) => {
  const page = await t.visit(link({ prompt: "Lily", learn: "flash.3" }));
  await playing(page);
  await page.getByText("With this head’s numbers no row is rescaled, so random ones are on the stage.").waitFor();
  await page.getByRole("button", { name: "Show the answer" }).click();
  const answer = page.locator(".learn .answer");
  await answer.waitFor();
  assert.match(await answer.textContent(), /their α is 1|each row found a score above its maximum/);
  assert.match(await page.locator("[aria-current=step]").first().textContent(), /α = exp/);
});

test("keys step, play and go to the ends; the way back leads to the other room", async (t) => {
  const page = await t.visit("#/attention?v=1&backend=cpu");
  await live(page);
  await page.getByRole("link", { name: "Flash" }).click();
  await playing(page);
  await page.locator("body").click({ position: { x: 5, y: 5 } });
  await page.keyboard.press("Home");
  assert.equal((await clock(page)).step, 0);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal((await clock(page)).step, 2);
  await page.keyboard.press("ArrowLeft");
  assert.equal((await clock(page)).step, 1);
  await page.keyboard.press("End");
  const { step, all } = await clock(page);
  assert.equal(step, all);
  await page.keyboard.press("9");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => /step 0|step \d/.test(document.querySelector(".transport .clock").textContent));
  await page.goBack();
  await page.waitForSelector('[data-figure="attention.pattern"]');
  await page.goForward();
  await page.waitForSelector('[data-figure="flash.stage"]');
});

test("dragging along the timeline goes to the steps under the pointer, which stay there", async (t) => {
  const page = await t.livePage(link({ data: "random", n: 64, d: 8, bq: 4, bk: 4, step: 400 }), HOME);
  await playing(page);
  const cells = page.locator('[data-figure="flash.timeline"] [data-target="steps:0"]');
  await cells.scrollIntoViewIfNeeded();
  const { x, y, width } = await cells.boundingBox();
  const shown = () => page.locator('[data-figure="flash.timeline"] svg .text-note').last().textContent();
  const before = await shown();
  const at = async (share) => {
    await page.mouse.move(x + share * width, y + 10, { steps: 4 });
    return (await clock(page)).step;
  };
  await page.mouse.move(x + 0.25 * width, y + 10);
  await page.mouse.down();
  const pressed = (await clock(page)).step;
  assert.ok(pressed < 400, `${pressed}`);
  const further = await at(0.75);
  assert.ok(further > 400 && (await at(0.25)) === pressed, `${pressed} ${further}`);
  assert.equal(await shown(), before, "it stays where it is while it is dragged");
  await page.mouse.up();
  await page.waitForFunction((before) => {
    const notes = document.querySelectorAll('[data-figure="flash.timeline"] svg .text-note');
    return [...notes].at(-1).textContent !== before;
  }, before);
  assert.equal((await clock(page)).step, pressed);
});

test("a row of the tile is chosen by keys and keeps the focus while steps bring others", async (t) => {
  const page = await t.livePage(link({ data: "random", n: 16, d: 8, bq: 4, bk: 4, step: 30 }), HOME);
  await playing(page);
  const rows = page.getByRole("group", { name: "Rows of the tile" }).getByRole("button");
  assert.equal(await rows.count(), 4);
  const stop = page.locator('[data-target^="row:"][tabindex="0"]');
  assert.equal(await stop.count(), 1, "one stop of Tab");
  await stop.focus();
  for (let times = 0; times < 5; times += 1) await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => document.activeElement.ariaPressed === "true");
  const first = await rows.first().getAttribute("aria-label");
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), first);
  await page.keyboard.press("ArrowDown");
  assert.equal(await rows.nth(1).getAttribute("aria-pressed"), "true");
  assert.equal(await rows.nth(1).getAttribute("tabindex"), "0");
  assert.equal((await clock(page)).step, 30, "up and down step nothing");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.ok((await clock(page)).step > 30, "right steps");
  assert.match(await page.evaluate(() => document.activeElement.dataset.target), /^row:\d+$/);
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.activeElement.ariaPressed === "true");
  assert.equal(await rows.last().getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Home");
  await page.waitForFunction((name) => document.activeElement.ariaLabel === name, await rows.first().getAttribute("aria-label"));
  // A row is a button: what presses one chooses it.
  await rows.nth(2).focus();
  await page.keyboard.press("Space");
  assert.equal(await rows.nth(2).getAttribute("aria-pressed"), "true");
  assert.equal(await page.getByRole("button", { name: "Pause" }).count(), 0, "and plays nothing");
  await rows.nth(1).click();
  assert.equal(await rows.nth(1).getAttribute("aria-pressed"), "true");
});

/** Where the answer to each step's question is seen. */
const EVIDENCE = ["matrix", "chip", "chip", "chip", "ledger", "matrix", "ledger", "ledger"];

for (const [width, height] of [[390, 844], [1440, 900]]) {
  test(`a step of the lesson brings what answers it above the strip at ${width} px`, async (t) => {
    const page = await t.visit(link(), { viewport: { width, height } });
    await playing(page);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    for (const [index, evidence] of EVIDENCE.entries()) {
      await page.waitForFunction(({ evidence, name }) => {
        const of = (selector) => document.querySelector(selector)?.getBoundingClientRect();
        if (!document.querySelector(".learn .text")?.ariaLabel.startsWith(name)) return false;
        const strip = of(".learn").top;
        const stage = of('[data-figure="flash.stage"]');
        switch (evidence) {
          // Its lower end, where it stands in one column.
          case "matrix": return stage.bottom <= strip;
          case "chip": {
            const beam = of('[data-figure="flash.stage"] .beam');
            return beam === undefined || (beam.top >= 0 && beam.bottom <= strip);
          }
          default: {
            const ledger = of('[data-figure="flash.ledger"] .text-table');
            return ledger.top >= 0 && ledger.bottom <= strip;
          }
        }
      }, { evidence, name: `Step ${index + 1}` });
      if (index + 1 < EVIDENCE.length) {
        await page.getByRole("button", { name: "Next", exact: true }).click();
      }
    }
  });
}

test("tiles that need more than they were chosen for are called so", async (t) => {
  const page = await t.livePage(link({ data: "random", n: 64, d: 16, sram: 4096 }), HOME);
  await playing(page);
  await page.getByText("The papers’ formula leaves out S, P, m and l").waitFor();
  await page.getByText("16 × 16 tiles").waitFor();
});

test("what cannot be played is a sentence, and nothing is lost", async (t) => {
  const page = await t.visit(link({ bq: 0 }));
  await page.waitForFunction(() => /0 queries per tile, expected 1 to/.test(document.querySelector(".trouble")?.textContent ?? ""));
  await page.goto(`${t.origin}/${link({ data: "random", n: 32, d: 256, sram: 1024 })}`);
  await page.waitForFunction(() => /on-chip memory of 256 numbers/.test(document.querySelector(".trouble")?.textContent ?? ""));
  await page.goto(`${t.origin}/${link({ data: "random", n: 999999, d: 8 })}`);
  await page.waitForFunction(() => /999999 rows/.test(document.querySelector(".trouble")?.textContent ?? ""));
  await page.goto(`${t.origin}/${link({ data: "typed", numbers: "1 2\n\nx 2\n\n3 4" })}`);
  await page.waitForFunction(() => /line 3 has/i.test(document.querySelector(".trouble")?.textContent ?? ""));
  for (const name of ["Play", "One step", "To the end"]) {
    assert.ok(await page.getByRole("button", { name, exact: true }).isDisabled(), name);
  }
  assert.ok(await page.getByText("rows of numbers, with a blank line between the three").isVisible());
  await page.goto(`${t.origin}/${link({ algorithm: "fa9", step: "moon" })}`);
  await page.waitForFunction(() => document.querySelectorAll(".notice").length >= 2);
  await playing(page);
});

/** The rows of a table, by the names of its columns. */
async function tableRows(page, name) {
  return page.evaluate((wanted) => {
    const table = document.querySelector(`table[data-for="${wanted}"]`);
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
    return [...table.querySelectorAll("tbody tr")].map((row) =>
      Object.fromEntries([...row.children].map((cell, at) => [heads[at], cell.textContent])),
    );
  }, name);
}

test("two algorithms on one clock: the one beside is never ahead, and both arrive", async (t) => {
  // So many rows of so small a width that FA2 moves a fifth of what standard does.
  // A page of its own: on a shared one the clock may still be that of its home.
  const page = await t.visit(link({ data: "random", n: 64, d: 8, bq: 16, bk: 16 }));
  await playing(page);
  assert.equal(await page.locator('[data-figure="flash.beside"]').count(), 0);
  const alone = (await clock(page)).all;
  await page.getByRole("combobox", { name: "Compare with" }).selectOption("standard");
  await page.waitForSelector('[data-figure="flash.beside"] svg text', { state: "attached" });
  await page.waitForSelector('table[data-for="flash.compare"] td', { state: "attached" });
  assert.equal(await page.locator('[data-figure="flash.stage"]').count(), 1);
  assert.equal(await page.locator("#hatch").count(), 1);
  const { all } = await longerClock(page, alone);
  const beside = page.locator('[data-figure="flash.beside"] [role="img"]');
  assert.equal(await beside.count(), 1);
  for (const share of [0, 0.1, 0.35, 0.7, 1, 1.2]) {
    const step = Math.min(all, Math.round(alone * share));
    await goTo(page, step);
    await stepTold(page, step);
    const label = `step ${step}`;
    const [played, other] = await tableRows(page, "flash.compare");
    assert.deepEqual([played.algorithm, other.algorithm], ["fa2", "standard"], label);
    assert.equal(Number(played["steps so far"]), Math.min(step, alone), label);
    const moved = [played, other].map((row) => Number(row["elements moved so far"]));
    if (step <= alone) assert.ok(moved[1] <= moved[0], `${label}: ${moved}`);
    else {
      assert.equal(played["steps so far"], played["steps in all"], label);
      assert.match(await page.locator(".transport .clock").textContent(), /, now standard attention$/, label);
    }
    if (step === 0) assert.equal(other["steps so far"], "0");
    // The ledger and the words above the stages say the same.
    for (const [at, name] of ["fa2", "standard"].entries()) {
      assert.equal(Number((await ledgerRow(page, name))["elements moved so far"]), moved[at], label);
      const said = await page.locator(".beside-pace .number").nth(at).textContent();
      const [, soFar, inAll] = said.replace(/[\u202f\s]/g, "").match(/^(\d+)of(\d+)elementsmoved$/);
      assert.equal(Number(soFar), moved[at], label);
      assert.equal(Number(inAll), Number((await ledgerRow(page, name))["elements moved in all"]), label);
    }
    assert.match(await beside.getAttribute("aria-label"), /^Standard attention, on the same clock, step /, label);
  }
  const say = page.locator('[data-figure="flash.compare"] .say');
  assert.match(await say.textContent(), /^When FA2 was done, standard attention had moved [\d.]+\s%/);
  await goTo(page, all);
  await stepTold(page, all);
  for (const row of await tableRows(page, "flash.compare")) {
    assert.equal(row["steps so far"], row["steps in all"]);
    assert.equal(row["elements moved so far"], row["elements moved in all"]);
  }
  assert.match(await say.textContent(), /^Both are done\. Standard attention has moved /);
  t.note(await say.textContent());
});

test("a link keeps the algorithm beside and the clock, and nothing takes them away", async (t) => {
  const page = await t.visit(link({ step: 40 }));
  await playing(page);
  await page.getByRole("combobox", { name: "Compare with" }).selectOption("fa1");
  await page.getByRole("combobox", { name: "Locked to" }).selectOption("work");
  await page.waitForFunction(() => /&compare=fa1&clock=work/.test(location.hash));
  await page.reload();
  await playing(page);
  await page.waitForSelector('table[data-for="flash.compare"] td', { state: "attached" });
  assert.equal(await page.getByRole("combobox", { name: "Compare with" }).inputValue(), "fa1");
  assert.equal(await page.getByRole("combobox", { name: "Locked to" }).inputValue(), "work");
  await stepTold(page, 40);
  const [played, other] = await tableRows(page, "flash.compare");
  assert.deepEqual([played.algorithm, other.algorithm], ["fa2", "fa1"]);
  assert.ok(Number(other["flops so far"]) <= Number(played["flops so far"]));
  await page.getByRole("combobox", { name: "Compare with" }).selectOption("");
  await page.locator('[data-figure="flash.beside"]').waitFor({ state: "detached" });
  await page.waitForFunction(() => !/compare=|clock=/.test(location.hash));
  // An algorithm beside itself is no link's to ask for.
  await page.goto(`${t.origin}/${link({ compare: "fa2", clock: "sun" })}`);
  await page.waitForFunction(() => document.querySelectorAll(".notice").length >= 2);
  assert.equal(await page.locator('[data-figure="flash.beside"]').count(), 0);
});

for (const [width, height, colorScheme] of [[1440, 900, "light"], [1024, 768, "dark"], [390, 844, "light"]]) {
  test(`two stages have the same width and axe finds nothing at ${width} px, ${colorScheme}`, async (t) => {
    const look = { viewport: { width, height }, colorScheme };
    const page = await t.livePage(link({ compare: "standard" }), HOME, look);
    await playing(page);
    await page.waitForSelector('[data-figure="flash.beside"] svg text', { state: "attached" });
    await assertAccessible(page, "two algorithms");
    const boxes = [];
    for (const name of ["flash.stage", "flash.beside"]) {
      boxes.push(await page.locator(`[data-figure="${name}"]`).boundingBox());
    }
    assert.equal(boxes[0].width, boxes[1].width);
    assert.ok(boxes[0].y + boxes[0].height <= boxes[1].y, "one below the other");
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }));
    assert.ok(scroll <= client, `${scroll} px wide in ${client}`);
  });
}

test("what the mask hides of a tile is hatched on the chip", async (t) => {
  // One tile of four rows: load, load, scores, mask.
  const page = await t.livePage(link({ data: "random", n: 4, d: 4, bq: 4, bk: 4, step: 3 }), HOME);
  await playing(page);
  await stepTold(page, 3);
  // Below the matrices; above them is what the mask hides of the matrix that never exists.
  const hatched = page.locator('[data-figure="flash.stage"] svg:first-child .masked-cells');
  assert.equal(await hatched.count(), 0);
  await goTo(page, 4);
  await stepTold(page, 4);
  // The last of the four rows sees all four keys.
  assert.equal(await hatched.count(), 3);
  assert.match(await hatched.first().evaluate((rect) => getComputedStyle(rect).fill), /#hatch/);
});

test("without a GPU it is said why our kernel does not run, and nothing dead is offered", async (t) => {
  const page = await t.visit(`#/flash?v=1&prompt=${encodeURIComponent(PROMPT)}`);
  await playing(page);
  const section = page.getByRole("region", { name: "Run on this GPU" });
  await section.getByText(/no webgpu|no gpu could be opened/i).waitFor({ timeout: 60_000 });
  assert.equal(await section.getByRole("button").count(), 0);
  assert.equal(await page.locator('table:is([data-for="flash.device"], [data-for="flash.growth"]) td').count(), 0);
  assert.equal(await page.locator('[data-figure="flash.growth"]').count(), 0);
  await assertAccessible(page, "no GPU");
});

test.alone("ten thousand steps are scrubbed at more than 30 frames a second", async (t) => {
  const page = await t.visit(link({ data: "random", n: 768, d: 64, sram: 16384, causal: 0 }));
  await playing(page);
  const { all } = await clock(page);
  assert.ok(all >= 10_000, `${all} steps`);
  const scrub = () => page.evaluate(async (steps) => {
    const slider = document.querySelector('.transport input[type="range"]');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const gaps = [];
    await frame();
    let last = performance.now();
    for (let at = 0; at < 90; at += 1) {
      slider.value = String(Math.round((steps * ((at * 37) % 90)) / 90));
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await frame();
      const now = performance.now();
      gaps.push(now - last);
      last = now;
    }
    return gaps.sort((a, b) => a - b);
  }, all);
  // What else the machine does only adds: the quickest pass is the page's own. A slow while
  // of the machine outlasts a pass, so each begins some seconds after the one before.
  let quickest = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < 6 && quickest > 1000 / 30; pass += 1) {
    if (pass > 0) await page.waitForTimeout(3000);
    const gaps = await scrub();
    const [median, nearly] = [gaps[45], gaps[85]];
    t.note(`${all} steps, median ${median.toFixed(1)} ms, p95 ${nearly.toFixed(1)} ms, worst ${gaps.at(-1).toFixed(1)} ms`);
    quickest = Math.min(quickest, nearly);
  }
  assert.ok(quickest <= 1000 / 30, `p95 ${quickest} ms`);
});

export const { tests } = test;
