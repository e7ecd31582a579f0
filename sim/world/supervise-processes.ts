import type { PlanCode } from "../../mutation/code-of-plan.ts";
import { createEffectGate, type EffectGate } from "../../scenarios/faults/effect-gate.ts";
import { interposePorts } from "../../scenarios/faults/interpose-ports.ts";
import { API_KEYS } from "../../scenarios/plans/callers.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import type { ProcessSpecification } from "../../scenarios/plans/topology.ts";
import type { ReachedEffects } from "../../scenarios/world.ts";
import { createKeyVerifier } from "../../system/http/api-keys.ts";
import type { Delivery } from "../../system/ports/broker.ts";
import { messageOf } from "../../system/ports/message-of.ts";
import type { ServiceName } from "../../system/process/services.ts";
import type { ProcessPorts } from "../../system/process/start-roles.ts";
import { createSimulatedServer } from "../adapters/http.ts";
import { createSimulatedBroker } from "../adapters/kafka-broker.ts";
import { createSimulatedDatabase } from "../adapters/postgres-database.ts";
import {
  createSimulatedClock,
  createSimulatedEntropy,
  createTraceTelemetry,
} from "../adapters/simulated-host.ts";
import type { ProcessExit, SimulatedProcess } from "../kernel/simulated-process.ts";
import { databasePort, type Servers } from "./servers.ts";
import { createSimulatedFaults } from "./simulated-faults.ts";

/** The processes of the plan, kept running: one that dies starts again after a delay. */
export interface SupervisedProcesses {
  start(): void;
  /** What strikes at a time is counted from now. */
  beginLoad(): void;
  /** The faults that have fired, by their places in the plan. */
  fired(): ReadonlySet<number>;
  /** From now on no fault strikes. */
  disarm(): void;
  /** Whether a server or a link is not as it should be. */
  isSomethingAmiss(): boolean;
  /** The processes that have not finished their start, or are paused. */
  notWell(): readonly string[];
  /** How many effects have begun, over all processes and incarnations. */
  effects(): number;
  /** Where they were. */
  places(): readonly ReachedEffects[];
}

export interface ProcessesRequest {
  readonly plan: Plan;
  /** What the processes run. */
  readonly code: PlanCode;
}

/** As a supervisor waits before it starts a process again that ended by itself. */
const RESTART_DELAY_MS = 500;

export function superviseProcesses(
  servers: Servers,
  { plan, code }: ProcessesRequest,
): SupervisedProcesses {
  const { topology, knobs } = plan;
  const { kernel } = servers;
  const running = new Map<string, SimulatedProcess>();
  const gates: EffectGate[] = [];
  const passed = () => gates.flatMap((gate) => gate.places());
  /** By the place, how many effects had begun there when the first fault struck at one. */
  let timesBeforeStrike: ReadonlyMap<string, number> | undefined;
  const up = new Set<string>();
  /** How the processes that run are told to stop. */
  const interruptions = new Map<SimulatedProcess, () => void>();
  /** Of those that were told to: when they start again after their end. */
  const restartDelaysMs = new Map<SimulatedProcess, number>();
  const nowMs = () => Math.floor(kernel.nowUs / 1_000);

  const restartLater = (name: string, delayMs: number): void => {
    kernel.schedule({
      delayUs: delayMs * 1_000,
      actor: "supervisor",
      callback: () => {
        servers.tell({ kind: "restart", atMs: nowMs(), process: name });
        topology.filter((each) => each.name === name).forEach(begin);
      },
    });
  };

  const interrupt = (process: SimulatedProcess, restartAfterMs: number): void => {
    up.delete(process.name);
    restartDelaysMs.set(process, restartAfterMs);
    interruptions.get(process)?.();
  };

  const faults = createSimulatedFaults(servers, plan.faults, { restartLater, interrupt });

  const run = async (process: SimulatedProcess, { roles }: ProcessSpecification): Promise<void> => {
    const gate = createEffectGate({
      process: process.name,
      incarnation: process.incarnation,
      armed: faults.armed,
      strike(fault) {
        timesBeforeStrike ??= new Map(passed().map(({ place, times }) => [place, times]));
        return faults.strike(fault, process);
      },
    });
    gates.push(gate);
    const own = portsOf(servers, code, process);
    const ports = interposePorts(own, gate, {
      onDelivery: (delivery) => tellDelivery(servers, process, delivery),
      onNote: (note) => servers.tell({ kind: "note", atMs: nowMs(), process: process.name, note }),
    });
    const interruption = Promise.withResolvers<void>();
    interruptions.set(process, interruption.resolve);
    const end = await code.runProcess({
      roles,
      ports,
      parts: code.partsOf(ports),
      knobs,
      interrupted: interruption.promise,
      onStarted() {
        // One that was told to stop during its start is not up for long.
        if (!restartDelaysMs.has(process)) {
          up.add(process.name);
        }
      },
      close: () => own.close(),
    });
    if (end.kind !== "stopped") {
      throw new Error(end.reason);
    }
  };

  const begin = (specification: ProcessSpecification): void => {
    const { name } = specification;
    const process = kernel.startProcess(
      name,
      (self) => run(self, specification),
      (exit) => {
        up.delete(name);
        running.delete(name);
        interruptions.delete(process);
        const restartAfterMs = restartDelaysMs.get(process);
        if (exit.kind === "returned" && restartAfterMs !== undefined) {
          restartLater(name, restartAfterMs);
        } else if (exit.kind !== "crashed") {
          servers.tell({ kind: "exit", atMs: nowMs(), process: name, reason: reasonOf(exit) });
          restartLater(name, RESTART_DELAY_MS);
        }
      },
    );
    running.set(name, process);
  };

  return {
    start: () => topology.forEach(begin),
    beginLoad: () => faults.beginLoad((name) => running.get(name)),
    fired: () => faults.fired(),
    disarm: () => faults.armed.disarm(),
    isSomethingAmiss: () => faults.isSomethingAmiss(),
    notWell: () =>
      topology
        .map(({ name }) => name)
        .filter((name) => !up.has(name) || running.get(name)?.isPaused === true),
    effects: () => gates.reduce((sum, gate) => sum + gate.count(), 0),
    places: () =>
      passed().map(({ place, times }) => {
        const before = timesBeforeStrike === undefined ? times : timesBeforeStrike.get(place);
        return { place, times, beforeStrike: before ?? 0 };
      }),
  };
}

function portsOf(
  { kernel, network, kafkaPorts }: Servers,
  { migrations }: PlanCode,
  process: SimulatedProcess,
): ProcessPorts & { close(): Promise<void> } {
  const databases = new Map<ServiceName, ReturnType<typeof createSimulatedDatabase>>();
  const database = (service: ServiceName) => {
    const known = databases.get(service);
    const made =
      known ?? createSimulatedDatabase({ network, process, server: databasePort(service) });
    databases.set(service, made);
    return made;
  };
  return {
    database,
    // The simulated server has no roles: that a source is only read is shown on the real one.
    source: database,
    broker: createSimulatedBroker({ network, process, servers: kafkaPorts }),
    server: createSimulatedServer(kernel, network, process),
    verifier: createKeyVerifier(API_KEYS),
    clock: createSimulatedClock(process),
    entropy: createSimulatedEntropy(process),
    telemetry: createTraceTelemetry(kernel, process),
    migrations,
    async close() {
      await Promise.all([...databases.values()].map((database) => database.close()));
    },
  };
}

function tellDelivery(servers: Servers, process: SimulatedProcess, delivery: Delivery): void {
  const { topic, partition, offset, key, value } = delivery;
  const record = { topic, partition, offset, key, value };
  // By the run's time: the process's own clock may be wrong.
  const atMs = Math.floor(servers.kernel.nowUs / 1_000);
  servers.tell({ kind: "delivery", atMs, process: process.name, record });
}

function reasonOf(exit: ProcessExit): string {
  if (exit.kind !== "failed") {
    return `it ${exit.kind}`;
  }
  return messageOf(exit.error);
}
