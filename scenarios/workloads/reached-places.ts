import { definitionOf, serviceOf, type Role } from "../../system/process/services.ts";
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
  ...each("payment-api", databaseResource("payment"), [
    "accept.begin",
    "accept.record-payments",
    "accept.commit",
  ]),
  ...each("payment-api", HTTP, ["answer"]),
  ...each("payment-relay", KAFKA, ["produce"]),
  ...each("payment-relay", databaseResource("payment"), ["relay.mark-sent"]),
  ...each("payment-settle", databaseResource("payment"), [
    "settle.claim-event",
    "settle.update-status",
    "settle.commit",
  ]),
  ...each("payment-settle", KAFKA, ["commit-offset"]),
  ...each("wallet-transfer", databaseResource("wallet"), [
    "transfer.begin",
    "transfer.claim-event",
    "transfer.lock-wallets",
    "transfer.insert-decision",
    "transfer.append-event",
    "transfer.commit",
  ]),
  ...each("wallet-transfer", KAFKA, ["commit-offset"]),
  ...each("wallet-relay", KAFKA, ["produce"]),
  ...each("wallet-relay", databaseResource("wallet"), ["relay.mark-sent"]),
];

function each(role: Role, resource: string, operations: readonly string[]): typeof OPERATIONS {
  return operations.map((operation) => ({ role, resource, operation }));
}

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
    // What is accepted together may be one group; each is answered by itself.
    const groupsOf = (requests: number): number =>
      resource === HTTP ? requests : Math.ceil(requests / knobs.acceptBatchMax);
    const timesAt = (process: string): number => {
      switch (definitionOf(role).kind) {
        case "api":
          return groupsOf(firstRequests({ commands, topology, role, process }));
        case "relay":
          return processes.length === 1 ? Math.ceil(payments / knobs.relayBatchMax) : 0;
        case "consumer":
          return processes.length === 1 ? Math.ceil(payments / knobs.consumeBatchMax) : 0;
        case "auditor":
          // It does nothing once for each payment.
          return 0;
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

/** How many payments are asked for first at a process, as `client.ts` sends them. */
function firstRequests(asked: {
  readonly commands: readonly Command[];
  readonly topology: Topology;
  readonly role: Role;
  readonly process: string;
}): number {
  const { commands, topology, role, process } = asked;
  const service = serviceOf(role);
  const processes = processesAnswering(topology, service);
  const seen = new Set<string>();
  let times = 0;
  const asks = commands.filter((command) => serviceAsked(command) === service);
  for (const [turn, command] of asks.entries()) {
    const subject = subjectOf(command);
    const isFirst = isTransfer(command) && !seen.has(subject);
    if (isFirst) {
      seen.add(subject);
      times += processes[turn % processes.length] === process ? 1 : 0;
    }
  }
  return times;
}
