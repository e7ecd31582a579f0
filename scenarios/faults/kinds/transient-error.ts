import Type, { type Static } from "typebox";
import { demandEffect } from "../effect-name.ts";
import { natureOf } from "../effect-words.ts";
import type { FaultKind } from "../fault-kind.ts";

/**
 * A request of a process does not take effect, and the process is told so: its database answers
 * with an error that passes, which aborts the transaction, or the connection breaks before the
 * request has left; its broker refuses. The error is made at the effect gate, in both worlds: what
 * the client libraries themselves would try again is not tried.
 */
export type TransientErrorFault = Static<typeof transientErrorSchema>;

/**
 * SQLSTATEs: a serialization failure, a deadlock, a lock that was awaited for too long, a cancelled
 * statement, no memory left; and `connection`, which is none.
 */
export const TRANSIENT_CODES = ["40001", "40P01", "55P03", "57014", "53200", "connection"] as const;

/**
 * Of a COMMIT only: the database rolls back and answers that all is well, with the tag ROLLBACK, as
 * PostgreSQL does with a transaction in which a statement failed and nobody looked.
 */
export const SILENT_ROLLBACK = "rolled-back";

const transientErrorSchema = Type.Object(
  {
    kind: Type.Literal("transient-error"),
    effect: Type.String({ maxLength: 200 }),
    code: Type.Enum([...TRANSIENT_CODES, SILENT_ROLLBACK]),
  },
  { additionalProperties: false },
);

export const transientErrorKind: FaultKind<TransientErrorFault> & {
  readonly schema: typeof transientErrorSchema;
} = {
  kind: "transient-error",
  noun: { one: "transient error", many: "transient errors" },
  sentence:
    "A request of a process to its database or broker fails with an error that passes: a deadlock, a serialization failure, a lock or a statement that took too long, a connection that breaks; or a COMMIT is answered with success, and has rolled back. It has no effect, and asking again succeeds.",
  schema: transientErrorSchema,
  triggerOf: ({ effect }) => ({ on: "effect", effect, side: "before" }),
  complaint: ({ effect, code }) => {
    if (code === SILENT_ROLLBACK && !isCommit(effect)) {
      return `${effect} is no COMMIT, and cannot be rolled back in silence`;
    }
    return natureOf(effect) === "request"
      ? undefined
      : `${effect} is no request to a database or a broker, and cannot fail`;
  },
  needs: ["fail-at-gate"],
  outageMs: () => 0,
  lingersMs: () => 0,
  firesWith: "begin",
  tellBegin: ({ effect, code }) =>
    code === SILENT_ROLLBACK
      ? `The request ${effect} is answered with success, and is rolled back.`
      : `The request ${effect} fails with ${code}, and has no effect.`,
  tellEnd: null,
};

/** Whether an effect is the end of a transaction. */
export function isCommit(effect: string): boolean {
  return demandEffect(effect).operation.endsWith(".commit");
}
