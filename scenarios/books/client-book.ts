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
import { principalOf } from "../plans/callers.ts";
import type { ClientAttempt, ClientOutcome } from "../plans/commands/client-event.ts";
import type { Knowledge } from "../plans/commands/command-kind.ts";
import { askedBy, type Command } from "../plans/commands/command.ts";
import { listOf } from "../plans/commands/look-up.ts";

/** What clients asked for, and were told. */
export interface ClientBook extends Knowledge {
  /** By whose key it is and the key (`ownKey`): everything asked for with it, each once. */
  readonly transfers: ReadonlyMap<string, readonly AskedTransfer[]>;
  /** By wallet id: everything that it was asked to be opened with. */
  readonly openings: ReadonlyMap<string, readonly AskedOpening[]>;
  /** Likewise: the reversals, deposits and withdrawals that were asked for with a key. */
  readonly reversals: ReadonlyMap<string, readonly AskedReversal[]>;
  readonly externals: ReadonlyMap<string, readonly AskedExternal[]>;
  /** The wallets that were asked to be frozen. */
  readonly freezes: ReadonlySet<string>;
  /** The limits of age that reconciliation was asked to go by, in milliseconds. */
  readonly pendingLimitsMs: ReadonlySet<number>;
  /** The first payment id that clients were told for a key. */
  readonly toldIds: ReadonlyMap<string, string>;
  /** The last of what was on the page that gave this place to go on, by the list and the place. */
  readonly pageEnds: ReadonlyMap<string, unknown>;
  /** When clients were told the id of a key. */
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
  const toldNexts = new Map<string, string>();
  const toldTimes: string[] = [];
  const pageEnds = new Map<string, unknown>();
  return {
    toldNexts,
    toldTimes,
    pageEnds,
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
          return enter(transfers, ownKeyOf(command), readTransfer(command));
        case "open-wallet":
          return enter(openings, command.id, readOpening(command));
        case "reverse-payment":
          return enter(reversals, ownKeyOf(command), readReversal(command, toldIds));
        case "move-external":
          return enter(externals, ownKeyOf(command), readExternal(command));
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
      for (const view of [body, ...listIn(body, "payments")]) {
        const acceptedAtMs = fieldIn(view, "acceptedAtMs");
        if (acceptedAtMs !== undefined) {
          toldTimes.push(acceptedAtMs);
        }
      }
      const next = fieldIn(body, "next");
      if (command.kind === "look-up" && next !== undefined) {
        const list = listOf(command);
        toldNexts.set(list, next);
        pageEnds.set(`${list} ${next}`, listIn(body, command.what).at(-1));
      }
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

/** A key and whose it is: the same words of another are another key. */
export function ownKey(principalId: string, key: string): string {
  return `${principalId} ${key}`;
}

export function ownKeyOf(command: Command & { readonly idempotencyKey: string }): string {
  const { caller, walletId } = askedBy(command);
  return ownKey(principalOf(caller, walletId) ?? "", command.idempotencyKey);
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
