// `npm test`: the built page in Chromium, and last the line `N passed, N failed`.
//
// `node run.mjs cpu faults` runs only these files.

import { closeBrowser } from "./browser.mjs";
import { runAll } from "./runner.mjs";
import { serve } from "./server.mjs";
import { DIST } from "./settings.mjs";

/** In the order of what must work first; those with a GPU together and last. */
const FILES = [
  "cpu", "truth", "arrival", "frame", "room", "keyboard", "menu", "learn", "odd_tokens",
  "flash", "long", "stale", "security", "speed", "pace", "bad_input", "faults", "soak", "gpu",
];

const chosen = process.argv.slice(2);
const files = FILES.filter((file) => chosen.length === 0 || chosen.includes(file));
const results = await runFiles().catch((error) => {
  console.error(error);
  return [false];
});
const passed = results.filter(Boolean).length;
console.log(`\n${passed} passed, ${results.length - passed} failed`);
process.exit(passed === results.length && passed > 0 ? 0 : 1);

/** Whether each test of each file passed. */
async function runFiles() {
  const { origin, stop } = await serve(DIST);
  const results = [];
  for (const file of files) {
    const { tests } = await import(`./${file}.mjs`);
    console.log(`\n--- ${file}`);
    results.push(...(await runAll(tests, origin)));
  }
  await Promise.all([closeBrowser("plain"), closeBrowser("gpu")]);
  await stop();
  return results;
}
