import { inRetriedTransaction } from "../database/transaction.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { answersFromKeys, demandAnswer, keyOfTransfer, RequestInProgress } from "./idempotency.ts";
import { recordPayments, type AskedPayment } from "./record-payments.ts";
import { linksOfTransfer } from "./records.ts";
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
  const limits = isGroup ? { lockMsMax: GROUP_LOCK_MS_MAX } : {};
  const accepting = inRetriedTransaction(
    ports,
    "accept",
    async (connection) => {
      const areNew = await recordPayments(connection, asked);
      const taken = asked.filter((_, index) => !areNew[index]);
      const answers = await answersFromKeys(connection, taken);
      return asked.map((each, index) =>
        areNew[index] === true ? acceptanceOf(each) : demandAnswer(answers, each),
      );
    },
    limits,
  );
  return isGroup ? accepting : orInProgress(accepting, [{ kind: "in-progress" }]);
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
