// The lesson: walked by keys, its figures follow, and what was there before is given back.

import assert from "node:assert/strict";

import { assertAccessible } from "./accessible.mjs";
import * as cli from "./cli.mjs";
import { link, linkOf, live, promptField, PROMPT, shown, showsHead, type } from "./page.mjs";
import { suite } from "./runner.mjs";
import { percent } from "./tables.mjs";

const test = suite("plain");

const ROW = "One row";

/** What each step puts on the page. */
const STEPS = [
  { title: "What does the model read?", view: "Map" },
  { title: "Who looks at whom?", view: "Map" },
  { title: "How does a token choose?", view: ROW, row: "Scores" },
  { title: "Why is half of the map empty?", view: ROW, row: "Mask" },
  { title: "How do scores become weights?", view: ROW, row: "Divide by the sum" },
  { title: "What is looking good for?", view: "Map", takesOut: true },
  { title: "Why are there so many heads?", view: "Map" },
  { title: "Can heads work together?", view: "Map", model: "induction" },
];

test("the lesson is walked by keys alone and its figures follow", async (t) => {
  const page = await t.visit(link({ backend: "cpu" }));
  await live(page);
  const example = await shown(page);
  const last = example.tokens.length - 1;
  await tabTo(page, "Start");
  await page.keyboard.press("Enter");
  for (const [index, step] of STEPS.entries()) {
    await onStep(page, index);
    await page.waitForFunction(isFocused, `Step ${index + 1} of ${STEPS.length}`);
    await chosen(page, step.view);
    if (step.row) await page.getByRole("radio", { name: step.row, checked: true }).waitFor();
    const model = step.model ?? "stories";
    await page.waitForFunction(isAnswered, [model, step.takesOut ?? false]);
    const shared = step.row === "Divide by the sum" ? await sharedRow(example) : null;
    if (step.row === "Mask") await page.waitForFunction(isRowBefore, last);
    else if (shared) await page.waitForFunction(isRow, shared.row);
    else if (!step.model) assert.equal(await selectedRow(page), last, step.title);
    await tabTo(page, "Show the answer");
    await page.keyboard.press("Enter");
    const answer = await settledAnswer(page);
    await assertTrue(page, index, answer);
    for (const weight of shared?.weights ?? []) assert.ok(answer.includes(percent(weight)), answer);
    assert.equal(await page.getByRole("button", { name: "Show this step again" }).count(), 0);
    await tabTo(page, index + 1 === STEPS.length ? "Finish" : "Next");
    await page.keyboard.press("Enter");
  }
  await page.waitForFunction(isFocused, "Start");
  await page.waitForFunction(isAnswered, ["stories", false]);
  // The heads of the model that comes back are drawn a moment later.
  await showsHead(page, example.head);
  const after = await shown(page);
  assert.deepEqual([after.prompt, after.head], [example.prompt, example.head]);
  assert.equal((await linkOf(page)).learn, undefined);
});

/** The row of the example whose second weight is the largest, of those with five keys or more. */
async function sharedRow({ prompt, head }) {
  const { pattern } = await cli.attention(prompt, head);
  const rows = pattern.map((weights, row) => ({ row, weights: [...weights].sort((a, b) => b - a).slice(0, 2) }));
  const [best] = rows.slice(4).sort((a, b) => b.weights[1] - a.weights[1]);
  return best;
}

/** Compares the answer with the tables of the page. */
async function assertTrue(page, index, answer) {
  const { tokens, pattern, next, head } = await shown(page);
  if (index === 0) assert.ok(answer.startsWith(`${tokens.length} tokens`), answer);
  if (index === 1) {
    const row = pattern.at(-1);
    const key = row.indexOf(Math.max(...row));
    assert.ok(answer.includes(tokens[key].trim()), `${answer} names ${tokens[key]}`);
    assert.ok(answer.includes(percent(row[key])), `${answer} tells ${row[key]}`);
  }
  if (index === 3) {
    const n = await page.getByRole("listbox").first().getByRole("option").count();
    const hidden = n - 1 - (await selectedRow(page));
    assert.ok(answer.startsWith(`${hidden}: `), answer);
  }
  if (index === 5) assert.ok(answer.includes(next[0].text.trim()), answer);
  if (index === 6) assert.ok(answer.includes(`head ${head.layer}.${head.head} with`), answer);
  if (index === 7) assert.ok(answer.includes(`says \u201c${next[0].text.trim()}\u201d next`), answer);
}

for (const width of [1440, 390]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing in the lesson at ${width} px, ${colorScheme}`, async (t) => {
      const viewport = { width, height: width > 400 ? 900 : 844 };
      const page = await t.visit(link({ backend: "cpu" }), { viewport, colorScheme });
      await live(page);
      await assertAccessible(page, "closed", ".learn");
      await page.getByRole("button", { name: "Start" }).click();
      for (const index of [0, 3, 5]) {
        await page.getByRole("button", { name: `Step ${index + 1}: ${STEPS[index].title}` }).click();
        await page.waitForFunction(isAnswered, ["stories", index === 5]);
        await page.getByRole("button", { name: "Show the answer" }).click();
        await assertAccessible(page, STEPS[index].title, ".learn");
        await assertSeen(page, viewport.height);
      }
    });
  }
}

test("a link to a step shows its figure above the strip", async (t) => {
  const viewport = { width: 1440, height: 900 };
  const page = await t.visit(link({ backend: "cpu", learn: "attention.5" }), { viewport });
  await page.getByRole("radio", { name: /Divide by the sum/ }).waitFor();
  // The two bars that the step asks about.
  await page.waitForFunction(() => {
    const strip = document.querySelector(".learn").getBoundingClientRect().top;
    const bars = [...document.querySelectorAll(".steps [role=listitem]")];
    const weight = (bar) => Number(bar.querySelector(".text-number").textContent);
    const strongest = bars.filter((bar) => weight(bar) > 0.1);
    return strongest.length >= 2 && strongest.every((bar) => bar.getBoundingClientRect().bottom <= strip);
  });
});

/** The strip leaves two thirds of a small screen free, and the figure begins above it. */
async function assertSeen(page, height) {
  const { top, stage, excess } = await page.evaluate(() => ({
    top: document.querySelector(".learn").getBoundingClientRect().top,
    stage: document.querySelector("#map-title").getBoundingClientRect().top,
    excess: document.documentElement.scrollWidth - innerWidth,
  }));
  assert.ok(top >= height * 0.62, `the strip begins at ${top} of ${height}`);
  assert.ok(stage < top, `the figure begins at ${stage}, the strip at ${top}`);
  assert.ok(excess <= 0, `${excess} px wider than the window`);
}

test("a changed figure can be had back, and left and right turn the steps", async (t) => {
  const page = await t.visit(link({ backend: "cpu", learn: "attention.3" }));
  await page.waitForSelector("html[data-engine=live]");
  await onStep(page, 2);
  const again = page.getByRole("button", { name: "Show this step again" });
  await again.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Map", exact: true }).click();
  await again.click();
  await chosen(page, ROW);
  await again.waitFor({ state: "detached" });
  await page.keyboard.press("ArrowRight");
  await onStep(page, 3);
  await page.keyboard.press("ArrowLeft");
  await onStep(page, 2);
});

test("a shared step is the same step elsewhere", async (t) => {
  const page = await t.visit(link({ backend: "cpu", learn: "attention.6" }));
  await live(page);
  await page.waitForFunction(isAnswered, ["stories", true]);
  const { learn, ablate } = await linkOf(page);
  assert.equal(learn, "attention.6");
  assert.ok(ablate, "the heads that are out are in the link");
  const other = await t.visit(new URL(page.url()).hash);
  await live(other);
  await onStep(other, 5);
  await other.waitForFunction(isAnswered, ["stories", true]);
  assert.deepEqual(await linkOf(other), await linkOf(page));
  assert.equal(await other.getByRole("button", { name: "Show this step again" }).count(), 0);
});

test("a step that does not exist is said, and the strip stays closed", async (t) => {
  const page = await t.visit(link({ backend: "cpu", learn: "attention.99" }));
  await live(page);
  await page.getByText(/^The link says learn=\u201cattention\.99\u201d/).waitFor();
  await page.getByRole("button", { name: "Start" }).waitFor();
});

test("the visitor's own prompt is given back, and what is written meanwhile stays", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT, row: 3 }));
  await live(page);
  const before = await linkOf(page);
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForFunction((own) => document.querySelector("textarea").value !== own, PROMPT);
  await page.getByRole("button", { name: /^Step 8: / }).click();
  await page.waitForFunction(isAnswered, ["induction", false]);
  await page.getByRole("button", { name: "Leave" }).click();
  await page.waitForFunction((own) => document.querySelector("textarea").value === own, PROMPT);
  await page.waitForFunction(isAnswered, ["stories", false]);
  assert.deepEqual(await linkOf(page), before);
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForFunction(isAnswered, ["stories", false]);
  await page.waitForFunction((own) => document.querySelector("textarea").value !== own, PROMPT);
  const written = "Tom was happy.";
  await page.waitForFunction(isAnswered, ["stories", false]);
  await type(page, written);
  await page.getByRole("button", { name: "Leave" }).click();
  assert.equal(await promptField(page).inputValue(), written);
});

/** Waits for a step's heading. */
function onStep(page, index) {
  const strip = page.getByRole("region", { name: "Learn: What is attention?" });
  return strip.getByRole("heading", { name: STEPS[index].title, exact: true }).waitFor();
}

/** Waits until the head is drawn this way. */
function chosen(page, view) {
  return page.getByRole("button", { name: view, exact: true, pressed: true }).waitFor();
}

/** The answer, once its numbers are there. */
async function settledAnswer(page) {
  const isThere = () => {
    const answer = document.querySelector(".learn .answer")?.textContent ?? "";
    return answer !== "" && !answer.includes("on their way") && answer;
  };
  return (await page.waitForFunction(isThere)).jsonValue();
}

/** The row of the chip that is chosen. */
async function selectedRow(page) {
  const chip = page.getByRole("listbox").first().getByRole("option", { selected: true });
  return Number((await chip.getAttribute("title")).split(":")[0]);
}

/** True once a model's run is shown, with or without parts taken out. */
function isAnswered([model, takesOut]) {
  const badge = document.querySelector('[aria-label^="Model: "]').getAttribute("aria-label");
  const isOut = document.querySelector(".changes .say")?.textContent.includes("goes from") ?? false;
  const isLive = document.documentElement.dataset.engine === "live";
  const hasMap = document.querySelector('table[data-for="attention.pattern"] td, .steps [role=listitem]');
  return badge.includes(model) && isLive && isOut === takesOut && hasMap !== null;
}

/** True once a row before `last` is chosen. */
function isRowBefore(last) {
  const chip = document.querySelector('.chip[aria-selected="true"]');
  return chip !== null && parseInt(chip.title, 10) < last;
}

function isRow(row) {
  const chip = document.querySelector('.chip[aria-selected="true"]');
  return chip !== null && parseInt(chip.title, 10) === row;
}

function isFocused(name) {
  const { activeElement } = document;
  const label = activeElement.getAttribute("aria-label") ?? activeElement.textContent;
  return label.trim() === name;
}

/** Presses Tab until the focus is on the control of this name. */
async function tabTo(page, name) {
  for (let n = 0; n < 80; n += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(isFocused, name)) return;
  }
  throw new Error(`80 tabs do not reach ${name}`);
}

export const { tests } = test;
