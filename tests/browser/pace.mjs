// The main thread stays free: what a visitor does is painted in time while the engine works.

import assert from "node:assert/strict";

import { promptOf, site } from "./long.mjs";
import { link } from "./page.mjs";
import { countRequests } from "./requests.mjs";
import { suite } from "./runner.mjs";
import { traced } from "./trace.mjs";

const test = suite("plain", { alone: true });

/** Interaction to next paint, as Chromium defines it. */
const INTERACTION_MS = 200;

/** The longest task of the main thread: what it worked, see trace.mjs. */
const TASK_MS = 100;

/** Fewer tasks than this are not a visit. */
const MIN_TASKS = 100;

/** One interaction in so many is left out of the worst. */
const FORGIVEN = 50;

/** Below this a visit shows nothing. */
const MIN_INTERACTIONS = 100;

/** How many of the interactions must have met an engine that was at work. */
const MIN_BUSY = 0.8;

/** Fills most of the model's context, so that every answer takes a while. */
const STORY = "Lily and Tom were good friends. One day, Lily found a red ball. ".repeat(6).trim();

/** A visit to each model: where it is, what is looked at, what is typed, how many heads it has. */
const VISITS = {
  "the Stories model": {
    site: async (t) => t.origin,
    view: { prompt: STORY, layer: 2, head: 1 },
    more: " Tom and Lily were happy.",
    nHeads: 24,
  },
  "a prompt of 1,000 tokens": {
    site: async () => (await site()).origin,
    view: { model: "long", prompt: promptOf(1000, 1), layer: 3, head: 5 },
    more: " w1 w22 w333 w4",
    nHeads: 72,
  },
};

for (const [what, visit] of Object.entries(VISITS)) {
  test(`no task of the main thread is longer than 100 ms while ${what} loads`, async (t) => {
    const { page, tasks } = await opened(t, visit);
    const deadline = performance.now() + 90_000;
    while ((await countHeads(page)) < visit.nHeads && performance.now() < deadline) {
      // Seldom: whoever looks makes a task of the thread that is measured.
      await page.waitForTimeout(500);
    }
    assert.equal(await countHeads(page), visit.nHeads);
    assertTasks(t, await tasks(), await pace(page));
  });

  test(`interactions are painted within 200 ms while ${what} is computed`, async (t) => {
    const { page, tasks } = await opened(t, visit);
    const since = await page.evaluate(() => performance.now());
    await page.evaluate(keepBusy);
    const visitor = new Visitor(page);
    await looksAround(visitor);
    t.note(`${await countHeads(page)} of ${visit.nHeads} heads by then`);
    await asksForMore(visitor, visit);
    // The last paint is told of a moment after it.
    await page.waitForTimeout(300);
    const all = await tasks();
    const watched = await pace(page);
    const { nBusy, nActs, interactions, count } = watched;
    t.note(`engine at work in ${nBusy} of ${nActs}`);
    assert.ok(count >= MIN_INTERACTIONS, `only ${count} interactions were counted`);
    assert.ok(nBusy >= MIN_BUSY * nActs, `the engine was at work in ${nBusy} of ${nActs}`);
    const later = all.filter(({ at }) => at >= since);
    const checks = [
      () => assertInteractions(t, count, interactions),
      () => assertTasks(t, later, watched),
    ];
    assert.equal(checks.map(complaintOf).filter(Boolean).join("\n"), "");
  });
}

/** What a check finds wrong; nothing if it holds. */
function complaintOf(check) {
  try {
    check();
    return "";
  } catch ({ message }) {
    return message;
  }
}

/** The worst of `count` interactions, one in fifty forgiven; only the slower ones are listed. */
function assertInteractions(t, count, interactions) {
  const slowest = [...interactions].sort((a, b) => b.ms - a.ms);
  const names = slowest.slice(0, 3).map(({ ms, what }) => `${ms} ms ${what}`).join("; ");
  const ofRank = (rank) => slowest[rank]?.ms ?? 0;
  const p98 = ofRank(Math.floor(count / FORGIVEN));
  t.note(`${count} interactions, p98 ${p98} ms, worst ${ofRank(0)} ms: ${names}`);
  assert.ok(p98 <= INTERACTION_MS, `p98 of ${p98} ms; slowest: ${names}`);
}

/** No task may have worked for too long; what it was, the page knows of those that took long. */
function assertTasks(t, tasks, { longTasks }) {
  assert.ok(tasks.length >= MIN_TASKS, `only ${tasks.length} tasks were traced`);
  const whatAt = (at, ms) => longTasks.find((long) => Math.abs(long.at - at) < ms)?.what ?? "";
  const describe = ({ at, ms, worked }) =>
    `${worked.toFixed(0)} ms of work in ${ms.toFixed(0)} ms at ${at.toFixed(0)} ${whatAt(at, ms)}`.trim();
  const hardest = [...tasks].sort((a, b) => b.worked - a.worked);
  const names = hardest.slice(0, 3).map(describe).join("; ");
  t.note(`${tasks.length} tasks; hardest: ${names}`);
  assert.ok(hardest[0].worked <= TASK_MS, `long tasks: ${names}`);
}

/** Someone who does one thing after another and never waits for an answer. */
class Visitor {
  constructor(page) {
    this.page = page;
  }

  /** Clicks; found by selector, for a search by role reads the whole page and is a long task itself. */
  async click(selector) {
    await this.page.locator(selector).first().click({ timeout: 10_000 });
  }

  async button(text) {
    await this.click(`button:text-is("${text}")`);
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Key by key, a little faster than anyone types. */
  async type(text) {
    await this.page.keyboard.type(text, { delay: 25 });
  }

  /** Presses a slider, moves along it and lets go; once more if it moved away before. */
  async drag(selector, from, to, times = 3) {
    const slider = this.page.locator(selector);
    await slider.scrollIntoViewIfNeeded();
    const before = await slider.inputValue();
    const { x, y, width, height } = await slider.boundingBox();
    const at = (fraction) => [x + width * fraction, y + height / 2];
    await this.page.mouse.move(...at(from));
    await this.page.mouse.down();
    await this.page.mouse.move(...at(to), { steps: 8 });
    await this.page.mouse.up();
    if ((await slider.inputValue()) !== before) return;
    assert.ok(times > 1, `${selector} cannot be dragged`);
    await this.drag(selector, from, to, times - 1);
  }
}

/** Everything there is to do with a run; meanwhile its heads go on arriving. */
async function looksAround(visitor) {
  await choosesHeads(visitor);
  await choosesTokens(visitor);
  await changesTheView(visitor);
  await draws(visitor);
  await opensAndCloses(visitor);
}

/** What has other runs for a consequence. */
async function asksForMore(visitor, { more }) {
  await takesHeadsOut(visitor);
  await writes(visitor, more);
  await learns(visitor);
}

async function choosesHeads(visitor) {
  await visitor.click("#head-1-1");
  await visitor.press("ArrowRight", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "End", "Home");
  for (const head of ["0-3", "3-1", "2-4", "1-2"]) await visitor.click(`#head-${head}`);
  for (const order of ["induction", "entropy", "layer"]) {
    // By keys: the list that a click opens is drawn by the browser, outside the page.
    await visitor.page.locator(".heads select").focus();
    await visitor.type(order[0]);
    await visitor.press("Enter");
    await visitor.click("#head-1-3");
  }
}

async function choosesTokens(visitor) {
  for (const row of [3, 9, 6]) await visitor.click(`#chip-${row}`);
  await visitor.press("ArrowRight", "ArrowRight", "End", "Home", "ArrowRight");
  await visitor.click("[data-target='map:0']");
  await visitor.press("ArrowUp", "ArrowUp", "ArrowLeft", "ArrowDown", "PageUp", "Home", "End");
}

async function changesTheView(visitor) {
  for (const view of ["Lines", "One row"]) await visitor.button(view);
  for (let step = 1; step < 5; step += 1) await visitor.click(`#step-${step}`);
  await visitor.press("Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight");
  for (const view of ["Lines", "Map", "One row", "Map"]) await visitor.button(view);
}

/** Changes how the next token is drawn. */
async function draws(visitor) {
  await visitor.drag("#temperature", 0.5, 0.9);
  await visitor.drag("#temperature", 0.9, 0.2);
  await visitor.press("ArrowRight", "ArrowRight", "ArrowLeft");
  await visitor.drag("#top-p", 0.98, 0.6);
  await visitor.press("ArrowRight");
}

async function opensAndCloses(visitor) {
  for (const figure of ["pattern", "next"]) {
    await visitor.click(`#more-attention-${figure}`);
    await visitor.press("ArrowDown", "ArrowDown", "Escape");
  }
  for (let n = 0; n < 2; n += 1) await visitor.click('[aria-label="Help"]');
  for (let n = 0; n < 2; n += 1) await visitor.click('[aria-label="Dark theme"]');
}

async function takesHeadsOut(visitor) {
  for (const head of ["1-3", "2-2"]) {
    await visitor.click(`#head-${head}`);
    await visitor.button("Take this head out");
    await visitor.button("Put this head back");
  }
}

/** Types, asks, takes it back; has the prompt continued and stops that. */
async function writes(visitor, more) {
  await visitor.click("#prompt");
  await visitor.press("Control+End");
  await visitor.type(more);
  await visitor.press("Enter");
  for (let n = 0; n < more.length; n += 1) await visitor.press("Backspace");
  await visitor.press("Enter");
  for (let n = 0; n < 4; n += 1) await visitor.click("#write");
}

/** Through the lesson, which has an example of its own. */
async function learns(visitor) {
  await visitor.click("#learn-start");
  for (let step = 1; step < 5; step += 1) await visitor.button("Next");
  await visitor.button("Show the answer");
  await visitor.button("Leave");
}

/** A page that is watched from its first moment, once its engine has answered, and its tasks. */
async function opened(t, { site, view }) {
  const origin = await site(t);
  const page = await t.visit(null, { origin });
  const tasks = await traced(page);
  await page.addInitScript(countRequests);
  await page.addInitScript(watch);
  await page.goto(`${origin}/${link({ backend: "cpu", ...view })}`);
  await page.waitForSelector("html[data-engine=live]", { timeout: 90_000 });
  await page.waitForSelector('table[data-for="attention.next"] td', { state: "attached" });
  return { page, tasks };
}

/** From now on the engine continues the prompt whenever it has nothing else to do. */
function keepBusy() {
  const look = () => {
    const write = document.querySelector("#write");
    if (!window.isBusy() && write.textContent === "Generate") write.click();
  };
  setInterval(look, 10);
}

/** How many heads have arrived. */
function countHeads(page) {
  return page.locator('table[data-for="attention.atlas"] tbody tr').count();
}

/** What was watched. */
function pace(page) {
  return page.evaluate(() => window.pace());
}

/** Notes every interaction and long task from now on, and whether the engine was at work. */
function watch() {
  const [events, tasks, frames, targets] = [[], [], [], new Map()];
  let [nActs, nBusy] = [0, 0];
  const nameOf = ({ id, tagName, textContent }, label) =>
    id ? `#${id}` : `${tagName} ${label ?? textContent.trim().slice(0, 24)}`;
  const note = ({ type, key, target, timeStamp }) => {
    if (type === "keydown" || type === "pointerdown") {
      nActs += 1;
      nBusy += Number(window.isBusy());
    }
    // An event's entry no longer knows an element that is gone.
    const name = nameOf(target, target.getAttribute?.("aria-label"));
    targets.set(`${type} ${timeStamp}`, `${type}${key ? ` ${key}` : ""} on ${name}`);
  };
  for (const type of ["keydown", "keyup", "pointerdown", "pointerup", "click"]) {
    addEventListener(type, note, true);
  }
  const observe = (type, take, options) => {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
    observer.observe({ type, buffered: true, ...options });
    return () => observer.takeRecords().forEach(take);
  };
  const ends = [
    observe("event", (entry) => entry.interactionId > 0 && events.push(entry), { durationThreshold: 16 }),
    observe("longtask", (entry) => tasks.push(entry)),
    observe("long-animation-frame", (entry) => frames.push(entry)),
  ];
  /** Where an interaction's time went. */
  const describeEvent = ({ name, startTime, processingStart, processingEnd, duration }) => {
    const [waited, handled] = [processingStart - startTime, processingEnd - processingStart];
    const rest = duration - waited - handled;
    const parts = [waited, handled, rest].map((ms) => Math.max(ms, 0).toFixed(0));
    const what = targets.get(`${name} ${startTime}`) ?? name;
    return `${what} (${parts[0]} waiting, ${parts[1]} handled, ${parts[2]} painting)`;
  };
  /** Who asked for a task, as far as the frame it was part of knows. */
  const describeTask = ({ startTime, duration }) => {
    const isPart = (frame) => frame.startTime < startTime + duration && startTime < frame.startTime + frame.duration;
    const scripts = frames.filter(isPart).flatMap((frame) => frame.scripts);
    const parts = scripts.sort((a, b) => b.duration - a.duration).slice(0, 2);
    const of = parts.map(({ invoker, duration }) => `${invoker} ${duration.toFixed(0)}`);
    const layout = (frame) => frame.startTime + frame.duration - (frame.styleAndLayoutStart || Infinity);
    const painted = Math.max(0, ...frames.filter(isPart).map(layout));
    return `(${[...of, `layout and paint ${painted.toFixed(0)}`].join(", ")})`;
  };
  window.pace = () => {
    ends.forEach((end) => end());
    const worst = new Map();
    for (const event of events) {
      const { ms = -1 } = worst.get(event.interactionId) ?? {};
      if (event.duration > ms) {
        worst.set(event.interactionId, { ms: event.duration, at: event.startTime, what: describeEvent(event) });
      }
    }
    return {
      nActs,
      nBusy,
      count: performance.interactionCount,
      interactions: [...worst.values()],
      longTasks: tasks.map((task) => ({ at: task.startTime, what: describeTask(task) })),
    };
  };
}

export const { tests } = test;
