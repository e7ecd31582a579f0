import Type, { type Static } from "typebox";
import { callerSchema } from "../callers.ts";
import type { CommandKind } from "./command-kind.ts";
import { expectationSchema } from "./expectation.ts";

/**
 * A client looks something up: payments of a wallet, what happened to the payment that it was told
 * for a key, a wallet's ledger entries, or whether the ledger is whole.
 */
export type LookUpCommand = Static<typeof lookUpSchema>;

const text = Type.String({ maxLength: 10_000 });

const lookUpSchema = Type.Object(
  {
    kind: Type.Literal("look-up"),
    atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    what: Type.Enum(["payments", "events", "entries", "ledger"]),
    /** The wallet, or the client's key. */
    of: text,
    /** How many at most; null for as many as the service gives. */
    limit: Type.Union([Type.Integer({ minimum: 1, maximum: 500 }), Type.Null()]),
    /** Of payments: only those of that status; of entries: only those after that position. */
    only: Type.Union([text, Type.Null()]),
    expects: expectationSchema,
    by: Type.Optional(callerSchema),
  },
  { additionalProperties: false },
);

export const lookUpKind: CommandKind<LookUpCommand> & {
  readonly schema: typeof lookUpSchema;
} = {
  kind: "look-up",
  schema: lookUpSchema,
  complaint: () => undefined,
  askedBy: ({ what, of, by: caller = what === "entries" ? "owner" : "operator" }) => ({
    caller,
    walletId: of,
  }),
  serviceOf: ({ what }) => (what === "payments" || what === "events" ? "payment" : "wallet"),
  requestOf: (command, toldIds) => ({
    method: "GET",
    path: pathOf(command, toldIds),
    headers: {},
  }),
  subjectOf: ({ what, of }) => (what === "ledger" ? "the ledger" : `the ${what} of ${of}`),
  tell: ({ what, of }) => `Looks up ${what === "ledger" ? "the ledger" : `the ${what} of ${of}`}.`,
};

function pathOf(
  { what, of, limit, only }: LookUpCommand,
  toldIds: ReadonlyMap<string, string>,
): string {
  const parameters = new URLSearchParams();
  if (limit !== null) {
    parameters.set("limit", String(limit));
  }
  switch (what) {
    case "payments":
      parameters.set("wallet", of);
      if (only !== null) {
        parameters.set("status", only);
      }
      return `/payments?${parameters.toString()}`;
    case "events":
      return `/payments/${encodeURIComponent(toldIds.get(of) ?? of)}/events`;
    case "entries":
      if (only !== null) {
        parameters.set("after", only);
      }
      return `/wallets/${encodeURIComponent(of)}/entries?${parameters.toString()}`;
    case "ledger":
      return "/ledger/verify";
  }
}
