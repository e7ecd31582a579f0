import type { TSchema } from "typebox";
import type { ServiceName } from "../../../system/process/services.ts";
import type { Caller } from "../callers.ts";
import type { FieldComplaint } from "./asked-for.ts";
import type { ClientRequest } from "./client-request.ts";

/** What clients were told until now, as far as they ask with it. */
export interface Knowledge {
  /** The payment ids, by their keys. */
  readonly toldIds: ReadonlyMap<string, string>;
  /** Where the next page of a list begins, by the list. */
  readonly toldNexts: ReadonlyMap<string, string>;
  /** When payments were accepted, in milliseconds since the epoch. */
  readonly toldTimes: readonly string[];
}

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
  readonly requestOf: (command: Command, knowledge: Knowledge) => ClientRequest;
  /** What is asked for, in a few words: `payment p1`. */
  readonly subjectOf: (command: Command) => string;
  /** How the first request is told in a story. */
  readonly tell: (command: Command) => string;
}
