// The page as a visitor and a script see it: controls by role and name, the root element's word.

import { readTables } from "./tables.mjs";

/** The prompt most tests use: short enough to read a failure. */
export const PROMPT = "Lily and Tom were good friends. One day, Lily found a red ball.";

/** Every figure of the Attention room, its name and title, by the view in which all of them are drawn. */
export const VIEWS = {
  map: {
    "attention.atlas": "Heads",
    "attention.pattern": "attention map",
    "attention.lens": "What each layer would say next",
    "attention.attribution": "Which parts speak for the answer",
    "attention.norms": "How much each part writes",
    "attention.next": "Next token after the prompt",
    "attention.surprise": "Surprise in bits",
    "attention.perplexity": "Perplexity so far",
  },
  lines: { "attention.lines": "The lines that are drawn" },
  row: {
    "attention.steps": "One row of attention, every step",
    "attention.product": "Query times key",
  },
};

/** How long the engine may take to arrive and answer. */
const ARRIVES_MS = 90_000;

/** How long an engine that is live may take for anything. */
const ANSWERS_MS = 30_000;

/** A link to a view; what is left out stays as the page has it. */
export function link(view) {
  const pairs = Object.entries(view).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `#/attention?${["v=1", ...pairs].join("&")}`;
}

/**
 * Waits until the page has done what it does after an action in tasks of their own:
 * the tables behind the figures and the address follow the figures themselves.
 */
async function settled(page) {
  await page.evaluate(async () => {
    const task = () => new Promise((resolve) => setTimeout(resolve, 0));
    for (let done = 0; done < 3; done += 1) await task();
  });
}

/** The parts of the page's own link. */
export async function linkOf(page) {
  await settled(page);
  const hash = await page.evaluate(() => location.hash);
  const [, query = ""] = hash.split("?");
  return Object.fromEntries(new URLSearchParams(query));
}

/** What the root element says about the machinery. */
export function rootOf(page) {
  return page.evaluate(() => {
    const { engine, backend, run } = document.documentElement.dataset;
    return { engine, backend, run };
  });
}

/** Waits until the engine has answered. */
export async function live(page) {
  await page.waitForSelector("html[data-engine=live]", { timeout: ARRIVES_MS });
  await page.waitForSelector('table[data-for="attention.pattern"] td', {
    state: "attached",
    timeout: ANSWERS_MS,
  });
}

/** Waits until every figure of the room has its numbers, however the head is looked at. */
export async function everythingArrived(page) {
  await page.waitForSelector("html[data-engine=live]", { timeout: ARRIVES_MS });
  await rowsArrived(page, "attention.next");
  await rowsArrived(page, "attention.atlas", 24);
  await rowsArrived(page, "attention.lens");
  await rowsArrived(page, "attention.attribution");
}

/** Waits until the truth stands beside the model's numbers. */
export async function truthShown(page) {
  await page.waitForFunction(() => {
    const row = document.querySelector('table[data-for="attention.surprise"] tbody tr:last-child');
    return row?.cells.length === 4;
  });
}

/** Waits until this backend has computed what is shown. */
export function computedOn(page, backend) {
  const selector = `html[data-engine=live][data-backend=${backend}]`;
  return page.waitForSelector(selector, { timeout: ARRIVES_MS });
}

/** The prompt's field. */
export function promptField(page) {
  return page.getByRole("textbox", { name: "Prompt" });
}

/** Types a prompt in place of the old one and waits for its answer; at rest before. */
export async function type(page, prompt) {
  const { run } = await rootOf(page);
  await promptField(page).fill(prompt);
  await answered(page, prompt, run);
}

/** Waits for the answer to `prompt` that follows the run called `before`. */
export async function answered(page, prompt, before) {
  const isAnswered = ([prompt, before]) => {
    const query = location.hash.split("?")[1] ?? "";
    const asked = new URLSearchParams(query).get("prompt");
    return asked === prompt && document.documentElement.dataset.run !== before;
  };
  await page.waitForFunction(isAnswered, [prompt, before], { timeout: ANSWERS_MS });
}

/** Chooses a head with the pointer and waits for its map. */
export async function chooseHead(page, { layer, head }) {
  await headButton(page, { layer, head }).click();
  await showsHead(page, { layer, head });
}

/** A head of the atlas; behind its name stands what it does. */
export function headButton(page, { layer, head }) {
  const name = new RegExp(`^Layer ${layer}, head ${head}\\b`);
  return page.getByRole("radio", { name });
}

/** The body of the table behind a figure: a list of texts for each row. */
export async function rowsOf(page, figure) {
  await settled(page);
  const rows = page.locator(`table[data-for="${figure}"] tbody tr`);
  return rows.evaluateAll((rows) =>
    rows.map((row) => [...row.cells].map((cell) => cell.textContent)),
  );
}

/** The same once it has `count` rows or more: some arrive after the run itself. */
export async function rowsArrived(page, figure, count = 1, timeout = ANSWERS_MS) {
  const hasRows = ([figure, count]) => {
    const rows = document.querySelectorAll(`table[data-for="${figure}"] tbody tr`);
    return rows.length >= count;
  };
  await page.waitForFunction(hasRows, [figure, count], { timeout });
  return rowsOf(page, figure);
}

/** Does something that has another run for a consequence, and waits for that run. */
export async function withNewRun(page, act) {
  const { run } = await rootOf(page);
  await act();
  const isNew = (run) => document.documentElement.dataset.run !== run;
  await page.waitForFunction(isNew, run, { timeout: ANSWERS_MS });
}

/** Chooses a model in the list. */
export async function chooseModel(page, name) {
  await page.getByRole("button", { name: /^Model: / }).click();
  const list = page.getByRole("region", { name: "Models that come with this page" });
  await list.getByRole("button", { name: new RegExp(`^${name}\\b`) }).click();
}

/** The button that opens the menu of the figure with this title. */
export function menuButton(page, title) {
  return page.getByRole("button", { name: `More about this figure: ${title}`, exact: true });
}

/** Chooses an entry of a figure's menu with the pointer. */
export async function chooseInMenu(page, title, entry) {
  await menuButton(page, title).click();
  await page.getByRole("menuitem", { name: entry, exact: true }).click();
}

/** Waits until the map and its table show this head. */
export async function showsHead(page, { layer, head }) {
  const isChosen = (name) => {
    const chosen = document.querySelector('[role=radio][aria-checked="true"]');
    const [title] = chosen?.getAttribute("aria-label").split(":") ?? [];
    return title === name;
  };
  const name = `Layer ${layer}, head ${head}`;
  await page.waitForFunction(isChosen, name, { timeout: ANSWERS_MS });
  // The table is still that of the head before: it is emptied in a task that follows,
  // and filled when the answer is there.
  await settled(page);
  await page.waitForSelector('table[data-for="attention.pattern"] td', {
    state: "attached",
    timeout: ANSWERS_MS,
  });
}

/** Everything the page shows, read at one moment. */
export async function shown(page) {
  await settled(page);
  const { head, prompt, root, tables } = await page.evaluate(readTables);
  const [layer, index] = (head?.match(/\d+/g) ?? []).map(Number);
  return { ...root, ...tables, prompt, head: { layer, head: index } };
}

/** The notices between prompt and room, each a string. */
export async function notices(page) {
  const paragraphs = page.getByRole("region", { name: "Messages" }).locator("p");
  return (await paragraphs.allTextContents()).map((text) => text.trim());
}

/** Waits for a notice and returns it. */
export async function notice(page, pattern) {
  const messages = page.getByRole("region", { name: "Messages" });
  const found = messages.locator("p").filter({ hasText: pattern }).first();
  await found.waitFor({ timeout: ARRIVES_MS });
  return (await found.textContent()).trim();
}

/** The words of the badge. */
export async function badge(page) {
  const button = page.getByRole("button", { name: /^Engine: / });
  return (await button.getAttribute("aria-label")).replace("Engine: ", "");
}

/** Opens what is behind the badge. */
export async function openBadge(page) {
  await page.getByRole("button", { name: /^Engine: / }).click();
  const panel = page.getByRole("region", { name: "What computes" });
  await panel.waitFor({ timeout: ANSWERS_MS });
  return panel;
}
