import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { processNoteSchema } from "../../scenarios/faults/process-note.ts";

/**
 * What a service process under test tells the runner, a JSON object a line, appended to a file with
 * a synchronous write: what was said before a SIGKILL is in the file. Times are milliseconds since
 * the epoch.
 * - `up`: its roles run and it answers
 * - `effect`: an exchange with the outside begins
 * - `delivery`: a record has reached its consumer
 * - `note`: what else its ports saw
 * - `fault`: a fault of its orders strikes now, or has ended; `index` is its place in the plan
 * - `disarmed`: no fault strikes in this incarnation from here on
 */
export type ChildReport = Static<ReturnType<typeof schema.Type>>;

/** One report as a line, ending included. */
export function encodeReport(report: ChildReport): string {
  return `${JSON.stringify(report)}\n`;
}

/** Reads a line back. @throws Error when it is no report */
export function parseReport(line: string): ChildReport {
  const report: unknown = JSON.parse(line);
  if (schema.Check(report)) {
    return report;
  }
  throw new Error(`not a report of a service process: ${line}`);
}

const atMs = Type.Integer();
const schema = Compile(
  Type.Union([
    Type.Object({ kind: Type.Literal("up"), atMs }),
    Type.Object({ kind: Type.Literal("disarmed"), atMs }),
    Type.Object({ kind: Type.Literal("note"), atMs, note: processNoteSchema }),
    Type.Object({
      kind: Type.Literal("effect"),
      atMs,
      resource: Type.String(),
      operation: Type.String(),
    }),
    Type.Object({
      kind: Type.Literal("fault"),
      atMs,
      index: Type.Integer({ minimum: 0 }),
      phase: Type.Union([Type.Literal("begin"), Type.Literal("end")]),
    }),
    Type.Object({
      kind: Type.Literal("delivery"),
      atMs,
      record: Type.Object({
        topic: Type.String(),
        partition: Type.Integer(),
        offset: Type.String(),
        key: Type.Union([Type.Null(), Type.String()]),
        value: Type.Union([Type.Null(), Type.String()]),
      }),
    }),
  ]),
);
