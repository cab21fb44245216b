// What the engine was asked and has not answered yet, counted inside the page.

/** Puts `window.isBusy()` into a page, from its first moment; to be evaluated there. */
export function countRequests() {
  const open = new Set();
  const Own = window.Worker;
  window.Worker = class extends Own {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => {
        const [, run] = data?.json?.match(/^\{"(?:Done|Failed|Cancelled)":\{"run":(\d+)/) ?? [];
        open.delete(run);
      });
    }
    postMessage(message, ...rest) {
      const asks = /^\{"(?:Load|Run|Pattern|Detail|Generate)":\{"run":(\d+)/;
      const [, run] = message?.json?.match(asks) ?? [];
      if (run) open.add(run);
      super.postMessage(message, ...rest);
    }
  };
  window.isBusy = () => open.size > 0;
}
