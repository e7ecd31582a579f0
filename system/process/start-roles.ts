import { migrate, type Migration } from "../database/migrate.ts";
import type { Event } from "../domain/events.ts";
import { consume } from "../inbox/consume.ts";
import { runRelay } from "../outbox/run-relay.ts";
import { paymentRoutes } from "../payment/routes.ts";
import type { Broker, Producer, RunningConsumer, Subscription } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Route, Server } from "../ports/server.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { walletRoutes } from "../wallet/routes.ts";
import { serviceOf, SUBSCRIPTIONS, type Knobs, type Role, type ServiceName } from "./roles.ts";
import type { Parts } from "./services.ts";

/** Everything that a process needs from outside. */
export interface ProcessPorts {
  /** The service's own database. A process with roles of both services has two. */
  readonly database: (service: ServiceName) => Database;
  readonly broker: Broker;
  readonly server: Server;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly telemetry: Telemetry;
  readonly migrations: (service: ServiceName) => readonly Migration[];
}

export interface RunningProcess {
  /** Stops taking work in, finishes what is in hand. */
  stop(): Promise<void>;
  /** Resolves after `stop`; rejects when a role met a bug and the process must not go on. */
  readonly ended: Promise<void>;
}

/**
 * Brings the databases of the roles up to date, then runs the roles until stopped.
 *
 * @throws DatabaseError, BrokerError when a server cannot be reached at the start
 */
export async function startRoles(
  roles: readonly Role[],
  ports: ProcessPorts,
  parts: Parts,
  knobs: Knobs,
): Promise<RunningProcess> {
  for (const service of new Set(roles.map(serviceOf))) {
    const database = ports.database(service);
    await migrate({ database, clock: ports.clock }, ports.migrations(service));
  }
  const producer = await ports.broker.connectProducer();
  const workplaces = roles.map((role) => ({ role, ...workplaceOf(role, ports, producer) }));
  const stopping = new AbortController();

  const routes = workplaces.flatMap((place) => routesOf(place, parts));
  const server = routes.length > 0 ? await ports.server.serve(routes) : undefined;
  // Before the consumers: joining a group may wait for a dead member's session to time out, and
  // what lies in the outbox need not.
  const relays = workplaces
    .filter(({ role }) => role.endsWith("-relay"))
    .map((place) => runRelay(place, parts.relay, knobs, stopping.signal));
  const consumers: RunningConsumer[] = [];
  for (const subscription of workplaces.flatMap((place) => subscriptionsOf(place, parts, knobs))) {
    consumers.push(await ports.broker.startConsumer(subscription));
  }
  const ended = Promise.all(relays).then(() => undefined);

  return {
    ended,
    async stop() {
      await server?.close();
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      stopping.abort();
      await ended;
      await producer.disconnect();
    },
  };
}

/** What one role works with: its service's database, and what the process shares. */
interface Workplace {
  readonly role: Role;
  readonly database: Database;
  readonly producer: Producer;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly telemetry: Telemetry;
}

function workplaceOf(role: Role, ports: ProcessPorts, producer: Producer): Omit<Workplace, "role"> {
  const { clock, entropy, telemetry } = ports;
  return { database: ports.database(serviceOf(role)), producer, clock, entropy, telemetry };
}

function routesOf(place: Workplace, parts: Parts): readonly Route[] {
  switch (place.role) {
    case "payment-api":
      return paymentRoutes(place, parts.accept);
    case "wallet-api":
      return walletRoutes(place);
    default:
      return [];
  }
}

function subscriptionsOf(place: Workplace, parts: Parts, knobs: Knobs): readonly Subscription[] {
  const retry = { attemptsMax: knobs.consumeAttemptsMax, delayMs: knobs.consumeRetryDelayMs };
  const handle = (event: Event) =>
    event.type === "payment.created" ? parts.transfer(place, event) : parts.settle(place, event);
  return SUBSCRIPTIONS.filter(({ role }) => role === place.role).map(({ role, topics }) => ({
    group: role,
    topics,
    sessionTimeoutMs: knobs.sessionTimeoutMs,
    // `consume` sets aside what does not belong on its topic: an event fits the role that reads it.
    onMessage: (delivery) => consume(place, retry, delivery, handle),
  }));
}
