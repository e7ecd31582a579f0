import { admissionOf } from "../model/admission-rules.ts";
import type { AskedExternal } from "../model/little-wallet.ts";
import {
  readExternal,
  readOpening,
  readReversal,
  readTransfer,
  type AskedOpening,
  type AskedReversal,
  type AskedTransfer,
} from "../model/request-rules.ts";
import type { ClientAttempt, ClientOutcome } from "../plans/commands/client-event.ts";

/** What clients asked for, and were told. */
export interface ClientBook {
  /** By the client's key: everything that was asked for with it, each once. */
  readonly transfers: ReadonlyMap<string, readonly AskedTransfer[]>;
  /** By wallet id: everything that it was asked to be opened with. */
  readonly openings: ReadonlyMap<string, readonly AskedOpening[]>;
  /** By the client's key: the reversals, deposits and withdrawals that were asked for with it. */
  readonly reversals: ReadonlyMap<string, readonly AskedReversal[]>;
  readonly externals: ReadonlyMap<string, readonly AskedExternal[]>;
  /** The wallets that were asked to be frozen. */
  readonly freezes: ReadonlySet<string>;
  /** The limits of age that reconciliation was asked to go by, in milliseconds. */
  readonly pendingLimitsMs: ReadonlySet<number>;
  /** The first payment id that clients were told for a key. */
  readonly toldIds: ReadonlyMap<string, string>;
  /** When that was. */
  readonly toldAtMs: ReadonlyMap<string, number>;
}

export interface OpenClientBook extends ClientBook {
  /** Enters a request before it is sent. */
  ask(attempt: ClientAttempt): void;
  /** Enters what came of a request. */
  answer(outcome: ClientOutcome): void;
}

export function createClientBook(): OpenClientBook {
  const transfers = new Map<string, AskedTransfer[]>();
  const openings = new Map<string, AskedOpening[]>();
  const reversals = new Map<string, AskedReversal[]>();
  const externals = new Map<string, AskedExternal[]>();
  const freezes = new Set<string>();
  const pendingLimitsMs = new Set<number>();
  const toldIds = new Map<string, string>();
  const toldAtMs = new Map<string, number>();
  return {
    transfers,
    openings,
    reversals,
    externals,
    freezes,
    pendingLimitsMs,
    toldIds,
    toldAtMs,
    ask({ command, attempt }) {
      // Every attempt says the same, and nothing may come of what is not let in.
      if (attempt > 1 || admissionOf(command) !== undefined) {
        return;
      }
      switch (command.kind) {
        case "transfer":
          return enter(transfers, command.idempotencyKey, readTransfer(command));
        case "open-wallet":
          return enter(openings, command.id, readOpening(command));
        case "reverse-payment":
          return enter(reversals, command.idempotencyKey, readReversal(command, toldIds));
        case "move-external":
          return enter(externals, command.idempotencyKey, readExternal(command));
        case "freeze-wallet":
          return void freezes.add(command.id);
        case "reconcile":
          return void pendingLimitsMs.add(command.pendingMs);
        case "read-payment":
        case "read-wallet":
        case "look-up":
          return undefined;
      }
    },
    answer({ command, status, body, atMs }) {
      const id = idIn(body);
      const hasKey = command.kind === "transfer" || command.kind === "reverse-payment";
      if (!hasKey || status !== 202 || id === undefined) {
        return;
      }
      const { idempotencyKey } = command;
      if (!toldIds.has(idempotencyKey)) {
        toldIds.set(idempotencyKey, id);
        toldAtMs.set(idempotencyKey, atMs);
      }
    },
  };
}

/** The `id` in the body of an answer. */
export function idIn(body: unknown): string | undefined {
  return fieldIn(body, "id");
}

/** A field of the body of an answer as text, where it is a text, a truth or a number. */
export function fieldIn(body: unknown, field: string): string | undefined {
  if (typeof body !== "object" || body === null) {
    return undefined;
  }
  const value: unknown = Object.entries(body).find(([name]) => name === field)?.[1];
  return ["string", "boolean", "number"].includes(typeof value) ? String(value) : undefined;
}

/** A list in the body of an answer; empty where there is none. */
export function listIn(body: unknown, field: string): readonly unknown[] {
  if (typeof body !== "object" || body === null) {
    return [];
  }
  const value: unknown = Object.entries(body).find(([name]) => name === field)?.[1];
  return Array.isArray(value) ? value : [];
}

/** Whether two requests ask for the same transfer. */
export function isSameTransfer(one: AskedTransfer, other: AskedTransfer): boolean {
  return (
    one.orderedBy === other.orderedBy &&
    one.senderWalletId === other.senderWalletId &&
    one.receiverWalletId === other.receiverWalletId &&
    one.amountMinor === other.amountMinor &&
    one.currency === other.currency
  );
}

/** What is malformed is no request: nothing may come of it. */
function enter<Asked>(map: Map<string, Asked[]>, name: string, asked: Asked | undefined): void {
  if (asked !== undefined) {
    map.set(name, [...(map.get(name) ?? []), asked]);
  }
}
