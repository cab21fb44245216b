// Someone inside the page who acts and waits without a round trip to the tests' own process.

/** Puts `window.hands` into the page; to be evaluated there. */
export function giveHands() {
  const root = document.documentElement;
  const field = document.querySelector("textarea");
  const button = (name) =>
    [...document.querySelectorAll("button")].find((button) => button.textContent.trim() === name);
  const until = (isDone) =>
    new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`waited in vain until ${isDone}`)), 15_000);
      const look = () => {
        if (!isDone()) return false;
        resolve(performance.now());
        return true;
      };
      if (look()) return;
      const observer = new MutationObserver(() => look() && observer.disconnect());
      observer.observe(document, { subtree: true, childList: true, attributes: true });
    });
  const type = (text) => {
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };
  const enter = () =>
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  const nextRun = () => {
    const { run } = root.dataset;
    return until(() => root.dataset.run !== run);
  };
  const ask = (text) => {
    const answer = nextRun();
    type(text);
    enter();
    return answer;
  };
  const isWriting = () => button("Stop") !== undefined;
  const generate = async () => {
    button("Generate").click();
    await until(() => document.querySelector(".continuation .chip") && isWriting());
  };
  const seen = [];
  const record = () => {
    const look = () => {
      const heads = document.querySelectorAll('table[data-for="attention.pattern"] tbody th');
      const text = [...heads].map((head) => head.textContent).join("");
      seen.push({ run: Number(root.dataset.run), text: text.replace(/^<\|.*?\|>/, "") });
    };
    new MutationObserver(look).observe(root, { attributeFilter: ["data-run"] });
  };
  window.hands = { ask, button, enter, generate, isWriting, nextRun, record, seen, type, until };
}
