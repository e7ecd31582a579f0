import Type from "typebox";
import { PAGE_PARAMETERS } from "../http/page.ts";
import type { Operation } from "../ports/operation.ts";
import { BREAK_CLASSES } from "./break-classes.ts";

const milliseconds = Type.Integer({ description: "Milliseconds since the epoch." });
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const runBody = Type.Object(
  {
    scope: Type.Optional(Type.Enum(["news", "everything"])),
    pendingMs: Type.Optional(Type.Integer({ minimum: 0 })),
    lostMs: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);

export const resolutionBody = Type.Object(
  { note: Type.String({ minLength: 1, maxLength: 1_000, pattern: "^[^\\u0000]*$" }) },
  { additionalProperties: false },
);

const inFlightView = Type.Object(
  {
    count: Type.Integer(),
    p50Ms: Type.Integer(),
    p90Ms: Type.Integer(),
    p99Ms: Type.Integer(),
    maxMs: Type.Integer(),
  },
  {
    additionalProperties: false,
    description: "From acceptance to the verdict, of the payments that were settled.",
  },
);

const runView = Type.Object(
  {
    id: Type.String(),
    startedBy: Type.Enum(["clock", "demand"]),
    startedAtMs: milliseconds,
    finishedAtMs: nullable(milliseconds),
    outcome: Type.Enum(["running", "clean", "breaks", "failed"]),
    failure: nullable(Type.String()),
    payments: Type.Integer(),
    entries: Type.Integer(),
    accounts: Type.Integer(),
    breaks: Type.Integer(),
    inFlight: nullable(inFlightView),
  },
  { additionalProperties: false },
);

const breakView = Type.Object(
  {
    id: Type.String(),
    check: Type.String({ description: "R1 to R12." }),
    class: Type.Enum(Object.keys(BREAK_CLASSES)),
    expected: Type.String(),
    repair: Type.Enum(["manual", "republish", "stop the line"]),
    subject: Type.String(),
    detail: Type.String(),
    state: Type.Enum(["open", "resolved"]),
    note: nullable(Type.String()),
    foundByRun: Type.String(),
    seenByRun: Type.String(),
    foundAtMs: milliseconds,
    resolvedAtMs: nullable(milliseconds),
    ageMs: Type.Integer({ description: "Since it was found, until it was resolved." }),
  },
  { additionalProperties: false },
);

const UNKNOWN = { codes: ["unknown-break"] };
const MALFORMED = { codes: ["malformed-request"] };

/** What the reconciliation engine's routes take and answer. */
export const RECONCILIATION_OPERATIONS = {
  start: {
    id: "startReconciliation",
    summary: "Compares both services' databases now, and answers when it is over.",
    scope: "operator",
    body: runBody,
    answers: {
      201: { description: "The run.", schema: runView },
      400: MALFORMED,
      409: { codes: ["run-under-way"] },
    },
  },
  runs: {
    id: "listReconciliationRuns",
    summary: "Runs, the newest first.",
    scope: "operator",
    query: PAGE_PARAMETERS,
    answers: {
      200: {
        description: "The newest runs.",
        schema: Type.Object({ runs: Type.Array(runView) }, { additionalProperties: false }),
      },
      400: MALFORMED,
    },
  },
  breaks: {
    id: "listBreaks",
    summary: "What does not agree, in the order in which it was found.",
    scope: "operator",
    query: {
      state: { schema: Type.Enum(["open", "resolved"]), description: "Only those." },
      class: { schema: Type.Enum(Object.keys(BREAK_CLASSES)), description: "Only those." },
      ...PAGE_PARAMETERS,
    },
    answers: {
      200: {
        description: "A page of breaks; next is where the one after it begins.",
        schema: Type.Object(
          { breaks: Type.Array(breakView), next: nullable(Type.String()) },
          { additionalProperties: false },
        ),
      },
      400: MALFORMED,
    },
  },
  resolve: {
    id: "resolveBreak",
    summary: "Resolves a break by hand, with a note.",
    scope: "operator",
    body: resolutionBody,
    answers: {
      200: {
        description: "It is resolved.",
        schema: Type.Object({ id: Type.String() }, { additionalProperties: false }),
      },
      400: MALFORMED,
      404: UNKNOWN,
    },
  },
  repair: {
    id: "repairBreak",
    summary: "Publishes again what the services have written down about it.",
    scope: "operator",
    answers: {
      202: {
        description:
          "The ids of the events that were published; the next run tells what came of it.",
        schema: Type.Object({ events: Type.Array(Type.String()) }, { additionalProperties: false }),
      },
      404: UNKNOWN,
      422: { codes: ["not-repairable"] },
    },
  },
} as const satisfies Readonly<Record<string, Operation>>;
