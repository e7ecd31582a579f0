import { BrokerError, partitionOf, type Broker, type Delivery } from "../../system/ports/broker.ts";
import {
  DatabaseError,
  type Connection,
  type Database,
  type QueryResult,
  type Statement,
} from "../../system/ports/database.ts";
import { messageOf } from "../../system/ports/message-of.ts";
import type { HttpResponse, RequestHead, Server } from "../../system/ports/server.ts";
import type { ServiceName } from "../../system/process/services.ts";
import type { ProcessPorts } from "../../system/process/start-roles.ts";
import type { EffectGate, FaultyPort } from "./effect-gate.ts";
import { databaseResource, HTTP, KAFKA, NOTIFIED } from "./effect-name.ts";
import { SILENT_ROLLBACK } from "./kinds/transient-error.ts";
import type { ProcessNote } from "./process-note.ts";

/** Is told of what happens at the ports of a process. */
export interface PortObserver {
  readonly onDelivery: (delivery: Delivery) => void;
  readonly onNote: (note: ProcessNote) => void;
}

/** The ports of a process with every exchange through them passing the gate. */
export function interposePorts(
  ports: ProcessPorts,
  gate: EffectGate,
  observer: PortObserver,
): ProcessPorts {
  const { onNote } = observer;
  const used = new Set<ServiceName>();
  const noteUse = (service: ServiceName): void => {
    if (!used.has(service)) {
      used.add(service);
      onNote({ what: "uses", service });
    }
  };
  return {
    ...ports,
    database: (service) =>
      interposeDatabase(ports.database(service), databaseResource(service), gate, {
        onNote,
        onUse: () => noteUse(service),
      }),
    source: (service) =>
      interposeDatabase(ports.source(service), databaseResource(service), gate, {
        onNote,
        onUse: () => {},
      }),
    broker: interposeBroker(ports.broker, gate, observer),
    server: interposeServer(ports.server, gate),
    telemetry: {
      event(name, detail) {
        onNote({ what: "said", name, detail });
        ports.telemetry.event(name, detail);
      },
    },
  };
}

type Note = PortObserver["onNote"];

/** The refusals that no database has made. */
const injected = new WeakSet<DatabaseError>();

/** Notes an exchange that ends with an error, and lets the error go on. */
function noted<T>(
  exchange: Promise<T>,
  effect: string,
  onNote: Note,
  onReply: (reply: T) => T = (reply) => reply,
): Promise<T> {
  // One turn more for each exchange, and no second one.
  return exchange.then(onReply, (error: unknown) => {
    onNote({
      what: "failed",
      effect,
      reason: messageOf(error),
      code: error instanceof DatabaseError ? error.code : null,
      applied:
        error instanceof DatabaseError || error instanceof BrokerError ? error.applied : "unknown",
      isInjected: error instanceof DatabaseError && injected.has(error),
    });
    throw error;
  });
}

/**
 * Effects `<resource>/<purpose>.<label>`: `payment-db/accept.commit`, and `accept.connect`; and
 * `<resource>/<channel>.notified`, the arrival of a notification.
 */
function interposeDatabase(
  database: Database,
  resource: string,
  gate: EffectGate,
  { onNote, onUse }: { readonly onNote: Note; readonly onUse: () => void },
): Database {
  return {
    connect(purpose) {
      onUse();
      const operation = operationOf(purpose, "connect");
      const connected = gate
        .pass(resource, operation, () => database.connect(purpose), CONNECT)
        .then((connection) => interposeConnection(connection, { resource, purpose }, gate, onNote));
      return noted(connected, `${resource}/${operation}`, onNote);
    },
    listen(channel, onNotify) {
      onUse();
      const operation = operationOf(channel, NOTIFIED);
      return database.listen(channel, () => {
        void gate.pass(resource, operation, arrive, ARRIVAL).then(onNotify);
      });
    },
    close: () => database.close(),
  };
}

const CONNECT: FaultyPort<Connection> = {
  failed: () => {
    throw lostConnection("no");
  },
  replyLost(connection) {
    connection?.release(true);
    throw lostConnection("no");
  },
};

function interposeConnection(
  connection: Connection,
  { resource, purpose }: { readonly resource: string; readonly purpose: string },
  gate: EffectGate,
  onNote: Note,
): Connection {
  // A reply is lost with its connection: the server sees it close, and rolls back what is open.
  let isLost = false;
  let isInTransaction = false;
  let isAborted = false;
  const lose = (): never => {
    isLost = true;
    connection.release(true);
    throw lostConnection("unknown");
  };
  const fail = async (statement: Statement, code: string): Promise<QueryResult> => {
    if (code === CONNECTION) {
      return lose();
    }
    if (statement.sql === "COMMIT") {
      // A transaction that cannot be committed is rolled back.
      const rolledBack = await connection.query(ROLLBACK);
      isInTransaction = false;
      if (code === SILENT_ROLLBACK) {
        return rolledBack;
      }
    } else {
      isAborted = isInTransaction;
    }
    const refused = `the database refused it with ${code}`;
    const error = new DatabaseError(refused, { code, applied: "no" });
    injected.add(error);
    throw error;
  };
  /** An aborted transaction takes nothing but its end, and that is a rollback. */
  const inTransaction = (statement: Statement): Statement => {
    const ends = statement.sql === "COMMIT" || statement.sql === "ROLLBACK";
    const sent = isAborted && ends ? ROLLBACK : statement;
    isInTransaction = statement.sql.startsWith("BEGIN") || (isInTransaction && !ends);
    isAborted &&= !ends;
    return sent;
  };
  const send = (statement: Statement): Promise<QueryResult> => {
    const sent = inTransaction(statement);
    return isAborted
      ? Promise.reject(new DatabaseError("the transaction is aborted", ABORTED))
      : connection.query(sent);
  };
  return {
    query(statement) {
      if (isLost) {
        return Promise.reject(lostConnection("unknown"));
      }
      const port = { failed: (code: string) => fail(statement, code), replyLost: lose };
      const operation = operationOf(purpose, statement.label);
      const answered = gate.pass(resource, operation, () => send(statement), port);
      return noted(answered, `${resource}/${operation}`, onNote, (result) => {
        if (result.command === "ROLLBACK") {
          onNote({ what: "rolled-back", transaction: purpose });
        }
        return result;
      });
    },
    release(damaged) {
      if (!isLost) {
        connection.release(damaged);
      }
    },
  };
}

/** Not an SQLSTATE: the connection breaks before the request has left. */
const CONNECTION = "connection";

const ROLLBACK: Statement = { label: "rollback", sql: "ROLLBACK" };

/** PostgreSQL's `in_failed_sql_transaction`. */
const ABORTED = { code: "25P02", applied: "no" } as const;

/** As the adapters have it: `pg` does not tell whether the request had left. */
function lostConnection(applied: "no" | "unknown"): DatabaseError {
  return new DatabaseError("the connection was lost", { code: "connection", applied });
}

/** Effects `kafka/produce`, `kafka/deliver` and `kafka/commit-offset`. */
function interposeBroker(
  broker: Broker,
  gate: EffectGate,
  { onDelivery, onNote }: PortObserver,
): Broker {
  return {
    async connectProducer() {
      const producer = await broker.connectProducer();
      return {
        send: (records) =>
          noted(
            gate.pass(KAFKA, "produce", () => producer.send(records), BROKER),
            `${KAFKA}/produce`,
            onNote,
          ),
        disconnect: () => producer.disconnect(),
      };
    },
    startConsumer: (subscription) =>
      broker.startConsumer({
        ...subscription,
        onBatch: async (batch) => {
          batch.deliveries.forEach(onDelivery);
          await gate.pass(KAFKA, "deliver", arrive, ARRIVAL);
          const committed = new Map<string, Delivery>();
          const isCommitted = (record: Delivery): boolean =>
            BigInt(record.offset) <= BigInt(committed.get(partitionOf(record))?.offset ?? -1);
          const commit = async (lasts: readonly Delivery[]) => {
            const passed = gate.pass(KAFKA, "commit-offset", () => batch.commit(lasts), BROKER);
            await noted(passed, `${KAFKA}/commit-offset`, onNote);
            for (const last of lasts) {
              committed.set(partitionOf(last), last);
              onNote({ what: "offset-committed", record: last });
            }
          };
          try {
            await subscription.onBatch({ ...batch, commit });
          } catch (error) {
            const reason = messageOf(error);
            const left = batch.deliveries.filter((record) => !isCommitted(record));
            for (const [record] of Map.groupBy(left, partitionOf).values()) {
              if (record !== undefined) {
                onNote({ what: "left", record, reason });
              }
            }
            throw error;
          }
        },
      }),
  };
}

const BROKER: FaultyPort<void> = {
  failed: () => {
    throw new BrokerError("the request was refused", { applied: "no" });
  },
  replyLost: () => {
    throw new BrokerError("the acknowledgement was lost", { applied: "unknown" });
  },
};

/** Effects `http/request`, a request's arrival, and `http/answer`, what its client is told. */
function interposeServer(server: Server, gate: EffectGate): Server {
  return {
    serve: (routes) =>
      server.serve(
        routes.map((route) => ({
          ...route,
          admit: async (head) => {
            await gate.pass(HTTP, "request", arrive, ARRIVAL);
            const answer = (response: HttpResponse) =>
              gate.pass(HTTP, "answer", async () => response, answerPort(head));
            const admission = await route.admit(head);
            return admission.kind === "refused"
              ? { kind: "refused", response: await answer(admission.response) }
              : {
                  kind: "admitted",
                  handle: async (body) => answer(await admission.handle(body)),
                };
          },
        })),
      ),
  };
}

/** A client whose answer is lost sees its connection closed. */
function answerPort(request: RequestHead): FaultyPort<HttpResponse> {
  const hangUp = (): HttpResponse => {
    request.hangUp();
    return { status: 503, body: null };
  };
  return { failed: hangUp, replyLost: hangUp };
}

/** What arrives at a process has taken place; the process can die or be stopped at it. */
async function arrive(): Promise<void> {}

const ARRIVAL: FaultyPort<void> = {
  failed: () => {
    throw new Error("an arrival cannot fail");
  },
  replyLost: () => {
    throw new Error("an arrival has no reply");
  },
};

/** `<purpose>.<label>`; made once for each pair, of which the services have few. */
function operationOf(purpose: string, label: string): string {
  const labels = operations.get(purpose) ?? new Map<string, string>();
  const known = labels.get(label);
  if (known !== undefined) {
    return known;
  }
  if (labels.size >= LABELS_MAX || operations.size >= LABELS_MAX) {
    throw new Error(`more than ${LABELS_MAX} labels or purposes: they are no place for data`);
  }
  const operation = `${purpose}.${label}`;
  labels.set(label, operation);
  operations.set(purpose, labels);
  return operation;
}

const operations = new Map<string, Map<string, string>>();
const LABELS_MAX = 100;
