// Starts the page. An external file, because the content security policy
// allows no inline script; everything else is Rust.
const wasm = new URL("./{{SHELL_WASM}}", import.meta.url);

try {
  const shell = await import("./{{SHELL_JS}}");
  await shell.default({ module_or_path: wasm });
} catch (error) {
  console.error(error);
  const failed = document.getElementById("boot-failed");
  if (failed) {
    const why =
      "WebAssembly" in globalThis
        ? "a part of the page did not arrive, or this browser does not run it."
        : "this browser runs no WebAssembly.";
    failed.querySelector("span").textContent = `Headlight could not start: ${why}`;
    failed.querySelector("button").addEventListener("click", () => location.reload());
    failed.removeAttribute("hidden");
  }
}
