// Chromium, with and without a GPU in software, and an ear for everything that goes wrong in it.

import { chromium } from "playwright-core";

import { QUIET } from "./flags.mjs";
import { CHROMIUM } from "./settings.mjs";

/** What each kind of browser is started with besides. */
const FLAGS = {
  /** No WebGPU adapter. */
  plain: [],
  /** WebGPU computed by SwiftShader: right numbers, no speed. */
  gpu: [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
    "--use-vulkan=swiftshader",
  ],
};

/** The window and the theme of a visitor, unless a test says otherwise. */
export const USUAL = { viewport: { width: 1440, height: 900 }, colorScheme: "light" };

/** Starts a browser of this kind. */
export function launch(kind) {
  const args = [...QUIET, ...FLAGS[kind]];
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args });
}

/** A visitor who was never here before, and everything that is wrong with what they get. */
export async function newContext(browser, origin, options = {}) {
  const context = await browser.newContext({
    ...USUAL,
    reducedMotion: "reduce",
    ...options,
  });
  const trouble = [];
  await context.exposeFunction("reportViolation", (line) => trouble.push(line));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      const { effectiveDirective, blockedURI } = event;
      window.reportViolation(`policy violation: ${effectiveDirective} ${blockedURI}`);
    });
  });
  context.on("console", (message) => {
    const { url } = message.location();
    if (message.type() === "error") trouble.push(`console error: ${message.text()} (${url})`);
  });
  context.on("weberror", (error) => trouble.push(`uncaught: ${error.error().message}`));
  context.on("dialog", (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(about|blob|data):/.test(url)) {
      trouble.push(`request outside the origin: ${url}`);
    }
  });
  // A worker's failed requests are in no console that is heard here.
  context.on("response", (response) => {
    if (response.status() >= 400) trouble.push(`HTTP ${response.status()}: ${response.url()}`);
  });
  context.on("page", (page) => page.on("worker", (worker) => listenInside(worker)));
  return { context, trouble };
}

/** A worker's policy violations are its own; its console is heard by the page. */
function listenInside(worker) {
  const listen = () => {
    addEventListener("securitypolicyviolation", (event) => {
      const { effectiveDirective, blockedURI } = event;
      console.error(`policy violation in a worker: ${effectiveDirective} ${blockedURI}`);
    });
  };
  // A worker that is gone already has violated nothing since.
  worker.evaluate(listen).catch(() => {});
}
