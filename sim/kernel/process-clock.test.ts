import { describe, expect, test } from "vitest";
import { createKernel, type Kernel } from "./kernel.ts";
import { ProcessClock } from "./process-clock.ts";
import type { SimulatedProcess } from "./simulated-process.ts";

describe("a clock", () => {
  test("shows the time of the run as long as nobody touches it", () => {
    expect(new ProcessClock({ nowUs: 1_234 }).nowUs()).toBe(1_234);
  });

  test("that is set jumps by as much, forward and back, and below 0", () => {
    const clock = new ProcessClock({ nowUs: 1_000 });
    clock.jump(500);
    expect(clock.nowUs()).toBe(1_500);
    clock.jump(-2_000);
    expect(clock.nowUs()).toBe(-500);
  });

  test("that drifts gains as much a second, from then on and never at once", () => {
    const run = { nowUs: 1_000_000 };
    const clock = new ProcessClock(run);
    clock.drift(200);
    expect(clock.nowUs()).toBe(1_000_000);
    run.nowUs += 10_000_000;
    expect(clock.nowUs()).toBe(11_002_000);
    clock.drift(-100);
    expect(clock.nowUs()).toBe(11_002_000);
    run.nowUs += 10_000_000;
    expect(clock.nowUs()).toBe(21_001_000);
  });

  test("refuses parts of a microsecond, and a rate at which it would stand still", () => {
    const clock = new ProcessClock({ nowUs: 0 });
    expect(() => clock.jump(0.5)).toThrow(/whole microseconds/);
    expect(() => clock.drift(0.5)).toThrow(/whole parts per million/);
    expect(() => clock.drift(-1_000_000)).toThrow(/whole parts per million/);
  });
});

describe("processes with clocks of their own", () => {
  async function inPair(
    scenario: (kernel: Kernel, fast: SimulatedProcess, main: SimulatedProcess) => Promise<void>,
  ): Promise<void> {
    const kernel = createKernel({ seed: "clocks" });
    await kernel.run(async (main) => {
      const fast = kernel.startProcess("fast", (self) => self.promise("its end", () => {}));
      await main.sleep(1_000);
      await scenario(kernel, fast, main);
    });
  }

  test("one that is skewed shows another time, and its timers do not mind", async () => {
    await inPair(async (kernel, fast, main) => {
      fast.clock.jump(-5_000_000);
      expect([main.nowMs(), fast.nowMs()]).toEqual([1_000, -4_000]);
      await fast.sleep(250);
      expect([main.nowMs(), fast.nowMs()]).toEqual([1_250, -3_750]);
      expect(kernel.nowUs).toBe(1_250_000);
    });
  });

  test("timers of one whose clock runs fast come early, never by its own clock", async () => {
    await inPair(async (kernel, fast) => {
      fast.clock.drift(100_000);
      const beforeUs = { own: fast.clock.nowUs(), run: kernel.nowUs };
      await fast.sleep(1_000);
      expect(kernel.nowUs - beforeUs.run).toBe(909_091);
      expect(fast.clock.nowUs() - beforeUs.own).toBe(1_000_000);
    });
  });

  test("the next incarnation is on the same machine, with the same clock", async () => {
    await inPair(async (kernel, fast, main) => {
      fast.clock.jump(3_000_000);
      fast.crash();
      const again = kernel.startProcess("fast", (self) => self.sleep(1));
      expect(again.nowMs() - main.nowMs()).toBe(3_000);
      expect(kernel.clockOf("fast")).toBe(again.clock);
    });
  });
});
