// A lane: tests run in it one after another, in browsers of its own.
//
// Two contexts of one browser would share its clipboard, its limit on downloads and its
// end, if it crashes; two browsers share the machine alone.

import { launch } from "./browser.mjs";

/** What one lane has open. */
export class Lane {
  #browsers = new Map();

  /** The browser of this kind, started when it is first asked for. */
  browser(kind) {
    if (!this.#browsers.has(kind)) this.#browsers.set(kind, launch(kind));
    return this.#browsers.get(kind);
  }

  /** Ends all that the lane has open. */
  async close() {
    const started = [...this.#browsers.values()];
    this.#browsers.clear();
    await Promise.all(started.map(async (browser) => (await browser).close()));
  }
}
