import { createClock } from "@sinonjs/fake-timers";
import fc from "fast-check";
import { createKernel } from "../../sim/kernel/kernel.ts";
import { startCpuTime } from "./cpu-time.ts";
import { firstDelayUs, nextDelayUs, TASKS } from "./yardstick.ts";

/** The kernel's timers, as a service waits for them. Returns the milliseconds that they took. */
export async function measureKernelTimers(events: number): Promise<number> {
  const kernel = createKernel({ seed: "bench" });
  return timed(() =>
    kernel.run(async (main) => inTasks(events, (delayUs) => main.sleep(delayUs / 1_000))),
  );
}

/**
 * The same tasks on @sinonjs/fake-timers, run to their end by the asynchronous call that is made
 * for it.
 */
export async function measureFakeTimers(events: number): Promise<number> {
  const clock = createClock(0, 2 * events);
  return timed(async () => {
    const tasks = inTasks(
      events,
      (delayUs) => new Promise<void>((resolve) => void clock.setTimeout(() => resolve(), delayUs)),
    );
    await clock.runAllAsync();
    await tasks;
  });
}

/** The same tasks on fast-check's scheduler, which knows no times: it takes any that is ready. */
export async function measureFastCheck(events: number): Promise<number> {
  const [scheduler] = fc.sample(fc.scheduler(), { seed: 1, numRuns: 1 });
  if (scheduler === undefined) {
    throw new Error("fast-check drew no scheduler");
  }
  return timed(async () => {
    const tasks = inTasks(events, () => scheduler.schedule(Promise.resolve()));
    await scheduler.waitFor(tasks);
  });
}

/** A hundred tasks that await one event after the other, until there were as many as asked for. */
async function inTasks(events: number, wait: (delayUs: number) => Promise<void>): Promise<void> {
  let left = events;
  async function task(number: number): Promise<void> {
    let delayUs = firstDelayUs(number);
    while (left > 0) {
      left -= 1;
      await wait(delayUs);
      delayUs = nextDelayUs(delayUs);
    }
  }
  await Promise.all(Array.from({ length: TASKS }, (_, number) => task(number)));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const cpuMs = startCpuTime();
  await work();
  return cpuMs();
}
