import type { Client } from "pg";
import type {
  Answer,
  ErrorAnswer,
  NotificationAnswer,
  Oracle,
  OracleSession,
  TextParameter,
} from "./oracle.ts";
import { RawQuery } from "./raw-query.ts";
import type { ScratchPostgres } from "./scratch-postgres.ts";

/** The real server. `control` watches who waits for whom. */
export async function createRealOracle(
  server: ScratchPostgres,
  database?: string,
): Promise<Oracle> {
  const control = await server.connect(database);
  const sessions: RealSession[] = [];
  const processIds = () => sessions.map(({ processId }) => processId);
  return {
    name: "real",
    async open() {
      const client = await server.connect(database);
      const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      const session = new RealSession({
        client,
        processId: rows[0]?.pid ?? 0,
        control,
        processIds,
      });
      sessions.push(session);
      return session;
    },
    async passTime(delayMs) {
      await control.query("SELECT pg_sleep($1)", [delayMs / 1000]);
    },
    async close() {
      await control.query("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid", [
        processIds(),
      ]);
      await Promise.all(sessions.map((session) => session.end()));
      await control.end();
    },
  };
}

class RealSession implements OracleSession {
  readonly processId: number;
  readonly #client: Client;
  readonly #control: Client;
  readonly #processIds: () => readonly number[];
  #answer: Answer | undefined;
  #asked: Promise<Answer> | undefined;
  #query: RawQuery | undefined;
  #notices: ErrorAnswer[] = [];
  #notifications: NotificationAnswer[] = [];

  constructor(parts: {
    readonly client: Client;
    readonly processId: number;
    readonly control: Client;
    readonly processIds: () => readonly number[];
  }) {
    this.processId = parts.processId;
    this.#client = parts.client;
    this.#control = parts.control;
    this.#processIds = parts.processIds;
    this.#client.on("notice", (notice) => {
      const told = this.#query?.noteNotice(notice);
      this.#notices.push(...(told === undefined ? [] : [told]));
    });
    this.#client.on("notification", ({ channel, payload = "", processId }) => {
      this.#notifications.push({ channel, payload, processId });
    });
  }

  takeNotifications(): readonly NotificationAnswer[] {
    return this.#notifications.splice(0);
  }

  ask(sql: string, parameters: readonly TextParameter[] = []): void {
    this.#answer = undefined;
    this.#asked = new Promise((resolve) => {
      this.#query = new RawQuery({ sql, parameters }, (answer) => {
        this.#answer = answer;
        resolve(answer);
      });
      this.#client.query(this.#query);
    });
  }

  async settled(): Promise<Answer | undefined> {
    for (;;) {
      if (this.#answer !== undefined) {
        return this.#answer;
      }
      const { rows } = await this.#control.query<{ blocked: boolean }>(
        "SELECT pg_isolation_test_session_is_blocked($1, $2::int[]) AS blocked",
        [this.processId, this.#processIds()],
      );
      if (rows[0]?.blocked === true && this.#answer === undefined) {
        return undefined;
      }
    }
  }

  takeNotices(): readonly ErrorAnswer[] {
    return this.#notices.splice(0);
  }

  async run(sql: string, parameters: readonly TextParameter[] = []): Promise<Answer> {
    this.ask(sql, parameters);
    const answer = await this.#asked;
    if (answer === undefined) {
      throw new Error("the real server gave no answer");
    }
    return answer;
  }

  end(): Promise<void> {
    return this.#client.end();
  }
}
