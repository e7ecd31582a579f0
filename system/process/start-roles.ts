import { migrate, type Migration } from "../database/migrate.ts";
import { admitted } from "../http/admission.ts";
import type { ServiceRoute } from "../http/route.ts";
import { consume, type Handle } from "../inbox/consume.ts";
import { runRelay } from "../outbox/run-relay.ts";
import type { Broker, Producer, Subscription } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import { messageOf } from "../ports/message-of.ts";
import type { Server } from "../ports/server.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Verifier } from "../ports/verifier.ts";
import { within } from "../ports/within.ts";
import { createHealth, type Health } from "./health.ts";
import type { Knobs } from "./knobs.ts";
import { createMetrics } from "./metrics.ts";
import type { Parts } from "./parts.ts";
import { processRoutes } from "./process-routes.ts";
import {
  definitionOf,
  serviceOf,
  type Role,
  type ServiceName,
  type SourceName,
} from "./services.ts";
import type { Workplace } from "./workplace.ts";

/** Everything that a process needs from outside. */
export interface ProcessPorts {
  /** The service's own database. A process with roles of both services has two. */
  readonly database: (service: ServiceName) => Database;
  /** Another service's database, through a role that can only read. */
  readonly source: (service: SourceName) => Database;
  readonly broker: Broker;
  readonly server: Server;
  /** Who asks the routes of its roles. */
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly telemetry: Telemetry;
  readonly migrations: (service: ServiceName) => readonly Migration[];
}

export interface RunningProcess {
  /**
   * Stops taking work in and finishes what is in hand: answers, messages, a batch of the relay. It
   * waits for them no longer than `STOP_MS_MAX`, whatever is away; what is left then is not lost,
   * but its client is not answered, or it will be done again.
   *
   * @returns the names of the parts that had not finished
   */
  stop(): Promise<readonly string[]>;
  /** Resolves after `stop`; rejects when a role cannot go on: then the process must end. */
  readonly ended: Promise<void>;
}

/** Longer than every time-out of a statement, a lock and a connection to a database. */
export const STOP_MS_MAX = 20_000;

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
  const databases = [...new Set(roles.map(serviceOf))].map((service) => ({
    service,
    database: ports.database(service),
  }));
  for (const { service, database } of databases) {
    await migrate({ database, clock: ports.clock }, ports.migrations(service));
  }
  const health = createHealth(ports.clock);
  const metrics = createMetrics(ports.clock, databases.filter(isMeasured));
  const telemetry = metrics.counting(ports.telemetry);
  const posts = roles.map((role) => postOf(role, { ...ports, telemetry }));
  const admission = { verifier: ports.verifier, entropy: ports.entropy, telemetry };
  const relayPosts = posts.filter(({ role }) => definitionOf(role).kind === "relay");
  const auditPosts = posts.filter(({ role }) => definitionOf(role).kind === "auditor");
  const isPublishing = relayPosts.length + auditPosts.length > 0;
  const producer = isPublishing ? await ports.broker.connectProducer() : undefined;
  const stopping = new AbortController();
  // A process lives until it is stopped, also one in which nothing but its roles' callbacks runs.
  const life = Promise.withResolvers<void>();
  // A part can end before anybody looks: whoever looks later is told.
  life.promise.catch(() => {});

  const auditors = auditPosts.flatMap((post) => auditorsOf(post, ports, producer));
  const routes = [
    ...posts.flatMap((post) => routesOf(post, parts, knobs)),
    ...auditors.flatMap(({ routes: own }) => own),
  ].map((route) => admitted(admission, route));
  const { clock } = ports;
  const { verifier } = ports;
  const own = processRoutes({ clock, health, metrics, databases, routes, verifier });
  const server = await ports.server.serve([...routes, ...own]);
  // Before the consumers: joining a group may wait for a dead member's session to time out, and
  // what lies in the outbox need not.
  const relays =
    producer === undefined
      ? []
      : relayPosts.map((post) =>
          runRelay(
            { ...post, producer, onTrouble: (reason) => health.note(post.role, reason) },
            parts.relay,
            knobs,
            stopping.signal,
          ).catch(life.reject),
        );
  const audits = auditors.map(({ run }) => run(stopping.signal).catch(life.reject));
  const consumers: Finishing[] = [];
  for (const post of posts) {
    for (const subscription of subscriptionsOf(post, parts, knobs, {
      stopping: stopping.signal,
      onEnd: life.reject,
      health,
    })) {
      const consumer = await ports.broker.startConsumer(subscription);
      consumers.push({ name: post.role, finish: () => consumer.stop() });
    }
  }

  return {
    ended: life.promise,
    async stop() {
      stopping.abort();
      const unfinished = await finishAll(ports, [
        { name: "http", finish: () => server.close() },
        ...consumers,
        {
          name: "relay",
          async finish() {
            await Promise.all([...relays, ...audits]);
            await producer?.disconnect();
          },
        },
      ]);
      life.resolve();
      return unfinished;
    },
  };
}

/** The engine's own database has no outbox. */
function isMeasured<T extends { readonly service: ServiceName }>(
  each: T,
): each is T & { readonly service: SourceName } {
  return each.service !== "reconciliation";
}

/** A part that can be asked to finish what it has in hand. */
interface Finishing {
  readonly name: string;
  readonly finish: () => Promise<void> | undefined;
}

/** Side by side, so that one that waits for a server holds up no other. */
async function finishAll(
  { clock, telemetry }: Pick<ProcessPorts, "clock" | "telemetry">,
  parts: readonly Finishing[],
): Promise<readonly string[]> {
  const unfinished = new Set(parts.map(({ name }) => name));
  const finished = Promise.all(
    parts.map(async ({ name, finish }) => {
      try {
        await finish();
      } catch (error) {
        // It is over all the same: its server did not hear it say good-bye.
        telemetry.event("process.part-failed", { part: name, reason: messageOf(error) });
      }
      unfinished.delete(name);
    }),
  );
  await within(clock, STOP_MS_MAX, finished);
  return [...unfinished];
}

/** What one role works with, by the role. */
type Post = Workplace & { readonly role: Role };

function postOf(role: Role, ports: ProcessPorts): Post {
  const { clock, entropy, telemetry } = ports;
  return { role, database: ports.database(serviceOf(role)), clock, entropy, telemetry };
}

function routesOf(post: Post, parts: Parts, knobs: Knobs): readonly ServiceRoute[] {
  const definition = definitionOf(post.role);
  return definition.kind === "api" ? definition.routes(post, parts, knobs) : [];
}

/** What an auditing role answers, and what it does by the clock. */
function auditorsOf(post: Post, ports: ProcessPorts, producer: Producer | undefined) {
  const definition = definitionOf(post.role);
  if (definition.kind !== "auditor" || producer === undefined) {
    return [];
  }
  const sources = { payment: ports.source("payment"), wallet: ports.source("wallet") };
  const place = { ...post, sources, producer };
  return [
    {
      routes: definition.routes(place),
      run: (stopping: AbortSignal) => definition.run(place, stopping),
    },
  ];
}

function subscriptionsOf(
  post: Post,
  parts: Parts,
  knobs: Knobs,
  life: {
    readonly stopping: AbortSignal;
    readonly onEnd: (error: Error) => void;
    readonly health: Health;
  },
): readonly Subscription[] {
  const definition = definitionOf(post.role);
  if (definition.kind !== "consumer") {
    return [];
  }
  const { consumes } = definition;
  const { consumeAttemptsMax: attemptsMax, consumeRetryDelayMs: delayMs } = knobs;
  const retry = { attemptsMax, delayMs, stopping: life.stopping };
  // `consume` sets aside what does not belong on its topic, and a batch is of one partition.
  const handle: Handle = async (events) => {
    const [type] = new Set(events.map((event) => event.type));
    const consumption = consumes.find(({ topic }) => topic === type);
    if (consumption === undefined) {
      throw new Error(`${post.role} does not consume ${type}`);
    }
    return consumption.handle(post, parts, events);
  };
  return [
    {
      group: post.role,
      topics: consumes.map(({ topic }) => topic),
      sessionTimeoutMs: knobs.sessionTimeoutMs,
      batchMax: knobs.consumeBatchMax,
      async onBatch(batch) {
        await consume(post, retry, batch, handle);
        life.health.note(post.role, undefined);
      },
      onRestart(reason) {
        // It joins anew within a session, and nobody tells when.
        life.health.note(post.role, reason, post.clock.nowMs() + knobs.sessionTimeoutMs);
        post.telemetry.event("consumer.restart", { group: post.role, reason });
      },
      onEnd(error) {
        post.telemetry.event("consumer.ended", { group: post.role, reason: error.message });
        life.onEnd(error);
      },
    },
  ];
}
