import { ownerOf, principalOf } from "../plans/callers.ts";
import { askedBy } from "../plans/commands/command.ts";
import type { MoveExternalCommand } from "../plans/commands/move-external.ts";
import type { OpenWalletCommand } from "../plans/commands/open-wallet.ts";
import type { ReversePaymentCommand } from "../plans/commands/reverse-payment.ts";
import type { TransferCommand } from "../plans/commands/transfer.ts";
import { minorOf } from "./decimal.ts";
import type { AskedExternal } from "./little-wallet.ts";
import {
  MALFORMED_AMOUNT,
  MALFORMED_KEY,
  MALFORMED_REQUEST,
  UNKNOWN_WALLET,
  type Refusal,
} from "./refusals.ts";

/** What a client asks for, as the model reads it. */
export interface AskedTransfer {
  /** Who asks. */
  readonly orderedBy: string;
  readonly senderWalletId: string;
  readonly receiverWalletId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** A payment that is to be given back. */
export interface AskedReversal {
  /** What the client was told to be its id, or the key that it had asked with. */
  readonly originalId: string;
  /** A decimal string in the original's currency; null for all that is left. */
  readonly amount: string | null;
}

/** A transfer that may be asked for in such words; undefined for one that is malformed. */
export function readTransfer(command: TransferCommand): AskedTransfer | undefined {
  const { idempotencyKey, senderWalletId, receiverWalletId, amount, currency } = command;
  const amountMinor = aboveZero(amount, currency);
  const { caller, walletId } = askedBy(command);
  const orderedBy = principalOf(caller, walletId);
  return amountMinor !== undefined &&
    orderedBy !== undefined &&
    isKey(idempotencyKey) &&
    isId(senderWalletId) &&
    isId(receiverWalletId)
    ? { orderedBy, senderWalletId, receiverWalletId, amountMinor, currency }
    : undefined;
}

/** What a wallet is asked to be opened with; undefined for words that are malformed. */
export function readOpening(command: OpenWalletCommand): AskedOpening | undefined {
  const { id, funding, currency } = command;
  const fundingMinor = minorOf(funding, currency);
  const { caller } = askedBy(command);
  // An operator opens it for who is to own it, everybody else for themselves.
  const ownerId = command.owner ?? (caller === "operator" ? ownerOf(id) : principalOf(caller, id));
  return isId(id) && fundingMinor !== undefined && ownerId !== undefined
    ? { fundingMinor, currency, ownerId }
    : undefined;
}

/** What a wallet is to be opened with, and for whom. */
export interface AskedOpening {
  readonly fundingMinor: bigint;
  readonly currency: string;
  readonly ownerId: string;
}

/** A deposit or a withdrawal; undefined for words that are malformed. */
export function readExternal(command: MoveExternalCommand): AskedExternal | undefined {
  const { direction, idempotencyKey, walletId, amount, currency } = command;
  const amountMinor = aboveZero(amount, currency);
  return amountMinor !== undefined && isKey(idempotencyKey)
    ? { kind: direction, walletId, amountMinor, currency }
    : undefined;
}

/** A reversal by a client that was told these ids; undefined for a key that is none. */
export function readReversal(
  { idempotencyKey, originalKey, amount }: ReversePaymentCommand,
  toldIds: ReadonlyMap<string, string>,
): AskedReversal | undefined {
  const originalId = toldIds.get(originalKey) ?? originalKey;
  return isKey(idempotencyKey) ? { originalId, amount } : undefined;
}

/** What such words are refused with; undefined for those that may be asked for. */
export function malformedTransfer(command: TransferCommand): Refusal | undefined {
  const { idempotencyKey, senderWalletId, receiverWalletId, amount, currency } = command;
  return (
    malformedKey(idempotencyKey) ??
    (isId(senderWalletId) && isId(receiverWalletId) ? undefined : MALFORMED_REQUEST) ??
    malformedAmount(aboveZero(amount, currency))
  );
}

export function malformedOpening({ id, funding, currency }: OpenWalletCommand) {
  return isId(id) ? malformedAmount(minorOf(funding, currency)) : MALFORMED_REQUEST;
}

export function malformedExternal(command: MoveExternalCommand): Refusal | undefined {
  const { idempotencyKey, walletId, amount, currency } = command;
  return (
    malformedKey(idempotencyKey) ??
    malformedAmount(aboveZero(amount, currency)) ??
    (isId(walletId) ? undefined : UNKNOWN_WALLET)
  );
}

/** Its amount is read only once it is known what it is of. */
export function malformedReversal({ idempotencyKey }: ReversePaymentCommand) {
  return malformedKey(idempotencyKey);
}

function malformedKey(key: string): Refusal | undefined {
  return isKey(key) ? undefined : MALFORMED_KEY;
}

function malformedAmount(minor: bigint | undefined): Refusal | undefined {
  return minor === undefined ? MALFORMED_AMOUNT : undefined;
}

function aboveZero(amount: string, currency: string): bigint | undefined {
  const minor = minorOf(amount, currency);
  return minor === 0n ? undefined : minor;
}

function isKey(text: string): boolean {
  return text.length <= 255 && /^[!-~]+$/.test(text);
}

function isId(text: string): boolean {
  return text.length <= 64 && /^[A-Za-z0-9._:-]+$/.test(text);
}
