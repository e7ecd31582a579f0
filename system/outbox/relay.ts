import { bigintColumn, textColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { BrokerRecord, Producer } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database, Row } from "../ports/database.ts";

export interface RelayPorts {
  readonly database: Database;
  readonly producer: Producer;
  readonly clock: Clock;
}

/**
 * Publishes up to `batchMax` unsent events in the order of their ids and then marks them sent: a
 * crash between the two sends them again, and the consumer's inbox recognises them. Marking first
 * would lose them instead.
 *
 * Ids are given before the commit, so two transactions may be published the other way round. A flag
 * skips none of them, as a cursor over ids would; and the events of one payment, which must keep
 * their order, come from one transaction in each service.
 *
 * @returns how many were published
 * @throws DatabaseError, BrokerError; what was not marked will be sent again
 */
export async function relayOutbox(ports: RelayPorts, batchMax: number): Promise<number> {
  const events = await readUnsent(ports.database, batchMax);
  if (events.length === 0) {
    return 0;
  }
  await ports.producer.send(events.map((event) => event.record));
  // Marked only after the broker's acknowledgement.
  await markSent(ports.database, events, ports.clock.nowMs());
  return events.length;
}

interface UnsentEvent {
  readonly outboxId: bigint;
  readonly record: BrokerRecord;
}

async function readUnsent(database: Database, batchMax: number): Promise<readonly UnsentEvent[]> {
  const { rows } = await runStatement(database, "relay", {
    label: "read-unsent",
    sql: `SELECT id, topic, message_key, payload FROM outbox
          WHERE sent_at_ms IS NULL ORDER BY id LIMIT $1`,
    parameters: [batchMax],
  });
  return rows.map(readUnsentEvent);
}

async function markSent(
  database: Database,
  events: readonly UnsentEvent[],
  nowMs: number,
): Promise<void> {
  await runStatement(database, "relay", {
    label: "mark-sent",
    sql: `UPDATE outbox SET sent_at_ms = $2 WHERE id = ANY ($1::bigint[]) AND sent_at_ms IS NULL`,
    parameters: [events.map((event) => event.outboxId), nowMs],
  });
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
