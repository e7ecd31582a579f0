import type { Books, ExternalBook, WalletBook, WalletMoment } from "../books/books.ts";
import { fieldIn, idIn, ownKeyOf } from "../books/client-book.ts";
import { BALANCE_MINOR_MAX, decimalOf } from "../model/decimal.ts";
import {
  KEY_REUSED,
  MALFORMED_REQUEST,
  OPENED_OTHERWISE,
  UNKNOWN_WALLET,
} from "../model/refusals.ts";
import {
  malformedExternal,
  malformedOpening,
  readExternal,
  readOpening,
} from "../model/request-rules.ts";
import type { FreezeWalletCommand } from "../plans/commands/freeze-wallet.ts";
import type { MoveExternalCommand } from "../plans/commands/move-external.ts";
import type { OpenWalletCommand } from "../plans/commands/open-wallet.ts";
import { againstRefusal, againstStatus, type Told } from "./told.ts";

/** Whoever opens a wallet first has it opened so: the same words are accepted, others refused. */
export function againstOpening(
  books: Books,
  command: OpenWalletCommand,
  told: Told,
): string | undefined {
  const asked = readOpening(command);
  if (asked === undefined) {
    return againstRefusal(told, malformedOpening(command) ?? MALFORMED_REQUEST);
  }
  if (asked.fundingMinor > BALANCE_MINOR_MAX) {
    return againstRefusal(told, { status: 422, code: "limit-exceeded" });
  }
  const wallet = books.wallets.get(command.id);
  if (wallet === undefined) {
    return `is answered ${told.status}, and the wallet is not there`;
  }
  const isSame =
    wallet.currency === asked.currency &&
    wallet.ownerId === asked.ownerId &&
    openedWith(books, command.id) === asked.fundingMinor;
  return isSame
    ? (againstStatus(told, 201) ?? againstView(books, wallet, told))
    : againstRefusal(told, OPENED_OTHERWISE);
}

/** A deposit or a withdrawal is told what was decided about its key. */
export function againstExternal(
  books: Books,
  command: MoveExternalCommand,
  told: Told,
): string | undefined {
  const { status, body } = told;
  const asked = readExternal(command);
  const malformed = malformedExternal(command);
  if (asked === undefined || malformed !== undefined) {
    return againstRefusal(told, malformed ?? MALFORMED_REQUEST);
  }
  if (status === 404) {
    return againstMissing(books, command.walletId, told);
  }
  const transfer = externalOfKey(books, ownKeyOf(command));
  if (transfer === undefined) {
    return `is answered ${status}, and nothing has its key`;
  }
  const isSame =
    transfer.kind === asked.kind &&
    transfer.walletId === asked.walletId &&
    transfer.amountMinor === asked.amountMinor &&
    transfer.currency === asked.currency;
  if (!isSame) {
    return againstRefusal(told, KEY_REUSED);
  }
  const { outcome, reason } = transfer.decision;
  if (outcome !== "moved") {
    return againstRefusal(told, { status: 422, code: (reason ?? "").replaceAll("_", "-") });
  }
  const isTold =
    idIn(body) === transfer.id &&
    fieldIn(body, "kind") === transfer.kind &&
    fieldIn(body, "walletId") === transfer.walletId &&
    fieldIn(body, "currency") === transfer.currency &&
    fieldIn(body, "amount") === decimalOf(transfer.amountMinor, transfer.currency);
  return againstStatus(told, 201) ?? (isTold ? undefined : "is told of another transfer");
}

/** A client that asks how a wallet stands is told how it stood at some moment meanwhile. */
export function againstWalletReading(books: Books, id: string, told: Told): string | undefined {
  const wallet = books.wallets.get(id);
  if (wallet === undefined || told.status === 404) {
    return againstMissing(books, id, told);
  }
  return againstStatus(told, 200) ?? againstView(books, wallet, told);
}

export function againstFreezing(
  books: Books,
  { id, frozen }: FreezeWalletCommand,
  told: Told,
): string | undefined {
  const isAsAsked = fieldIn(told.body, "frozen") === String(frozen);
  const found = againstWalletReading(books, id, told);
  return found ?? (told.status === 404 || isAsAsked ? undefined : `is told that it is not so`);
}

/** A wallet that was there when it was asked for is there. */
function againstMissing({ wallets, isWatched }: Books, id: string, told: Told) {
  const first = wallets.get(id)?.history[0];
  const wasThere = first !== undefined && (!isWatched || first.sinceMs < told.askedAtMs);
  return wasThere && isWatched
    ? "is told that it is not there"
    : againstRefusal(told, UNKNOWN_WALLET);
}

function againstView(
  { isWatched }: Books,
  { id, currency, history }: WalletBook,
  { body, askedAtMs }: Told,
): string | undefined {
  if (idIn(body) !== id || fieldIn(body, "currency") !== currency) {
    return "is told of another wallet";
  }
  const balance = fieldIn(body, "balance");
  const frozen = fieldIn(body, "frozen");
  // How it stood is followed commit by commit, or not at all.
  const stood =
    !isWatched ||
    momentsSince(history, askedAtMs).some(
      (moment) =>
        decimalOf(moment.balanceMinor, currency) === balance && String(moment.frozen) === frozen,
    );
  return stood
    ? undefined
    : `is told the balance ${balance} (frozen: ${frozen}), and did not stand so meanwhile`;
}

/** How a wallet stood since then, and how it stood just before. */
function momentsSince(history: readonly WalletMoment[], sinceMs: number): readonly WalletMoment[] {
  const from = history.findLastIndex((moment) => moment.sinceMs < sinceMs);
  return history.slice(Math.max(0, from));
}

/** What a wallet was opened with, in minor units. */
export function openedWith({ externals }: Books, walletId: string): bigint {
  return externals.get(`opening/${walletId}`)?.amountMinor ?? 0n;
}

function externalOfKey({ externals, externalKeyed }: Books, key: string): ExternalBook | undefined {
  const id = externalKeyed.get(key);
  return id === undefined ? undefined : externals.get(id);
}
