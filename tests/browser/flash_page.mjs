// The Flash room as its tests find it: where it is between two of them, and what they wait for.

import { PROMPT } from "./page.mjs";
import { HOME_PROMPT } from "./shared.mjs";

export const HEAD = { layer: 1, head: 2 };

/** Every figure's name and title. */
export const FIGURES = {
  "flash.stage": "Flash attention, step by step",
  "flash.timeline": "Timeline, the steps around this one by what they do",
  "flash.ledger": "Moved between slow and on-chip memory, numbers of 4 bytes",
  "flash.error": "largest error against plain softmax in 64 bits",
  "flash.row": "One row, as it happens",
};

/** A link to the room. */
export function link(view = {}) {
  const all = { v: "1", backend: "cpu", prompt: PROMPT, ...HEAD, ...view };
  const pairs = Object.entries(all).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `#/flash?${pairs.join("&")}`;
}

/** Waits until the head of the live run is on the stage. */
export async function playing(page) {
  await page.waitForSelector("html[data-engine=live]", { timeout: 90_000 });
  await page.waitForSelector('table[data-for="flash.stage"] td', { state: "attached" });
  await page.waitForFunction(() => {
    const cell = document.querySelector('table[data-for="flash.grid"] td');
    return cell !== null;
  });
}

/** The step that is shown and how many there are. */
export async function clock(page) {
  const text = await page.locator(".transport .clock").textContent();
  const [, step, all] = text.replace(/[\u202f\s]/g, "").match(/step(\d+)of(\d+)/);
  return { step: Number(step), all: Number(all) };
}

/** The same once there are more than `few` steps: those of two algorithms, not of one. */
export async function longerClock(page, few) {
  const hasMore = (few) => {
    const text = document.querySelector(".transport .clock").textContent.replace(/[\u202f\s]/g, "");
    return Number(text.match(/of(\d+)/)?.[1]) > few;
  };
  await page.waitForFunction(hasMore, few);
  return clock(page);
}

/** Waits until the whole result has been held against its definition. */
export async function checked(page) {
  await page.waitForFunction(() => {
    const cells = document.querySelectorAll('table[data-for="flash.error"] tbody tr:first-child td');
    return cells.length > 2 && cells[1].textContent === cells[2].textContent;
  });
}

/** Where a page that tests share is between two of them. */
export const HOME = {
  link: link({ prompt: HOME_PROMPT }),
  arrived: async (page) => {
    await playing(page);
    await checked(page);
  },
};

/** Opens the room in the midst of the work, with every figure's numbers there; as a new visitor with `options`. */
export async function midst(t, view = {}, { look = {}, options = null } = {}) {
  const to = link({ bq: 4, bk: 4, step: 60, ...view });
  const page = options === null ? await t.livePage(to, HOME, look) : await t.visit(to, options);
  await playing(page);
  await page.waitForSelector('main[data-step="60"]', { state: "attached" });
  await checked(page);
  return page;
}

export async function goTo(page, step) {
  await page.getByRole("slider", { name: "Step" }).evaluate((slider, value) => {
    slider.value = String(value);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }, step);
}

/** A row of the ledger's table, by the names of its columns. */
export async function ledgerRow(page, algorithm) {
  return page.evaluate((name) => {
    const table = document.querySelector('table[data-for="flash.ledger"]');
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
    const row = [...table.querySelectorAll("tbody tr")].find((one) => one.children[0].textContent === name);
    return Object.fromEntries([...row.children].map((cell, at) => [heads[at], cell.textContent]));
  }, algorithm);
}

/** Waits until the tables tell of a step. */
export async function stepTold(page, step) {
  await page.waitForSelector(`[data-step="${step}"]`, { state: "attached" });
}
