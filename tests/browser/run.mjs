// `npm test`: the built page in Chromium, and last the line `N passed, N failed`.
//
// `node run.mjs cpu faults` runs only these files.

import { printTimes } from "./report.mjs";
import { runAll } from "./runner.mjs";
import { serve } from "./server.mjs";
import { DIST } from "./settings.mjs";

/** In the order of what must work first; the longest test not last, or a lane waits for it. */
const FILES = [
  "cpu", "truth", "arrival", "soak", "frame", "room", "keyboard", "menu", "learn", "odd_tokens",
  "flash", "flash_menu", "embed", "pixels", "long", "media", "stale", "security", "speed", "pace", "bad_input", "faults", "panics", "links", "narrow", "gpu",
];

const chosen = process.argv.slice(2);
const files = FILES.filter((file) => chosen.length === 0 || chosen.includes(file));
const results = await runFiles().catch((error) => {
  console.error(error);
  return [{ isPassed: false }];
});
const passed = results.filter(({ isPassed }) => isPassed).length;
console.log(`\n${passed} passed, ${results.length - passed} failed`);
process.exit(passed === results.length && passed > 0 ? 0 : 1);

/** What came of each test of each file. */
async function runFiles() {
  const { origin, stop } = await serve(DIST);
  const tests = [];
  for (const file of files) {
    const suite = await import(`./${file}.mjs`);
    tests.push(...suite.tests.map((test) => ({ file, ...test })));
  }
  const results = await runAll(tests, origin);
  printTimes(results);
  await stop();
  return results;
}
