import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { beginning, FAULTY_DATABASES, RECOVERY_MS } from "../outside.ts";

/** An operator ends every connection to a database (57P01). */
export type EndedBackendsFault = Static<typeof schema>;

const schema = Type.Object(
  { kind: Type.Literal("ended-backends"), ...beginning, server: Type.Enum([...FAULTY_DATABASES]) },
  { additionalProperties: false },
);

export const endedBackendsKind: FaultKind<EndedBackendsFault> & { readonly schema: typeof schema } =
  {
    kind: "ended-backends",
    noun: { one: "ended backend", many: "ended backends" },
    sentence:
      "An operator ends all connections to a database, as pg_terminate_backend does: what they have open is rolled back, and who waits for a COMMIT cannot know.",
    schema,
    triggerOf: ({ atMs, server }) => ({ on: "outside", atMs, process: null, server }),
    complaint: () => undefined,
    needs: ["end-backends"],
    outageMs: () => 0,
    lingersMs: () => RECOVERY_MS,
    firesWith: "begin",
    tellBegin: () => "Has all its connections ended by an operator (57P01).",
    tellEnd: null,
  };
