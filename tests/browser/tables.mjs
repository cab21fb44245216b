// The tables behind the figures as numbers, and what they must agree with.

import assert from "node:assert/strict";

import * as cli from "./cli.mjs";

/** How many next tokens the page lists. */
const N_NEXT = 10;

/** Reads every table and the state around it. Runs inside the page. */
export function readTables() {
  const cells = (figure) => {
    const table = document.querySelector(`table[data-for="${figure}"]`);
    const rows = [...(table?.querySelectorAll("tbody tr") ?? [])];
    return rows.map((row) => [...row.cells].map((cell) => cell.textContent));
  };
  const { engine, backend, run } = document.documentElement.dataset;
  const pattern = cells("attention.pattern");
  return {
    root: { engine, backend, run },
    head: document.querySelector('[role=radio][aria-checked="true"]')?.getAttribute("aria-label"),
    prompt: document.querySelector("textarea").value,
    tables: {
      tokens: pattern.map(([token]) => token),
      pattern: pattern.map(([, ...row]) => row.map(Number)),
      next: cells("attention.next").map(([id, text, prob]) => ({
        id: Number(id),
        text,
        prob: Number(prob),
      })),
      surprise: cells("attention.surprise").map(([text, nats, bits]) => ({
        text,
        nats: nats === "" ? null : Number(nats),
        bits: bits === "" ? null : Number(bits),
      })),
    },
  };
}

/** The largest gap between two lists of numbers of the same length. */
function largestGap(what, got, want) {
  assert.equal(got.length, want.length, `${what}: number of values`);
  let largest = 0;
  for (const [index, value] of got.entries()) {
    const gap = Math.abs(value - want[index]);
    assert.ok(Number.isFinite(gap), `${what}[${index}]: got ${value}, want ${want[index]}`);
    largest = Math.max(largest, gap);
  }
  return largest;
}

/**
 * Asserts that what is shown is what the command line says of `prompt` on the
 * CPU, for the head that is shown; returns the largest gaps.
 */
export async function assertAgrees(shown, prompt, tolerance) {
  const [run, head] = await Promise.all([cli.run(prompt), cli.attention(prompt, shown.head)]);
  assertTokens(shown.tokens, run.tokens, prompt);
  const gaps = {
    pattern: largestGap("pattern", shown.pattern.flat(), head.pattern.flat()),
    next: nextGap(shown.next, run.next),
    surprise: surpriseGap(shown.surprise, run.nll),
  };
  assert.ok(gaps.pattern <= tolerance, `pattern is off by ${gaps.pattern}`);
  assert.ok(gaps.next <= tolerance, `next-token probabilities are off by ${gaps.next}`);
  // Nats are logarithms: a probability's relative error, so the gap grows as it shrinks.
  const most = Math.max(1, ...run.nll.map((nll) => nll ?? 0));
  assert.ok(gaps.surprise <= tolerance * most * 10, `surprise is off by ${gaps.surprise}`);
  assertRows(shown.pattern);
  return gaps;
}

/** Tokens head rows as they are, unless nothing of them could be seen. */
function assertTokens(heads, tokens, prompt) {
  assert.equal(heads.length, tokens.length, `number of tokens of ${JSON.stringify(prompt)}`);
  for (const [pos, { text }] of tokens.entries()) {
    if (text.trim() !== "") assert.equal(heads[pos], text, `token ${pos}`);
  }
}

/** Weights are of one row: at most 1 in all, none looks ahead. */
export function assertRows(pattern) {
  for (const [query, row] of pattern.entries()) {
    const sum = row.reduce((sum, weight) => sum + weight, 0);
    assert.ok(Math.abs(sum - 1) <= 1e-5, `row ${query} sums to ${sum}`);
    const ahead = row.slice(query + 1);
    assert.ok(ahead.every((weight) => weight === 0), `row ${query} looks ahead`);
  }
}

/** The gap both by rank and by token: near ties may change places, not values. */
function nextGap(shown, all) {
  assert.equal(shown.length, Math.min(N_NEXT, all.length), "number of next tokens");
  const byId = new Map(all.map((token) => [token.id, token]));
  for (const { id, text } of shown) assert.equal(text, byId.get(id)?.text, `text of ${id}`);
  const got = shown.map(({ prob }) => prob);
  const ranked = all.slice(0, shown.length).map(({ prob }) => prob);
  const named = shown.map(({ id }) => byId.get(id).prob);
  return Math.max(largestGap("next by rank", got, ranked), largestGap("next", got, named));
}

function surpriseGap(shown, nll) {
  assert.equal(shown.length, nll.length, "number of surprises");
  assert.equal(shown[0].nats, null, "the first token has no surprise");
  for (const { nats, bits } of shown.slice(1)) {
    assert.ok(Math.abs(bits - nats / Math.LN2) <= 1e-12 * Math.max(1, bits), `${nats} nats`);
  }
  const nats = shown.slice(1).map((row) => row.nats);
  return largestGap("surprise", nats, nll.slice(1));
}

/** Gaps as a note beside a result. */
export function gapsNote({ pattern, next, surprise }) {
  const short = (gap) => gap.toExponential(1);
  return `gap: pattern ${short(pattern)}, next ${short(next)}, surprise ${short(surprise)} nats`;
}

/** A fraction as sentences of the page say it. */
export function percent(fraction) {
  const value = fraction * 100;
  if (value === 0 || value === 100) return `${value}\u00a0%`;
  if (value >= 99.95) return ">\u200999.9\u00a0%";
  return value < 0.05 ? "<\u20090.1\u00a0%" : `${value.toFixed(1)}\u00a0%`;
}
