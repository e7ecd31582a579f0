import type { TextParameter } from "../servers/oracle.ts";

/** One step of a schedule. */
export type ScheduleStep =
  | {
      readonly kind: "ask";
      readonly session: string;
      readonly sql: string;
      readonly parameters?: readonly TextParameter[];
    }
  /** So much time passes that every wait that is there has been looked at for a deadlock. */
  | { readonly kind: "deadlock timeout" };

/** Queries of several sessions in one order, over tables that are made for them. */
export interface Schedule {
  readonly seed: number;
  readonly setup: readonly string[];
  readonly steps: readonly ScheduleStep[];
}

/** A schedule as an isolation spec with one permutation, to be kept and played again. */
export function formatAsSpec({ seed, setup, steps }: Schedule): string {
  const asked = steps.filter((step) => step.kind === "ask");
  const sessions = [...new Set(asked.map(({ session }) => session))].toSorted();
  const names = asked.map(({ session }, at) => `${session}_${at}`);
  return [
    `# A random schedule (seed ${seed}).`,
    ...setup.map((sql) => `setup { ${sql}; }`),
    "teardown { DROP SCHEMA public CASCADE; CREATE SCHEMA public; }",
    ...sessions.flatMap((session) => [
      `session ${session}`,
      ...asked.flatMap((step, at) =>
        step.session === session ? [`step ${names[at] ?? ""} { ${step.sql}; }`] : [],
      ),
    ]),
    `permutation ${names.join(" ")}`,
    "",
  ].join("\n");
}
