import type { Command } from "./command.ts";

/** What a client did and was told. */
export type ClientEvent = ClientAttempt | ClientOutcome;

export interface ClientAttempt {
  readonly kind: "request";
  readonly atMs: number;
  /** From 1 on. */
  readonly attempt: number;
  readonly command: Command;
}

export interface ClientOutcome {
  readonly kind: "answer";
  readonly atMs: number;
  readonly attempt: number;
  readonly command: Command;
  /** What was asked for, with its parameters. */
  readonly path: string;
  /** When the first attempt was sent, which all others repeat. */
  readonly firstAskedAtMs: number;
  /** When this attempt was sent. */
  readonly askedAtMs: number;
  /** Null when there was no answer: the request may or may not have taken effect. */
  readonly status: number | null;
  /** By lower-case name; empty when there was no answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body, unchecked; undefined when there was no answer. */
  readonly body: unknown;
}
