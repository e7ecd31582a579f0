import {
  definitionOf,
  serviceOf,
  type Role,
  type ServiceName,
} from "../../system/process/services.ts";
import { databaseResource, HTTP, KAFKA, printEffect } from "../faults/effect-name.ts";
import { serviceAsked, subjectOf, type Command } from "../plans/commands/command.ts";
import { processesAnswering, type Topology } from "../plans/topology.ts";
import type { Deployment } from "./deployment.ts";

/** Where a fault may be planned: an operation of a process, and how often every run comes there. */
export interface ReachedPlace {
  readonly process: string;
  readonly resource: string;
  readonly operation: string;
  readonly times: number;
}

/** Operations of the saga by the role that does them, each once for each payment. */
const OPERATIONS: readonly {
  readonly role: Role;
  readonly resource: string;
  readonly operation: string;
}[] = [
  { role: "payment-api", resource: databaseResource("payment"), operation: "accept.claim-key" },
  { role: "payment-api", resource: databaseResource("payment"), operation: "accept.commit" },
  { role: "payment-api", resource: HTTP, operation: "answer" },
  { role: "payment-relay", resource: KAFKA, operation: "produce" },
  { role: "payment-settle", resource: databaseResource("payment"), operation: "settle.commit" },
  {
    role: "wallet-transfer",
    resource: databaseResource("wallet"),
    operation: "transfer.lock-wallets",
  },
  { role: "wallet-transfer", resource: databaseResource("wallet"), operation: "transfer.commit" },
  { role: "wallet-transfer", resource: KAFKA, operation: "commit-offset" },
  { role: "wallet-relay", resource: KAFKA, operation: "produce" },
];

/**
 * The places that every run of these commands reaches in this deployment, in either world. A client
 * goes to the processes of a service in turn, so it is known what comes to each. Which of several
 * consumers gets a message, and which of several relays finds an event, is not: such processes have
 * no place here, and are struck at a time.
 */
export function reachedPlaces(
  commands: readonly Command[],
  { topology, knobs }: Deployment,
): readonly ReachedPlace[] {
  const payments = new Set(commands.filter(isTransfer).map(subjectOf)).size;
  return OPERATIONS.flatMap(({ role, resource, operation }) => {
    const processes = processesOf(topology, role);
    const timesAt = (process: string): number => {
      switch (definitionOf(role).kind) {
        case "api":
          return firstRequests(commands, topology, serviceOf(role), process);
        case "relay":
          return processes.length === 1 ? Math.ceil(payments / knobs.relayBatchMax) : 0;
        case "consumer":
          return processes.length === 1 ? payments : 0;
      }
    };
    return processes
      .map((process) => ({ process, resource, operation, times: timesAt(process) }))
      .filter(({ times }) => times > 0);
  });
}

/** The processes that have a role. */
export function processesOf(topology: Topology, role: Role): readonly string[] {
  return topology.filter(({ roles }) => roles.includes(role)).map(({ name }) => name);
}

/** The name of an effect at a place, by any number. */
export function effectAt({ times, ...place }: ReachedPlace, index: number): string {
  return printEffect({ ...place, incarnation: 1, ordinal: 1 + (index % times) });
}

/** Of a transfer that is refused as malformed nothing comes. */
const isTransfer = ({ kind, expects }: Command): boolean =>
  kind === "transfer" && expects !== "refused";

/** How many payments are asked for first at a process: as `client.ts` sends them. */
function firstRequests(
  commands: readonly Command[],
  topology: Topology,
  service: ServiceName,
  process: string,
): number {
  const processes = processesAnswering(topology, service);
  const seen = new Set<string>();
  let times = 0;
  for (const [index, command] of commands.entries()) {
    const subject = subjectOf(command);
    const isFirst = isTransfer(command) && serviceAsked(command) === service && !seen.has(subject);
    seen.add(subject);
    times += isFirst && processes[index % processes.length] === process ? 1 : 0;
  }
  return times;
}
