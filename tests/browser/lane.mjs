// A lane: tests run in it one after another, in browsers of its own.
//
// Two contexts of one browser would share its clipboard, its limit on downloads and its
// end, if it crashes; two browsers share the machine alone.

import { launch, USUAL } from "./browser.mjs";
import { SharedPage } from "./shared.mjs";

/** What one lane has open. */
export class Lane {
  #browsers = new Map();
  #shared = new Map();
  #left = new Map();

  /** The browser of this kind, started when it is first asked for. */
  browser(kind) {
    if (!this.#browsers.has(kind)) this.#browsers.set(kind, launch(kind));
    return this.#browsers.get(kind);
  }

  /** The live page that tests of this lane share, with this home and look and as a new visitor has it. */
  async livePage(origin, home, look) {
    const { viewport, colorScheme } = { ...USUAL, ...look };
    const name = `${home.link} ${viewport.width} x ${viewport.height} ${colorScheme}`;
    const old = this.#shared.get(name);
    const isNew = await old?.renew().catch(() => false);
    if (isNew) return old;
    if (old) await this.drop(old);
    const made = await SharedPage.open(await this.browser("plain"), origin, home, look);
    this.#shared.set(name, made);
    return made;
  }

  /** Throws a shared page away: the next test that asks gets another. */
  async drop(page) {
    for (const [name, shared] of this.#shared) if (shared === page) this.#shared.delete(name);
    await page.visit.context.close().catch(() => {});
  }

  /** Keeps a visit that a test has left for another. */
  keep(name, visit) {
    this.#left.set(name, visit);
  }

  /** A visit that was left by this name, which is no longer the lane's; undefined without one. */
  takeOver(name) {
    const visit = this.#left.get(name);
    this.#left.delete(name);
    return visit;
  }

  /** Ends all that the lane has open. */
  async close() {
    const started = [...this.#browsers.values()];
    this.#browsers.clear();
    this.#shared.clear();
    this.#left.clear();
    // One that did not start, or has crashed, has failed its tests already.
    const end = (browser) => browser.then((browser) => browser.close()).catch(() => {});
    await Promise.all(started.map(end));
  }
}
