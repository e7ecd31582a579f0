import { bigintColumn, nullableTextColumn, textColumn } from "../../system/database/row.ts";
import type { Row } from "../../system/ports/database.ts";
import type { ServiceName } from "../../system/process/roles.ts";
import type { RowChange } from "../world.ts";
import type { Books, MovementBook, OutboxBook, PaymentBook, Touched, WalletBook } from "./books.ts";

export interface BookKeeper {
  readonly books: Books;
  /** Enters the changes of one commit. */
  enter(service: ServiceName, changes: readonly RowChange[]): Touched;
}

/** Keeps books of everything that both services commit. Starts empty. */
export function createBookKeeper(): BookKeeper {
  const shelf = createShelf();
  return {
    books: shelf,
    enter(service, changes) {
      const touched = { wallets: new Set<string>(), payments: new Set<string>() };
      for (const change of changes) {
        enterChange(shelf, service, change, touched);
      }
      return touched;
    },
  };
}

interface Shelf extends Books {
  readonly wallets: Map<string, WalletBook>;
  readonly balanceMinor: Map<string, bigint>;
  readonly fundingMinor: Map<string, bigint>;
  readonly payments: Map<string, PaymentBook>;
  readonly movements: Map<string, MovementBook>;
  readonly outboxes: Record<ServiceName, Map<string, OutboxBook>>;
  readonly keys: Map<string, string>;
}

interface TouchedSets {
  readonly wallets: Set<string>;
  readonly payments: Set<string>;
}

function createShelf(): Shelf {
  return {
    wallets: new Map(),
    balanceMinor: new Map(),
    fundingMinor: new Map(),
    payments: new Map(),
    movements: new Map(),
    outboxes: { payment: new Map(), wallet: new Map() },
    keys: new Map(),
  };
}

function enterChange(
  shelf: Shelf,
  service: ServiceName,
  { table, after }: RowChange,
  touched: TouchedSets,
): void {
  if (after === null) {
    throw new Error(`a row of ${table} was deleted; no service of ours deletes`);
  }
  switch (table) {
    case "wallets":
      return enterWallet(shelf, after, touched);
    case "external_funding":
      return add(
        shelf.fundingMinor,
        textColumn(after, "currency"),
        bigintColumn(after, "amount_minor"),
      );
    case "ledger_entries":
      return enterEntry(shelf, after, touched);
    case "transfer_decisions":
      return enterDecision(shelf, after, touched);
    case "payments":
      return enterPayment(shelf, after, touched);
    case "idempotency_keys":
      shelf.keys.set(textColumn(after, "payment_id"), textColumn(after, "idempotency_key"));
      return undefined;
    case "outbox":
      return enterOutbox(shelf.outboxes[service], after);
    case "inbox":
    case "dead_letters":
    case "schema_migrations":
      return undefined;
    default:
      throw new Error(`the books do not know the table ${table}`);
  }
}

function enterWallet(shelf: Shelf, row: Row, touched: TouchedSets): void {
  const id = textColumn(row, "id");
  const currency = textColumn(row, "currency");
  const balanceMinor = bigintColumn(row, "balance_minor");
  const known = shelf.wallets.get(id);
  touched.wallets.add(id);
  add(shelf.balanceMinor, currency, balanceMinor - (known?.balanceMinor ?? 0n));
  if (known === undefined) {
    const openingMinor = bigintColumn(row, "opening_minor");
    shelf.wallets.set(id, { id, currency, openingMinor, balanceMinor, entriesMinor: 0n });
  } else {
    known.balanceMinor = balanceMinor;
  }
}

function enterEntry(shelf: Shelf, row: Row, touched: TouchedSets): void {
  const walletId = textColumn(row, "wallet_id");
  const paymentId = textColumn(row, "payment_id");
  const direction = textColumn(row, "direction");
  const amountMinor = bigintColumn(row, "amount_minor");
  const currency = textColumn(row, "currency");
  movementOf(shelf, paymentId).entries.push({ walletId, direction, amountMinor, currency });
  const wallet = shelf.wallets.get(walletId);
  if (wallet !== undefined) {
    wallet.entriesMinor += direction === "credit" ? amountMinor : -amountMinor;
  }
  touched.wallets.add(walletId);
  touched.payments.add(paymentId);
}

function enterDecision(shelf: Shelf, row: Row, touched: TouchedSets): void {
  const paymentId = textColumn(row, "payment_id");
  movementOf(shelf, paymentId).decision = {
    outcome: textColumn(row, "outcome"),
    reason: nullableTextColumn(row, "reason"),
  };
  touched.payments.add(paymentId);
}

function enterPayment(shelf: Shelf, row: Row, touched: TouchedSets): void {
  const id = textColumn(row, "id");
  touched.payments.add(id);
  shelf.payments.set(id, {
    id,
    amountMinor: bigintColumn(row, "amount_minor"),
    currency: textColumn(row, "currency"),
    senderWalletId: textColumn(row, "sender_wallet_id"),
    receiverWalletId: textColumn(row, "receiver_wallet_id"),
    status: textColumn(row, "status"),
    reason: nullableTextColumn(row, "reason"),
  });
}

function enterOutbox(outbox: Map<string, OutboxBook>, row: Row): void {
  const eventId = textColumn(row, "event_id");
  const sent = row["sent_at_ms"] !== null;
  outbox.set(eventId, { eventId, topic: textColumn(row, "topic"), sent });
}

function movementOf(shelf: Shelf, paymentId: string): MovementBook {
  const known = shelf.movements.get(paymentId);
  if (known !== undefined) {
    return known;
  }
  const movement: MovementBook = { entries: [], decision: undefined };
  shelf.movements.set(paymentId, movement);
  return movement;
}

function add(sums: Map<string, bigint>, currency: string, minor: bigint): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + minor);
}
