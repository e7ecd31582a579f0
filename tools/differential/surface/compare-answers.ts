import type { Answer, ErrorAnswer, StatementAnswer } from "../servers/oracle.ts";

/** What two answers to one text come to. */
export type Comparison =
  | { readonly kind: "same" }
  /** PostgreSQL answers as the engine did, too, where it plans otherwise: see `isOpen`. */
  | { readonly kind: "open" }
  | { readonly kind: "refused"; readonly cause: string; readonly fragment: string }
  | {
      readonly kind: "wrong";
      readonly how: Difference;
      /** Alike for findings that are likely to be one. */
      readonly cause: string;
      /** Both answers in short. */
      readonly told: string;
    };

/**
 * How two answers differ. `evaluation` is an error in a value that one of them met and the other
 * did not: PostgreSQL leaves open which parts of a statement are evaluated, and when.
 */
export type Difference =
  | "breakdown"
  | "evaluation"
  | "accepted"
  | "rejected"
  | "code"
  | "values"
  | "types"
  | "names"
  | "count"
  | "words"
  | "notices"
  | "position";

/** Compares what the engine answered with what PostgreSQL did. */
export function compareAnswers(engine: Answer, real: Answer, how: HowCompared): Comparison {
  const found = findDifference(engine, real, how);
  return found.kind === "wrong"
    ? { ...found, told: `PostgreSQL: ${tell(real)}; engine: ${tell(engine)}` }
    : found;
}

/** What is known of the text that was answered. */
export interface HowCompared {
  /** Its order is total. */
  readonly isOrdered: boolean;
  /** It is one expression by itself, so an error in a value is no question of the order. */
  readonly isBare: boolean;
}

function findDifference(
  engine: Answer,
  real: Answer,
  { isOrdered, isBare }: HowCompared,
): Comparison {
  if (engine.refusal !== null) {
    const { feature, fragment } = engine.refusal;
    return { kind: "refused", cause: feature, fragment };
  }
  if (engine.breakdown !== null) {
    return wrong("breakdown", engine.breakdown.split("\n").slice(0, 2).join(" "));
  }
  if (!isBare && isOpenEvaluation(engine, real)) {
    return wrong("evaluation", "an error in a value is met by one only, or another one first");
  }
  if (real.error !== null) {
    return compareErrors(engine, real.error) ?? compareNotices(engine, real);
  }
  if (engine.error !== null) {
    return wrong("rejected", `engine: ${signature(engine.error)}`);
  }
  return compareResults(engine.results, real.results, isOrdered) ?? compareNotices(engine, real);
}

const TOLD_LENGTH_MAX = 160;

/** An answer in one line. */
function tell({ error, results }: Answer): string {
  const rows = results.map(({ command, rows: told }) => `${command} ${JSON.stringify(told)}`);
  const text = error === null ? rows.join("; ") : `${error.code} ${error.message}`;
  return text.length > TOLD_LENGTH_MAX ? `${text.slice(0, TOLD_LENGTH_MAX)}...` : text;
}

/**
 * True when the answers differ by errors in values alone. Where they come of different values, the
 * planner's folding of constants decides, or what it found out to be needed by nobody.
 */
function isOpenEvaluation(engine: Answer, real: Answer): boolean {
  const errors = [engine.error, real.error];
  const areOfValues = errors.every((error) => error === null || OF_VALUES.test(error.code));
  return areOfValues && errors[0]?.message !== errors[1]?.message;
}

/** Data exceptions, and more than one row from a sub-select. */
const OF_VALUES = /^(22...|21000|0A000)$/;

function compareErrors(engine: Answer, real: ErrorAnswer): Comparison | undefined {
  const { error } = engine;
  if (error === null) {
    return wrong("accepted", `PostgreSQL: ${signature(real)}`);
  }
  if (error.code !== real.code) {
    return wrong("code", `engine: ${signature(error)}`);
  }
  const fields = ["message", "detail", "hint", "schema", "table", "column", "constraint"] as const;
  const other = fields.filter((field) => error[field] !== real[field]);
  if (other.length > 0) {
    const differing = other.map(
      (field) => `${field} ${real[field] ?? "-"} / ${error[field] ?? "-"}`,
    );
    return wrong("words", `${real.code} ${withoutNames(differing.join("; "))}`);
  }
  return error.position === real.position
    ? undefined
    : wrong("position", error.position === undefined ? "missing" : `${real.code} elsewhere`);
}

function compareNotices(engine: Answer, real: Answer): Comparison {
  const told = (answer: Answer) =>
    answer.notices.map(({ code, message, detail }) =>
      detail === undefined ? `${code} ${message}` : `${code} ${message} (${detail})`,
    );
  const [ours, theirs] = [told(engine).join("; "), told(real).join("; ")];
  return ours === theirs
    ? { kind: "same" }
    : wrong("notices", withoutNames(`PostgreSQL: ${theirs || "none"}; engine: ${ours || "none"}`));
}

function compareResults(
  engine: readonly StatementAnswer[],
  real: readonly StatementAnswer[],
  isOrdered: boolean,
): Comparison | undefined {
  for (const [at, theirs] of real.entries()) {
    const ours = engine[at];
    if (ours === undefined) {
      return wrong("count", "fewer results");
    }
    // The numbers of types that were made here are each server's own.
    const types = (answer: StatementAnswer) =>
      answer.fields.map(({ typeOid }) => (typeOid >= FIRST_OWN_OID ? "own" : typeOid)).join();
    const names = (answer: StatementAnswer) => answer.fields.map(({ name }) => name).join();
    const rows = (answer: StatementAnswer) => {
      const texts = answer.rows.map((row) => JSON.stringify(row));
      return (isOrdered ? texts : texts.toSorted()).join("\n");
    };
    if (types(ours) !== types(theirs)) {
      return wrong("types", `PostgreSQL: ${types(theirs)}; engine: ${types(ours)}`);
    }
    if (rows(ours) !== rows(theirs)) {
      return wrong(
        "values",
        ours.rows.length === theirs.rows.length ? "other values" : "other rows",
      );
    }
    if (names(ours) !== names(theirs)) {
      return wrong("names", `PostgreSQL: ${names(theirs)}; engine: ${names(ours)}`);
    }
    if (ours.command !== theirs.command || ours.count !== theirs.count) {
      const tag = ({ command, count }: StatementAnswer) => `${command} ${count ?? "-"}`;
      return wrong("count", `PostgreSQL: ${tag(theirs)}; engine: ${tag(ours)}`);
    }
  }
  return undefined;
}

/** PostgreSQL's FirstNormalObjectId. */
const FIRST_OWN_OID = 16_384;

function wrong(how: Difference, cause: string): Comparison {
  return { kind: "wrong", how, cause, told: "" };
}

function signature({ code, message }: ErrorAnswer): string {
  return `${code} ${withoutNames(message)}`;
}

/** Names and numbers taken out, so that alike cases fall into one group. */
function withoutNames(message: string): string {
  return message.replaceAll(/"[^"]*"/g, '"..."').replaceAll(/-?[0-9][0-9.e+]*/g, "N");
}
