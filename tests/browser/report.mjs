// What is printed of results: a line for each test, and at the end where the time went.

/** How many of the slowest tests are named. */
const N_SLOWEST = 10;

/** Prints what came of a test, in one piece, for another lane prints as well. */
export function printResult({ file, name, isPassed, seconds, notes, complaint }) {
  const word = isPassed ? "ok    " : "FAILED";
  const more = notes.map((note) => ` [${note}]`).join("");
  const lines = [`${word}  ${inSeconds(seconds)}  ${file}: ${name}${more}`];
  if (!isPassed) lines.push(complaint.replace(/^/gm, "          "));
  console.log(lines.join("\n"));
}

/** Prints the slowest tests and the seconds of each file, slowest first. */
export function printTimes(results) {
  const slowest = bySeconds(results).slice(0, N_SLOWEST);
  console.log(`\n--- the slowest ${slowest.length} of ${results.length} tests`);
  for (const { file, name, seconds } of slowest) {
    console.log(`        ${inSeconds(seconds)}  ${file}: ${name}`);
  }
  const files = new Map();
  for (const { file, seconds } of results) {
    const sum = files.get(file) ?? { file, seconds: 0, count: 0 };
    files.set(file, { file, seconds: sum.seconds + seconds, count: sum.count + 1 });
  }
  console.log("\n--- seconds per file, of all lanes together");
  for (const { file, seconds, count } of bySeconds(files.values())) {
    console.log(`        ${inSeconds(seconds)}  ${file}, ${count} tests`);
  }
}

function bySeconds(list) {
  return [...list].sort((a, b) => b.seconds - a.seconds);
}

function inSeconds(seconds) {
  return `${seconds.toFixed(1).padStart(5)} s`;
}
