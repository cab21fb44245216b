// The policy: sent as a header on page and worker, in force in both, never hit by the page.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { link, live, openBadge, PROMPT, type } from "./page.mjs";
import { suite } from "./runner.mjs";
import { DIST, MODEL } from "./settings.mjs";

const test = suite("plain");

test("page, worker and module carry a policy without unsafe-eval or unsafe-inline", async (t) => {
  const engines = JSON.parse(await readFile(join(DIST, "engines.json"), "utf8"));
  const workers = Object.values(engines).filter(Boolean).map(({ worker }) => worker);
  assert.ok(workers.length > 0, "there is an engine");
  for (const path of ["", ...workers, "engines.json", "no-such-file"]) {
    const response = await fetch(`${t.origin}/${path}`);
    const policy = response.headers.get("content-security-policy");
    assert.ok(policy, `/${path} has no policy`);
    assertStrict(policy);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff", `/${path}`);
    assert.match(policy, /frame-ancestors 'self'/, `/${path}`);
    assert.equal(response.headers.get("cross-origin-opener-policy"), "same-origin", `/${path}`);
  }
});

test("no page of another origin can frame this one", async (t) => {
  t.expect(/frame-ancestors/);
  const page = await t.visit(null);
  await page.evaluate((url) => {
    const frame = document.createElement("iframe");
    frame.src = url;
    const done = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.body.append(frame);
    return done;
  }, `${t.origin}/`);
  const title = await page.frames()[1].evaluate(() => document.title);
  assert.notEqual(title, "Headlight", "the page is shown in a frame");
});

function assertStrict(policy) {
  const directives = new Map(
    policy.split(";").map((part) => {
      const [name, ...sources] = part.trim().split(/\s+/);
      return [name, sources];
    }),
  );
  assert.deepEqual(directives.get("default-src"), ["'none'"]);
  for (const [name, sources] of directives) {
    assert.ok(!sources.includes("'unsafe-eval'"), `${name} ${sources}`);
    assert.ok(!sources.includes("'unsafe-inline'"), `${name} ${sources}`);
    const isOpen = (source) => source === "*" || /^(https?|wss?):/.test(source);
    assert.ok(!sources.some(isOpen), `${name} ${sources}`);
  }
}

test("the policy stops inline scripts, eval and foreign requests, in page and worker", async (t) => {
  t.expect(/policy|Content Security Policy|Refused to/i);
  t.expect(/foreign\.example/);
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT }));
  await live(page);
  const isRun = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.wasRun = true";
    document.body.append(script);
    return window.wasRun === true;
  });
  assert.equal(isRun, false, "an inline script ran");
  const worker = page.workers()[0];
  for (const scope of [page, worker]) {
    const reached = await scope.evaluate(async () => {
      const fetched = fetch("https://foreign.example/").then(() => "fetched", () => "refused");
      // In a task of its own: a debugger's own evaluation may be exempt.
      const evaluated = new Promise((resolve) => {
        setTimeout(() => {
          try {
            resolve(new Function("return 'evaluated'")());
          } catch {
            resolve("refused");
          }
        });
      });
      return Promise.all([fetched, evaluated]);
    });
    assert.deepEqual(reached, ["refused", "refused"]);
  }
  // The test's ears: what it did here was heard, from the worker as well.
  const heard = t.trouble().join("\n");
  assert.match(heard, /policy violation: script-src/);
  assert.match(heard, /policy violation: connect-src/);
  assert.match(heard, /policy violation in a worker: connect-src/);
});

test("everything the page uses comes from its own origin", async (t) => {
  const page = await t.visit(null);
  const paths = new Set();
  page.on("request", (request) => paths.add(new URL(request.url()).pathname));
  await page.goto(`${t.origin}/${link({ prompt: PROMPT })}`);
  await live(page);
  await type(page, "Tom saw a dog. Tom");
  await openBadge(page);
  // Requests outside the origin are trouble in every test; this one shows that
  // the worker's are heard as well.
  assert.ok(paths.has(`/models/${MODEL}/model.safetensors`), [...paths].join(" "));
  const stored = await page.evaluate(() => [document.cookie, sessionStorage.length]);
  assert.deepEqual(stored, ["", 0], "nothing is kept about the visitor");
});

export const { tests } = test;
