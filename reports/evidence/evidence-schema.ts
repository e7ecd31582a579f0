import { Type } from "typebox";

const count = Type.Integer({ minimum: 0, description: "a whole number of 0 or more" });
const seed = Type.Integer({ description: "a whole number" });
const text = Type.String({ description: "a text" });
const truth = Type.Boolean({ description: "true or false" });
const truthOrNull = Type.Union([Type.Boolean(), Type.Null()], {
  description: "true, false or null",
});
const hash = Type.Union([Type.String(), Type.Null()], { description: "a text, or null" });

/**
 * The JSON shape of `Evidence` version 5, field by field in the order in which it is written. Each
 * part's `description` completes the sentence "expected ...". Unknown fields are refused: a file
 * that says more than we read is of another version, whatever it calls itself.
 */
export const evidenceSchema = record({
  format: Type.Literal("falconpay-evidence", { description: '"falconpay-evidence"' }),
  version: Type.Literal(5, { description: "5" }),
  product: text,
  code: record({ commit: hash, isClean: truthOrNull, digest: text }),
  scenario: record({ name: text, title: text, description: list(text) }),
  world: oneOf("sim", "real"),
  mutant: Type.Union([record({ id: text, defect: text }), Type.Null()], {
    description: "null, or an object with id and defect",
  }),
  level: Type.Union(
    [record({ name: text, settings: list(record({ name: text, value: text })) }), Type.Null()],
    { description: "null, or an object with name and settings" },
  ),
  seeds: record({ first: seed, last: seed, completed: count }),
  shard: Type.Union(
    [
      record({
        index: count,
        count,
        traceHashes: list(text),
        situations: list(record({ name: text, runs: count })),
      }),
      Type.Null(),
    ],
    { description: "null, or an object with index, count, traceHashes and situations" },
  ),
  ended: oneOf("complete", "first-failure", "time-limit", "interrupted", "error"),
  verdict: oneOf("pass", "fail", "unknown"),
  doubts: list(text),
  totals: record({
    runs: count,
    payments: count,
    completed: count,
    failed: count,
    refusals: list(record({ reason: text, count })),
    effects: count,
    commitsJudged: count,
    duplicateDeliveries: count,
    simulatedMs: count,
  }),
  faults: list(
    record({
      kind: text,
      one: text,
      many: text,
      sentence: text,
      planned: count,
      fired: count,
      impossible: count,
      places: list(record({ process: text, place: text, planned: count, fired: count })),
    }),
  ),
  faultsNotTried: list(text),
  cases: list(record({ name: text, count })),
  crashPoints: Type.Union([crashPoints(), Type.Null()], {
    description: "null, or the certificate of crash-points",
  }),
  statistics: record({
    traces: Type.Union([variety(), Type.Null()], {
      description: "null, or an object with seen, distinct and once",
    }),
    situations: variety(),
  }),
  promises: list(
    record({ name: text, sentence: text, judged: text, checks: count, brokenRuns: count }),
  ),
  findings: list(
    record({
      promise: text,
      sentence: text,
      seed,
      extent: text,
      first: text,
      smallest: record({
        commands: count,
        faults: count,
        faultPlaces: list(record({ kind: text, process: text, place: text })),
        tried: count,
        isMinimal: truth,
        traceHash: hash,
        plan: Type.Record(Type.String(), Type.Unknown(), { description: "a plan" }),
      }),
      story: list(
        record({
          atMs: count,
          actor: text,
          kind: oneOf(
            "request",
            "answer",
            "commit",
            "publish",
            "receive",
            "fault",
            "exit",
            "restart",
            "note",
            "end",
          ),
          fault: hash,
          text,
        }),
      ),
      replay: record({ file: text, command: text }),
    }),
  ),
  traceHash: hash,
  limits: list(text),
  servers: list(record({ name: text, version: text })),
  command: text,
  seenToFail: list(record({ mutant: text, defect: text, promise: hash, seed, runs: count })),
  made: record({ node: text, at: text }),
});

function crashPoints() {
  return record({
    plans: list(
      record({
        batches: text,
        requests: count,
        processes: list(text),
        effects: count,
        points: count,
      }),
    ),
    ways: list(record({ way: text, planned: count, tried: count, fired: count })),
    silent: list(text),
    pairs: Type.Union([record({ total: count, tried: count, fired: count }), Type.Null()], {
      description: "null, or an object with total, tried and fired",
    }),
    violations: record({
      runs: count,
      first: list(record({ points: list(text), promises: list(text) })),
    }),
  });
}

/**
 * What every version of the evidence starts with: enough to tell a newer version from a foreign
 * file.
 */
export const evidenceHeaderSchema = Type.Object({
  format: Type.Literal("falconpay-evidence"),
  version: Type.Integer({ minimum: 1 }),
});

function record<const Fields extends Record<string, Type.TSchema>>(fields: Fields) {
  return Type.Object(fields, { additionalProperties: false, description: "an object" });
}

function variety() {
  return record({ seen: count, distinct: count, once: count });
}

function list<Item extends Type.TSchema>(item: Item) {
  return Type.Array(item, { description: "a list" });
}

function oneOf<Words extends string[]>(...words: Words) {
  return Type.Enum<Words>([...words], {
    description: `one of ${words.map((word) => JSON.stringify(word)).join(", ")}`,
  });
}
