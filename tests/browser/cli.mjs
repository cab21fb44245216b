// The command line: the numbers the page must show.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { BIN, modelFolder } from "./settings.mjs";

const execute = promisify(execFile);
const answers = new Map();

/** One JSON answer; asked once, however many tests want it. */
function ask(command, ...options) {
  return askOf(modelFolder(), command, ...options);
}

/** The same of the model in another folder. */
function askOf(folder, command, ...options) {
  const words = [command, "--model", folder, "--backend", "cpu", "--json", ...options];
  const key = JSON.stringify(words);
  if (!answers.has(key)) {
    const limits = { maxBuffer: 1 << 28 };
    answers.set(key, execute(BIN, words, limits).then(({ stdout }) => JSON.parse(stdout)));
  }
  return answers.get(key);
}

/** `headlight run`, with the probability of every token of the vocabulary. */
export function run(prompt, edits = []) {
  return ask("run", "--prompt", prompt, "--top", "1000000", ...editOptions(edits));
}

/** `headlight lens`: the most probable token at each place. */
export function lens(prompt, edits = []) {
  return ask("lens", "--prompt", prompt, "--top", "1", ...editOptions(edits));
}

/** `headlight attribute` of one token against another. */
export function attribute(prompt, token, against, edits = []) {
  const tokens = ["--token", String(token), "--against", String(against)];
  return ask("attribute", "--prompt", prompt, ...tokens, ...editOptions(edits));
}

function editOptions(edits) {
  return edits.flatMap((edit) => ["--edit", JSON.stringify(edit)]);
}

/** `headlight run` with the exact probabilities of the model's language. */
export function truth(prompt) {
  return ask("run", "--prompt", prompt, "--truth");
}

/** The file that `headlight run --svg` writes, or that of another command with options of its own. */
export async function svg(prompt, width, theme, command = "run", ...more) {
  const folder = await mkdtemp(join(tmpdir(), "headlight-svg-"));
  try {
    const file = join(folder, "figure.svg");
    const options = ["--model", modelFolder(), "--backend", "cpu", "--prompt", prompt, "--svg", file];
    await execute(BIN, [command, ...options, ...more, "--width", String(width), "--theme", theme]);
    return await readFile(file, "utf8");
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `headlight attention` of one head, of the model in `folder`. */
export function attention(prompt, { layer, head }, folder = modelFolder()) {
  const which = ["--layer", String(layer), "--head", String(head)];
  return askOf(folder, "attention", "--prompt", prompt, ...which);
}

/** `headlight generate`; at temperature 1 and without cuts, unless told otherwise. */
export function generate(prompt, maxTokens, seed, { temperature = 1, topK = 0, topP = 1 } = {}) {
  const sampling = { temperature, "top-k": topK, "top-p": topP, "max-tokens": maxTokens, seed };
  const options = Object.entries(sampling).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return ask("generate", "--prompt", prompt, ...options);
}

/** `headlight capture` at every position: by hook a shape and its numbers. */
export async function capture(prompt, hooks) {
  const folder = await mkdtemp(join(tmpdir(), "headlight-capture-"));
  try {
    const file = join(folder, "captured.safetensors");
    const options = ["--model", modelFolder(), "--backend", "cpu", "--prompt", prompt];
    await execute(BIN, ["capture", ...options, "--hooks", hooks.join(","), "--pos", "all", "--out", file]);
    return tensorsOf(await readFile(file));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `headlight flash` of rows of q, k and v: its answer and its trace. */
export function flash(arrays, options) {
  return ofArrays(arrays, async (words, folder) => {
    const file = join(folder, "trace.json");
    const { stdout } = await execute(BIN, [...words, "--json", ...options, "--trace", file], { maxBuffer: 1 << 28 });
    return { answer: JSON.parse(stdout), trace: JSON.parse(await readFile(file, "utf8")) };
  });
}

/** The file that `headlight flash --svg` writes. */
export function flashSvg(arrays, options, width, theme) {
  return ofArrays(arrays, async (words, folder) => {
    const file = join(folder, "figure.svg");
    const look = ["--svg", file, "--width", String(width), "--theme", theme];
    await execute(BIN, [...words, ...options, ...look]);
    return readFile(file, "utf8");
  });
}

/** What `run` makes of `headlight flash` with files of rows of q, k and v. */
async function ofArrays(arrays, run) {
  const folder = await mkdtemp(join(tmpdir(), "headlight-flash-"));
  try {
    const words = ["flash"];
    for (const [name, rows] of Object.entries(arrays)) {
      const file = join(folder, `${name}.npy`);
      await writeFile(file, npy(rows));
      words.push(`--${name}`, file);
    }
    return await run(words, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Rows of numbers as an npy file of 32-bit floats. */
export function npy(rows) {
  const shape = `(${rows.length}, ${rows[0].length})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }\n`;
  const header = Buffer.alloc(10 + text.length, text, "latin1");
  header.write("\x93NUMPY\x01\x00", 0, "latin1");
  header.writeUInt16LE(text.length, 8);
  header.write(text, 10, "latin1");
  return Buffer.concat([header, Buffer.from(new Float32Array(rows.flat()).buffer)]);
}

/** The f32 tensors of a safetensors file. */
function tensorsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(bytes.subarray(8, start).toString());
  const tensors = Object.entries(header).filter(([name]) => name !== "__metadata__");
  const numbers = ([from, to]) =>
    Array.from({ length: (to - from) / 4 }, (_, index) => view.getFloat32(start + from + 4 * index, true));
  const read = ([name, { shape, data_offsets: at }]) => [name, { shape, numbers: numbers(at) }];
  return Object.fromEntries(tensors.map(read));
}
