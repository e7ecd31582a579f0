import { createEffectGate, type EffectGate } from "../../scenarios/faults/effect-gate.ts";
import { interposePorts } from "../../scenarios/faults/interpose-ports.ts";
import { partsWith } from "../../scenarios/mutants/mutants.ts";
import type { CrashFault, Plan } from "../../scenarios/plans/plan.ts";
import type { ProcessSpecification } from "../../scenarios/plans/topology.ts";
import type { Migration } from "../../system/database/migrate.ts";
import type { Delivery } from "../../system/ports/broker.ts";
import type { ServiceName } from "../../system/process/services.ts";
import { startRoles, type ProcessPorts } from "../../system/process/start-roles.ts";
import { createSimulatedServer } from "../adapters/http.ts";
import { createSimulatedBroker } from "../adapters/kafka-broker.ts";
import { createSimulatedDatabase } from "../adapters/postgres-database.ts";
import {
  createSimulatedClock,
  createSimulatedEntropy,
  createTraceTelemetry,
} from "../adapters/simulated-host.ts";
import type { ProcessExit, SimulatedProcess } from "../kernel/simulated-process.ts";
import { databaseServer, KAFKA, type Servers } from "./servers.ts";

/** The processes of the plan, kept running: one that dies starts again after a delay. */
export interface SupervisedProcesses {
  start(): void;
  fired(): readonly CrashFault[];
  /** From now on no fault fires. */
  disarm(): void;
  /** Whether every process has finished its start. */
  areUp(): boolean;
  /** How many effects have begun, over all processes and incarnations. */
  effects(): number;
}

export interface ProcessesRequest {
  readonly plan: Plan;
  readonly migrations: (service: ServiceName) => readonly Migration[];
}

/** As a supervisor waits before it starts a process again that ended by itself. */
const RESTART_DELAY_MS = 500;

export function superviseProcesses(
  servers: Servers,
  request: ProcessesRequest,
): SupervisedProcesses {
  const { topology, knobs, mutant, faults } = request.plan;
  const armed = new Map(faults.map((fault) => [fault.effect, fault]));
  const faultyEffects = faults.map(({ effect }) => effect);
  const fired: CrashFault[] = [];
  const gates: EffectGate[] = [];
  const up = new Set<string>();
  const { kernel } = servers;
  const nowMs = () => Math.floor(kernel.nowUs / 1_000);

  const die = (process: SimulatedProcess, fault: CrashFault): Promise<never> => {
    armed.delete(fault.effect);
    fired.push(fault);
    servers.tell({ kind: "crash", atMs: nowMs(), process: process.name, fault });
    restartLater(process.name, fault.restartAfterMs);
    process.crash();
    // A dead process's promise: it never settles.
    return process.promise("death", () => {});
  };

  const begin = (specification: ProcessSpecification): void => {
    kernel.startProcess(
      specification.name,
      async (process) => {
        const gate = createEffectGate({
          process: process.name,
          incarnation: process.incarnation,
          faultAt: (effect) => armed.get(effect),
          faultyEffects,
          die: (fault) => die(process, fault),
        });
        gates.push(gate);
        const ports = portsOf(servers, request, process);
        const onDelivery = (delivery: Delivery) => tellDelivery(servers, process, delivery);
        const interposed = interposePorts(ports, gate, onDelivery);
        const { roles } = specification;
        const parts = partsWith(mutant, interposed);
        const running = await startRoles(roles, interposed, parts, knobs);
        up.add(specification.name);
        await running.ended;
      },
      (exit) => {
        up.delete(specification.name);
        if (exit.kind !== "crashed") {
          const reason = reasonOf(exit);
          servers.tell({ kind: "exit", atMs: nowMs(), process: specification.name, reason });
          restartLater(specification.name, RESTART_DELAY_MS);
        }
      },
    );
  };

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

  return {
    start: () => topology.forEach(begin),
    fired: () => fired,
    disarm: () => armed.clear(),
    areUp: () => up.size === topology.length,
    effects: () => gates.reduce((sum, gate) => sum + gate.count(), 0),
  };
}

function portsOf(
  { kernel, network }: Servers,
  { migrations }: ProcessesRequest,
  process: SimulatedProcess,
): ProcessPorts {
  const databases = new Map<ServiceName, ReturnType<typeof createSimulatedDatabase>>();
  return {
    database(service) {
      const known = databases.get(service);
      const database =
        known ?? createSimulatedDatabase({ network, process, server: databaseServer(service) });
      databases.set(service, database);
      return database;
    },
    broker: createSimulatedBroker({ network, process, servers: [KAFKA] }),
    server: createSimulatedServer(kernel, network, process),
    clock: createSimulatedClock(process),
    entropy: createSimulatedEntropy(process),
    telemetry: createTraceTelemetry(kernel, process),
    migrations,
  };
}

function tellDelivery(servers: Servers, process: SimulatedProcess, delivery: Delivery): void {
  const { topic, partition, offset, key, value } = delivery;
  const record = { topic, partition, offset, key, value };
  servers.tell({ kind: "delivery", atMs: process.nowMs(), process: process.name, record });
}

function reasonOf(exit: ProcessExit): string {
  if (exit.kind !== "failed") {
    return `it ${exit.kind}`;
  }
  return exit.error instanceof Error ? exit.error.message : String(exit.error);
}
