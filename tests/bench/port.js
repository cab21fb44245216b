// Questions to a worker and their answers, over a port of their own: the worker's global
// `message` events belong to the engine.

/** In a worker: serves `{name: async (arguments) => answer}` to whoever sent the port. */
export function answer(functions) {
  const serve = ({ data: { id, name, given } }, port) => {
    functions[name](given).then(
      (found) => port.postMessage({ id, found }),
      (error) => port.postMessage({ id, error: String(error?.stack ?? error) }),
    );
  };
  const listen = ({ ports: [port] }) => {
    removeEventListener("message", listen);
    port.onmessage = (event) => serve(event, port);
  };
  addEventListener("message", listen);
}

/** On the page: a worker of `script` as a function of a name and arguments. */
export function asker(script) {
  const worker = new Worker(script, { type: "module" });
  const { port1, port2 } = new MessageChannel();
  const waiting = new Map();
  let latest = 0;
  port1.onmessage = ({ data: { id, found, error } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(found);
    else reject(new Error(error));
  };
  worker.onerror = (event) => {
    for (const { reject } of waiting.values()) reject(new Error(`${script}: ${event.message}`));
  };
  worker.postMessage(null, [port2]);
  return (name, given = {}) =>
    new Promise((resolve, reject) => {
      latest += 1;
      waiting.set(latest, { resolve, reject });
      port1.postMessage({ id: latest, name, given });
    });
}
