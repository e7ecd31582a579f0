import { API_KEYS } from "../../scenarios/plans/callers.ts";
import { servicesOf, type ProcessSpecification } from "../../scenarios/plans/topology.ts";
import { DEFAULT_KNOBS, type Knobs } from "../../system/process/knobs.ts";
import type { ServiceName } from "../../system/process/services.ts";
import { databaseVariable, readerVariable, urlOf } from "../service-addresses.ts";
import { encodeOrders, type ChildOrders } from "./child-orders.ts";
import type { Seat } from "./seat.ts";

/**
 * The environment variables of one incarnation of a service process: its configuration as
 * `system/main.ts` lists it, with its own proxies' addresses, and its orders.
 */
export function childEnvironment(parts: {
  readonly specification: ProcessSpecification;
  readonly seat: Seat;
  readonly knobs: Knobs;
  readonly orders: ChildOrders;
}): Record<string, string> {
  const { specification, seat } = parts;
  return {
    ROLES: specification.roles.join(","),
    PROCESS_NAME: specification.name,
    ...databaseVariables(servicesOf(specification), seat),
    ...readerVariables(seat),
    KAFKA_BROKERS: seat.addresses.kafka.brokers.join(","),
    API_KEYS: JSON.stringify(API_KEYS),
    HTTP_HOST: "127.0.0.1",
    HTTP_PORT: String(seat.httpPort),
    ...knobVariables(parts.knobs),
    ...encodeOrders(parts.orders),
  };
}

function databaseVariables(
  services: readonly ServiceName[],
  { addresses }: Seat,
): Record<string, string> {
  return Object.fromEntries(
    services.map((service) => {
      const database = addresses.databases.get(service);
      if (database === undefined) {
        throw new Error(`${addresses.name} has no address of the ${service} service's database`);
      }
      return [databaseVariable(service), urlOf(database)];
    }),
  );
}

/** Every process is told of them; only one that compares the databases uses them. */
function readerVariables({ addresses }: Seat): Record<string, string> {
  return Object.fromEntries(
    [...addresses.readers].map(([database, reader]) => [readerVariable(database), urlOf(reader)]),
  );
}

function knobVariables(knobs: Knobs): Record<string, string> {
  return {
    RELAY_BATCH_MAX: String(knobs.relayBatchMax),
    RELAY_POLL_MS: String(knobs.relayPollMs),
    RELAY_LINGER_MS: String(knobs.relayLingerMs),
    RELAY_LEASE_MS: String(knobs.relayLeaseMs),
    RELAY_ATTEMPTS_MAX: String(knobs.relayAttemptsMax),
    // Nobody sees what is deleted before the end is judged.
    OUTBOX_KEPT_SECONDS: String(DEFAULT_KNOBS.outboxKeptSeconds),
    ACCEPT_BATCH_MAX: String(knobs.acceptBatchMax),
    CONSUME_BATCH_MAX: String(knobs.consumeBatchMax),
    CONSUME_ATTEMPTS_MAX: String(knobs.consumeAttemptsMax),
    CONSUME_RETRY_DELAY_MS: String(knobs.consumeRetryDelayMs),
    SESSION_TIMEOUT_MS: String(knobs.sessionTimeoutMs),
  };
}
