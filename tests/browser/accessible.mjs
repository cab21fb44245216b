// What axe finds wrong: nothing, on any screen.

import assert from "node:assert/strict";

import { AxeBuilder } from "@axe-core/playwright";

/** Asserts that axe has nothing to say about what is shown, or about a part of it. */
export async function assertAccessible(page, what, part = "html") {
  assert.equal(page.frames().length, 1, "axe is run in the page's own document only");
  const { violations } = await axe(page).include(part).analyze();
  const lines = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${help}: ${target} ${any[0]?.message ?? ""}`),
  );
  if (lines.length > 0) throw new Error(`axe, ${what}:\n${lines.join("\n")}`);
}

/**
 * Every rule of axe, within the page itself and with an account of what is wrong only: an
 * account of the thousands of elements that are right takes three times as long as the rules.
 */
function axe(page) {
  // "Legacy" is without a page of its own that puts the answers of frames together.
  return new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
}
