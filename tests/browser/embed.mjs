// Figures in someone else's page: sandboxed frames on another origin, the code that the
// menu gives for them, and links that are damaged.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";

import { assertAccessible } from "./accessible.mjs";
import { chooseInMenu, computedOn, link, PROMPT } from "./page.mjs";
import { suite } from "./runner.mjs";
import { DIST } from "./settings.mjs";

const test = suite("plain");

/** A writer's page, which gives each frame the height that its figure asks for. */
const SCRIPT = `
  window.told = [];
  addEventListener("message", ({ data, source }) => {
    if (data?.type !== "headlight:resize") return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === source) {
        frame.height = data.height;
        told.push([frame.id, data.height]);
      }
    }
  });
`;

/** Serves an article with these frames on an origin of its own, for as long as `read` takes. */
async function withArticle(t, frames, read) {
  const iframe = ({ id, src, height, above = 0 }) =>
    `<div style="height: ${above}px"></div>
     <iframe id="${id}" title="${id}" src="${src}" sandbox="allow-scripts" width="100%" height="${height}"></iframe>`;
  const html = `<!doctype html><html lang="en"><title>An article</title><body><h1>An article</h1>
    ${frames.map(iframe).join("\n")}<script>${SCRIPT}</script>`;
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(html);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const article = `http://127.0.0.1:${server.address().port}`;
    t.expect(new RegExp(`request outside the origin: ${article}/$`));
    return await read(article);
  } finally {
    server.close();
  }
}

/** Opens an article; the requests of its frames as paths. */
async function opened(t, article, options = {}) {
  const page = await t.visit(null, options);
  const paths = [];
  page.on("request", (request) => paths.push(new URL(request.url()).pathname));
  await page.goto(article);
  return { page, paths };
}

/** What a figure says of itself. */
const says = (frame) => frame.locator("#says").textContent();

/** The base64url of deflate of these bytes. */
const packed = (bytes) => deflateRawSync(Buffer.from(bytes)).toString("base64url");

test("two figures stand in an article: sandboxed, operated, silent, and without an engine", async (t) => {
  const frames = [
    { id: "map", src: `${t.origin}/embed.html#/attention?v=1`, height: 200 },
    { id: "stage", src: `${t.origin}/embed.html#/flash?v=1`, height: 2000 },
  ];
  await withArticle(t, frames, async (article) => {
    const { page, paths } = await opened(t, article, { viewport: { width: 900, height: 2600 } });
    const [map, stage] = ["map", "stage"].map((id) => page.frameLocator(`#${id}`));
    await map.locator("#drawing svg text").first().waitFor();
    await stage.locator("#drawing svg text").first().waitFor();

    // A row, by the pointer and by keys.
    const before = await says(map);
    const target = map.locator('[data-target="map:0"]').first();
    const box = await target.boundingBox();
    await page.mouse.move(box.x + 5, box.y + box.height * 0.4);
    await map.locator("#marks svg").first().waitFor();
    await page.mouse.click(box.x + 5, box.y + box.height * 0.4);
    const clicked = await says(map);
    assert.notEqual(clicked, before);
    await map.locator("#figure").focus();
    await page.keyboard.press("ArrowDown");
    assert.notEqual(await says(map), clicked);

    // Steps, by button, range, key and time.
    const clock = stage.locator(".clock");
    const step = async () => Number((await clock.textContent()).match(/\d+/)[0]);
    const first = await step();
    await stage.getByRole("button", { name: "One step", exact: true }).click();
    assert.equal(await step(), first + 1);
    await stage.getByRole("slider").fill("40");
    assert.equal(await step(), 40);
    await stage.locator("#figure").focus();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await step(), 39);
    await page.keyboard.press("Space");
    await stage.getByRole("button", { name: "Pause" }).waitFor();
    await stage.locator(".clock", { hasText: /step 4\d/ }).waitFor();
    await stage.getByRole("button", { name: "Pause" }).click();
    const paused = await step();

    // The height converges, and then nothing is said.
    const told = await page.evaluate(() => window.told.length);
    await page.waitForTimeout(700);
    assert.equal(await page.evaluate(() => window.told.length), told, "silent once it stands");
    assert.equal(await step(), paused);
    for (const id of ["map", "stage"]) {
      const lines = await page.evaluate((id) => window.told.filter(([from]) => from === id), id);
      assert.ok(lines.length >= 1 && lines.length <= 12, `${id} told ${JSON.stringify(lines)}`);
      const frame = page.frames().find((found) => found.url().includes(id === "map" ? "#/attention" : "#/flash"));
      const { inner, needed } = await frame.evaluate(() => ({
        inner: innerHeight,
        needed: document.getElementById("embed").getBoundingClientRect().height,
      }));
      assert.ok(Math.abs(inner - needed) <= 1, `${id}: ${inner} px for ${needed}`);
    }
    const others = paths.filter((path) => !/^\/(embed|recorded-embeds\/|$)/.test(path));
    assert.deepEqual(others, [], "nothing but the figure is fetched");
    assert.deepEqual(paths.filter((path) => /engine|worker|models/.test(path)), []);
  });
});

test("a figure that nobody sees stands still", async (t) => {
  const frames = [{ id: "stage", src: `${t.origin}/embed.html#/flash?v=1&speed=4`, height: 900 }, { id: "below", src: "about:blank", height: 10, above: 5000 }];
  await withArticle(t, frames, async (article) => {
    const { page } = await opened(t, article, { viewport: { width: 900, height: 900 } });
    const stage = page.frameLocator("#stage");
    await stage.locator("#drawing svg text").first().waitFor();
    await stage.locator("#figure").focus();
    await page.keyboard.press("Space");
    await stage.getByRole("button", { name: "Pause" }).waitFor();
    await page.evaluate(() => window.scrollTo(0, 4000));
    const frame = page.frames().find((found) => found.url().includes("#/flash"));
    const clock = () => frame.evaluate(() => document.querySelector(".clock").textContent);
    // By the clock: a frame that nobody sees draws no frames to wait for.
    await frame.waitForFunction(
      () => document.querySelector('[data-target="transport:3"]').ariaLabel === "Play",
      null,
      { polling: 100 },
    );
    const stopped = await clock();
    await page.waitForTimeout(600);
    assert.equal(await clock(), stopped);
  });
});

for (const [width, colorScheme] of [[760, "light"], [390, "dark"]]) {
  for (const room of ["attention", "flash"]) {
    test(`axe finds nothing in an embedded figure of ${room} at ${width} px, ${colorScheme}`, async (t) => {
      const page = await t.visit(`embed.html#/${room}?v=1`, { viewport: { width, height: 900 }, colorScheme });
      await page.locator("#drawing svg text").first().waitFor();
      await assertAccessible(page, `embedded ${room}`);
      const { scroll, client } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
      }));
      assert.ok(scroll <= client, `${scroll} px wide in ${client}`);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), colorScheme);
    });
  }
}

test("the menu's code shows the figure as it stood, with the numbers of the page", async (t) => {
  const page = await t.visit(link({ backend: "cpu", prompt: PROMPT, layer: 1, head: 2, row: 3, col: 1 }));
  await computedOn(page, "cpu");
  const title = "Attention map";
  const button = page.locator("#more-attention-pattern");
  await button.click();
  await page.getByRole("menuitem", { name: "Embed in a page" }).click();
  const section = page.getByRole("region", { name: "Embed in a page" });
  const [, script, markdown] = await section.locator("textarea").evaluateAll((all) => all.map((it) => it.value));
  assert.match(script, /headlight:resize/);
  // The preview is as high as its figure says, and the code with it.
  const preview = page.frameLocator("iframe");
  await preview.locator("#drawing svg text").first().waitFor();
  await page.waitForFunction(() => document.querySelector("iframe").style.height !== "480px");
  const html = await section.locator("textarea").first().inputValue();
  const height = await page.locator("iframe").evaluate((frame) => Number.parseFloat(frame.style.height));
  assert.ok(html.includes(`height="${height}"`), html);
  const src = html.match(/src="([^"]+)"/)[1].replaceAll("&amp;", "&");
  assert.match(html, /^<iframe src="http:\/\/127\.0\.0\.1:\d+\/embed\.html#\/attention\?v=1&amp;.*title="Attention of layer 1, head 2 .*sandbox="allow-scripts allow-popups/, title);
  assert.match(markdown, /^\[!\[Attention of layer 1, head 2.*\]\(headlight-attention-pattern-.*\.svg\)\]\(http.*#\/attention\?v=1&/);
  assert.ok(src.length < 3_000, `${src.length} characters`);
  const shown = await preview.locator("#says").textContent();
  const own = await page.locator("#map-says").textContent();
  // The row's sentence, and the cell that was chosen.
  const plain = (text) => text.replaceAll("\u00a0", " ");
  assert.ok(plain(shown).startsWith(`${plain(own)} Selected: query`), `${shown} for ${own}`);
  t.note(`${src.length} characters for ${PROMPT.length} of prompt`);
  // In a page of its own it is the same, and links back to the page.
  const alone = await t.visit(new URL(src).pathname.slice(1) + new URL(src).hash);
  await alone.locator("#drawing svg text").first().waitFor();
  assert.equal(await alone.locator("#says").textContent(), shown);
  const back = await alone.locator("#page").getAttribute("href");
  assert.match(back, /^\.\/#\/attention\?v=1&.*row=3&col=1/);
  assert.doesNotMatch(back, /data=/);
  await section.getByRole("button", { name: "Hide the code to embed" }).click();
  await section.waitFor({ state: "detached" });
  assert.ok(await button.evaluate((element) => element === document.activeElement));
});

test("the code of the stage carries its head, and the figure goes on from its step", async (t) => {
  const page = await t.visit(`#/flash?v=1&backend=cpu&prompt=${encodeURIComponent(PROMPT)}&step=12`);
  await page.waitForSelector('table[data-for="flash.stage"] td', { state: "attached" });
  await page.waitForFunction(() => document.documentElement.dataset.engine === "live");
  await page.locator("#more-flash-stage").click();
  await page.getByRole("menuitem", { name: "Embed in a page" }).click();
  const preview = page.frameLocator("iframe");
  await preview.locator(".clock", { hasText: "step 12" }).waitFor();
  await preview.locator("#credit", { hasText: "16-bit" }).waitFor();
  await preview.locator('[data-target="transport:4"]').click();
  await preview.locator(".clock", { hasText: "step 13" }).waitFor();
});

test("a damaged, truncated or hostile link is one sentence", async (t) => {
  const link = (fragment) => `embed.html${fragment}`;
  const huge = packed(Buffer.alloc(3_000_000, 1));
  const hostile = packed([1, 255, 255, 255, 255]);
  for (const [fragment, sentence] of [
    ["#/attention?v=1&data=AAAA", /damaged or cut off/],
    ["#/flash?v=1&data=%3Cscript%3E", /no base64url/],
    [`#/attention?v=1&data=${huge}`, /more than 1048576 bytes/],
    [`#/flash?v=1&data=${hostile}`, /bytes of a text/],
    [`#/attention?v=1&data=${"A".repeat(150_000)}`, /150000 characters/],
    ["#/moon?v=1", /no figure at/],
    ["#/attention?v=1&prompt=Lily&layer=1&head=2", /carries no numbers: it was cut off/],
    ["#/attention?v=1&amp;row=2", /escaped twice/],
    ["#/attention?v=1&row=99", /row/],
    ["#/flash?v=1&algorithm=fa9", /fa9/],
    ["#/attention?v=1&model=nowhere", /no recorded run of the model nowhere/],
  ]) {
    t.expect(/404/);
    const page = await t.visit(link(fragment));
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.textContent(), sentence, fragment);
    assert.equal(await page.locator("#drawing svg").count(), 0);
  }
});

test("from a host that sends no headers a frame says why it stays empty", async (t) => {
  const server = createServer(async (request, response) => {
    const name = new URL(request.url, "http://localhost").pathname.slice(1);
    const types = { html: "text/html", js: "text/javascript", css: "text/css", wasm: "application/wasm" };
    response.setHeader("content-type", types[name.split(".").pop()] ?? "text/plain");
    response.end(await readFile(join(DIST, name)).catch(() => ""));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const plain = `http://127.0.0.1:${server.address().port}`;
  t.expect(new RegExp(`${plain}|CORS|net::ERR_FAILED`));
  try {
    await withArticle(t, [{ id: "map", src: `${plain}/embed.html#/attention?v=1`, height: 200 }], async (article) => {
      const { page } = await opened(t, article);
      await page.frameLocator("#map").getByText("does not let other sites frame it").waitFor();
    });
  } finally {
    server.close();
  }
});

test("only what an embedded figure needs may be framed and read by others", async (t) => {
  const headers = async (path) => (await fetch(`${t.origin}/${path}`)).headers;
  const embed = await headers("embed.html");
  assert.equal(embed.get("access-control-allow-origin"), "*");
  assert.equal(embed.get("cross-origin-resource-policy"), "cross-origin");
  assert.match(embed.get("content-security-policy"), /frame-ancestors \*/);
  assert.doesNotMatch(embed.get("content-security-policy"), /worker-src|unsafe-inline|blob:/);
  for (const path of ["", "engines.json", "models/stories/config.json", "recorded/stories.json"]) {
    const own = await headers(path);
    assert.equal(own.get("access-control-allow-origin"), null, path);
    assert.match(own.get("content-security-policy"), /frame-ancestors 'self'/, path);
  }
});

export const { tests } = test;
