// Starts the embedded figure. An external file, because the content security policy
// allows no inline script; everything else is Rust.
const wasm = new URL("./{{EMBED_WASM}}", import.meta.url);

try {
  const embed = await import("./{{EMBED_JS}}");
  await embed.default({ module_or_path: wasm });
} catch (error) {
  console.error(error);
  document.getElementById("title").textContent = "This figure cannot be shown";
  document.getElementById("says").textContent =
    "WebAssembly" in globalThis
      ? "A part of it did not arrive, or this browser does not run it."
      : "This browser runs no WebAssembly.";
}
