// Runs tests one after another and counts them.
//
// A test gets a `t`: `t.visit(..)` opens the page as a new visitor, `t.note(..)`
// puts a figure beside the result, `t.expect(..)` names trouble that the test
// asks for. Everything else that goes wrong in the browser fails the test, even
// if every assertion holds.

import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { newContext } from "./browser.mjs";
import { rootOf } from "./page.mjs";

/** Longer than any test takes on two slow cores, shorter than one's patience. */
const LIMIT_S = 120;

const PICTURES = join(tmpdir(), "headlight-browser-tests");

/** Collects the tests of a file, which run in this kind of browser; names are statements. */
export function suite(kind) {
  const test = (name, body) => test.tests.push({ name, kind, body });
  test.tests = [];
  return test;
}

/** Runs `tests` against the page at `origin`; true for each that passed. */
export async function runAll(tests, origin) {
  const results = [];
  for (const one of tests) results.push(await runOne(one, origin));
  return results;
}

async function runOne({ name, kind, body }, origin) {
  const started = performance.now();
  const t = new Test(kind, origin);
  const error = await withinLimit(() => body(t).then(() => t.assertNoTrouble())).then(
    () => null,
    (error) => error,
  );
  const seconds = ((performance.now() - started) / 1e3).toFixed(1);
  const notes = t.notes.map((note) => ` [${note}]`).join("");
  if (error === null) {
    console.log(`ok      ${seconds.padStart(5)} s  ${name}${notes}`);
  } else {
    console.log(`FAILED  ${seconds.padStart(5)} s  ${name}${notes}`);
    console.log(indent(error.stack ?? String(error)));
    console.log(indent(await t.describe(name)));
  }
  await t.close();
  return error === null;
}

function withinLimit(work) {
  let timer;
  const limit = new Promise((_, reject) => {
    const giveUp = () => reject(new Error(`not done after ${LIMIT_S} s`));
    timer = setTimeout(giveUp, LIMIT_S * 1e3);
  });
  return Promise.race([work(), limit]).finally(() => clearTimeout(timer));
}

function indent(text) {
  return text.replace(/^/gm, "          ");
}

/** What a test can do. */
class Test {
  constructor(kind, origin) {
    this.kind = kind;
    this.origin = origin;
    this.notes = [];
    this.visits = [];
    this.expected = [];
  }

  /** Opens `link` as a new visitor and returns the page; without one the page is blank. */
  async visit(link = "", { origin = this.origin, ...options } = {}) {
    const { context, trouble } = await newContext(this.kind, origin, options);
    const visit = { context, trouble, page: await context.newPage() };
    this.visits.push(visit);
    if (link !== null) await visit.page.goto(`${origin}/${link}`);
    return visit.page;
  }

  /** A figure to print beside the result. */
  note(text) {
    this.notes.push(text);
  }

  /** Trouble that this test provokes. */
  expect(pattern) {
    this.expected.push(pattern);
  }

  /** All that went wrong so far. */
  trouble() {
    return this.visits.flatMap((visit) => visit.trouble);
  }

  assertNoTrouble() {
    const isAsked = (line) => this.expected.some((pattern) => pattern.test(line));
    const lines = this.trouble().filter((line) => !isAsked(line));
    if (lines.length > 0) throw new Error(`trouble in the browser:\n${lines.join("\n")}`);
  }

  /** What the page looked like, for whoever reads of a failure. */
  async describe(name) {
    const lines = this.trouble();
    for (const [index, { page }] of this.visits.entries()) {
      const file = join(PICTURES, `${name.replace(/\W+/g, "-")}-${index}.png`);
      mkdirSync(PICTURES, { recursive: true });
      const seen = page.screenshot({ path: file, fullPage: true, timeout: 5_000 });
      const picture = await seen.then(() => file, () => "no picture");
      const root = await rootOf(page).then(JSON.stringify, () => "no answer");
      lines.push(`page ${index}: ${root} ${picture}`);
    }
    return lines.join("\n");
  }

  async close() {
    await Promise.all(this.visits.map(({ context }) => context.close().catch(() => {})));
  }
}
