import Type, { type Static } from "typebox";
import { callerSchema } from "../callers.ts";
import type { CommandKind, Knowledge } from "./command-kind.ts";
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
    /** It goes on where the page ends that somebody was given last of this list. */
    turn: Type.Optional(Type.Boolean()),
    /** Of payments: only those accepted after one of the times that clients were told. */
    since: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    /** More parameters, as they are. */
    query: Type.Optional(Type.String({ maxLength: 1_000 })),
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
  requestOf: (command, knowledge) => {
    const path = pathOf(command, knowledge);
    const { query } = command;
    return { method: "GET", path: query === undefined ? path : `${path}&${query}`, headers: {} };
  },
  subjectOf: ({ what, of }) => (what === "ledger" ? "the ledger" : `the ${what} of ${of}`),
  tell: ({ what, of }) => `Looks up ${what === "ledger" ? "the ledger" : `the ${what} of ${of}`}.`,
};

/** The list of which a client is given a page. */
export function listOf({ what, of }: LookUpCommand): string {
  return `${what} ${of}`;
}

function pathOf(command: LookUpCommand, { toldIds, toldNexts, toldTimes }: Knowledge): string {
  const { what, of, limit, only, turn = false, since } = command;
  const next = turn ? toldNexts.get(listOf(command)) : undefined;
  const createdAfter = since === undefined ? undefined : toldTimes[since % toldTimes.length];
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
      if (next !== undefined) {
        parameters.set("after", next);
      }
      if (createdAfter !== undefined) {
        parameters.set("createdAfter", createdAfter);
      }
      return `/payments?${parameters.toString()}`;
    case "events":
      return `/payments/${encodeURIComponent(toldIds.get(of) ?? of)}/events`;
    case "entries":
      if (next !== undefined || only !== null) {
        parameters.set("after", next ?? only ?? "");
      }
      return `/wallets/${encodeURIComponent(of)}/entries?${parameters.toString()}`;
    case "ledger":
      return "/ledger/verify";
  }
}
