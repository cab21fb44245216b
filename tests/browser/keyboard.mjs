// Without a mouse, on small screens, and for readers who do not see: every state of the room.

import assert from "node:assert/strict";

import { assertAccessible } from "./accessible.mjs";
import {
  everythingArrived,
  link,
  linkOf,
  live,
  promptField,
  PROMPT,
  rowsArrived,
  showsHead,
  withNewRun,
} from "./page.mjs";
import { suite } from "./runner.mjs";
import { ATTENTION } from "./shared.mjs";

const test = suite("plain");

test("a visitor without a mouse gets everywhere and always sees where they are", async (t) => {
  const permissions = ["clipboard-read", "clipboard-write"];
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT, layer: 1, head: 1 }), {
    permissions,
  });
  await live(page);
  const faults = [];
  const look = async (what) => faults.push(...(await focusFaults(page, what)));
  const press = async (key, what) => {
    await page.keyboard.press(key);
    await look(`${what} (${key})`);
  };

  await tabTo(page, { role: "radio", name: /^Layer 1, head 1\b/ });
  await press("ArrowRight", "the next head");
  await press("ArrowDown", "the next layer");
  await showsHead(page, { layer: 2, head: 2 });
  await assertFocusOn(page, { role: "radio", name: /^Layer 2, head 2\b/ });

  await tabTo(page, { role: "button", name: /^Take this head out/ });
  await withNewRun(page, () => press("Enter", "taking the head out"));
  await page.getByRole("region", { name: "Taken out of the model" }).waitFor();
  await assertFocusOn(page, { role: "button", name: /^Put this head back/ });

  await tabTo(page, { role: "button", name: "One row" });
  await backTo(page, { role: "button", name: "Map" });
  await tabTo(page, { role: "application", name: /Arrow keys/ });
  const { row: before } = await linkOf(page);
  await press("ArrowUp", "another row");
  await press("ArrowUp", "another row");
  const { row } = await linkOf(page);
  assert.ok(row !== undefined && row !== before, `row ${before}, then ${row}`);

  await backTo(page, { role: "button", name: "One row" });
  await press("Enter", "the steps");
  await tabTo(page, { role: "radio", name: /Scores/ });
  const names = [];
  for (let step = 0; step < 5; step += 1) {
    names.push(await focusedName(page));
    await press("ArrowRight", "the next step");
  }
  assert.equal(new Set(names).size, 5, names.join(", "));
  assert.match(names.at(-1), /Divide by the sum/);

  await backTo(page, { role: "button", name: "Lines" });
  await press("Space", "the lines");
  await tabTo(page, { role: "button", name: "All queries" });
  await press("Enter", "the lines of all queries");

  await backTo(page, { role: "button", name: /^Put head 2.2 back/ });
  await withNewRun(page, () => press("Enter", "putting the head back by its chip"));
  await page.getByRole("region", { name: "Taken out of the model" }).waitFor({ state: "detached" });
  await look("after the last chip is gone");

  await tabTo(page, { role: "option", name: /.*/, inside: "attention.next" });
  const chosen = await focusedName(page);
  await press("ArrowDown", "the next token below");
  assert.notEqual(await focusedName(page), chosen);
  await withNewRun(page, () => press("Enter", "appending it"));
  assert.ok((await promptField(page).inputValue()).length > PROMPT.length);

  await backTo(page, { role: "button", name: "Generate" });
  await press("Enter", "generating");
  await page.getByRole("button", { name: "Stop" }).or(keepButton(page)).first().waitFor();
  await look("while it is written");
  await keepButton(page).waitFor({ timeout: 30_000 });
  await look("once it is written");
  await tabTo(page, { role: "button", name: "Add to prompt" });
  await withNewRun(page, () => press("Enter", "keeping it"));
  await keepButton(page).waitFor({ state: "detached" });
  await look("after the continuation is kept");

  await backTo(page, { role: "button", name: "Share" });
  await press("Enter", "sharing");
  await page.getByRole("button", { name: "Link copied" }).waitFor();
  await look("after sharing");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url());
  assert.deepEqual(faults, []);
});

test("heads are averaged and an MLP taken out by keys, and the focus stays where it is seen", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT, layer: 1, head: 1 }));
  await live(page);
  await tabTo(page, { role: "radio", name: /^Layer 1, head 1\b/ });
  for (const [head, all] of [[2, "1.1, 1.2"], [3, "1.1, 1.2, 1.3"]]) {
    await page.keyboard.press("Shift+ArrowRight");
    await page.getByRole("heading", { name: `Mean of heads ${all}` }).waitFor();
    await assertFocusOn(page, { role: "radio", name: new RegExp(`^Layer 1, head ${head}\\b`) });
    await assertFocusSeen(page, `head ${head}`);
  }
  await page.keyboard.press("Space");
  await showsHead(page, { layer: 1, head: 3 });
  const mlp = { role: "button", name: "Take MLP 2 out" };
  await tabTo(page, mlp);
  const before = await page.evaluate(() => scrollY);
  for (const [key, isPressed] of [["Space", "true"], ["Enter", "false"]]) {
    await withNewRun(page, () => page.keyboard.press(key));
    await assertFocusOn(page, mlp);
    const pressed = await page.evaluate(() => document.activeElement.getAttribute("aria-pressed"));
    assert.equal(pressed, isPressed, key);
  }
  assert.equal(await page.evaluate(() => scrollY), before, "the page does not scroll");
});

test("what is being written can be stopped and dropped without a mouse", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT }));
  await live(page);
  const faults = [];
  const look = async (what) => faults.push(...(await focusFaults(page, what)));
  await tabTo(page, { role: "button", name: "Generate" });
  await page.keyboard.press("Enter");
  await page.locator(".continuation .chip").first().waitFor();
  await look("while it is written");
  const button = await page.getByRole("button", { name: /^(Stop|Generate)$/ }).evaluate((button) => ({
    name: button.textContent.trim(),
    hasFocus: button === document.activeElement,
  }));
  if (!button.hasFocus) faults.push("the focus does not go from Generate to Stop");
  // A fast machine may be done before the second key.
  if (button.name === "Stop") await page.keyboard.press("Enter");
  await keepButton(page).waitFor();
  await page.getByRole("button", { name: "Generate" }).waitFor();
  await look("after stopping");
  await tabTo(page, { role: "button", name: "Discard" });
  await page.keyboard.press("Enter");
  await page.getByRole("group", { name: "What the model wrote" }).waitFor({ state: "detached" });
  await look("after it is dropped");
  assert.equal(await promptField(page).inputValue(), PROMPT);
  assert.deepEqual(faults, []);
});

test("the help opened by a key is read by keys, and closing it gives the focus back", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT }));
  await live(page);
  for (const close of ["?", "Escape"]) {
    await page.keyboard.press("?");
    await page.waitForFunction(() => document.activeElement?.id === "panel-help");
    await page.getByRole("heading", { name: "Words", exact: true }).waitFor();
    await page.keyboard.press(close);
    await page.locator("#panel-help").waitFor({ state: "detached" });
    await assertFocusOn(page, { role: "button", name: /^Help/ });
  }
});

test("every Tab lands on something that can be seen and has a name", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT, ablate: "0.1:zero" }));
  await live(page);
  await rowsArrived(page, "attention.lens");
  const seen = [];
  for (let n = 0; n < 120; n += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => document.activeElement === document.body);
    if (at) break;
    await assertFocusSeen(page, `tab ${n + 1}, after ${seen.at(-1)}`);
    seen.push(await focusedName(page));
  }
  t.note(`${seen.length} stops`);
  assert.ok(seen.length > 15 && seen.length < 100, `${seen.length} stops`);
});

/** States of the room, each with how to get there. */
const STATES = {
  map: { view: "map" },
  lines: { view: "lines" },
  "one row": { view: "row", row: 8 },
  "parts taken out": { view: "map", ablate: "1.2:zero,mlp0:mean", top_k: 3, temperature: 1.5 },
};

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

/** Which states are looked at where: all of them once, large and small, and some in each theme. */
const LOOKS = [
  { viewport: SIZES[0], colorScheme: "light", states: Object.keys(STATES) },
  { viewport: SIZES[0], colorScheme: "dark", states: ["parts taken out"] },
  { viewport: SIZES[1], colorScheme: "light", states: ["map", "lines"] },
  { viewport: SIZES[1], colorScheme: "dark", states: ["one row"] },
  { viewport: SIZES[2], colorScheme: "light", states: ["parts taken out"] },
  { viewport: SIZES[2], colorScheme: "dark", states: Object.keys(STATES) },
];

for (const { viewport, colorScheme, states } of LOOKS) {
  for (const name of states) {
    test(`axe finds nothing, and a finger every control, at ${viewport.width} px, ${colorScheme}: ${name}`, async (t) => {
      const view = link({ backend: "cpu", prompt: PROMPT, ...STATES[name] });
      const page = await t.livePage(view, ATTENTION, { viewport, colorScheme });
      await everythingArrived(page);
      const faults = await faultsOf(page, name);
      if (name === "parts taken out") faults.push(...(await faultsOfWriting(page)));
      assert.equal(faults.join("\n"), "");
    });
  }
}

/** What axe finds, what does not fit into the window, and what no finger finds. */
async function faultsOf(page, what) {
  const checks = [assertFits(page, what), assertLarge(page, what), assertAccessible(page, what)];
  const done = await Promise.allSettled(checks);
  return done.filter(({ reason }) => reason).map(({ reason }) => reason.message);
}

/** The same of a generation that waits for a decision, and of a prompt that cannot run. */
async function faultsOfWriting(page) {
  await page.getByRole("button", { name: "Generate" }).click();
  await keepButton(page).waitFor({ timeout: 30_000 });
  const faults = await faultsOf(page, "a generation");
  await promptField(page).fill("Lily ".repeat(400));
  await page.getByRole("region", { name: "Prompt" }).getByRole("alert").waitFor();
  return [...faults, ...(await faultsOf(page, "an error"))];
}

test("on a small screen the selected head comes first, then its numbers, then all heads", async (t) => {
  const viewport = { width: 390, height: 844 };
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT }), { viewport });
  await everythingArrived(page);
  const top = (name) => page.locator(`[data-figure="attention.${name}"]`).evaluate((figure) => {
    return figure.getBoundingClientRect().top + scrollY;
  });
  const [pattern, next, atlas] = [await top("pattern"), await top("next"), await top("atlas")];
  assert.ok(pattern < next && next < atlas, `pattern ${pattern}, next ${next}, atlas ${atlas}`);
  assert.ok(pattern < viewport.height, "the selected head is seen without scrolling");
});

test("at 200 % and with motion the room still fits", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT }), {
    viewport: { width: 720, height: 450 },
    reducedMotion: "no-preference",
  });
  await everythingArrived(page);
  assert.equal((await faultsOf(page, "at 200 %")).join("\n"), "");
});

function keepButton(page) {
  return page.getByRole("button", { name: "Add to prompt" });
}

/** Asserts that the page does not scroll sideways and cuts no control off. */
async function assertFits(page, what) {
  const { excess, cut } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const isCut = (element) => {
      const { left, right, width: own } = element.getBoundingClientRect();
      const scrolls = element.closest(".scroll, .scroll-x, .chips, .unseen");
      return element.checkVisibility() && own > 1 && !scrolls && (right > width + 0.5 || left < -0.5);
    };
    const controls = document.querySelectorAll("button, input, select, textarea, figure, h1, h2, h3, p");
    return {
      excess: document.documentElement.scrollWidth - width,
      cut: [...controls].filter(isCut).map((element) => {
        const { left, right } = element.getBoundingClientRect();
        const name = element.getAttribute("aria-label") ?? element.textContent.slice(0, 40);
        return `${element.tagName} ${name}: ${left.toFixed(0)} to ${right.toFixed(0)}`;
      }),
    };
  });
  assert.equal(cut.join("; "), "", `${what}: beyond the window's edge`);
  assert.ok(excess <= 0, `${what}: ${excess} px wider than the window`);
}

/** Asserts that no control is smaller than 24 px. */
async function assertLarge(page, what) {
  const small = await page.evaluate(() => {
    const all = document.querySelectorAll("button, a[href], input, select, textarea, [role=radio], [role=button]");
    const isSmall = (element) => {
      const { width, height } = element.getBoundingClientRect();
      return element.checkVisibility() && width > 1 && (width < 24 || height < 24);
    };
    return [...all].filter(isSmall).map((element) => {
      const { width, height } = element.getBoundingClientRect();
      const name = element.getAttribute("aria-label") ?? element.textContent ?? element.id;
      return `${name || element.id} ${width.toFixed(1)} x ${height.toFixed(1)}`;
    });
  });
  assert.equal(small.join("; "), "", `${what}: smaller than 24 px`);
}

/** Role and accessible name of what has the focus. */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element.labels?.[0]?.textContent;
    const implicit = { BUTTON: "button", A: "link", TEXTAREA: "textbox", SELECT: "combobox" };
    return {
      role: element.getAttribute("role") ?? implicit[element.tagName] ?? element.tagName,
      name: (element.getAttribute("aria-label") ?? label ?? element.textContent).trim(),
      inside: element.closest("[data-figure]")?.dataset.figure,
    };
  });
}

async function focusedName(page) {
  const { name } = await focused(page);
  return name;
}

function isMeant(at, { role, name, inside }) {
  const isName = typeof name === "string" ? at.name === name : name.test(at.name);
  return at.role === role && isName && (inside === undefined || at.inside === inside);
}

/** Presses a key until the focus is on what is meant. */
async function walkTo(page, key, meant) {
  for (let n = 0; n < 80; n += 1) {
    await page.keyboard.press(key);
    if (isMeant(await focused(page), meant)) {
      await assertFocusSeen(page, `${meant.role} ${meant.name}`);
      return;
    }
  }
  throw new Error(`80 times ${key} do not reach ${meant.role} ${meant.name}`);
}

function tabTo(page, meant) {
  return walkTo(page, "Tab", meant);
}

function backTo(page, meant) {
  return walkTo(page, "Shift+Tab", meant);
}

async function assertFocusOn(page, meant) {
  const at = await focused(page);
  assert.ok(isMeant(at, meant), `the focus is on ${at.role} ${at.name}, not on ${meant.name}`);
}

async function assertFocusSeen(page, what) {
  assert.deepEqual(await focusFaults(page, what), []);
}

/** What is wrong unless something has the focus, is drawn in the window, and one sees it. */
async function focusFaults(page, what) {
  const fault = await page.evaluate(async () => {
    // What goes takes its focus along; the page gives it on when it has drawn the rest.
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const element = document.activeElement;
    if (element === null || element === document.body) return "nothing has the focus";
    if (!element.isConnected || !element.checkVisibility()) return "what has it is not drawn";
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const isInView = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
    if (!isInView) return `${element.tagName} is outside the window: ${top} to ${bottom}`;
    if (!element.matches(":focus-visible")) return `${element.tagName} is not marked by the browser`;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const isMarked = (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
    return isMarked ? null : `${element.tagName} ${element.className} has neither outline nor shadow`;
  });
  return fault === null ? [] : [`${what}: ${fault}`];
}

export const { tests } = test;
