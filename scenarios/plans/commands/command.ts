import Type from "typebox";
import type { ServiceName } from "../../../system/process/services.ts";
import type { FieldComplaint } from "./asked-for.ts";
import type { ClientRequest } from "./client-request.ts";
import type { CommandKind } from "./command-kind.ts";
import { openWalletKind, type OpenWalletCommand } from "./open-wallet.ts";
import { transferKind, type TransferCommand } from "./transfer.ts";

/**
 * What a client does, at `atMs` milliseconds after the load begins, and the outcome that is right.
 * It asks again, with the same request, until it has an answer. A kind is added here and in a file
 * of this folder.
 */
export type Command = TransferCommand | OpenWalletCommand;

export const commandSchema = Type.Union([transferKind.schema, openWalletKind.schema]);

/** The service that is asked, and what it is asked. */
export function requestOf(command: Command): {
  readonly service: ServiceName;
  readonly request: ClientRequest;
} {
  return told(command, (kind, each) => ({
    service: kind.service,
    request: kind.requestOf(each),
  }));
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
  return attempt === 1
    ? told(command, (kind, each) => kind.tell(each))
    : `Asks again for ${subjectOf(command)}, with the same request (attempt ${attempt}).`;
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
  }
}
