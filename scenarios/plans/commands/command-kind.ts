import type { TSchema } from "typebox";
import type { ServiceName } from "../../../system/process/services.ts";
import type { Caller } from "../callers.ts";
import type { FieldComplaint } from "./asked-for.ts";
import type { ClientRequest } from "./client-request.ts";

/** The payment ids that clients were told, by their keys. */
export type ToldIds = ReadonlyMap<string, string>;

export interface AskedBy {
  readonly caller: Caller;
  /** Empty where the command is about no wallet. */
  readonly walletId: string;
}

/** A kind of command: all that the testbed has to know of it, in one file of this folder. */
export interface CommandKind<Command> {
  readonly kind: string;
  readonly schema: TSchema;
  /** What is wrong with a command whose every field has the right form, or undefined. */
  readonly complaint: (command: Command) => FieldComplaint | undefined;
  /** Who asks, and about which wallet: it says who is its owner, and who is not. */
  readonly askedBy: (command: Command) => AskedBy;
  /** The service that is asked. */
  readonly serviceOf: (command: Command) => ServiceName;
  /** What the client sends, the same at every attempt, but for who it is. */
  readonly requestOf: (command: Command, toldIds: ToldIds) => ClientRequest;
  /** What is asked for, in a few words: `payment p1`. */
  readonly subjectOf: (command: Command) => string;
  /** How the first request is told in a story. */
  readonly tell: (command: Command) => string;
}
