// The page as it is meant to be served: by xtask, with the real headers.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { XTASK } from "./settings.mjs";

/** Every server that still runs, so that none outlives the tests. */
const running = new Set();

process.on("exit", () => running.forEach((server) => server.kill()));

/** Serves `folder` on a free port: `{ origin, stop }`. */
export async function serve(folder) {
  const server = spawn(XTASK, ["serve", "--dist", folder, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(server);
  const origin = await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`xtask serve ended with ${code}`)));
    createInterface({ input: server.stdout }).on("line", (line) => {
      const address = line.trim().match(/^https?:\/\/\S+$/);
      if (address) resolve(new URL(address[0]).origin);
    });
  });
  const stop = async () => {
    running.delete(server);
    server.removeAllListeners("exit");
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill();
    await ended;
  };
  return { origin, stop };
}
