import { expect, test } from "vitest";
import { createKernel } from "../../../kernel/kernel.ts";
import type { SimulatedProcess } from "../../../kernel/simulated-process.ts";
import { SimulationBug } from "../../../kernel/simulation-bug.ts";
import { ConnectionFailed, HandlerFailed, KafkaError } from "./kafka-error.ts";
import { Bail, createRetrier, type Retrier } from "./retrier.ts";

const OPTIONS = { initialRetryMs: 100, maxRetryMs: 1_000, retries: 8 };

function retrying<T>(check: (retrier: Retrier, process: SimulatedProcess) => Promise<T>) {
  return createKernel({ seed: "retry" }).run((process) =>
    check(createRetrier({ process, stream: process.stream("retry"), options: OPTIONS }), process),
  );
}

test("delays double about, up to the bound, and the last failure ends it with its cause", async () => {
  const times: number[] = [];
  const failure = await retrying((retrier, process) =>
    retrier(() => {
      times.push(process.nowMs());
      return Promise.reject(new ConnectionFailed("away"));
    }).catch((error: unknown) => error),
  );
  expect(failure).toMatchObject({ name: "RetriesExceeded", message: "away" });
  expect(failure).toHaveProperty("cause.name", "ConnectionFailed");
  const delays = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(delays).toHaveLength(8);
  for (const [index, delay] of delays.entries()) {
    const about = Math.min(100 * 2 ** index, 1_000);
    // Each is drawn around the one before: what is far off adds up.
    expect(delay).toBeGreaterThanOrEqual(about * 0.8 ** (index + 1) - 1);
    expect(delay).toBeLessThanOrEqual(Math.min(about * 1.2 ** (index + 1) + 1, 1_000));
  }
});

test("what is not retriable is not tried again, and loses its type as kafkajs loses it", async () => {
  let attempts = 0;
  const failure = await retrying((retrier) =>
    retrier(() => {
      attempts += 1;
      return Promise.reject(new KafkaError("ILLEGAL_GENERATION", "commit"));
    }).catch((error: unknown) => error),
  );
  expect(failure).toMatchObject({ name: "NotRetriable", retriable: false });
  expect(failure).toHaveProperty("cause.code", "ILLEGAL_GENERATION");
  expect(attempts).toBe(1);
});

test("a handler's TypeError is final, any other error of it is not", async () => {
  expect(new HandlerFailed(new TypeError("a bug")).retriable).toBe(false);
  expect(new HandlerFailed(new Error("not now")).retriable).toBe(true);
  expect(new HandlerFailed("a text").retriable).toBe(true);
});

test("a bail goes out as what it carries, and an error of nobody ends the run", async () => {
  const carried = new KafkaError("UNKNOWN_TOPIC_OR_PARTITION", "metadata");
  await expect(
    retrying((retrier) => retrier(() => Promise.reject(new Bail(carried)))),
  ).rejects.toBe(carried);
  await expect(
    retrying((retrier) => retrier(() => Promise.reject(new Error("of our own")))),
  ).rejects.toBeInstanceOf(SimulationBug);
});
