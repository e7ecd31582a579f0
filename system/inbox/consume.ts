import { eventWords, type Event, type ParsedEvent } from "../domain/events.ts";
import {
  BrokerError,
  lastOfEach,
  partitionOf,
  type Delivery,
  type DeliveryBatch,
} from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import { DatabaseError, type Database } from "../ports/database.ts";
import { messageOf } from "../ports/message-of.ts";
import { passes } from "../ports/passes.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Taken } from "./claim.ts";
import { readDelivery, reasonOf } from "./read-delivery.ts";
import { setAside } from "./set-aside.ts";

export interface ConsumePorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Where what is set aside is published. */
  readonly deadLetterTopic: string;
}

export interface RetryLimits {
  readonly attemptsMax: number;
  readonly delayMs: number;
  /** Aborted when the process is to stop: then nothing is tried again. */
  readonly stopping: AbortSignal;
}

/** Claims events and has their effects, all of them in one transaction. */
export type Handle = (events: readonly Event[]) => Promise<readonly Taken[]>;

/**
 * Takes a batch of messages in: `handle` claims their events and has their effects in one
 * transaction, then the offsets behind them are committed, once. In this order a crash in between
 * brings the messages again, and the claims recognise them; committing the offsets first would lose
 * them.
 *
 * A COMMIT that nobody knows the end of is looked up in the inbox, by asking for the same at once.
 * Whatever else fails of several events together is done again one by one, each as a batch of one:
 * a bad message takes no other down with it. There, an error that passes is tried again up to the
 * limit, and so is the commit of the offsets. It never becomes a refusal of the payment. Past the
 * limit, or when the process is to stop, what is left of its partition is left for the broker to
 * bring again; other partitions go on, and then it is thrown.
 *
 * A message that is not an event of ours, and one whose handling fails with an error that would
 * come again on the same message, is set aside with its reason, and the partition goes on.
 *
 * @throws DatabaseError, BrokerError that may pass
 */
export async function consume(
  ports: ConsumePorts,
  limits: RetryLimits,
  batch: DeliveryBatch,
  handle: Handle,
): Promise<void> {
  const messages = batch.deliveries.map((delivery) => ({
    delivery,
    parsed: readDelivery(delivery),
  }));
  const events = messages.flatMap(({ parsed }) => (parsed.kind === "event" ? [parsed.event] : []));
  const areTaken = events.length > 1 && (await takeTogether(ports, events, handle));
  const done: Delivery[] = [];
  const failures = new Map<string, unknown>();
  for (const { delivery, parsed } of messages) {
    if (failures.has(partitionOf(delivery))) {
      continue;
    }
    if (parsed.kind === "unreadable" || !areTaken) {
      if (done.length + failures.size > 0) {
        await batch.heartbeat();
      }
      try {
        await takeOne(ports, limits, { delivery, parsed }, handle);
      } catch (error) {
        failures.set(partitionOf(delivery), error);
        continue;
      }
    }
    done.push(delivery);
  }
  const lasts = lastOfEach(done);
  for (const failure of failures.values()) {
    await keepProgress(ports, batch, lasts);
    throw failure;
  }
  await retrying(ports, limits, placesOf(lasts), () => commitOffsets(batch, lasts));
}

/** @returns false when it failed: then each has to be tried by itself */
async function takeTogether(
  ports: ConsumePorts,
  events: readonly Event[],
  handle: Handle,
): Promise<boolean> {
  try {
    await take(ports, events, handle);
    return true;
  } catch (error) {
    ports.telemetry.event("inbox.apart", { events: events.length, reason: messageOf(error) });
    return false;
  }
}

async function take(ports: ConsumePorts, events: readonly Event[], handle: Handle): Promise<void> {
  const taken = await lookingUp(ports, () => handle(events));
  for (const [index, event] of events.entries()) {
    const name = taken[index] === "duplicate" ? "inbox.duplicate" : "inbox.done";
    ports.telemetry.event(name, eventWords(event));
  }
}

/** Where nobody knows whether a COMMIT took effect, the same is asked at once: the inbox tells. */
async function lookingUp<T>(ports: ConsumePorts, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.applied === "no") {
      throw error;
    }
    ports.telemetry.event("inbox.doubt", { code: error.code, reason: error.message });
    return await ask();
  }
}

async function takeOne(
  ports: ConsumePorts,
  limits: RetryLimits,
  { delivery, parsed }: { readonly delivery: Delivery; readonly parsed: ParsedEvent },
  handle: Handle,
): Promise<void> {
  const words = parsed.kind === "unreadable" ? {} : eventWords(parsed.event);
  const about = { ...placeOf(delivery), ...words };
  const reason =
    parsed.kind === "unreadable"
      ? parsed.reason
      : await retrying(ports, limits, about, () => attempt(ports, parsed.event, handle));
  if (reason !== undefined) {
    await retrying(ports, limits, about, () => setAside(ports, delivery, reason));
    ports.telemetry.event("inbox.set-aside", { ...about, reason });
  }
}

/** What a line about a message says of it. */
type Words = Readonly<Record<string, string | number>>;

function placeOf({ topic, partition, offset }: Delivery): Words {
  return { topic, partition, offset };
}

/** As `placeOf`, of several partitions. */
function placesOf(lasts: readonly Delivery[]): Words {
  return { offsets: lasts.map((last) => `${partitionOf(last)}/${last.offset}`).join(" ") };
}

/** @returns why the event has to be set aside; undefined when it was taken in */
async function attempt(
  ports: ConsumePorts,
  event: Event,
  handle: Handle,
): Promise<string | undefined> {
  try {
    await take(ports, [event], handle);
    return undefined;
  } catch (error) {
    if (passes(error)) {
      throw error;
    }
    return reasonOf(error);
  }
}

async function retrying<T>(
  ports: ConsumePorts,
  limits: RetryLimits,
  about: Words,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      const code = error instanceof DatabaseError ? error.code : "broker";
      const reason = messageOf(error);
      if (!passes(error) || attempts >= limits.attemptsMax || limits.stopping.aborted) {
        ports.telemetry.event("inbox.left", { ...about, code, reason, attempts });
        throw error;
      }
      const { applied } = error;
      ports.telemetry.event("inbox.retry", { ...about, code, reason, applied, attempts });
      await ports.clock.sleep(limits.delayMs, limits.stopping);
    }
  }
}

/** A member that was shut out of its group learns it by the heartbeat, and joins again. */
async function commitOffsets(batch: DeliveryBatch, lasts: readonly Delivery[]): Promise<void> {
  try {
    await batch.commit(lasts);
  } catch (error) {
    await batch.heartbeat();
    throw error;
  }
}

/**
 * Commits that what was taken in before a message that cannot be need not come again. Where that
 * fails, it comes again, and the inbox recognises it.
 */
async function keepProgress(
  ports: ConsumePorts,
  batch: DeliveryBatch,
  lasts: readonly Delivery[],
): Promise<void> {
  if (lasts.length === 0) {
    return;
  }
  try {
    await batch.commit(lasts);
  } catch (error) {
    if (!(error instanceof BrokerError)) {
      throw error;
    }
    ports.telemetry.event("inbox.offset-not-committed", { reason: error.message });
  }
}
