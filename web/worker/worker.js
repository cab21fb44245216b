// Starts one module in this dedicated worker: a build of the engine, or the language.
//
// Posts { kind: "progress", loaded, total } while the module arrives (bytes
// before compression), { kind: "alive" } at once and every second until it has
// started, whatever it waits for, and { kind: "failed", message } when it does
// not start. From then on the module's own start function speaks for itself:
// nothing may be posted to this worker before it has said that it is ready.
const ENGINE_JS = "./{{ENGINE_JS}}";
const ENGINE_WASM = new URL("./{{ENGINE_WASM}}", import.meta.url);
const ENGINE_WASM_BYTES = Number("{{ENGINE_WASM_BYTES}}");

/** Milliseconds between two progress messages. */
const PROGRESS_EVERY_MS = 50;

/** Milliseconds between two signs of life: the page takes five seconds of silence for death. */
const ALIVE_EVERY_MS = 1_000;

/** Fetches the module; compiling starts while its bytes still arrive. */
async function fetchWithProgress(url, total) {
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new Error(`the server answered ${response.status} for ${url.pathname}`);
  }
  let loaded = 0;
  let toldAt = -Infinity;
  const meter = new TransformStream({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      if (performance.now() - toldAt >= PROGRESS_EVERY_MS || loaded >= total) {
        toldAt = performance.now();
        postMessage({ kind: "progress", loaded, total });
      }
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(meter), {
    headers: { "Content-Type": "application/wasm" },
  });
}

const showLife = () => postMessage({ kind: "alive" });
showLife();
// Fetching and compiling go on beside this thread, so the timer is not held up.
const life = setInterval(showLife, ALIVE_EVERY_MS);
try {
  const [engine, module_or_path] = await Promise.all([
    import(ENGINE_JS),
    fetchWithProgress(ENGINE_WASM, ENGINE_WASM_BYTES),
  ]);
  await engine.default({ module_or_path });
} catch (error) {
  postMessage({ kind: "failed", message: String(error?.message ?? error) });
} finally {
  clearInterval(life);
}
