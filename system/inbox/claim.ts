import { nullableTextColumn, textColumn } from "../database/row.ts";
import { eventKey, type Event } from "../domain/events.ts";
import type { Connection } from "../ports/database.ts";

/** What became of an event: it has its effect now, or had it before. */
export type Taken = "done" | "duplicate";

/**
 * Claims events for this service, in the transaction that holds their effects: claim and effect are
 * there together or not at all. They are claimed in the order of their ids, so that two who have
 * the same in hand wait for each other and never deadlock.
 *
 * @returns for each whether it is new. One that was claimed before, also by an event before it in
 *   the list, has had its effect, and must not have it again.
 * @throws Error when an id was claimed for an event of another type or about another payment
 */
export async function claimEvents(
  connection: Connection,
  events: readonly Event[],
  nowMs: number,
): Promise<readonly boolean[]> {
  const { rows } = await connection.query({
    label: "claim-event",
    sql: `INSERT INTO inbox (event_id, topic, payment_id, claimed_at_ms)
     SELECT event_id, topic, payment_id, $4::bigint
     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY
       AS claim (event_id, topic, payment_id, nr) ORDER BY event_id, nr
     ON CONFLICT (event_id) DO NOTHING RETURNING event_id`,
    parameters: [
      events.map(({ id }) => id),
      events.map(({ type }) => type),
      events.map(eventKey),
      nowMs,
    ],
  });
  const claimed = new Set(rows.map((row) => textColumn(row, "event_id")));
  const areNew = events.map(({ id }) => claimed.delete(id));
  await demandSame(
    connection,
    events.filter((_, index) => areNew[index] === false),
  );
  return areNew;
}

/** @throws Error when the id of one was claimed for something else */
async function demandSame(connection: Connection, duplicates: readonly Event[]): Promise<void> {
  if (duplicates.length === 0) {
    return;
  }
  const { rows } = await connection.query({
    label: "read-claim",
    sql: `SELECT event_id, topic, payment_id FROM inbox WHERE event_id = ANY ($1::text[])`,
    parameters: [duplicates.map(({ id }) => id)],
  });
  const claims = new Map(rows.map((row) => [textColumn(row, "event_id"), row]));
  for (const event of duplicates) {
    const claim = claims.get(event.id);
    if (claim === undefined) {
      throw new Error(`event ${event.id} was claimed, and its claim is not there`);
    }
    const topic = textColumn(claim, "topic");
    const paymentId = nullableTextColumn(claim, "payment_id") ?? eventKey(event);
    if (topic !== event.type || paymentId !== eventKey(event)) {
      const asked = `${event.type} of payment ${eventKey(event)}`;
      const found = `${topic} of payment ${paymentId}`;
      throw new Error(`event ${event.id}, ${asked}, was taken in before as ${found}`);
    }
  }
}
