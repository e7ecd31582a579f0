import type { Role, ServiceName } from "../../system/process/roles.ts";

/** Which processes a world runs. Effects and logs carry their names. */
export interface ProcessSpecification {
  readonly name: string;
  readonly service: ServiceName;
  readonly roles: readonly Role[];
}

/** One process for each service, with all its roles. */
export const TOPOLOGY: readonly ProcessSpecification[] = [
  {
    name: "payment-1",
    service: "payment",
    roles: ["payment-api", "payment-relay", "payment-settle"],
  },
  { name: "wallet-1", service: "wallet", roles: ["wallet-api", "wallet-transfer", "wallet-relay"] },
];

/** The process that runs a service and answers its clients. */
export function processOf(service: ServiceName): string {
  const specification = TOPOLOGY.find((each) => each.service === service);
  if (specification === undefined) {
    throw new Error(`no process runs the ${service} service`);
  }
  return specification.name;
}
