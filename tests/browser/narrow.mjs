// Nothing makes the page scroll sideways: no narrow window, and no long word in a link.

import assert from "node:assert/strict";

import { link as flashLink, playing } from "./flash_page.mjs";
import { link, live } from "./page.mjs";
import { suite } from "./runner.mjs";

const test = suite("plain");

const LONG = "x".repeat(3_000);

/** Asserts that all of the page is within its window, and names what is not. */
async function assertWithinWindow(page, label) {
  const { scroll, client, beyond } = await page.evaluate(() => {
    const { scrollWidth: scroll, clientWidth: client } = document.documentElement;
    const isBeyond = (element) => element.getBoundingClientRect().right > client + 0.5;
    const beyond = [...document.querySelectorAll("body *")].filter(isBeyond).slice(0, 6);
    return { scroll, client, beyond: beyond.map((element) => element.outerHTML.slice(0, 120)) };
  });
  assert.ok(scroll <= client, `${label}: ${scroll} px wide in ${client}: ${beyond.join(" | ")}`);
}

test("no room scrolls sideways at 320 px", async (t) => {
  const width = 320;
  const viewport = { width, height: 640 };
  const page = await t.visit(link({ backend: "cpu" }), { viewport });
  await live(page);
  await assertWithinWindow(page, "Attention");
  const help = await page.getByRole("button", { name: "Help" }).boundingBox();
  assert.ok(help.x >= 0 && help.x + help.width <= width, `help ends at ${help.x + help.width}`);
  for (const view of [{}, { compare: "standard" }, { data: "random", n: 24, d: 8 }, { data: "typed", numbers: `${LONG}\n` }, { learn: "flash.3" }]) {
    const page = await t.visit(flashLink(view), { viewport });
    if (view.data === "typed") await page.locator(".trouble").waitFor();
    else await playing(page);
    await assertWithinWindow(page, JSON.stringify(view).slice(0, 60));
    await page.close();
  }
});

test("a long word in a link is cut where it is repeated, and widens nothing", async (t) => {
  const width = 320;
  for (const hash of [`#/${LONG}`, `#/flash?v=1&algorithm=${LONG}`, `#/attention?v=1&model=${LONG}`, `#/attention?v=1&layer=${LONG}&prompt=${LONG}`]) {
    const page = await t.visit(hash, { viewport: { width, height: 700 } });
    const notice = page.locator(".notice p").first();
    await notice.waitFor();
    const said = await notice.textContent();
    assert.ok(said.length < 250 && said.includes("…"), `${said.length}: ${said.slice(0, 200)}`);
    await assertWithinWindow(page, `${hash.slice(0, 30)} at ${width}`);
    await page.close();
  }
});

export const { tests } = test;
