import { expect, test } from "vitest";
import { collectGarbage } from "./collect-garbage.ts";
import { createKernel } from "./kernel.ts";
import type { ProcessExit } from "./simulated-process.ts";

test("a crashed process goes no further: no reply, no catch, no finally", async () => {
  const kernel = createKernel({ seed: "crash" });
  const seen: string[] = [];
  await kernel.run(async (main) => {
    const victim = kernel.startProcess("victim", async (self) => {
      try {
        seen.push("waits");
        await self.sleep(10);
        seen.push("woke");
      } catch {
        seen.push("caught");
      } finally {
        seen.push("finally");
      }
    });
    await main.sleep(5);
    victim.crash();
    await main.sleep(100);
  });
  expect(seen).toEqual(["waits"]);
});

test("a dead process's timers do not fire", async () => {
  const kernel = createKernel({ seed: "timers" });
  await kernel.run(async (main) => {
    const victim = kernel.startProcess("victim", async (self) => {
      self.after(10, () => expect.unreachable("its process is dead"));
      await self.sleep(20);
    });
    await main.sleep(5);
    victim.crash();
    await main.sleep(100);
  });
});

test("a dead process that asks to wait waits for ever", async () => {
  const kernel = createKernel({ seed: "dead" });
  const seen: string[] = [];
  await kernel.run(async (main) => {
    kernel.startProcess("victim", async (self) => {
      self.crash();
      seen.push("between the crash and the next await");
      await self.promise<void>("anything", (resolve) => resolve());
      seen.push("after");
    });
    await main.sleep(5);
  });
  expect(seen).toEqual(["between the crash and the next await"]);
});

test("what a dead process waited for is let go", async () => {
  const kernel = createKernel({ seed: "freed" });
  await kernel.run(async (main) => {
    const victim = kernel.startProcess("victim", (self) => self.sleep(1_000));
    await main.sleep(1);
    expect(victim.pending()).toEqual(["sleep"]);
    victim.crash();
    expect(victim.pending()).toEqual([]);
  });
});

test("what a dead process held on to is free: frames that wait, timers, the messages that it was asked for", async () => {
  const kernel = createKernel({ seed: "memory" });
  const held: WeakRef<object>[] = [];
  const collected = await kernel.run(async (main) => {
    const victim = kernel.startProcess("victim", async (self) => {
      const hold = (): object => {
        const made = { bytes: new Uint8Array(1_000) };
        held.push(new WeakRef(made));
        return made;
      };
      const inTimer = hold();
      self.after(1_000_000, () => expect(inTimer).toBe("never seen again"));
      const inFrame = hold();
      const inSleep = async (): Promise<object> => {
        const slept = hold();
        await self.sleep(1_000_000);
        return slept;
      };
      void inSleep();
      await self.promise("for ever", () => {});
      expect(inFrame).toBe("never seen again");
    });
    await main.sleep(1);
    expect(collect(held)).toBe(0);
    victim.crash();
    await main.sleep(1);
    return collect(held);
  });
  expect(collected).toBe(3);
});

/** How many of them are gone after a collection of garbage. */
function collect(held: readonly WeakRef<object>[]): number {
  collectGarbage();
  return held.filter((each) => each.deref() === undefined).length;
}

test("a restart is the next incarnation under the same name", async () => {
  const kernel = createKernel({ seed: "restart" });
  const seen: string[] = [];
  await kernel.run(async (main) => {
    const start = () =>
      kernel.startProcess("wallet-1", async (self) => {
        seen.push(`incarnation ${self.incarnation} at ${self.nowMs()} ms`);
        await self.sleep(1_000);
      });
    const first = start();
    await main.sleep(5);
    expect(start).toThrow("process wallet-1 is still running as incarnation 1");
    first.crash();
    start();
    await main.sleep(5);
  });
  expect(seen).toEqual(["incarnation 1 at 0 ms", "incarnation 2 at 5 ms"]);
});

test("whoever started a process learns how it ended", async () => {
  const kernel = createKernel({ seed: "exits" });
  const exits: ProcessExit[] = [];
  const error = new Error("could not go on");
  await kernel.run(async (main) => {
    const onExit = (exit: ProcessExit) => exits.push(exit);
    kernel.startProcess("returns", (self) => self.sleep(1), onExit);
    const fails = async () => Promise.reject(error);
    kernel.startProcess("fails", fails, onExit);
    const crashes = kernel.startProcess("crashes", (self) => self.sleep(100), onExit);
    main.after(2, () => crashes.crash());
    await main.sleep(200);
  });
  expect(exits).toEqual([{ kind: "failed", error }, { kind: "returned" }, { kind: "crashed" }]);
});

test("a process that fails unobserved ends the run", async () => {
  const kernel = createKernel({ seed: "unobserved" });
  const run = kernel.run(async (main) => {
    kernel.startProcess("fails", async () => Promise.reject(new Error("nobody would notice")));
    await main.sleep(5);
  });
  await expect(run).rejects.toThrow("nobody would notice");
});

test("a paused process meets what came meanwhile when it goes on, in the order in which it came", async () => {
  const kernel = createKernel({ seed: "pause" });
  const seen: string[] = [];
  await kernel.run(async (main) => {
    const note = (text: string) => void seen.push(`${main.nowMs()} ${text}`);
    const sleeper = kernel.startProcess("sleeper", async (self) => {
      self.after(30, () => note("timer"));
      await self.sleep(10);
      note("woke");
      await self.sleep(10);
      note("woke again");
    });
    await main.sleep(5);
    sleeper.pause();
    sleeper.act(() => note("was asked"));
    await main.sleep(45);
    expect(sleeper.isPaused).toBe(true);
    sleeper.resume();
    await main.sleep(100);
  });
  expect(seen).toEqual(["50 was asked", "50 timer", "50 woke", "60 woke again"]);
});

test("a process paused twice goes on when it was resumed twice", async () => {
  const kernel = createKernel({ seed: "pause twice" });
  await kernel.run(async (main) => {
    const seen: number[] = [];
    const sleeper = kernel.startProcess("sleeper", async (self) => {
      await self.sleep(1);
      seen.push(self.nowMs());
    });
    sleeper.pause();
    sleeper.pause();
    await main.sleep(10);
    sleeper.resume();
    await main.sleep(10);
    expect(seen).toEqual([]);
    sleeper.resume();
    await main.sleep(10);
    expect(seen).toHaveLength(1);
  });
});

test("a process killed while it is paused meets nothing any more", async () => {
  const kernel = createKernel({ seed: "killed in its pause" });
  await kernel.run(async (main) => {
    const sleeper = kernel.startProcess("sleeper", async (self) => {
      await self.sleep(2);
      expect.unreachable("it is dead");
    });
    await main.sleep(1);
    sleeper.pause();
    await main.sleep(10);
    sleeper.crash();
    sleeper.resume();
    await main.sleep(10);
    expect(sleeper.isPaused).toBe(false);
  });
});
