import { loadPostgresParser } from "../sim/postgres/syntax/postgres-parser.ts";
import type { Contender } from "./postgres/contender.ts";
import { createEngineContender } from "./postgres/engine-contender.ts";
import {
  bytesPerRow,
  freshEngineMs,
  garbagePerStatement,
  growthPerEngine,
} from "./postgres/memory.ts";
import {
  createPgliteContender,
  createPgMemContender,
  createRealContender,
} from "./postgres/other-contenders.ts";
import {
  claim,
  groupBy,
  hashJoin,
  insert,
  type Operation,
  pointSelect,
  transfer,
  update,
} from "./postgres/workload.ts";
import { Yardstick } from "./postgres/yardstick.ts";
import type { BenchRow } from "./row.ts";

const ROUNDS = 5;

/**
 * One kind of work, how often a round does it, and what the engine must reach beside PGlite. The
 * engine and the yardstick are measured hot: their first round, which does not count, is long
 * enough for all of their code to be compiled.
 */
interface Measured {
  readonly what: string;
  readonly operation: Operation;
  readonly engineTimes: number;
  readonly otherTimes: number;
  readonly floor: number;
  readonly aim: number;
  /** Contenders that would take minutes. */
  readonly without?: readonly string[];
}

const MEASURED: readonly Measured[] = [
  {
    what: "transfer of nine statements",
    operation: transfer,
    engineTimes: 3_000,
    otherTimes: 20,
    floor: 40,
    aim: 100,
  },
  {
    what: "point SELECT",
    operation: pointSelect,
    engineTimes: 3_000,
    otherTimes: 60,
    floor: 40,
    aim: 150,
  },
  { what: "INSERT", operation: insert, engineTimes: 3_000, otherTimes: 60, floor: 40, aim: 150 },
  {
    what: "UPDATE by key",
    operation: update,
    engineTimes: 3_000,
    otherTimes: 60,
    floor: 40,
    aim: 150,
  },
  {
    what: "claim of 10 rows among 10,000",
    operation: claim,
    engineTimes: 60,
    otherTimes: 10,
    floor: 12,
    aim: 30,
  },
  {
    what: "hash join of 10,000 by 10,000",
    operation: hashJoin,
    engineTimes: 20,
    otherTimes: 20,
    floor: 1,
    aim: 3,
    without: ["pg-mem"],
  },
  {
    what: "GROUP BY over 10,000",
    operation: groupBy,
    engineTimes: 20,
    otherTimes: 20,
    floor: 1,
    aim: 3,
  },
];

/**
 * The engine beside PGlite, pg-mem, PostgreSQL over the loopback interface, and a yardstick that
 * does the same data work without SQL. Floors are ratios of this run: these machines are noisy.
 */
export async function benchPostgres(): Promise<readonly BenchRow[]> {
  await loadPostgresParser();
  const size = sizeRows();
  const engine = createEngineContender();
  const others = await Promise.all([
    createPgliteContender(),
    createPgMemContender(),
    createRealContender(),
  ]);
  const contenders: readonly Contender[] = [engine, createYardstickContender(), ...others];
  try {
    const rows: BenchRow[] = [];
    for (const measured of MEASURED) {
      rows.push(...(await measure(measured, contenders)));
    }
    const garbage = garbagePerStatement(engine.session, 5_000_000);
    return [...rows, garbageRow(garbage), ...size];
  } finally {
    for (const contender of contenders) {
      await contender.close();
    }
  }
}

async function measure(measured: Measured, contenders: readonly Contender[]): Promise<BenchRow[]> {
  const best = new Map<string, number>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const contender of contenders) {
      if (measured.without?.includes(contender.name) === true) {
        continue;
      }
      const isQuick = contender.name === "engine" || contender.name === "yardstick";
      const times = isQuick ? measured.engineTimes : measured.otherTimes;
      const us = await timeOf(contender, measured.operation, { from: round * 10_000, times });
      // The first round compiles.
      if (round > 0 && us !== null) {
        best.set(contender.name, Math.min(us, best.get(contender.name) ?? Infinity));
      }
    }
  }
  const engineUs = best.get("engine") ?? Infinity;
  const besideAll = contenders
    .filter(({ name }) => name !== "engine")
    .map(({ name }) => `${name} ${told(best.get(name))}`)
    .join(", ");
  const yardstickUs = best.get("yardstick");
  const { what, floor, aim } = measured;
  return [
    { what, value: engineUs, unit: "us", beside: besideAll, floor: null, aim: null },
    {
      what,
      value: (best.get("PGlite") ?? 0) / engineUs,
      unit: "x PGlite",
      beside: "as fast",
      floor: { kind: "at least", value: floor },
      aim: { kind: "at least", value: aim },
    },
    ...(yardstickUs === undefined
      ? []
      : [
          {
            what,
            value: engineUs / yardstickUs,
            unit: "x yardstick",
            beside: "the time of the data work alone",
            floor:
              measured.operation === transfer ? ({ kind: "at most", value: 3 } as const) : null,
            aim:
              measured.operation === transfer ? ({ kind: "at most", value: 1.7 } as const) : null,
          },
        ]),
  ];
}

/** Microseconds for each, or null where the contender cannot do it. */
async function timeOf(
  contender: Contender,
  operation: Operation,
  { from, times }: { readonly from: number; readonly times: number },
): Promise<number | null> {
  const beganAtMs = performance.now();
  try {
    await contender.run(operation, from, times);
  } catch (error) {
    reportOnce(contender.name, error);
    return null;
  }
  return ((performance.now() - beganAtMs) * 1_000) / times;
}

const reported = new Set<string>();

function reportOnce(name: string, error: unknown): void {
  const line = `${name}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}\n`;
  if (!reported.has(line)) {
    reported.add(line);
    process.stderr.write(line);
  }
}

function createYardstickContender(): Contender {
  const yardstick = new Yardstick();
  const known = new Map<Operation, (at: number) => unknown>([
    [transfer, (at) => yardstick.transfer(at)],
    [pointSelect, (at) => yardstick.pointSelect(at)],
    [insert, (at) => yardstick.insert(at)],
    [update, (at) => yardstick.update(at)],
  ]);
  return {
    name: "yardstick",
    run(operation, from, count) {
      const work = known.get(operation);
      if (work === undefined) {
        throw new Error("the yardstick knows no such work");
      }
      for (let at = from; at < from + count; at += 1) {
        work(at);
      }
    },
    close: () => {},
  };
}

function garbageRow(bytes: number): BenchRow {
  return {
    what: "garbage of a statement",
    value: bytes,
    unit: "bytes",
    beside: "the transfer's statements",
    floor: { kind: "at most", value: 2_048 },
    aim: null,
  };
}

function sizeRows(): BenchRow[] {
  return [
    {
      what: "a fresh engine with a service's schema",
      value: freshEngineMs(),
      unit: "ms",
      beside: "median of 200",
      floor: { kind: "at most", value: 0.6 },
      aim: null,
    },
    {
      what: "memory of a row",
      value: bytesPerRow(),
      unit: "bytes",
      beside: "three columns and one index",
      floor: { kind: "at most", value: 600 },
      aim: { kind: "at most", value: 300 },
    },
    {
      what: "growth for each engine, over 10,000",
      value: growthPerEngine(),
      unit: "bytes",
      beside: "none: what is left is noise of the heap",
      floor: { kind: "at most", value: 150 },
      aim: null,
    },
  ];
}

function told(us: number | undefined): string {
  return us === undefined ? "cannot" : `${us >= 100 ? us.toFixed(0) : us.toFixed(1)} us`;
}
