// A visitor's own colours, and paper.

import assert from "node:assert/strict";

import { link, live } from "./page.mjs";
import { suite } from "./runner.mjs";
import { ATTENTION } from "./shared.mjs";

const test = suite("plain");

const HOME = link({ backend: "cpu" });
const DARK = { colorScheme: "dark" };

/** The contrast of two colours as CSS computes them, from 1 to 21. */
function contrast(one, other) {
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test("what has the focus is outlined in a colour of three to one", async (t) => {
  const page = await t.livePage(HOME);
  await page.keyboard.press("Tab");
  const button = page.getByRole("button", { name: "Share" });
  await button.focus();
  const [outline, ground] = await button.evaluate((element) => [
    getComputedStyle(element).outlineColor,
    getComputedStyle(document.body).backgroundColor,
  ]);
  assert.ok(contrast(outline, ground) >= 3, `${outline} on ${ground}`);
});

test("with a visitor's own colours text can be read and what is chosen shows", async (t) => {
  for (const look of [{}, DARK]) {
    const page = await t.livePage(HOME, ATTENTION, look);
    await page.emulateMedia({ forcedColors: "active" });
    try {
      const { texts, ground, chosen } = await page.evaluate(() => {
        const style = (element) => getComputedStyle(element);
        const of = (selector) => [...document.querySelectorAll(selector)];
        // Numbers on the cells of a map or a table of colours stand on the cell, not on the page.
        const texts = of("figure svg text").filter((text) => !text.matches(".text-cell")).map((text) => style(text).fill);
        const pair = (on, off) => [style(document.querySelector(on)).backgroundColor, style(document.querySelector(off)).backgroundColor];
        const chosen = {
          view: pair('.segments [aria-pressed="true"]', '.segments [aria-pressed="false"]'),
          token: pair(".chip.query", ".chip:not(.query)"),
          room: pair("nav.rooms a[aria-current]", "nav.rooms a:not([aria-current])"),
        };
        return { texts: [...new Set(texts)], ground: style(document.body).backgroundColor, chosen };
      });
      assert.ok(texts.length > 0);
      for (const fill of texts) assert.ok(contrast(fill, ground) >= 4.5, `text in ${fill} on ${ground}`);
      for (const [what, [on, off]] of Object.entries(chosen)) assert.notEqual(on, off, what);
    } finally {
      await page.emulateMedia({ forcedColors: "none" });
    }
  }
});

test("paper is light, has the figures, and nothing to press", async (t) => {
  const page = await t.livePage(HOME, ATTENTION, DARK);
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  assert.equal(await theme(), "dark");
  // The scale is a picture, so it has to be drawn anew, and before the page is laid out for paper.
  await page.evaluate(() => {
    const firstColour = () => {
      const canvas = document.querySelector(".map canvas.pixels");
      return [...canvas.getContext("2d").getImageData(0, 0, 1, 1).data].join();
    };
    window.printed = { before: firstColour() };
    // What is drawn later than in the tasks that follow at once is not on the paper.
    addEventListener("beforeprint", () => Promise.resolve().then(() => Promise.resolve()).then(() => (window.printed.during = firstColour())), { once: true });
  });
  await page.pdf();
  const { before, during } = await page.evaluate(() => window.printed);
  assert.notEqual(during, before, "the scale has the light theme's colours");
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  await page.emulateMedia({ media: "print" });
  try {
    for (const hidden of [".learn", "header .tools", "main button"]) {
      assert.equal(await page.locator(hidden).filter({ visible: true }).count(), 0, hidden);
    }
    assert.ok(await page.locator(".map").isVisible());
  } finally {
    await page.emulateMedia({ media: "screen" });
  }
});

export const { tests } = test;
