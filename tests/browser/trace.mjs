// What the main thread itself worked, task by task, from the browser's own trace.
//
// The clock on the wall also counts the time in which a thread that is ready waits
// for a core. With two cores, an engine that computes, wasm that is compiled in the
// background and a screen that is drawn in software that is most of it, and says
// nothing about the page.

const MARK = "headlight-trace";

/** Starts to trace the browser of `page`; the answer ends it, once, with the page's tasks. */
export async function traced(page) {
  const session = await page.context().browser().newBrowserCDPSession();
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const includedCategories = ["toplevel", "blink.user_timing"];
  const traceConfig = { includedCategories, recordMode: "recordContinuously" };
  await session.send("Tracing.start", { traceConfig, transferMode: "ReportEvents" });
  return async () => {
    const markedAt = await page.evaluate((mark) => performance.mark(mark).startTime, MARK);
    const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
    await session.send("Tracing.end");
    await complete;
    await session.detach();
    return tasksOf(events, markedAt);
  };
}

/** The tasks of the thread that set the mark: when, how long, how much of that it worked; in ms. */
function tasksOf(events, markedAt) {
  const mark = events.find(({ name }) => name === MARK);
  const isTask = ({ pid, tid, name, ph }) =>
    pid === mark.pid && tid === mark.tid && ph === "X" && name === "ThreadControllerImpl::RunTask";
  const tasks = events.filter(isTask);
  return tasks.map(({ ts, dur, tdur }) => ({
    at: (ts - mark.ts) / 1e3 + markedAt,
    ms: dur / 1e3,
    // Left out where it is none.
    worked: (tdur ?? 0) / 1e3,
  }));
}
