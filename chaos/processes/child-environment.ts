import type { ProcessSpecification } from "../../scenarios/plans/topology.ts";
import type { Knobs } from "../../system/process/roles.ts";
import type { DatabaseAddress, Environment } from "../environment/environment.ts";
import { encodeOrders, type ChildOrders } from "./child-orders.ts";

/**
 * The environment variables of one incarnation of a service process: its configuration as
 * `system/main.ts` lists it, with its own proxies' addresses, and its orders.
 */
export function childEnvironment(parts: {
  readonly specification: ProcessSpecification;
  readonly environment: Pick<Environment, "clients">;
  readonly knobs: Knobs;
  readonly httpPort: number;
  readonly orders: ChildOrders;
}): Record<string, string> {
  const { name, service, roles } = parts.specification;
  const addresses = parts.environment.clients.get(name);
  const database = addresses?.databases.get(service);
  if (addresses === undefined || database === undefined) {
    throw new Error(`the environment has no addresses for ${name} and its database ${service}`);
  }
  return {
    ROLES: roles.join(","),
    PROCESS_NAME: name,
    [`${service.toUpperCase()}_DATABASE_URL`]: urlOf(database),
    KAFKA_BROKERS: addresses.kafka.brokers.join(","),
    HTTP_HOST: "127.0.0.1",
    HTTP_PORT: String(parts.httpPort),
    ...knobVariables(parts.knobs),
    ...encodeOrders(parts.orders),
  };
}

function urlOf({ host, port, database, user, password }: DatabaseAddress): string {
  return `postgres://${user}:${password}@${host}:${port}/${database}`;
}

function knobVariables(knobs: Knobs): Record<string, string> {
  return {
    RELAY_BATCH_MAX: String(knobs.relayBatchMax),
    RELAY_POLL_MS: String(knobs.relayPollMs),
    CONSUME_ATTEMPTS_MAX: String(knobs.consumeAttemptsMax),
    CONSUME_RETRY_DELAY_MS: String(knobs.consumeRetryDelayMs),
    SESSION_TIMEOUT_MS: String(knobs.sessionTimeoutMs),
  };
}
