import { inRetriedTransaction } from "../database/transaction.ts";
import type { EventHead } from "../domain/events.ts";
import type { Payment } from "../domain/payment.ts";
import { appendToOutbox } from "../outbox/append.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connection, Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import {
  answersFromKeys,
  claimKeys,
  demandAnswer,
  keyOfTransfer,
  RequestInProgress,
  type KeyedRequest,
} from "./idempotency.ts";
import { insertPayments, linksOfTransfer, type PaymentLinks } from "./records.ts";
import type { Acceptance, TransferRequest } from "./transfer-request.ts";

export interface AcceptPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly telemetry: Telemetry;
}

/**
 * How long a group waits for a key that another request holds, in milliseconds: then each of the
 * group is asked for by itself, and only the one with that key waits on.
 */
const GROUP_LOCK_MS_MAX = 100;

/**
 * Step 1 of the saga, one transaction for all of them: the clients' keys are claimed, the payments
 * recorded as PENDING and their events appended to the outbox. Asked again with the same key, also
 * by another of them, it answers the payment that is there.
 *
 * @throws DatabaseError; with `applied` unknown the payments may be there, and asking again tells
 * @throws RequestInProgress when the key of one of several is held for longer than they wait
 */
export async function acceptPayments(
  ports: AcceptPorts,
  requests: readonly TransferRequest[],
): Promise<readonly Acceptance[]> {
  const isGroup = requests.length > 1;
  const asked = requests.map((request) => askedPayment(ports, request));
  const accepting = inRetriedTransaction(ports, "accept", async (connection) => {
    if (isGroup) {
      const sql = `SET LOCAL lock_timeout = ${GROUP_LOCK_MS_MAX}`;
      await connection.query({ label: "limit-wait", sql });
    }
    const areNew = await claimKeys(connection, asked);
    const fresh = asked.filter((_, index) => areNew[index]);
    if (fresh.length > 0) {
      await recordPayments(connection, fresh);
    }
    const taken = asked.filter((_, index) => !areNew[index]);
    const answers = await answersFromKeys(connection, taken);
    return asked.map((each, index) =>
      areNew[index] === true ? acceptanceOf(each) : demandAnswer(answers, each),
    );
  });
  return isGroup ? accepting : orInProgress(accepting, [{ kind: "in-progress" }]);
}

/** What is written down about a payment that is asked for. */
interface AskedPayment extends KeyedRequest {
  readonly payment: Payment;
  readonly head: EventHead;
  readonly links: PaymentLinks;
}

function askedPayment(ports: AcceptPorts, request: TransferRequest): AskedPayment {
  const { principalId, senderWalletId, receiverWalletId, money } = request;
  const order = { orderedBy: principalId, orderedAs: "owner" } as const;
  const payment = { id: ports.entropy.uuid(), senderWalletId, receiverWalletId, money, ...order };
  const head = { id: ports.entropy.uuid(), atMs: ports.clock.nowMs(), trace: request.trace };
  return { ...keyOfTransfer(request), payment, head, links: linksOfTransfer(principalId) };
}

function acceptanceOf({ payment }: AskedPayment): Acceptance {
  return { kind: "accepted", paymentId: payment.id };
}

/** Writes accepted payments and their events, in the caller's transaction. */
export async function recordPayments(
  connection: Connection,
  accepted: readonly Omit<AskedPayment, keyof KeyedRequest>[],
): Promise<void> {
  await insertPayments(
    connection,
    accepted.map(({ payment, head, links }) => ({ payment, links, atMs: head.atMs })),
  );
  await appendToOutbox(
    connection,
    accepted.map(({ payment, head }) => ({ ...head, type: "payment.created", payment })),
  );
}

/** Answers with `inProgress` where the key of a request was waited for in vain. */
export async function orInProgress<T>(accepting: Promise<T>, inProgress: T): Promise<T> {
  try {
    return await accepting;
  } catch (error) {
    if (error instanceof RequestInProgress) {
      return inProgress;
    }
    throw error;
  }
}
