import type {
  CrashPointsEvidence,
  CrashPointsPlan,
} from "../../../reports/evidence/crash-points-evidence.ts";
import type { Plan } from "../../plans/plan.ts";
import type { RunSummary } from "../../runs/run-summary.ts";
import { pointInWords, WAYS, type CrashPoint, type Way } from "./points.ts";

/** What became of the points, as the evidence shows it. */
export interface PointTally {
  /** A plan that ran without faults, and the points that it has. */
  addPlan(plan: CrashPointsPlan, points: readonly CrashPoint[]): void;
  addPoint(point: CrashPoint, run: RunSummary): void;
  /** How many pairs there are. */
  beginPairs(total: number): void;
  addPair(run: RunSummary): void;
  /** A promise broke in a run: with these points, or without any. */
  addViolation(points: readonly CrashPoint[], promises: readonly string[]): void;
  evidence(): CrashPointsEvidence;
}

/** So many are told of, of those that did not fire and of those that broke a promise. */
const TOLD_MAX = 100;

const WAY_WORDS = {
  before: "crash before an effect",
  after: "crash after an effect",
  "lost-reply": "lost reply to an effect",
} as const satisfies Record<Way, string>;

export function createPointTally(): PointTally {
  const plans: CrashPointsPlan[] = [];
  const ways = new Map(WAYS.map((way) => [way, { planned: 0, tried: 0, fired: 0 }]));
  const silent: string[] = [];
  const violated: CrashPointsEvidence["violations"]["first"][number][] = [];
  let pairs: { total: number; tried: number; fired: number } | null = null;
  let violations = 0;
  return {
    addPlan(plan, points) {
      plans.push(plan);
      for (const { way } of points) {
        const counts = ways.get(way);
        if (counts !== undefined) {
          counts.planned += 1;
        }
      }
    },
    addPoint(point, run) {
      const counts = ways.get(point.way);
      if (counts === undefined) {
        return;
      }
      counts.tried += 1;
      if (hasFired(run)) {
        counts.fired += 1;
      } else if (silent.length < TOLD_MAX) {
        silent.push(pointInWords(point));
      }
    },
    beginPairs(total) {
      pairs = { total, tried: 0, fired: 0 };
    },
    addPair(run) {
      if (pairs !== null) {
        pairs.tried += 1;
        pairs.fired += hasFired(run) ? 1 : 0;
      }
    },
    addViolation(points, promises) {
      violations += 1;
      if (violated.length < TOLD_MAX) {
        violated.push({ points: points.map(pointInWords), promises });
      }
    },
    evidence: () => ({
      plans,
      ways: [...ways].map(([way, counts]) => ({ way: WAY_WORDS[way], ...counts })),
      silent,
      pairs: pairs === null ? null : { ...pairs },
      violations: { runs: violations, first: violated },
    }),
  };
}

/** Whether every fault of a run fired, and there was one. */
export function hasFired({ faults }: RunSummary): boolean {
  return faults.length > 0 && faults.every(({ fired }) => fired);
}

/** How a plan without faults is told of. */
export function planEvidence(
  { commands, topology }: Plan,
  { places }: RunSummary,
  batches: string,
  points: number,
): CrashPointsPlan {
  return {
    batches,
    requests: commands.length,
    processes: topology.map(({ name }) => name),
    // What is asked of processes at rest is no part of it.
    effects: places.reduce((sum, { times }) => sum + times, 0),
    points,
  };
}
