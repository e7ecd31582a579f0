import type { Delivery, RunningConsumer, Subscription } from "../../system/ports/broker.ts";
import { oneByOne, type HandleMessage } from "./one-by-one.ts";
import type { BrokerStage, StageClient, StageClock } from "./stage.ts";

/** A consumer that keeps what was delivered to it, in order. */
export interface Reader extends RunningConsumer {
  readonly seen: readonly Delivery[];
  /** Why it cannot go on; empty while it can. */
  readonly ends: readonly string[];
}

/**
 * Starts a consumer of the stage's group, or of another. It takes batches, or with `onMessage` one
 * message after the other; without either it commits each message.
 */
export async function startReader(
  stage: BrokerStage,
  request: {
    readonly client: StageClient;
    readonly topic: string;
    readonly group?: string;
    readonly sessionTimeoutMs?: number;
    readonly onMessage?: HandleMessage;
    readonly batches?: Pick<Subscription, "batchMax" | "onBatch">;
  },
): Promise<Reader> {
  const seen: Delivery[] = [];
  const ends: string[] = [];
  const { client, topic, group = stage.group, onMessage = commitEach } = request;
  const { batchMax, onBatch } = request.batches ?? oneByOne(onMessage);
  const consumer = await stage.broker(client).startConsumer({
    group,
    fromBeginning: true,
    topics: [topic],
    sessionTimeoutMs: request.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
    batchMax,
    onBatch: async (batch) => {
      seen.push(...batch.deliveries);
      await onBatch(batch);
    },
    onRestart: () => {},
    onEnd: (error) => ends.push(error.name),
  });
  return { seen, ends, stop: () => consumer.stop() };
}

/** As the services have it. */
export const SESSION_TIMEOUT_MS = 6_000;

const WAIT_MS_MAX = 30_000;
const LOOK_EVERY_MS = 20;

/** Waits until it holds. @throws Error after 30 s */
export async function until(
  clock: StageClock,
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadlineAtMs = clock.nowMs() + WAIT_MS_MAX;
  while (!(await holds())) {
    if (clock.nowMs() > deadlineAtMs) {
      throw new Error(`expected ${what} within ${WAIT_MS_MAX} ms, found that it did not come`);
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
}

async function commitEach(_delivery: Delivery, commit: () => Promise<void>): Promise<void> {
  await commit();
}
