import { migrate, type Migration } from "../database/migrate.ts";
import { deadLetterTopicOf } from "../domain/events.ts";
import { admitted } from "../http/admission.ts";
import type { ServiceRoute } from "../http/route.ts";
import { consume } from "../inbox/consume.ts";
import { inboxRoutes } from "../inbox/routes.ts";
import { runRelay } from "../outbox/run-relay.ts";
import {
  BrokerError,
  type Broker,
  type Producer,
  type RunningConsumer,
  type Subscription,
} from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import { DatabaseError, type Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import { messageOf } from "../ports/message-of.ts";
import type { Server } from "../ports/server.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Verifier } from "../ports/verifier.ts";
import { within } from "../ports/within.ts";
import { handlerOf } from "./handler-of.ts";
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
import { untilThere } from "./until-there.ts";
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
   * Resolves once all roles have what they need of their servers, and work; with false when the
   * process is stopped before.
   */
  readonly started: Promise<boolean>;
  /**
   * Stops taking work in and finishes what is in hand: answers, messages, then what of them is in
   * the outbox. It waits for them no longer than `STOP_MS_MAX`, whatever is away; what is left then
   * is not lost, but its client is not answered, or it will be done again.
   *
   * @returns the names of the parts that had not finished
   */
  stop(): Promise<readonly string[]>;
  /** Resolves after `stop`; rejects when a role cannot go on: then the process must end. */
  readonly ended: Promise<void>;
}

/** Longer than every time-out of a statement, a lock and a connection to a database. */
export const STOP_MS_MAX = 20_000;

/** Of it, how long answers and messages are waited for before the relay finishes. */
export const INTAKE_MS_MAX = 12_000;

/**
 * Runs the roles until stopped. What they need of their servers may come later, in any order: each
 * database is brought up to date when it is there, and each role takes up its work once its
 * database, and its broker, are. Until then the process answers that it is not ready.
 *
 * @throws Error when it cannot listen at its port
 */
export async function startRoles(
  roles: readonly Role[],
  ports: ProcessPorts,
  parts: Parts,
  knobs: Knobs,
): Promise<RunningProcess> {
  const { clock, broker } = ports;
  const databases = [...new Set(roles.map(serviceOf))].map((service) => ({
    service,
    database: ports.database(service),
  }));
  const health = createHealth(clock);
  const metrics = createMetrics(clock, databases);
  const telemetry = metrics.counting(ports.telemetry);
  const admission = { verifier: ports.verifier, entropy: ports.entropy, telemetry };
  const stopping = new AbortController();
  const waiting = { clock, telemetry, health, stopping: stopping.signal };
  const draining = new AbortController();
  // A process lives until it is stopped, also one in which nothing but its roles' callbacks runs.
  const life = Promise.withResolvers<void>();
  // A part can end before anybody looks: whoever looks later is told.
  life.promise.catch(() => {});

  const posts = roles.map((role) => postOf(role, { ...ports, telemetry }));
  const producer = createLateProducer();
  const auditors = posts.flatMap((post) => auditorsOf(post, ports, producer));
  const migrated = new Set<ServiceName>();
  const isOpen = (role: Role) => migrated.has(serviceOf(role));
  const routes = [
    ...posts.flatMap((post) => opened(post.role, routesOf(post, parts, knobs), isOpen)),
    ...auditors.flatMap(({ role, routes: own }) => opened(role, own, isOpen)),
  ].map((route) => admitted(admission, route));
  const { verifier } = ports;
  const relays = posts.filter(({ role }) => definitionOf(role).kind === "relay");
  const own = processRoutes({ clock, health, metrics, databases, relays, routes, verifier });
  const server = await ports.server.serve([...routes, ...own]);

  /** Settles with whether it came about before the stop. */
  const attempt = async (part: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      const done = await untilThere(waiting, part, async () => {
        await work();
        return true;
      });
      return done ?? false;
    } catch (error) {
      life.reject(error);
      return false;
    }
  };
  const schemas = new Map(
    databases.map(({ service, database }) => [
      service,
      attempt(`${service} schema`, async () => {
        await migrate({ database, clock }, ports.migrations(service));
        migrated.add(service);
      }),
    ]),
  );
  const schemaOf = (role: Role) => schemas.get(serviceOf(role)) ?? Promise.resolve(false);

  const isPublishing = posts.some(({ role }) => PUBLISHING.has(definitionOf(role).kind));
  const isConnected = isPublishing
    ? attempt("producer", async () => producer.connected(await broker.connectProducer()))
    : Promise.resolve(true);
  const isReady = async (role: Role) => (await schemaOf(role)) && (await isConnected);
  const publishers = [
    ...relays.map((post) => {
      const onTrouble = (reason: string | undefined) => health.note(post.role, reason);
      const relay = { ...post, producer, onTrouble };
      return { role: post.role, run: () => runRelay(relay, parts.relay, knobs, draining.signal) };
    }),
    ...auditors.map(({ role, run }) => ({ role, run: () => run(stopping.signal) })),
  ].map(async ({ role, run }) => {
    if (await isReady(role)) {
      await run().catch(life.reject);
    }
  });

  const consumers = posts.flatMap((post) =>
    subscriptionsOf(post, parts, knobs, {
      stopping: stopping.signal,
      onEnd: life.reject,
      health,
    }).map((subscription) => {
      let consumer: RunningConsumer | undefined;
      const joining = schemaOf(post.role).then(
        (isThere) =>
          isThere &&
          attempt(post.role, async () => {
            consumer = await broker.startConsumer(subscription);
          }),
      );
      const finish = async () => {
        await joining;
        await consumer?.stop();
      };
      return { name: post.role, joining, finish };
    }),
  );
  const beginnings = [...schemas.values(), isConnected, ...consumers.map((each) => each.joining)];

  return {
    started: Promise.all(beginnings).then((all) => all.every(Boolean)),
    ended: life.promise,
    async stop() {
      stopping.abort();
      const unfinished = await finishAll(ports, INTAKE_MS_MAX, [
        { name: "http", finish: () => server.close() },
        ...consumers,
      ]);
      // What they have committed yet is published.
      draining.abort();
      const unpublished = await finishAll(ports, STOP_MS_MAX - INTAKE_MS_MAX, [
        {
          name: "relay",
          async finish() {
            await Promise.all([...publishers, isConnected]);
            await producer.disconnect();
          },
        },
      ]);
      life.resolve();
      return [...unfinished, ...unpublished];
    },
  };
}

/** The kinds of roles that publish. */
const PUBLISHING: ReadonlySet<string> = new Set(["relay", "auditor"]);

/** A producer for those who may ask before it is connected: then it sends nothing. */
function createLateProducer(): Producer & { connected(producer: Producer): void } {
  let inner: Producer | undefined;
  return {
    connected(producer) {
      inner = producer;
    },
    async send(records) {
      if (inner === undefined) {
        throw new BrokerError("no broker was reached yet", { applied: "no" });
      }
      await inner.send(records);
    },
    async disconnect() {
      await inner?.disconnect();
    },
  };
}

/** A part that can be asked to finish what it has in hand. */
interface Finishing {
  readonly name: string;
  readonly finish: () => Promise<void> | undefined;
}

/** Side by side, so that one that waits for a server holds up no other. */
async function finishAll(
  { clock, telemetry }: Pick<ProcessPorts, "clock" | "telemetry">,
  boundMs: number,
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
  await within(clock, boundMs, finished);
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
  switch (definition.kind) {
    case "api":
      return definition.routes(post, parts, knobs);
    case "relay":
      return definition.routes(post);
    case "consumer":
      return inboxRoutes(serviceOf(post.role), post, handlerOf(post.role, post, parts));
    case "auditor":
      return [];
  }
}

/** What an auditing role answers, and what it does by the clock. */
function auditorsOf(post: Post, ports: ProcessPorts, producer: Producer) {
  const definition = definitionOf(post.role);
  if (definition.kind !== "auditor") {
    return [];
  }
  const sources = { payment: ports.source("payment"), wallet: ports.source("wallet") };
  const place = { ...post, sources, producer };
  return [
    {
      role: post.role,
      routes: definition.routes(place),
      run: (stopping: AbortSignal) => definition.run(place, stopping),
    },
  ];
}

/** The routes of a role, which are open once its database is up to date. */
function opened(
  role: Role,
  routes: readonly ServiceRoute[],
  isOpen: (role: Role) => boolean,
): readonly ServiceRoute[] {
  return routes.map((route) => ({
    ...route,
    async handle(request) {
      if (!isOpen(role)) {
        const options = { code: "connection", applied: "no" } as const;
        throw new DatabaseError("the database was not brought up to date yet", options);
      }
      return route.handle(request);
    },
  }));
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
  const { consumeAttemptsMax: attemptsMax, consumeRetryDelayMs: delayMs } = knobs;
  const deadLetterTopic = deadLetterTopicOf(serviceOf(post.role));
  const retry = { attemptsMax, delayMs, stopping: life.stopping };
  // `consume` sets aside what does not belong on its topic.
  const handle = handlerOf(post.role, post, parts);
  return [
    {
      group: post.role,
      topics: definition.topics,
      sessionTimeoutMs: knobs.sessionTimeoutMs,
      // What was sent before it was there is for it, too.
      fromBeginning: true,
      batchMax: knobs.consumeBatchMax,
      async onBatch(batch) {
        await consume({ ...post, deadLetterTopic }, retry, batch, handle);
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
