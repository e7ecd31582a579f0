import Type from "typebox";
import type { ServiceName } from "../../../system/process/services.ts";
import { CALLER_WORDS, credentialsOf } from "../callers.ts";
import { traceHeadersOfKey } from "../trace-of-key.ts";
import type { FieldComplaint } from "./asked-for.ts";
import type { ClientRequest } from "./client-request.ts";
import type { AskedBy, CommandKind, Knowledge } from "./command-kind.ts";
import { freezeWalletKind, type FreezeWalletCommand } from "./freeze-wallet.ts";
import { lookUpKind, type LookUpCommand } from "./look-up.ts";
import { moveExternalKind, type MoveExternalCommand } from "./move-external.ts";
import { openWalletKind, type OpenWalletCommand } from "./open-wallet.ts";
import { readPaymentKind, type ReadPaymentCommand } from "./read-payment.ts";
import { readWalletKind, type ReadWalletCommand } from "./read-wallet.ts";
import { reconcileKind, type ReconcileCommand } from "./reconcile.ts";
import { reversePaymentKind, type ReversePaymentCommand } from "./reverse-payment.ts";
import { transferKind, type TransferCommand } from "./transfer.ts";

/**
 * What a client does, at `atMs` milliseconds after the load begins, and the outcome that is right.
 * It asks again, with the same request, until it has an answer. A kind is added here and in a file
 * of this folder.
 */
export type Command =
  | TransferCommand
  | OpenWalletCommand
  | ReadPaymentCommand
  | MoveExternalCommand
  | FreezeWalletCommand
  | ReadWalletCommand
  | ReversePaymentCommand
  | LookUpCommand
  | ReconcileCommand;

export const commandSchema = Type.Union([
  transferKind.schema,
  openWalletKind.schema,
  readPaymentKind.schema,
  moveExternalKind.schema,
  freezeWalletKind.schema,
  readWalletKind.schema,
  reversePaymentKind.schema,
  lookUpKind.schema,
  reconcileKind.schema,
]);

/** The service that is asked. */
export function serviceAsked(command: Command): ServiceName {
  return told(command, (kind, each) => kind.serviceOf(each));
}

/** What it is asked, by a client that was told so much. */
export function requestOf(command: Command, knowledge: Knowledge): ClientRequest {
  const request = told(command, (kind, each) => kind.requestOf(each, knowledge));
  const { caller, walletId } = askedBy(command);
  const trace =
    "idempotencyKey" in command && request.method === "POST"
      ? traceHeadersOfKey(command.idempotencyKey)
      : {};
  const headers = { ...request.headers, ...trace, ...credentialsOf(caller, walletId) };
  return { ...request, headers };
}

/** Who asks, and about which wallet. */
export function askedBy(command: Command): AskedBy {
  return told(command, (kind, each) => kind.askedBy(each));
}

/** What is wrong with a command in itself, or undefined. */
export function complaintAboutCommand(command: Command): FieldComplaint | undefined {
  return told(command, (kind, each) => kind.complaint(each));
}

/** What a command asks for, in a few words: `payment p1`. */
export function subjectOf(command: Command): string {
  return told(command, (kind, each) => kind.subjectOf(each));
}

/** How an attempt at a command is told in a story. */
export function tellAttempt(command: Command, attempt: number): string {
  const asked = told(command, (kind, each) => kind.tell(each));
  if (attempt === 1) {
    return command.by === undefined ? asked : `${asked.slice(0, -1)}, ${CALLER_WORDS[command.by]}.`;
  }
  return `Asks again for ${subjectOf(command)}, with the same request (attempt ${attempt}).`;
}

/** Asks a command's own kind. The one place that goes from a command to its kind. */
function told<Answer>(
  command: Command,
  ask: <Each extends Command>(kind: CommandKind<Each>, command: Each) => Answer,
): Answer {
  switch (command.kind) {
    case "transfer":
      return ask(transferKind, command);
    case "open-wallet":
      return ask(openWalletKind, command);
    case "read-payment":
      return ask(readPaymentKind, command);
    case "move-external":
      return ask(moveExternalKind, command);
    case "freeze-wallet":
      return ask(freezeWalletKind, command);
    case "read-wallet":
      return ask(readWalletKind, command);
    case "reverse-payment":
      return ask(reversePaymentKind, command);
    case "look-up":
      return ask(lookUpKind, command);
    case "reconcile":
      return ask(reconcileKind, command);
  }
}
