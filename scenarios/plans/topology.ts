import {
  definitionOf,
  serviceOf,
  SAGA_SERVICES,
  type Role,
  type ServiceName,
} from "../../system/process/services.ts";

/** Which processes run, and what each of them is asked to do. */
export type Topology = readonly ProcessSpecification[];

export interface ProcessSpecification {
  /** Carried by effects, logs and events: `payment-1`. No two processes share one. */
  readonly name: string;
  readonly roles: readonly Role[];
}

/** One process for each service that moves money, with all its roles: `payment-1`, `wallet-1`. */
export const ONE_PROCESS_EACH: Topology = SAGA_SERVICES.map(({ name, roles }) => ({
  name: `${name}-1`,
  roles: roles.map((role) => role.name),
}));

/** A process that compares both services. */
export const AUDITOR: ProcessSpecification = {
  name: "reconciliation-1",
  roles: ["reconciliation"],
};

/** The services for which a process has a role. */
export function servicesOf({ roles }: ProcessSpecification): readonly ServiceName[] {
  return [...new Set(roles.map(serviceOf))];
}

/** The processes that answer a service's clients. @throws Error when there is none */
export function processesAnswering(topology: Topology, service: ServiceName): readonly string[] {
  const names = topology.filter((each) => answers(each, service)).map(({ name }) => name);
  if (names.length === 0) {
    throw new Error(`no process of the topology answers the ${service} service's clients`);
  }
  return names;
}

/** Whether a process of the topology answers a service's clients. */
export function isAnswered(topology: Topology, service: ServiceName): boolean {
  return topology.some((each) => answers(each, service));
}

function hasRoutes(role: Role): boolean {
  const { kind } = definitionOf(role);
  return kind === "api" || kind === "auditor";
}

function answers({ roles }: ProcessSpecification, service: ServiceName): boolean {
  return roles.some((role) => serviceOf(role) === service && hasRoutes(role));
}
