import Type, { type Static } from "typebox";
import { SERVICES } from "../../system/process/services.ts";

/**
 * What happens in a process and shows in no commit and no record, as its ports see it:
 * - `failed`: an exchange ended with an error; `applied` says what the process may take from that
 * - `rolled-back`: a transaction ended, and nothing of it took effect
 * - `offset-committed`: this message will not come again
 * - `left`: a message could not be handled and is left to be delivered again
 * - `uses`: the process asks for a connection to a service's database, for the first time
 * - `said`: what the service says about itself, such as `inbox.retry`
 */
export type ProcessNote = Static<typeof processNoteSchema>;

const SERVICE_NAMES = SERVICES.map(({ name }) => name);

const recordSchema = Type.Object({
  topic: Type.String(),
  partition: Type.Integer(),
  offset: Type.String(),
  key: Type.Union([Type.Null(), Type.String()]),
  value: Type.Union([Type.Null(), Type.String()]),
});

export const processNoteSchema = Type.Union([
  Type.Object({
    what: Type.Literal("failed"),
    /** Without process and ordinal: `wallet-db/transfer.update-balance`. */
    effect: Type.String(),
    reason: Type.String(),
    /** SQLSTATE, or null where there is none. */
    code: Type.Union([Type.Null(), Type.String()]),
    applied: Type.Enum(["no", "unknown"]),
    /** Whether a fault of the plan made it: the server knows nothing of it. */
    isInjected: Type.Boolean(),
  }),
  Type.Object({ what: Type.Literal("rolled-back"), transaction: Type.String() }),
  Type.Object({ what: Type.Literal("offset-committed"), record: recordSchema }),
  Type.Object({ what: Type.Literal("left"), record: recordSchema, reason: Type.String() }),
  Type.Object({ what: Type.Literal("uses"), service: Type.Enum(SERVICE_NAMES) }),
  Type.Object({
    what: Type.Literal("said"),
    name: Type.String(),
    detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  }),
]);
