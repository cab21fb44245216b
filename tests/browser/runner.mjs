// Runs tests, two beside each other where nothing is measured, and counts them.
//
// A test gets a `t`: `t.visit(..)` opens the page as a new visitor, `t.livePage(..)`
// takes one that is live already and is as a new visitor has it, `t.note(..)`
// puts a figure beside the result, `t.expect(..)` names trouble that the test
// asks for. Everything else that goes wrong in the browser fails the test, even
// if every assertion holds.

import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { newContext } from "./browser.mjs";
import { Lane } from "./lane.mjs";
import { rootOf } from "./page.mjs";
import { printResult } from "./report.mjs";
import { ATTENTION } from "./shared.mjs";

/** Longer than any test takes on two slow cores with another beside it, shorter than patience. */
const LIMIT_S = 180;

const PICTURES = join(tmpdir(), "headlight-browser-tests");

/** How many tests run beside each other: one for each core of the smallest machine. */
const N_LANES = 2;

/**
 * Collects the tests of a file, which run in this kind of browser; names are statements.
 *
 * A test runs beside others unless the suite, or `test.alone`, says that it needs the
 * machine for itself, since it measures time.
 */
export function suite(kind, { alone = false } = {}) {
  const tests = [];
  const add = (name, body, isAlone) => tests.push({ name, kind, body, isAlone });
  const test = (name, body) => add(name, body, alone);
  test.alone = (name, body) => add(name, body, true);
  test.tests = tests;
  return test;
}

/**
 * Runs `tests` against the page at `origin`, first those that may run beside others.
 *
 * The first lane has the tests with a GPU in software to itself: two of them would be slower
 * than one after the other, and one has use for a page that another leaves.
 */
export async function runAll(tests, origin) {
  const results = [];
  const inLanes = async (heading, chosen, nLanes) => {
    if (chosen.length === 0) return;
    console.log(`\n--- ${chosen.length} tests ${heading}`);
    const onGpu = chosen.filter(({ kind }) => kind === "gpu");
    const queue = chosen.filter(({ kind }) => kind !== "gpu");
    const lanes = Array.from({ length: nLanes }, (_, lane) => {
      return runLane(lane === 0 ? [onGpu, queue] : [queue], origin, results);
    });
    await Promise.all(lanes);
  };
  await inLanes(`in ${N_LANES} lanes`, tests.filter(({ isAlone }) => !isAlone), N_LANES);
  await inLanes("alone", tests.filter(({ isAlone }) => isAlone), 1);
  return results;
}

/** Takes one test after another from these queues, which other lanes may share. */
async function runLane(queues, origin, results) {
  const lane = new Lane();
  const next = () => queues.find((queue) => queue.length > 0)?.shift();
  for (let test = next(); test !== undefined; test = next()) {
    const result = await runOne(test, lane, origin);
    printResult(result);
    results.push(result);
  }
  await lane.close();
}

/** What came of one test. */
async function runOne({ file, name, kind, body }, lane, origin) {
  const started = performance.now();
  const t = new Test(kind, lane, origin);
  const error = await withinLimit(() => body(t).then(() => t.assertNoTrouble())).then(
    () => null,
    (error) => error,
  );
  const seconds = (performance.now() - started) / 1e3;
  const isPassed = error === null;
  const complaint = isPassed ? "" : `${error.stack ?? error}\n${await t.describe(name)}`;
  await t.close(isPassed);
  return { file, name, isPassed, seconds, notes: t.notes, complaint };
}

function withinLimit(work) {
  let timer;
  const limit = new Promise((_, reject) => {
    const giveUp = () => reject(new Error(`not done after ${LIMIT_S} s`));
    timer = setTimeout(giveUp, LIMIT_S * 1e3);
  });
  return Promise.race([work(), limit]).finally(() => clearTimeout(timer));
}

/** What a test can do. */
class Test {
  constructor(kind, lane, origin) {
    this.kind = kind;
    this.lane = lane;
    this.origin = origin;
    this.notes = [];
    this.visits = [];
    this.expected = [];
    this.shared = new Set();
    this.handedOn = new Map();
  }

  /** Opens `link` as a new visitor and returns the page; without one the page is blank. */
  async visit(link = "", { origin = this.origin, ...options } = {}) {
    const browser = await this.lane.browser(this.kind);
    const { context, trouble } = await newContext(browser, origin, options);
    const visit = { context, trouble, page: await context.newPage() };
    this.visits.push(visit);
    if (link !== null) await visit.page.goto(`${origin}/${link}`);
    return visit.page;
  }

  /**
   * A live page at `link` with all its numbers there; it may have been another test's of the
   * same `look`: a viewport and a colorScheme, where they are not the usual ones. For tests
   * that are about neither a first load nor what is kept.
   */
  async livePage(link, home = ATTENTION, look = {}) {
    const shared = await this.lane.livePage(this.origin, home, look);
    this.shared.add(shared);
    if (!this.visits.includes(shared.visit)) this.visits.push(shared.visit);
    await shared.goTo(link);
    return shared.visit.page;
  }

  /**
   * Leaves a page to a later test of this lane, if this test passes: one that took a
   * long time to become what its `name` says.
   */
  handOn(page, name) {
    this.handedOn.set(name, this.visits.find((visit) => visit.page === page));
  }

  /** The page that an earlier test has left by this name, this test's from now on; undefined without one. */
  takeOver(name) {
    const visit = this.lane.takeOver(name);
    if (visit) this.visits.push(visit);
    return visit?.page;
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

  async assertNoTrouble() {
    // What a page that stays open has said by now has been heard by then.
    const stay = [...this.shared].map(({ visit }) => visit).concat(...this.handedOn.values());
    // One that could not be made as new in mid-test has been thrown away.
    const open = stay.filter(({ page }) => !page.isClosed());
    await Promise.all(open.map(({ page }) => page.evaluate(() => {})));
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

  /** Closes the pages that were opened; one that is shared or handed on stays if the test has passed. */
  async close(isPassed) {
    const stay = new Set([...this.shared].map(({ visit }) => visit));
    for (const [name, visit] of isPassed ? this.handedOn : []) {
      stay.add(visit);
      this.lane.keep(name, visit);
    }
    const own = this.visits.filter((visit) => !stay.has(visit));
    await Promise.all(own.map(({ context }) => context.close().catch(() => {})));
    if (!isPassed) await Promise.all([...this.shared].map((shared) => this.lane.drop(shared)));
  }
}
