// Starts the embedded figure. An external file, because the content security policy
// allows no inline script; everything else is Rust. Each room's figure is a module of
// its own.
const [js, wasm] = location.hash.startsWith("#/flash")
  ? ["./{{FLASH_JS}}", "./{{FLASH_WASM}}"]
  : ["./{{ATTENTION_JS}}", "./{{ATTENTION_WASM}}"];

try {
  const embed = await import(js);
  await embed.default({ module_or_path: new URL(wasm, import.meta.url) });
} catch (error) {
  console.error(error);
  document.getElementById("title").textContent = "This figure cannot be shown";
  document.getElementById("says").textContent =
    "WebAssembly" in globalThis
      ? "A part of it did not arrive, or this browser does not run it."
      : "This browser runs no WebAssembly.";
}
