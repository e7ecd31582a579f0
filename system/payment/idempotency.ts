import { textColumn } from "../database/row.ts";
import { formatMoney } from "../domain/money.ts";
import type { Connection, Row } from "../ports/database.ts";
import type { Acceptance, ReversalRequest, TransferRequest } from "./transfer-request.ts";

/** A request as far as its key is concerned. */
export interface KeyedRequest {
  /** Whose key it is: another's of the same words is another key. */
  readonly principalId: string;
  readonly idempotencyKey: string;
  /** The request as canonical text: equal exactly when two requests ask for the same. */
  readonly fingerprint: string;
}

export function keyOfTransfer(request: TransferRequest): KeyedRequest {
  const { principalId, idempotencyKey } = request;
  return { principalId, idempotencyKey, fingerprint: fingerprintOfTransfer(request) };
}

export function keyOfReversal(request: ReversalRequest): KeyedRequest {
  const { principalId, idempotencyKey } = request;
  return { principalId, idempotencyKey, fingerprint: fingerprintOfReversal(request) };
}

/** What a transfer asks for, as canonical text. */
export function fingerprintOfTransfer(
  request: Pick<TransferRequest, "senderWalletId" | "receiverWalletId" | "money">,
): string {
  const { senderWalletId, receiverWalletId, money } = request;
  return JSON.stringify([senderWalletId, receiverWalletId, formatMoney(money), money.currency]);
}

/** What a reversal asks for, as canonical text. */
export function fingerprintOfReversal(
  request: Pick<ReversalRequest, "originalId" | "amount">,
): string {
  return JSON.stringify(["reversal", request.originalId, request.amount]);
}

/** A request with the same key is still being served, for longer than one waits for another. */
export class RequestInProgress extends Error {
  override readonly name = "RequestInProgress";
}

/**
 * What requests with keys that are taken are answered: the payment that the key made, or that the
 * request differs. A request whose key is free has no answer.
 */
export async function answersFromKeys<Request extends KeyedRequest>(
  connection: Connection,
  requests: readonly Request[],
  label = "read-key",
): Promise<ReadonlyMap<Request, Acceptance>> {
  if (requests.length === 0) {
    return new Map();
  }
  const { rows } = await connection.query({
    label,
    sql: `SELECT taken.principal_id, taken.idempotency_key, request_fingerprint, payment_id
     FROM unnest($1::text[], $2::text[]) AS asked (principal_id, idempotency_key)
     JOIN idempotency_keys AS taken ON taken.principal_id = asked.principal_id
       AND taken.idempotency_key = asked.idempotency_key`,
    parameters: [
      requests.map(({ principalId }) => principalId),
      requests.map(({ idempotencyKey }) => idempotencyKey),
    ],
  });
  const taken = new Map(rows.map((row) => [ownKeyIn(row), row]));
  return new Map(
    requests.flatMap((request) => {
      const row = taken.get(ownKey(request));
      return row === undefined ? [] : [[request, answerFrom(row, request)]];
    }),
  );
}

/** A key and whose it is, as one text: no principal's id has a space. */
function ownKey({ principalId, idempotencyKey }: Omit<KeyedRequest, "fingerprint">): string {
  return `${principalId} ${idempotencyKey}`;
}

function ownKeyIn(row: Row): string {
  return `${textColumn(row, "principal_id")} ${textColumn(row, "idempotency_key")}`;
}

/** @throws Error when its key is free */
export function demandAnswer<Request>(
  answers: ReadonlyMap<Request, Acceptance>,
  request: Request,
): Acceptance {
  const answer = answers.get(request);
  if (answer === undefined) {
    throw new Error("an idempotency key was taken, and is not there");
  }
  return answer;
}

function answerFrom(row: Row, request: KeyedRequest): Acceptance {
  return textColumn(row, "request_fingerprint") === request.fingerprint
    ? { kind: "accepted", paymentId: textColumn(row, "payment_id") }
    : { kind: "key-reused" };
}
