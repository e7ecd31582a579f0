import fc from "fast-check";
import { SCENARIOS } from "../../scenarios/catalogue.ts";
import { FAULT_KINDS } from "../../scenarios/faults/fault.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import { FIFO, type Schedule } from "../../scenarios/plans/schedule.ts";
import { Random, type RandomStream } from "../../sim/kernel/random.ts";
import { LONG_TAILED_LATENCY } from "../../sim/network/latency.ts";
import type { NetworkFaults, Where } from "../../sim/network/network-faults.ts";
import type { Servers } from "../../sim/world/servers.ts";

/**
 * The plan of that seed: the first with one kind of fault, each kind in turn, among what the
 * scenarios draw, beginning with another scenario each time. So a few plans have all kinds.
 */
export function determinismPlan(seed: number): Plan {
  const wanted = FAULT_KINDS[seed % FAULT_KINDS.length];
  for (let draw = 0; draw < DRAWS_MAX; draw += 1) {
    const scenario = SCENARIOS[(seed + draw) % SCENARIOS.length];
    const [draft] =
      scenario === undefined
        ? []
        : fc.sample(scenario.drafts, { seed: seed * DRAWS_MAX + draw, numRuns: 1 });
    if (scenario !== undefined && draft?.faults.some(({ kind }) => kind === wanted?.kind)) {
      return { scenario: scenario.name, seed, mutant: null, ...draft, schedule: scheduleOf(seed) };
    }
  }
  throw new Error(`no scenario draws ${wanted?.kind ?? "a fault"}`);
}

const DRAWS_MAX = 600;

/** Every kind in turn: what a scenario draws is most often the same one. */
function scheduleOf(seed: number): Schedule {
  const schedules: readonly Schedule[] = [
    { kind: "random", seed, windowUs: 0 },
    { kind: "fifo" },
    { kind: "pct", seed, depth: 3, choices: 1_000, windowUs: 500 },
    { kind: "random", seed, windowUs: 500 },
    { kind: "listed", choices: Array.from({ length: 500 }, (_, at) => at % 3), windowUs: 500 },
  ];
  return schedules[Math.floor(seed / SCENARIOS.length) % schedules.length] ?? FIFO;
}

/** What is done to the network and to clocks in the first seconds, by the plan's seed. */
export function disturb({ kernel, network }: Servers, plan: Plan): void {
  const stream = new Random(String(plan.seed)).stream("disturbance");
  const later = (delayMs: number, callback: () => void) =>
    kernel.schedule({ delayUs: delayMs * 1_000, actor: "disturbance", callback });
  for (const kind of drawKinds(stream)) {
    const beginsAtMs = stream.integer(100, 3_000);
    const lastsMs = stream.integer(1, 2_000);
    const process = stream.pick(plan.topology).name;
    later(beginsAtMs, () => {
      if (kind === "clock jump") {
        kernel.clockOf(process).jump(stream.integer(-5_000_000, 5_000_000));
      } else if (kind === "clock drift") {
        kernel.clockOf(process).drift(stream.integer(-10_000, 10_000));
      } else {
        const where = stream.chance(1, 2) ? { client: process } : { server: process };
        const end = NETWORK_FAULTS[kind](network.faults, where);
        later(lastsMs, end);
      }
    });
  }
}

/** Every kind that `disturb` may draw. */
export const DISTURBANCES = [
  "cut",
  "cut to server",
  "cut to client",
  "hold",
  "slow",
  "refuse",
  "reset",
  "lose reply",
  "clock jump",
  "clock drift",
] as const;

type Disturbance = (typeof DISTURBANCES)[number];

/** One to three of them, for a plan of that seed. */
export function disturbancesOf(seed: number): readonly Disturbance[] {
  return drawKinds(new Random(String(seed)).stream("disturbance"));
}

function drawKinds(stream: RandomStream): readonly Disturbance[] {
  return Array.from({ length: stream.integer(1, 3) }, () => stream.pick(DISTURBANCES));
}

const NETWORK_FAULTS: Readonly<
  Record<
    Exclude<Disturbance, "clock jump" | "clock drift">,
    (faults: NetworkFaults, where: Where) => () => void
  >
> = {
  cut: (faults, where) => faults.cut(where),
  "cut to server": (faults, where) => faults.cut(where, "to-server"),
  "cut to client": (faults, where) => faults.cut(where, "to-client"),
  hold: (faults, where) => faults.hold(where),
  slow: (faults, where) => faults.slow(where, LONG_TAILED_LATENCY),
  refuse: (faults, where) => faults.refuse(where),
  reset(faults, where) {
    faults.reset(where);
    return () => {};
  },
  "lose reply"(faults, where) {
    faults.loseReply(where);
    return () => {};
  },
};
