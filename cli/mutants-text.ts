import { CANARY } from "../scenarios/mutants/source-patches.ts";
import type { TriedMutant } from "../sim/world/mutant-trial.ts";

/** One mutant, and what became of it. */
export interface MutantRow extends TriedMutant {
  /** Its place in the list. */
  readonly index: number;
  readonly defect: string;
  /** The promise named for it; empty for a generated one, which any may notice. */
  readonly breaks: string;
  /** So many seeds of each scenario it may survive. */
  readonly seeds: number;
  /** Of real time on this machine. */
  readonly tookMs: number;
}

/** Whether a mutant was noticed: by a promise, or by ending the run itself. */
function isNoticed({ fate }: TriedMutant): boolean {
  return fate === "killed" || fate === "stopped";
}

/** Listed mutants that their promise did not kill. */
export function failedMutants(rows: readonly MutantRow[]): readonly MutantRow[] {
  return rows.filter(({ fate }) => fate !== "killed");
}

/** The kill matrix for a terminal; of generated mutants, the share killed and the survivors. */
export function matrixText(rows: readonly MutantRow[], isGenerated: boolean): string {
  return isGenerated ? shareText(rows) : listText(rows);
}

function listText(rows: readonly MutantRow[]): string {
  const lines = rows.map(({ id, breaks, fate, scenario, runs, tookMs, smallest, found }) => {
    const how =
      fate === "killed"
        ? `${scenario.padEnd(9)} ${String(runs).padStart(4)} runs ${seconds(tookMs).padStart(7)}${sizeOf(smallest)}`
        : `${fate.toUpperCase()} ${found}`;
    return `  ${id.padEnd(4)} ${breaks.padEnd(17)} ${how}`;
  });
  const failed = failedMutants(rows);
  const canary = failed.some(({ id }) => id === CANARY)
    ? ["", `  the canary ${CANARY} is not noticed: nothing that this says can be trusted`]
    : [];
  const sum =
    failed.length === 0
      ? `  each of ${rows.length} mutants was killed by the promise named for it`
      : `  ${failed.length} of ${rows.length} mutants were not killed by the promise named for them`;
  return ["mutants", "", ...lines, ...canary, "", sum].join("\n");
}

function sizeOf(smallest: MutantRow["smallest"]): string {
  return smallest === null
    ? ""
    : `  smallest: ${smallest.commands.length} requests, ${smallest.faults.length} faults`;
}

/** How many of those that can be judged were noticed: `139 of 200, 69.5 %`. */
export function killedText(rows: readonly MutantRow[]): string {
  const noticed = rows.filter(isNoticed).length;
  const judged = rows.filter(({ fate }) => fate !== "not-simulated").length;
  const share = judged === 0 ? "0" : ((noticed * 100) / judged).toFixed(1);
  return `${noticed} of ${judged}, ${share} %`;
}

function shareText(rows: readonly MutantRow[]): string {
  const left = rows
    .filter((row) => !isNoticed(row))
    .map(({ id, fate, defect }) => `  ${fate === "survived" ? "" : `${fate}: `}${id}  ${defect}`);
  const byPromise = new Map<string, number>();
  for (const { fate, promises, found } of rows) {
    const name = fate === "killed" ? (promises[0] ?? "") : fate === "stopped" ? found : undefined;
    if (name !== undefined) {
      byPromise.set(name, (byPromise.get(name) ?? 0) + 1);
    }
  }
  const by = [...byPromise]
    .toSorted(([, left], [, right]) => right - left)
    .map(([name, count]) => `  ${String(count).padStart(4)}  ${name}`);
  return [
    `${rows.length} generated mutants`,
    "",
    `  killed  ${killedText(rows)}`,
    "",
    "by the gravest promise that broke",
    ...by,
    "",
    "survivors",
    ...left,
  ].join("\n");
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
