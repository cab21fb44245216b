// Starts the page. An external file, because the content security policy
// allows no inline script; everything else is Rust.

// Rust that fails stops where it is, as a RuntimeError: what it was doing is not done, and
// what it held is held for good. What is shown is in the address, so a new start loses
// nothing; the page says so, as nothing else of it might.
function onFailure(error) {
  const isOfPage = "WebAssembly" in globalThis && error instanceof WebAssembly.RuntimeError;
  if (isOfPage) document.getElementById("page-failed").removeAttribute("hidden");
}
addEventListener("error", ({ error }) => onFailure(error));
addEventListener("unhandledrejection", ({ reason }) => onFailure(reason));
document.querySelector("#page-failed button").addEventListener("click", () => location.reload());

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
