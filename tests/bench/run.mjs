// `node run.mjs ORIGIN WORKER CHROMIUM`: the engine beside onnxruntime-web, as a table.
//
// One browser, one page, two workers of one thread each, of which one computes at a
// time, in turns. Exits 1 where a gate is broken.

import { chromium } from "playwright-core";

import { QUIET } from "../browser/flags.mjs";

/** Odd, so that the median is a time that was taken. */
const N_ROUNDS = 9;

/** 128 bytes, which are 128 tokens of the models that reference/make_onnx.py makes. */
const PROMPT = "It was a bright cold day in April, and the clocks were striking thirteen. ".repeat(2).slice(0, 128);

const MODELS = {
  gpt2: "GPT-2 124M, random weights",
  stories: "the sizes of models/stories",
};

/** What is timed: on our side, on theirs, and the ratio that must and that should hold. */
const ROWS = [
  { what: "prefill", name: "read 128 tokens, first token", gates: { gpt2: { gate: 1.3, aim: 0.65 } } },
  { what: "decode", name: "one token at past 128", gates: { gpt2: { gate: 1.2, aim: 0.65 } } },
  { what: "decode", against: "carried", name: "the same, keys and values handed on", gates: {} },
  { what: "run", against: "prefill", name: "the page's run of 128 tokens", gates: {} },
];

const [origin, worker, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, headless: true, args: QUIET });
let holds = true;
try {
  const page = await browser.newPage();
  const trouble = [];
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(error.message));
  await page.goto(origin);
  await page.waitForFunction(() => window.measure !== undefined);
  await page.evaluate((worker) => window.start(worker), worker);
  console.log(`Chromium ${browser.version()}, medians of ${N_ROUNDS} interleaved rounds, ms\n`);
  for (const model of Object.keys(MODELS)) holds = (await measure(page, model)) && holds;
  if (trouble.length > 0) throw new Error(`trouble in the browser:\n${trouble.join("\n")}`);
} finally {
  await browser.close();
}
console.log(
  "prefill: our Generate until its first token, their logits of the last position.\n" +
    "decode: our Generate from its first to its second token, their logits with keys and values given.\n" +
    "handed on: they give the next step's keys and values as well, as ours has them after each token.\n" +
    "run: our Run, which has norms of all positions, too, and the surprise of each where that is little work, beside their prefill.",
);
process.exit(holds ? 0 : 1);

/** Measures one model and prints its table; whether its gates hold. */
async function measure(page, model) {
  const measured = await page.evaluate(([...given]) => window.measure(...given), [model, PROMPT, N_ROUNDS]);
  const { times, error, tokens, version, isIsolated } = measured;
  if (tokens !== 128) throw new Error(`the prompt is ${tokens} tokens, expected 128`);
  // Elsewhere the clock is rounded to 0.1 ms, a tenth of a small model's token.
  if (!isIsolated) throw new Error("the page is not isolated, so its clock is too coarse");
  console.log(`${MODELS[model]}; log-probabilities differ by ${error.toExponential(1)} at most\n`);
  console.log(`| | Headlight | range | ORT-web ${version} | range | ratio | gate | aim | |`);
  console.log("|---|--:|--:|--:|--:|--:|--:|--:|---|");
  let holds = true;
  for (const { what, against = what, name, gates } of ROWS) {
    const [ours, theirs] = [times.engine[what], times.ort[against]];
    const ratio = median(ours) / median(theirs);
    const { gate, aim } = gates[model] ?? {};
    holds &&= gate === undefined || ratio <= gate;
    const verdict = gate === undefined ? "" : verdictOn(ratio, gate, aim);
    const cells = [name, ...timesOf(ours), ...timesOf(theirs), ratio.toFixed(2), gate ?? "", aim ?? "", verdict];
    console.log(`| ${cells.join(" | ")} |`);
  }
  console.log("");
  return holds;
}

function verdictOn(ratio, gate, aim) {
  if (ratio <= aim) return "within the aim";
  return ratio <= gate ? "within the gate" : "TOO SLOW";
}

function sorted(numbers) {
  return [...numbers].sort((a, b) => a - b);
}

function median(numbers) {
  return sorted(numbers)[Math.floor(numbers.length / 2)];
}

/** Median and range. */
function timesOf(numbers) {
  const [least, most] = [sorted(numbers)[0], sorted(numbers).at(-1)];
  const digits = median(numbers) < 10 ? 2 : 0;
  return [median(numbers).toFixed(digits), `${least.toFixed(digits)}-${most.toFixed(digits)}`];
}
