// The command line: the numbers the page must show.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { BIN, modelFolder } from "./settings.mjs";

const execute = promisify(execFile);
const answers = new Map();

/** One JSON answer; asked once, however many tests want it. */
function ask(command, ...options) {
  const words = [command, "--model", modelFolder(), "--backend", "cpu", "--json", ...options];
  const key = JSON.stringify(words);
  if (!answers.has(key)) {
    const limits = { maxBuffer: 1 << 28 };
    answers.set(key, execute(BIN, words, limits).then(({ stdout }) => JSON.parse(stdout)));
  }
  return answers.get(key);
}

/** `headlight run`, with the probability of every token of the vocabulary. */
export function run(prompt) {
  return ask("run", "--prompt", prompt, "--top", "1000000");
}

/** `headlight run` with the exact probabilities of the model's language. */
export function truth(prompt) {
  return ask("run", "--prompt", prompt, "--truth");
}

/** `headlight attention` of one head. */
export function attention(prompt, { layer, head }) {
  return ask("attention", "--prompt", prompt, "--layer", String(layer), "--head", String(head));
}

/** `headlight generate` at temperature 1. */
export function generate(prompt, maxTokens, seed) {
  const options = ["--prompt", prompt, "--max-tokens", String(maxTokens), "--seed", String(seed)];
  return ask("generate", ...options);
}
