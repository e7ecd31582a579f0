import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { drainAtOnce, drainByImmediates } from "./drain.ts";
import { createKernel, type Kernel, type KernelOptions } from "./kernel.ts";
import { NotSimulated } from "./not-simulated.ts";
import { OutsideSimulation, RunStopped } from "./run-stopped.ts";
import { fifo } from "./scheduling/fifo.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import { SimulationBug } from "./simulation-bug.ts";

const drains = [
  { name: "at once", drain: drainAtOnce },
  { name: "by immediates", drain: drainByImmediates },
];

describe("time", () => {
  test("events happen in the order of their times, and time stands still in between", async () => {
    const kernel = createKernel({ seed: "order" });
    const seen: string[] = [];
    await kernel.run(async (main) => {
      for (const delayMs of [30, 10, 20]) {
        main.after(delayMs, () => seen.push(`${delayMs} at ${kernel.nowUs}`));
      }
      await main.sleep(40);
    });
    expect(seen).toEqual(["10 at 10000", "20 at 20000", "30 at 30000"]);
  });

  test("a cancelled timer neither fires nor moves time", async () => {
    const kernel = createKernel({ seed: "cancel" });
    const stopped = await failureOf(kernel, async (main) => {
      main.after(5, () => expect.unreachable("it was cancelled")).cancel();
      await main.sleep(1);
      await main.promise("for ever", () => {});
    });
    expect(stopped).toHaveProperty("kind", "queue-empty");
    expect(kernel.nowUs).toBe(1_000);
  });

  test("a delay that is not a whole number of microseconds from 0 on is refused", () => {
    const kernel = createKernel({ seed: "delay" });
    const callback = () => {};
    for (const delayUs of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => kernel.schedule({ delayUs, actor: "x", callback })).toThrow(
        /whole number of microseconds/,
      );
    }
  });
});

describe("ties", () => {
  async function orderOfTen(options: KernelOptions): Promise<string> {
    const kernel = createKernel(options);
    const order: number[] = [];
    await kernel.run(async (main) => {
      for (let index = 0; index < 10; index += 1) {
        main.after(1, () => order.push(index));
      }
      await main.sleep(2);
    });
    return order.join(" ");
  }

  test("first in, first out keeps the order of scheduling", async () => {
    expect(await orderOfTen({ seed: "any", scheduling: fifo })).toBe("0 1 2 3 4 5 6 7 8 9");
  });

  test("by default the seed chooses, and another seed chooses otherwise", async () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 20; seed += 1) {
      orders.add(await orderOfTen({ seed: `seed ${seed}` }));
    }
    expect(orders.size).toBe(20);
    expect(await orderOfTen({ seed: "again" })).toBe(await orderOfTen({ seed: "again" }));
  });
});

describe("draining", () => {
  test.each(drains)(
    "$name: a chain of 1,000 awaits is never cut by the next event",
    async ({ drain }) => {
      const kernel = createKernel({ seed: "chain", drain, scheduling: fifo });
      const seen: string[] = [];
      await kernel.run(async (main) => {
        for (const name of ["one", "two"]) {
          main.after(1, () => void chain(name));
        }
        await main.sleep(2);
      });
      async function chain(name: string): Promise<void> {
        seen.push(`${name} begins`);
        for (let hop = 0; hop < 1_000; hop += 1) {
          await Promise.resolve();
        }
        seen.push(`${name} ends`);
      }
      expect(seen).toEqual(["one begins", "one ends", "two begins", "two ends"]);
    },
  );

  test("all drains give one and the same trace hash", async () => {
    const seen = new Set<string>();
    for (const { drain } of drains) {
      seen.add(await hashOfChatter({ seed: "drains", drain }));
    }
    expect(seen.size).toBe(1);
  });

  test.each([
    ["is missing", undefined],
    ["drains nothing", () => {}],
  ])(
    "where Node's own turn %s, immediates drain, and the hash is the same",
    async (_what, turn) => {
      const hash = await hashOfChatter({ seed: "no turn" });
      const own = Object.getOwnPropertyDescriptor(process, "_tickCallback");
      Object.defineProperty(process, "_tickCallback", { value: turn, configurable: true });
      try {
        expect(await hashOfChatter({ seed: "no turn", drain: drainAtOnce })).toBe(hash);
      } finally {
        Object.defineProperty(process, "_tickCallback", own ?? {});
      }
    },
  );

  test("at once, Node's own turn drains after every event, and the host has its turn in between", async () => {
    const turn: unknown = Reflect.get(process, "_tickCallback");
    let turns = 0;
    const own = Object.getOwnPropertyDescriptor(process, "_tickCallback");
    const value = (): void => {
      turns += 1;
      if (typeof turn === "function") {
        Reflect.apply(turn, process, []);
      }
    };
    Object.defineProperty(process, "_tickCallback", { value, configurable: true });
    let hostTurns = 0;
    const interval = setInterval(() => (hostTurns += 1), 0);
    const kernel = createKernel({ seed: "turns", drain: drainAtOnce });
    try {
      await kernel.run(async (main) => {
        while (hostTurns < 2) {
          await main.sleep(1);
        }
      });
    } finally {
      clearInterval(interval);
      Object.defineProperty(process, "_tickCallback", own ?? {});
    }
    // One for each event but the last, and the probe's.
    expect(turns).toBe(kernel.step + 1);
  });

  test("a seed gives the same hash alone and after another seed, and seeds differ", async () => {
    const alone = await hashOfChatter({ seed: "B" });
    const other = await hashOfChatter({ seed: "A" });
    expect(await hashOfChatter({ seed: "B" })).toBe(alone);
    expect(other).not.toBe(alone);
  });

  test("the hash is the same with and without the recorded events", async () => {
    const silent = await hashOfChatter({ seed: "kept", recordTrace: false });
    expect(await hashOfChatter({ seed: "kept", recordTrace: true })).toBe(silent);
  });
});

describe("the end of a run", () => {
  test("an empty queue names what is waited for, by whom", async () => {
    const kernel = createKernel({ seed: "stuck" });
    const stopped = await failureOf(kernel, async (main) => {
      kernel.startProcess("payment-1", (self) => self.promise("a reply of kafka-1", () => {}));
      await main.promise("the end of the world", () => {});
    });
    expect(stopped).toBeInstanceOf(RunStopped);
    expect(stopped).toHaveProperty(
      "message",
      "queue empty, main not done, at 0 ms: main waits for the end of the world; payment-1 waits for a reply of kafka-1",
    );
  });

  test("a wait for the host is named as outside the simulation, with what of the host it is", async () => {
    const kernel = createKernel({ seed: "outside" });
    const stopped = await failureOf(kernel, async (main) => {
      kernel.startProcess("payment-1", async () => {
        await readFile(new URL(import.meta.url));
      });
      await main.promise("a reply of kafka-1", () => {});
    });
    expect(stopped).toHaveProperty(
      "message",
      "queue empty, main not done, at 0 ms: main waits for a reply of kafka-1; payment-1 waits for something outside the simulation; of the host there waits: FSReqPromise",
    );
  });

  test.each(drains)(
    "$name: code that goes on in a turn of the host ends the run, with the stack of what it asked for",
    async ({ drain }) => {
      const kernel = createKernel({ seed: "host turn", drain });
      const failure = await failureOf(kernel, async (main) => {
        kernel.startProcess("payment-1", async (self) => {
          await readFile(new URL(import.meta.url));
          await sleepInvaded(self);
        });
        for (;;) {
          await main.sleep(1);
        }
      });
      expect(failure).toBeInstanceOf(OutsideSimulation);
      expect(failure).toHaveProperty(
        "message",
        expect.stringContaining("payment-1 asked for a timer or a message outside"),
      );
      expect(failure).toHaveProperty("stack", expect.stringContaining("sleepInvaded"));
    },
  );

  test("the limits of simulated time and of events end a run that would go on for ever", async () => {
    const forever = async (kernel: Kernel) =>
      failureOf(kernel, async (main) => {
        for (;;) {
          await main.sleep(1);
        }
      });
    const byTime = await forever(createKernel({ seed: "s", limits: { simulatedMs: 50 } }));
    expect(byTime).toHaveProperty("message", "50 simulated ms are the limit, main not done");
    const byEvents = await forever(createKernel({ seed: "s", limits: { events: 9 } }));
    expect(byEvents).toHaveProperty("message", "9 events are the limit, reached at 9 ms");
  });

  test("an error thrown by an event ends the run with that error", async () => {
    const kernel = createKernel({ seed: "throws" });
    const failure = await failureOf(kernel, async (main) => {
      main.after(1, () => {
        throw new Error("a bug in an event");
      });
      await main.sleep(2);
    });
    expect(failure).toHaveProperty("message", "a bug in an event");
  });

  test("a rejection that nobody handles ends the run with its reason", async () => {
    const seenByHost: unknown[] = [];
    const listener = (error: unknown) => seenByHost.push(error);
    process.on("unhandledRejection", listener);
    const kernel = createKernel({ seed: "rejection" });
    const failure = await failureOf(kernel, async (main) => {
      main.after(1, () => void Promise.reject(new Error("nobody listens")));
      await main.sleep(2);
    });
    expect(failure).toHaveProperty("message", "nobody listens");
    expect(process.listeners("unhandledRejection")).toContain(listener);
    process.removeListener("unhandledRejection", listener);
    expect(seenByHost).toEqual([]);
  });

  test("a rejection that a process leaves unhandled ends the process, and the run goes on", async () => {
    const kernel = createKernel({ seed: "own rejection" });
    const exits: unknown[] = [];
    await kernel.run(async (main) => {
      const worker = async (process: SimulatedProcess) => {
        await process.sleep(1);
        void Promise.reject(new Error("nobody listens"));
        await process.sleep(1_000);
      };
      kernel.startProcess("worker", worker, (exit) => exits.push(exit));
      await main.sleep(10);
    });
    expect(exits).toEqual([{ kind: "failed", error: new Error("nobody listens") }]);
  });

  test("a bug of the simulation ends the run, whoever it ran for", async () => {
    const kernel = createKernel({ seed: "bug" });
    const failure = await failureOf(kernel, async (main) => {
      const worker = async (process: SimulatedProcess) => {
        await process.sleep(1);
        void Promise.reject(new SimulationBug(new TypeError("undefined is not a function")));
        await process.sleep(1_000);
      };
      kernel.startProcess("worker", worker, () => {});
      await main.sleep(10);
    });
    expect(failure).toBeInstanceOf(SimulationBug);
  });

  test("what is not simulated ends the run even where the service catches everything", async () => {
    const kernel = createKernel({ seed: "refusal" });
    const failure = await failureOf(kernel, async (main) => {
      main.after(1, () => kernel.fail(new NotSimulated("transactions", "BEGIN")));
      await main.promise("for ever", () => {}).catch(() => {});
    });
    expect(failure).toBeInstanceOf(NotSimulated);
    expect(failure).toHaveProperty("message", 'not simulated: transactions at "BEGIN"');
  });

  test("a kernel runs once, and one at a time", async () => {
    const kernel = createKernel({ seed: "once" });
    const first = kernel.run((main) => main.sleep(1));
    await expect(kernel.run((main) => main.sleep(1))).rejects.toThrow(/a kernel runs once/);
    await expect(createKernel({ seed: "two" }).run((main) => main.sleep(1))).rejects.toThrow(
      /two simulations at once/,
    );
    await first;
  });
});

function sleepInvaded(self: SimulatedProcess): Promise<void> {
  return self.sleep(1);
}

async function failureOf(kernel: Kernel, main: Parameters<Kernel["run"]>[0]): Promise<unknown> {
  return kernel.run(main).then(
    () => expect.unreachable("the run succeeded"),
    (error: unknown) => error,
  );
}

/** Twenty processes that sleep, draw and write to the trace, so that any change of order shows. */
async function hashOfChatter(options: KernelOptions): Promise<string> {
  const kernel = createKernel(options);
  await kernel.run(async (main) => {
    for (let index = 0; index < 20; index += 1) {
      kernel.startProcess(`process-${index}`, async (self) => {
        const stream = kernel.random.stream("chatter", self.name);
        for (let turn = 0; turn < 50; turn += 1) {
          await self.sleep(stream.integer(0, 3));
          for (let hop = 0; hop < index; hop += 1) {
            await Promise.resolve();
          }
          kernel.trace.record("turn", self.name, "awake", turn);
        }
      });
    }
    await main.sleep(1_000);
  });
  return kernel.trace.finish().hash;
}
