// A live page that several tests have, one after another, each as if it were new on it.

import { newContext } from "./browser.mjs";
import { everythingArrived, link, truthShown } from "./page.mjs";
import { countRequests } from "./requests.mjs";
import { MODEL } from "./settings.mjs";

/** A prompt that is no test's, so that each way from home and back has a run for a consequence. */
export const HOME_PROMPT = "Between two tests Tom and Lily sat under a tree.";

/** Where a page of the Attention room is between two tests, and what is waited for there. */
export const ATTENTION = {
  link: link({ backend: "cpu", model: MODEL, prompt: HOME_PROMPT, layer: 3, head: 2, seed: 0 }),
  arrived: async (page) => {
    await everythingArrived(page);
    await truthShown(page);
  },
};

/** A live page, and what a new visitor's document is at its home. */
export class SharedPage {
  #home;
  #asNew;

  /** Opens a home as a new visitor with this window and theme. */
  static async open(browser, origin, home, look = {}) {
    const shared = new SharedPage();
    shared.#home = home;
    const { context, trouble } = await newContext(browser, origin, look);
    const page = await context.newPage();
    shared.visit = { context, trouble, page };
    await page.addInitScript(countRequests);
    await page.goto(`${origin}/${home.link}`);
    await shared.#arrived();
    shared.#asNew = await shared.#document();
    return shared;
  }

  /** Goes home; true if nothing was wrong and all there is as a new visitor has it. */
  async renew() {
    const { page, trouble } = this.visit;
    await page.mouse.move(0, 0);
    await page.keyboard.press("Escape");
    await page.evaluate(() => {
      document.activeElement.blur();
      scrollTo(0, 0);
    });
    await this.goTo(this.#home.link);
    await this.#arrived();
    return (await this.#document()) === this.#asNew && trouble.length === 0;
  }

  /** Follows a link within the page, and waits until the engine has nothing more to answer. */
  async goTo(link) {
    await this.visit.page.evaluate(async (hash) => {
      if (location.hash === hash) return;
      const heard = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
      location.hash = hash;
      await heard;
    }, link);
    await this.#atRest();
  }

  async #arrived() {
    await this.#home.arrived(this.visit.page);
    await this.#atRest();
  }

  /** Waits until nothing is asked; an answer may be followed by a question once it is drawn. */
  #atRest() {
    return this.visit.page.evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      for (let quiet = 0; quiet < 4; quiet = window.isBusy() ? 0 : quiet + 1) await frame();
    });
  }

  /** All that the document holds and keeps, but for the number of the run and its time. */
  #document() {
    return this.visit.page.evaluate(() => {
      const root = document.documentElement.cloneNode(true);
      root.removeAttribute("data-run");
      for (const element of root.querySelectorAll("[class=''], [style='']")) {
        // Once set and taken back, an attribute stays and says nothing.
        for (const name of ["class", "style"]) {
          if (element.getAttribute(name) === "") element.removeAttribute(name);
        }
      }
      const html = root.outerHTML
        .replaceAll("<!---->", "")
        .replace(/>Run \d+ · ([^<]*) · [\d.]+&nbsp;m?s/, ">Run · $1");
      const fields = [...document.querySelectorAll("input, select, textarea")];
      const values = fields.map(({ value, checked }) => `${value} ${checked ?? ""}`);
      const at = [scrollX, scrollY, document.activeElement.tagName];
      const kept = [document.cookie, localStorage.length, sessionStorage.length];
      return [html, ...values, ...at, ...kept].join("\n");
    });
  }
}
