// What the environment says: which page, which programs.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** The model whose numbers are compared. */
export const MODEL = "stories";

/** The built page. */
export const DIST = required("HEADLIGHT_DIST", "the folder that `cargo xtask build` made");

/** The command line, the page's reference. */
export const BIN = required("HEADLIGHT_BIN", "the program `headlight`");

/** Serves the page with the headers it is meant to have. */
export const XTASK = required("HEADLIGHT_XTASK", "the program `xtask`");

/** Draws SVG files without a browser; asked for by the tests of pictures alone. */
export function svgToPng() {
  return required("HEADLIGHT_SVG_TO_PNG", "the example `svg_to_png` of headlight-figure");
}

/** The browser. */
export const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";

/** The folder of a model of the page. */
export function modelFolder(name = MODEL) {
  return join(DIST, "models", name);
}

function required(name, what) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set, expected ${what}`);
  if (!existsSync(value)) throw new Error(`${name} is ${value}, which does not exist`);
  return resolve(value);
}
