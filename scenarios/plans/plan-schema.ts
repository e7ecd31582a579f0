import Type from "typebox";
import { ROLES } from "../../system/process/services.ts";

const text = Type.String({ maxLength: 10_000 });
const wholeNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const positive = Type.Integer({ minimum: 1, maximum: 1_000_000_000 });

/** A plan as data: in replay files, in evidence, and in the orders of a child process. */
export const planSchema = record({
  scenario: text,
  seed: wholeNumber,
  wallets: Type.Array(record({ id: text, funding: text, currency: text })),
  commands: Type.Array(
    record({
      atMs: wholeNumber,
      idempotencyKey: text,
      senderWalletId: text,
      receiverWalletId: text,
      amount: text,
      currency: text,
    }),
  ),
  faults: Type.Array(
    record({
      kind: Type.Literal("crash"),
      effect: text,
      when: Type.Union([Type.Literal("before"), Type.Literal("after")]),
      restartAfterMs: wholeNumber,
    }),
  ),
  topology: Type.Array(
    record({
      name: Type.String({ pattern: "^[a-z][a-z0-9-]{0,30}$" }),
      roles: Type.Array(Type.Enum([...ROLES]), { minItems: 1, uniqueItems: true }),
    }),
    { minItems: 1 },
  ),
  knobs: record({
    relayBatchMax: positive,
    relayPollMs: positive,
    consumeAttemptsMax: positive,
    consumeRetryDelayMs: positive,
    sessionTimeoutMs: positive,
  }),
  mutant: Type.Union([text, Type.Null()]),
});

/** Unknown fields are refused: what is not read would be a fault that never strikes. */
function record<const Fields extends Record<string, Type.TSchema>>(fields: Fields) {
  return Type.Object(fields, { additionalProperties: false });
}
