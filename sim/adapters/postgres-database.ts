import { DATABASE_SETTINGS } from "../../system/ports/database-settings.ts";
import {
  DatabaseError,
  LISTEN_AGAIN_MS,
  type Connection,
  type Database,
  type Listening,
  type QueryResult,
} from "../../system/ports/database.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { isConnectionError, type ConnectionError } from "../network/connection-error.ts";
import type { Network } from "../network/network.ts";
import {
  connectRequestClient,
  type RequestClient,
} from "../network/request-reply/request-client.ts";
import { clientRow } from "../postgres/client/client-row-codec.ts";
import type { PostgresPort, PostgresRequest } from "../postgres/server/postgres-protocol.ts";
import type { QueryReply } from "../postgres/server/query-result.ts";
import type { SessionMessage } from "../postgres/server/session.ts";

const { connectMsMax, connectionsMax } = DATABASE_SETTINGS;

export interface DatabasePlace {
  readonly network: Network;
  readonly process: SimulatedProcess;
  /** Where the database server listens. */
  readonly server: PostgresPort;
}

type PostgresConnection = RequestClient<PostgresRequest, QueryReply, SessionMessage>;

/**
 * The database port on the simulated PostgreSQL, as `system/adapters/postgres-database.ts` is on
 * `pg`.
 */
export function createSimulatedDatabase(place: DatabasePlace): Database {
  const idle: PostgresConnection[] = [];
  const waiting: (() => void)[] = [];
  const listeners = new Set<Listening>();
  let busy = 0;

  const giveBack = (connection: PostgresConnection, damaged: boolean): void => {
    busy -= 1;
    if (damaged || !connection.isOpen) {
      connection.close();
    } else {
      idle.push(connection);
    }
    waiting.shift()?.();
  };

  const aFreeOne = (): Promise<void> => {
    const { process } = place;
    return process.promise<void>("a free connection", (resolve, reject) => {
      const timer = process.after(connectMsMax, () => {
        waiting.splice(waiting.indexOf(goOn), 1);
        reject(new Error("timeout exceeded when trying to connect"));
      });
      const goOn = (): void => {
        timer.cancel();
        resolve();
      };
      waiting.push(goOn);
    });
  };

  return {
    async connect(purpose) {
      try {
        while (busy >= connectionsMax) {
          await aFreeOne();
        }
      } catch (error) {
        throw noConnection(purpose, error);
      }
      busy += 1;
      try {
        const connection = takeOpen(idle) ?? (await open(place));
        return createConnection(connection, (damaged) => giveBack(connection, damaged));
      } catch (error) {
        busy -= 1;
        waiting.shift()?.();
        throw noConnection(purpose, error);
      }
    },
    listen(channel, onNotify) {
      const listening = listen(place, channel, onNotify);
      listeners.add(listening);
      return listening;
    },
    async close() {
      for (const connection of idle.splice(0)) {
        connection.close();
      }
      for (const listening of listeners) {
        await listening.close();
      }
    },
  };
}

function listen(place: DatabasePlace, channel: string, onNotify: () => void): Listening {
  let connection: PostgresConnection | undefined;
  let isClosed = false;
  const openAgain = (): void => {
    if (!isClosed) {
      place.process.after(LISTEN_AGAIN_MS, () => void hear());
    }
  };
  const hear = async (): Promise<void> => {
    if (isClosed) {
      return;
    }
    try {
      connection = await open(place, {
        onPush: ({ kind }) => kind === "notification" && onNotify(),
        onLost: openAgain,
      });
    } catch (error) {
      demandConnectionError(error);
      openAgain();
      return;
    }
    try {
      const reply = await connection.request({ sql: `LISTEN "${channel}"`, parameters: [] });
      if (reply.kind === "error") {
        throw reply.error;
      }
    } catch (error) {
      // Its loss is told by `onLost`.
      demandConnectionError(error);
      return;
    }
    if (isClosed) {
      connection.close();
    } else {
      onNotify();
    }
  };
  void hear();
  return {
    async close() {
      isClosed = true;
      connection?.close();
    },
  };
}

function noConnection(purpose: string, cause: unknown): DatabaseError {
  return new DatabaseError(`no connection for ${purpose}`, {
    code: "connection",
    applied: "no",
    cause,
  });
}

/** The one used last that the server has not hung up on. */
function takeOpen(idle: PostgresConnection[]): PostgresConnection | undefined {
  const connection = idle.pop();
  return connection === undefined || connection.isOpen ? connection : takeOpen(idle);
}

function open(
  { network, process, server }: DatabasePlace,
  told: {
    readonly onPush?: (message: SessionMessage) => void;
    readonly onLost?: () => void;
  } = {},
): Promise<PostgresConnection> {
  return connectRequestClient(network, {
    from: process,
    port: server,
    timeoutMs: connectMsMax,
    ...told,
  });
}

function createConnection(
  connection: PostgresConnection,
  giveBack: (damaged: boolean) => void,
): Connection {
  return {
    // Not an async function: the most frequent wait of a run must cost no more turns.
    query: ({ sql, parameters = [] }) =>
      connection.request({ sql, parameters }).then(readReply, throwDatabaseError),
    release: (damaged = false) => giveBack(damaged),
  };
}

function readReply(reply: QueryReply): QueryResult {
  if (reply.kind === "error") {
    const { code, message, constraint } = reply.error;
    throw new DatabaseError(message, { code, applied: "no", constraint });
  }
  const { fields, rows, rowCount, command } = reply;
  return { rows: rows.map((row) => clientRow(fields, row)), rowCount: rowCount ?? 0, command };
}

function throwDatabaseError(error: unknown): never {
  demandConnectionError(error);
  // `pg` does not tell whether the query left: the same error comes of a connection that was lost
  // before.
  const options = { code: "connection", applied: "unknown", cause: error } as const;
  throw new DatabaseError(error.message, options);
}

/** Anything else is an error of the simulation's own. */
function demandConnectionError(error: unknown): asserts error is ConnectionError {
  if (!isConnectionError(error)) {
    throw error;
  }
}
