import { textColumn } from "../database/row.ts";
import { LOCK_NOT_AVAILABLE } from "../database/transaction.ts";
import { encodeEvent, eventKey, type EventHead } from "../domain/events.ts";
import type { Payment } from "../domain/payment.ts";
import { APPENDED_COLUMNS, WAKE_RELAY } from "../outbox/append.ts";
import { DatabaseError, type Connection } from "../ports/database.ts";
import { RequestInProgress, type KeyedRequest } from "./idempotency.ts";
import type { PaymentLinks } from "./records.ts";

/** A payment as it is asked for: what is written down of it, should its key be free. */
export interface AskedPayment extends KeyedRequest {
  readonly payment: Payment;
  readonly head: EventHead;
  readonly links: PaymentLinks;
}

/**
 * Records payments as PENDING whose keys are free, in the caller's transaction and by one
 * statement: claims the keys, and for each that was free writes the payment and appends its event
 * to the outbox.
 *
 * A second request with a key waits here until the first one has committed or rolled back. Keys are
 * claimed in their order, so that two who claim the same wait for each other and never deadlock.
 *
 * @returns for each whether its key was free; of several with one key, it is the first one's
 * @throws RequestInProgress when a first one takes longer than the database lets anybody wait
 */
export async function recordPayments(
  connection: Connection,
  asked: readonly AskedPayment[],
): Promise<readonly boolean[]> {
  const events = asked.map(({ payment, head }) => {
    return { ...head, type: "payment.created", payment } as const;
  });
  const payments = asked.map(({ payment }) => payment);
  const links = asked.map((each) => each.links);
  try {
    const { rows } = await connection.query({
      label: "record-payments",
      sql: RECORD,
      parameters: [
        asked.map(({ principalId }) => principalId),
        asked.map(({ idempotencyKey }) => idempotencyKey),
        asked.map(({ fingerprint }) => fingerprint),
        payments.map(({ id }) => id),
        payments.map(({ senderWalletId }) => senderWalletId),
        payments.map(({ receiverWalletId }) => receiverWalletId),
        payments.map(({ money }) => money.amountMinor),
        payments.map(({ money }) => money.currency),
        links.map(({ reverses }) => reverses),
        asked.map(({ head }) => BigInt(head.atMs)),
        payments.map(({ orderedBy }) => orderedBy),
        payments.map(({ orderedAs }) => orderedAs),
        links.map(({ senderOwnerId }) => senderOwnerId),
        links.map(({ receiverOwnerId }) => receiverOwnerId),
        events.map(({ id }) => id),
        events.map(({ type }) => type),
        events.map(eventKey),
        events.map(encodeEvent),
      ],
    });
    const fresh = new Set(rows.map((row) => textColumn(row, "payment_id")));
    return payments.map(({ id }) => fresh.has(id));
  } catch (error) {
    if (error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE) {
      throw new RequestInProgress("a request with the same key is being served");
    }
    throw error;
  }
}

const RECORD = `WITH asked AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
      $7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[],
      $14::text[], $15::text[], $16::text[], $17::text[], $18::text[]) WITH ORDINALITY
      AS asked (principal_id, idempotency_key, request_fingerprint, payment_id, sender_wallet_id,
        receiver_wallet_id, amount_minor, currency, reverses_payment_id, at_ms, ordered_by,
        ordered_as, sender_owner_id, receiver_owner_id, event_id, topic, message_key, payload, nr)
  ), claimed AS (
    INSERT INTO idempotency_keys (principal_id, idempotency_key, request_fingerprint, payment_id)
    SELECT principal_id, idempotency_key, request_fingerprint, payment_id FROM asked
    ORDER BY principal_id, idempotency_key, nr
    ON CONFLICT (principal_id, idempotency_key) DO NOTHING RETURNING payment_id
  ), fresh AS (
    SELECT * FROM asked WHERE payment_id IN (SELECT payment_id FROM claimed)
  ), recorded AS (
    INSERT INTO payments
      (id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status,
       reverses_payment_id, accepted_at_ms, ordered_by, ordered_as, sender_owner_id,
       receiver_owner_id)
    SELECT payment_id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, 'PENDING',
       reverses_payment_id, at_ms, ordered_by, ordered_as, sender_owner_id, receiver_owner_id
    FROM fresh
  ), appended AS (
    INSERT INTO outbox (${APPENDED_COLUMNS})
    SELECT event_id, topic, message_key, payload, at_ms FROM fresh ORDER BY nr RETURNING id
  )
  SELECT payment_id, (${WAKE_RELAY}) AS woken FROM claimed`;
