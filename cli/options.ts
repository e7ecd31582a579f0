import type { WantedPorts } from "../chaos/local/local.ts";
import { findAnyMutant } from "../mutation/find-mutant.ts";
import { SCENARIOS, findScenario } from "../scenarios/catalogue.ts";
import type { Mutant } from "../scenarios/mutants/mutant.ts";
import { MUTANTS } from "../scenarios/mutants/mutants.ts";
import { LEVELS, type Level } from "../scenarios/plans/level.ts";
import type { Scenario } from "../scenarios/plans/scenario.ts";
import { SEED_MAX, type SeedRange, type Shard } from "../scenarios/sweeps/seeds.ts";
import { UsageError } from "./failures.ts";

export type WorldName = "sim" | "real";

/** Variants tried to make a failing case smaller, unless a number is asked for. */
export const SHRINK_RUNS_MAX = {
  sim: 500,
  // A run on real servers takes many seconds: a failing case is kept as it is.
  real: 0,
} as const satisfies Record<WorldName, number>;

/** `7` or `1..400`. @throws UsageError */
export function parseSeeds(text: string): SeedRange {
  const match = /^([0-9]{1,10})(?:\.\.([0-9]{1,10}))?$/.exec(text);
  const first = Number(match?.[1] ?? Number.NaN);
  const last = Number(match?.[2] ?? match?.[1] ?? Number.NaN);
  if (!(first <= last && last <= SEED_MAX)) {
    throw new UsageError(
      `--seeds ${text}: expected a seed such as 7, or a range such as 1..400, of whole numbers from 0 to ${SEED_MAX}`,
    );
  }
  return { first, last };
}

/** `2/8`. @throws UsageError */
export function parseShard(text: string): Shard {
  const [, index, count] = /^([0-9]{1,7})\/([0-9]{1,7})$/.exec(text) ?? [];
  const shard = { index: Number(index ?? 0), count: Number(count ?? 0) };
  if (shard.index < 1 || shard.index > shard.count) {
    throw new UsageError(`--shard ${text}: expected a part such as 2/8, from 1/8 to 8/8`);
  }
  return shard;
}

/** @throws UsageError */
export function parseWorld(text: string): WorldName {
  if (text !== "sim" && text !== "real") {
    throw new UsageError(`--world ${text}: expected sim or real`);
  }
  return text;
}

/** @throws UsageError */
export function parseLevel(text: string): Level {
  const level = Object.values<Level>(LEVELS).find(({ name }) => name === text);
  if (level === undefined) {
    throw new UsageError(`--level ${text}: expected ${Object.keys(LEVELS).join(", ")}`);
  }
  return level;
}

const SERVERS = ["postgres", "kafka", "toxiproxy"] as const;

/** `postgres=15432,kafka=19092`. @throws UsageError */
export function parsePorts(text: string): WantedPorts {
  const ports = new Map<string, number>();
  for (const entry of text.split(",")) {
    const [, server, port] = /^([a-z]+)=([0-9]{1,5})$/.exec(entry) ?? [];
    const number = Number(port);
    if (!SERVERS.some((each) => each === server) || !(number >= 1 && number <= 65_535)) {
      throw new UsageError(
        `--ports ${text}: expected a list such as postgres=15432,kafka=19092,toxiproxy=8474`,
      );
    }
    ports.set(server ?? "", number);
  }
  return Object.fromEntries(ports);
}

/** @throws UsageError */
export function parseWholeNumber(text: string, option: string): number {
  if (!/^[0-9]{1,7}$/.test(text)) {
    throw new UsageError(`${option} ${text}: expected a whole number from 0 to 9999999`);
  }
  return Number(text);
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** As long as a timer of Node takes. */
const DURATION_MS_MAX = 2 ** 31 - 1;

/** `90s`, `10m` or `2h`, in milliseconds. @throws UsageError */
export function parseDuration(text: string, option: string): number {
  const [, count, unit] = /^([0-9]{1,6})([smh])$/.exec(text) ?? [];
  const durationMs =
    unit === "s" || unit === "m" || unit === "h" ? Number(count) * UNIT_MS[unit] : 0;
  if (durationMs < 1 || durationMs > DURATION_MS_MAX) {
    throw new UsageError(`${option} ${text}: expected a time such as 90s, 10m or 2h, up to 596h`);
  }
  return durationMs;
}

/** More threads than cores are slower, and each takes its memory. @throws UsageError */
export function parseWorkers(text: string, cores: number): number {
  const workers = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  if (workers < 1 || workers > cores) {
    throw new UsageError(
      `--workers ${text}: expected a whole number from 1 to ${cores}, the cores that there are`,
    );
  }
  return workers;
}

/** @throws UsageError */
export function scenarioNamed(name: string): Scenario {
  const scenario = findScenario(name);
  if (scenario === undefined) {
    throw new UsageError(
      `there is no scenario ${name}; there are:\n${list(SCENARIOS.map((each) => [each.name, each.title]))}`,
    );
  }
  return scenario;
}

/** @throws UsageError */
export function mutantNamed(id: string): Mutant {
  const mutant = findAnyMutant(id);
  if (mutant === undefined) {
    throw new UsageError(
      `there is no mutant ${id}; there are:\n${list(MUTANTS.map((each) => [each.id, each.defect]))}`,
    );
  }
  return mutant;
}

function list(entries: readonly (readonly [string, string])[]): string {
  return entries.map(([name, text]) => `  ${name.padEnd(10)} ${text}`).join("\n");
}
