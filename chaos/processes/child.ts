/**
 * One service process under test: the roles of `system/main.ts` on the very same adapters, with
 * every exchange passing the effect gate, where the faults of its orders strike: it kills itself
 * with SIGKILL, tells itself to stop with SIGTERM, stops itself with SIGSTOP, loses a reply. It is
 * configured like `system/main.ts`, and told its orders in one more variable (`child-orders.ts`).
 *
 * SIGTERM and SIGINT stop it as they stop the real one. SIGUSR2 disarms the faults that have not
 * fired.
 */
import { openSync, readFileSync, writeSync } from "node:fs";
import { codeOfPlan } from "../../mutation/code-of-plan.ts";
import { ArmedFaults, type StrikingFault } from "../../scenarios/faults/armed-faults.ts";
import {
  createEffectGate,
  type EffectGate,
  type GateVerdict,
} from "../../scenarios/faults/effect-gate.ts";
import { demandProcessFault } from "../../scenarios/faults/fault.ts";
import { interposePorts } from "../../scenarios/faults/interpose-ports.ts";
import { createNodePorts } from "../../system/adapters/node-ports.ts";
import type { Delivery } from "../../system/ports/broker.ts";
import { readConfiguration } from "../../system/process/configuration.ts";
import { readOrders, type ChildOrders } from "./child-orders.ts";
import { encodeReport, type ChildReport } from "./child-report.ts";

const orders = readOrders(process.env);
const reports = openSync(orders.reportFile, "a");
const armed = new ArmedFaults(orders.faults);

process.on("SIGUSR2", () => {
  armed.disarm();
  report({ kind: "disarmed", atMs: Date.now() });
});
await run(orders);

async function run({ mutant }: ChildOrders): Promise<void> {
  const configuration = readConfiguration(process.env, (path) => readFileSync(path, "utf8"));
  const ports = createNodePorts(configuration);
  const interposed = interposePorts(ports, createGate(orders), {
    onDelivery: reportDelivery,
    onNote: (note) => report({ kind: "note", atMs: Date.now(), note }),
  });
  const { roles, knobs } = configuration;
  const { runProcess, partsOf } = await codeOfPlan({ mutant });
  const end = await runProcess({
    roles,
    ports: interposed,
    parts: partsOf(interposed),
    knobs,
    interrupted: interruption(),
    onStarted: () => report({ kind: "up", atMs: Date.now() }),
    close: () => ports.close(),
  });
  if (end.kind !== "stopped") {
    process.stderr.write(`Error: ${end.kind}: ${end.reason}\n`);
  }
  process.exit(end.kind === "stopped" ? 0 : 1);
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
}

function createGate({ process: name, incarnation }: ChildOrders): EffectGate {
  const gate = createEffectGate({ process: name, incarnation, armed, strike });
  return {
    ...gate,
    pass(resource, operation, perform, port) {
      report({ kind: "effect", atMs: Date.now(), resource, operation });
      return gate.pass(resource, operation, perform, port);
    },
  };
}

/** What is told before a signal to oneself is in the report: its write is synchronous. */
function strike({ fault: struck, index }: StrikingFault): GateVerdict {
  const fault = demandProcessFault(struck);
  report({ kind: "fault", atMs: Date.now(), index, phase: "begin" });
  switch (fault.kind) {
    case "crash":
      process.kill(process.pid, "SIGKILL");
      // The signal ends the process before anything else runs.
      return { kind: "die", death: new Promise(() => {}) };
    case "pause":
      return { kind: "hold", until: pause(index) };
    case "stop":
      process.kill(process.pid, "SIGTERM");
      return { kind: "pass" };
    case "lost-reply":
      return { kind: "lose-reply" };
    case "transient-error":
      return { kind: "fail", code: fault.code };
  }
}

/** Stops the process, until the fleet lets it go on. */
async function pause(index: number): Promise<void> {
  process.kill(process.pid, "SIGSTOP");
  report({ kind: "fault", atMs: Date.now(), index, phase: "end" });
}

function reportDelivery({ topic, partition, offset, key, value }: Delivery): void {
  const record = { topic, partition, offset, key, value };
  report({ kind: "delivery", atMs: Date.now(), record });
}

function report(said: ChildReport): void {
  writeSync(reports, encodeReport(said));
}
