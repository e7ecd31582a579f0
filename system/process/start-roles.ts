import { migrate, type Migration } from "../database/migrate.ts";
import type { Event } from "../domain/events.ts";
import { consume } from "../inbox/consume.ts";
import { runRelay } from "../outbox/run-relay.ts";
import type { Broker, RunningConsumer, Subscription } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Route, Server } from "../ports/server.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Knobs } from "./knobs.ts";
import type { Parts } from "./parts.ts";
import { definitionOf, serviceOf, type Role, type ServiceName } from "./services.ts";
import type { Workplace } from "./workplace.ts";

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
  const posts = roles.map((role) => postOf(role, ports));
  const relayPosts = posts.filter(({ role }) => definitionOf(role).kind === "relay");
  const producer = relayPosts.length > 0 ? await ports.broker.connectProducer() : undefined;
  const stopping = new AbortController();

  const routes = posts.flatMap((post) => routesOf(post, parts));
  const server = routes.length > 0 ? await ports.server.serve(routes) : undefined;
  // Before the consumers: joining a group may wait for a dead member's session to time out, and
  // what lies in the outbox need not.
  const relays =
    producer === undefined
      ? []
      : relayPosts.map((post) =>
          runRelay({ ...post, producer }, parts.relay, knobs, stopping.signal),
        );
  const consumers: RunningConsumer[] = [];
  for (const subscription of posts.flatMap((post) =>
    subscriptionsOf(post, parts, knobs, stopping.signal),
  )) {
    consumers.push(await ports.broker.startConsumer(subscription));
  }
  const stopped = Promise.withResolvers<void>();
  // A process lives until it is stopped, also one in which nothing but its roles' callbacks runs.
  const ended = Promise.all([...relays, stopped.promise]).then(() => undefined);

  return {
    ended,
    async stop() {
      await server?.close();
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      stopping.abort();
      stopped.resolve();
      await ended;
      await producer?.disconnect();
    },
  };
}

/** What one role works with, by the role. */
type Post = Workplace & { readonly role: Role };

function postOf(role: Role, ports: ProcessPorts): Post {
  const { clock, entropy, telemetry } = ports;
  return { role, database: ports.database(serviceOf(role)), clock, entropy, telemetry };
}

function routesOf(post: Post, parts: Parts): readonly Route[] {
  const definition = definitionOf(post.role);
  return definition.kind === "api" ? definition.routes(post, parts) : [];
}

function subscriptionsOf(
  post: Post,
  parts: Parts,
  knobs: Knobs,
  stopping: AbortSignal,
): readonly Subscription[] {
  const definition = definitionOf(post.role);
  if (definition.kind !== "consumer") {
    return [];
  }
  const { consumes } = definition;
  const { consumeAttemptsMax: attemptsMax, consumeRetryDelayMs: delayMs } = knobs;
  const retry = { attemptsMax, delayMs, stopping };
  const handle = (event: Event) => {
    const consumption = consumes.find(({ topic }) => topic === event.type);
    if (consumption === undefined) {
      throw new Error(`${post.role} does not consume ${event.type}`);
    }
    return consumption.handle(post, parts, event);
  };
  return [
    {
      group: post.role,
      topics: consumes.map(({ topic }) => topic),
      sessionTimeoutMs: knobs.sessionTimeoutMs,
      // `consume` sets aside what does not belong on its topic.
      onMessage: (delivery) => consume(post, retry, delivery, handle),
    },
  ];
}
