// What axe finds wrong: nothing, on any screen.

import { AxeBuilder } from "@axe-core/playwright";

/** Asserts that axe has nothing to say about what is shown, or about a part of it. */
export async function assertAccessible(page, what, part = "html") {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  const lines = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${help}: ${target} ${any[0]?.message ?? ""}`),
  );
  if (lines.length > 0) throw new Error(`axe, ${what}:\n${lines.join("\n")}`);
}
