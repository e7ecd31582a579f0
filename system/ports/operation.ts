import type { TSchema } from "typebox";
import type { Scope } from "./verifier.ts";

/** What a route takes and answers, as its clients are told: the source of the OpenAPI document. */
export interface Operation {
  /** A name for programs that are generated from the document: `acceptPayment`. */
  readonly id: string;
  readonly summary: string;
  /** What a key must be for. */
  readonly scope: Scope;
  /** True for a request that needs the client's own key. */
  readonly needsKey?: boolean;
  readonly query?: Readonly<Record<string, Parameter>>;
  readonly body?: TSchema;
  /** By status; the codes of problems are those that its clients can tell apart. */
  readonly answers: Readonly<Record<number, Answer>>;
}

export interface Parameter {
  readonly schema: TSchema;
  readonly description: string;
}

/** A success has a schema; a refusal has the codes of its problem details. */
export type Answer =
  | { readonly description: string; readonly schema: TSchema }
  | { readonly codes: readonly string[] };
