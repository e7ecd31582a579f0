import { bigintColumn, nullableTextColumn, textColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Producer } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database, Row } from "../ports/database.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { claimOutbox, underFence, whileHolding, type Lease } from "./lease.ts";
import { sendInOrder, type SendOutcome, type UnsentEvent } from "./send-in-order.ts";

export interface RelayPorts {
  readonly database: Database;
  readonly producer: Producer;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export interface RelaySettings {
  /** Names a relay: no other has it, nor the same one after a restart. */
  readonly holder: string;
  readonly batchMax: number;
  readonly leaseMs: number;
  /** So often the broker may refuse an event before it is a dead letter. */
  readonly attemptsMax: number;
}

/** What a pass came to. */
export interface RelayPass {
  readonly published: number;
  /**
   * When to look again: there is more; when something is appended; after a moment, because
   * something was refused; when the lease of another ends.
   */
  readonly next:
    | { readonly kind: "more" | "appended" | "refused" }
    | { readonly kind: "held"; readonly leftMs: number };
}

/**
 * Publishes up to `batchMax` unsent events in the order of their ids and then marks them sent: a
 * crash between the two sends them again, and the consumer's inbox recognises them. Marking first
 * would lose them instead.
 *
 * One relay at a time holds the outbox. One that goes on after its lease, because it stood still,
 * sends what others have sent, and marks nothing. It puts nothing out of order: each relay sends a
 * key's events from the first that nobody has marked, so whatever arrives first arrives in order.
 *
 * Ids are given before the commit, so two transactions may be published the other way round. A flag
 * skips none of them, as a cursor over ids would; and the events of one payment, which must keep
 * their order, come from one transaction in each service.
 *
 * @throws DatabaseError, BrokerError; what was not marked will be sent again
 */
export async function relayOutbox(ports: RelayPorts, settings: RelaySettings): Promise<RelayPass> {
  const { events, lease } = await readUnsent(ports.database, settings.batchMax);
  if (lease === undefined) {
    return { published: 0, next: { kind: "appended" } };
  }
  const fence = await hold(ports, lease, settings);
  if (fence === undefined) {
    const leftMs = lease.leftMs > 0 ? lease.leftMs : settings.leaseMs;
    return { published: 0, next: { kind: "held", leftMs } };
  }
  const holding = { fence, leaseMs: settings.leaseMs };
  const outcome = await whileHolding(ports, holding, () => sendInOrder(ports.producer, events));
  // Marked only after the broker's acknowledgement.
  await markSent(ports, outcome.acknowledged, holding);
  await countRefusals(ports, outcome.refused, { ...holding, attemptsMax: settings.attemptsMax });
  return {
    published: outcome.acknowledged.length,
    next: {
      kind:
        outcome.refused.length > 0
          ? "refused"
          : events.length === settings.batchMax
            ? "more"
            : "appended",
    },
  };
}

/** @returns the fence under which the outbox is held; undefined when another holds it */
async function hold(
  { database, telemetry }: RelayPorts,
  { holder, fence, leftMs }: Lease,
  settings: RelaySettings,
): Promise<bigint | undefined> {
  const isOwn = holder === settings.holder;
  if (!isOwn && leftMs > 0) {
    return undefined;
  }
  if (isOwn && leftMs > settings.leaseMs / 2) {
    return fence;
  }
  const claimed = await claimOutbox(database, { ...settings, seen: fence });
  if (claimed !== undefined && !isOwn) {
    telemetry.event("relay.lease-taken", { fence: claimed.toString() });
  }
  return claimed;
}

/**
 * Behind a dead letter all that has its key waits, so that it can be put back in its place.
 *
 * That nothing lies before the first says no more than the rest, and it is what keeps this short:
 * PostgreSQL finds a least id by going through the index in order, and drops from it what it meets
 * of events that were sent; the rest is then read from there. Where it does not know the table yet,
 * it would read all that was sent since the last VACUUM otherwise, each time.
 *
 * @returns no lease when nothing is unsent
 */
async function readUnsent(
  database: Database,
  batchMax: number,
): Promise<{ readonly events: readonly UnsentEvent[]; readonly lease: Lease | undefined }> {
  const { rows } = await runStatement(database, "relay", {
    label: "read-unsent",
    sql: `SELECT id, topic, message_key, payload,
            (SELECT holder FROM outbox_lease) AS holder,
            (SELECT fence FROM outbox_lease) AS fence,
            (SELECT extract(epoch FROM ends_at - clock_timestamp()) FROM outbox_lease)::text
              AS left_seconds
          FROM outbox
          WHERE sent_at_ms IS NULL AND dead_at_ms IS NULL
            AND id >= (SELECT min(id) FROM outbox WHERE sent_at_ms IS NULL AND dead_at_ms IS NULL)
            AND message_key <> ALL (ARRAY(
              SELECT message_key FROM outbox WHERE sent_at_ms IS NULL AND dead_at_ms IS NOT NULL))
          ORDER BY id LIMIT $1`,
    parameters: [batchMax],
  });
  const [first] = rows;
  return {
    events: rows.map(readUnsentEvent),
    lease: first === undefined ? undefined : readLease(first),
  };
}

interface Holding {
  readonly fence: bigint;
  readonly leaseMs: number;
}

async function markSent(
  { database, clock, telemetry }: RelayPorts,
  events: readonly UnsentEvent[],
  { fence, leaseMs }: Holding,
): Promise<void> {
  const { rowCount } = await runStatement(database, "relay", {
    label: "mark-sent",
    sql: `WITH ${underFence("$3", "$4")}
          UPDATE outbox SET sent_at_ms = $2 FROM held
          WHERE id = ANY ($1::bigint[]) AND sent_at_ms IS NULL`,
    parameters: [events.map(({ outboxId }) => outboxId), clock.nowMs(), fence, leaseMs],
  });
  if (rowCount < events.length) {
    telemetry.event("relay.lease-lost", { sent: events.length, marked: rowCount });
  }
}

async function countRefusals(
  { database, clock, telemetry }: RelayPorts,
  refused: SendOutcome["refused"],
  { fence, leaseMs, attemptsMax }: Holding & { readonly attemptsMax: number },
): Promise<void> {
  for (const { event, reason } of refused) {
    const { rows } = await runStatement(database, "relay", {
      label: "count-refusal",
      sql: `WITH ${underFence("$4", "$5")}
            UPDATE outbox SET attempts = attempts + 1, refusal = $2,
              dead_at_ms = CASE WHEN attempts + 1 >= $3 THEN $6::bigint ELSE NULL END
            FROM held WHERE id = $1 AND sent_at_ms IS NULL
            RETURNING attempts::text AS attempts, dead_at_ms`,
      parameters: [event.outboxId, reason, attemptsMax, fence, leaseMs, clock.nowMs()],
    });
    const [row] = rows;
    if (row !== undefined) {
      const isDead = nullableTextColumn(row, "dead_at_ms") !== null;
      telemetry.event(isDead ? "relay.dead-letter" : "relay.refused", {
        id: event.outboxId.toString(),
        topic: event.record.topic,
        paymentId: event.record.key,
        attempts: textColumn(row, "attempts"),
        reason,
      });
    }
  }
}

function readUnsentEvent(row: Row): UnsentEvent {
  return {
    outboxId: bigintColumn(row, "id"),
    record: {
      topic: textColumn(row, "topic"),
      key: textColumn(row, "message_key"),
      value: textColumn(row, "payload"),
    },
  };
}

function readLease(row: Row): Lease {
  return {
    holder: textColumn(row, "holder"),
    fence: bigintColumn(row, "fence"),
    leftMs: Math.ceil(Number(textColumn(row, "left_seconds")) * 1_000),
  };
}
