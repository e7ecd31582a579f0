import { codeOfPlan } from "../../mutation/code-of-plan.ts";
import type { Mutant } from "../../scenarios/mutants/mutant.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import type { Universe, World } from "../../scenarios/world.ts";
import { createKernel } from "../kernel/kernel.ts";
import type { SchedulingStrategyFactory } from "../kernel/scheduling/scheduling-strategy.ts";
import type { TraceRecord } from "../kernel/trace.ts";
import { loadPostgresParser } from "../postgres/syntax/postgres-parser.ts";
import { schedulingOf } from "./scheduling-of.ts";
import { startServers, type Servers } from "./servers.ts";
import { SIMULATED_ABILITIES } from "./simulated-faults.ts";
import { superviseProcesses } from "./supervise-processes.ts";
import { createUniverse } from "./universe.ts";

export interface SimulatedWorldOptions {
  /** Takes every event of a run at its end; the hash is the same without. */
  readonly onTrace?: (trace: TraceRecord) => void;
  /** Ends the run in hand, which rejects with its reason, and lets no other begin. */
  readonly signal?: AbortSignal;
  /** For tests: parts that take the place of the services', as those of a mutant do. */
  readonly parts?: Mutant["parts"] | undefined;
  /** Which of several events that are ready goes first; by the plan when left out. */
  readonly scheduling?: () => SchedulingStrategyFactory;
  /**
   * What happens to the universe of a plan beside the plan's faults: told once, before its
   * processes start.
   */
  readonly disturb?: (servers: Servers, plan: Plan) => void;
  /** How many brokers Kafka has; one when left out. */
  readonly brokers?: number;
}

/**
 * The simulated world: each plan runs in a fresh universe in this thread, on a simulated clock,
 * network, PostgreSQL and Kafka. The same plan gives the same trace hash, wherever it is run.
 */
export async function createSimulatedWorld({
  onTrace,
  signal,
  parts,
  scheduling,
  disturb,
  brokers = 1,
}: SimulatedWorldOptions = {}): Promise<World> {
  // Loading WebAssembly is the one step that the simulation does not own, so it comes before.
  await loadPostgresParser();
  return {
    kind: "sim",
    abilities: SIMULATED_ABILITIES,
    limits: [
      "The simulated world is a model. The services ran their own code and their own SQL, but PostgreSQL, Kafka, the network and time were modelled: where the model is wrong, so is what it shows.",
    ],
    servers: [],
    async run(plan, drive) {
      const code = await codeOfPlan(plan);
      signal?.throwIfAborted();
      const kernel = createKernel({
        seed: String(plan.seed),
        recordTrace: onTrace !== undefined,
        scheduling: scheduling?.() ?? schedulingOf(plan.schedule),
      });
      const servers = startServers(kernel, { brokers });
      const processes = superviseProcesses(servers, {
        plan,
        code: { ...code, partsOf: (ports) => ({ ...code.partsOf(ports), ...parts?.(ports) }) },
      });
      const stop = () => kernel.fail(signal?.reason);
      signal?.addEventListener("abort", stop);
      const value = await kernel
        .run(async (self) => {
          disturb?.(servers, plan);
          processes.start();
          const universe = createUniverse(servers, processes, self);
          return drive(disturb === undefined ? universe : disturbed(universe));
        })
        .finally(() => signal?.removeEventListener("abort", stop));
      const trace = kernel.trace.finish();
      onTrace?.(trace);
      return {
        value,
        traceHash: trace.hash,
        elapsedMs: Math.floor(kernel.nowUs / 1_000),
        effects: processes.effects(),
      };
    },
  };
}

/** Whoever watches is told first that there is more than the plan's faults. */
function disturbed(universe: Universe): Universe {
  return {
    ...universe,
    watch(observer) {
      observer({ kind: "disturbance", atMs: universe.nowMs(), process: "test" });
      universe.watch(observer);
    },
  };
}
