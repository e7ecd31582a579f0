import Type from "typebox";
import { Compile } from "typebox/compile";
import { canonicalText } from "./canonical-text.ts";
import { readPlan } from "./plan-schema.ts";
import type { Plan } from "./plan.ts";

/**
 * A run to be repeated: the plan, and what it came to. Self-contained; outlives changes of the
 * generators.
 */
export interface ReplayFile {
  readonly plan: Plan;
  readonly expected: {
    /** The promise that broke. */
    readonly promise: string;
    /** Null when the run was in the real world. */
    readonly traceHash: string | null;
  };
  /** What ran it: the version of falconpay, and the digest of its code. */
  readonly writtenBy: { readonly product: string; readonly code: string };
}

/** A replay file as it was found. */
export interface FoundReplayFile extends ReplayFile {
  /** False when its plan, or what it says of it, is not what was written. */
  readonly isAsWritten: boolean;
}

/** A hash of a text, in hexadecimal. */
export type Digest = (text: string) => string;

const FORMAT = "falconpay-replay";
/** Raised whenever an older falconpay could not play what is written. */
export const REPLAY_VERSION = 9;

/** The text is not a replay file that this version can read; the message says what was expected. */
export class UnreadableReplayFile extends Error {
  override readonly name = "UnreadableReplayFile";
}

/** The text of a file; it carries a digest of all that it says. */
export function encodeReplayFile(file: ReplayFile, digest: Digest): string {
  const { plan, expected, writtenBy } = file;
  const said = { format: FORMAT, version: REPLAY_VERSION, digest: digestOf(file, digest) };
  return `${JSON.stringify({ ...said, writtenBy, expected, plan }, null, 2)}\n`;
}

function digestOf({ plan, expected, writtenBy }: ReplayFile, digest: Digest): string {
  return digest(canonicalText({ plan, expected, writtenBy }));
}

/** Whether a text is a replay file of any version. */
export function isReplayFile(text: string): boolean {
  try {
    return header.Check(JSON.parse(text));
  } catch {
    return false;
  }
}

/** @throws UnreadableReplayFile */
export function decodeReplayFile(text: string, fileName: string, digest: Digest): FoundReplayFile {
  const json = parseJson(text, fileName);
  if (!header.Check(json)) {
    throw new UnreadableReplayFile(
      `${fileName} is not a replay file: expected "format": "${FORMAT}" and a "version"`,
    );
  }
  if (json.version !== REPLAY_VERSION) {
    throw new UnreadableReplayFile(
      `${fileName} is of version ${json.version}; this falconpay reads version ${REPLAY_VERSION}: ` +
        (json.version > REPLAY_VERSION
          ? "use a newer falconpay"
          : "run its scenario with its seed again to get a new one"),
    );
  }
  if (!body.Check(json)) {
    const [error] = body.Errors(json);
    throw damaged(fileName, `${error?.instancePath || "the file"} ${error?.message ?? ""}`);
  }
  const read = readPlan(json.plan);
  if (read.kind === "refused") {
    throw damaged(fileName, `/plan${read.message}`);
  }
  const { expected, writtenBy } = json;
  const file = { plan: read.plan, expected, writtenBy };
  return { ...file, isAsWritten: digestOf(file, digest) === json.digest };
}

function damaged(fileName: string, what: string): UnreadableReplayFile {
  return new UnreadableReplayFile(`${fileName} is damaged: ${what}`);
}

const text = Type.String({ maxLength: 10_000 });

const header = Compile(
  Type.Object({ format: Type.Literal(FORMAT), version: Type.Integer({ minimum: 1 }) }),
);

/** All but the plan, which `readPlan` reads. */
const body = Compile(
  Type.Object({
    digest: text,
    writtenBy: Type.Object({ product: text, code: text }),
    expected: Type.Object({ promise: text, traceHash: Type.Union([text, Type.Null()]) }),
    plan: Type.Unknown(),
  }),
);

function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableReplayFile(`${fileName} is not a replay file: not JSON (${reason})`);
  }
}
