// Starts the page. An external file, because the content security policy
// allows no inline script; everything else is Rust.
const wasm = new URL("./{{SHELL_WASM}}", import.meta.url);

try {
  const shell = await import("./{{SHELL_JS}}");
  await shell.default({ module_or_path: wasm });
} catch (error) {
  console.error(error);
  document.getElementById("boot-failed")?.removeAttribute("hidden");
}
