import Type from "typebox";
import { Compile } from "typebox/compile";
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
}

const FORMAT = "falconpay-replay";
const VERSION = 2;

/** The text is not a replay file that this version can read; the message says what was expected. */
export class UnreadableReplayFile extends Error {
  override readonly name = "UnreadableReplayFile";
}

export function encodeReplayFile({ plan, expected }: ReplayFile): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, expected, plan }, null, 2)}\n`;
}

/** @throws UnreadableReplayFile */
export function decodeReplayFile(text: string, fileName: string): ReplayFile {
  const json = parseJson(text, fileName);
  if (!header.Check(json)) {
    throw new UnreadableReplayFile(
      `${fileName} is not a replay file: expected "format": "${FORMAT}" and a "version"`,
    );
  }
  if (json.version !== VERSION) {
    throw new UnreadableReplayFile(
      `${fileName} is of version ${json.version}; this falconpay reads version ${VERSION}: ` +
        (json.version > VERSION
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
  return { plan: read.plan, expected: json.expected };
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
