import type { Broker } from "../../system/ports/broker.ts";
import type { Clock } from "../../system/ports/clock.ts";
import type { Database } from "../../system/ports/database.ts";

/** The clients that a claim may use. A real stage opens a proxy for each of them beforehand. */
export const STAGE_CLIENTS = ["first", "second", "third", "producer"] as const;

export type StageClient = (typeof STAGE_CLIENTS)[number];

export type StageClock = Pick<Clock, "nowMs" | "sleep">;

/**
 * Where a claim about the database is checked. All clients work on one database, empty at first.
 */
export interface DatabaseStage {
  readonly clock: StageClock;
  /** The client's own port, the same one each time it is asked for. */
  database(client: StageClient): Database;
  /**
   * Ends the client's connections from the server's side; resolves once the server has let go of
   * them.
   */
  loseConnections(client: StageClient): Promise<void>;
}

/** Where a claim about the broker is checked. */
export interface BrokerStage {
  readonly clock: StageClock;
  /** The name of a consumer group that nobody used before. */
  readonly group: string;
  /** Makes a topic that nobody used before, and answers its name. */
  createTopic(partitions: number): Promise<string>;
  /** The client's own port, the same one each time it is asked for. */
  broker(client: StageClient): Broker;
  /**
   * From now on the broker hears nothing of this client: it does not leave its group, commits
   * nothing, and its handlers are not called any more.
   */
  die(client: StageClient): Promise<void>;
}

/** Where a script of a consumer group is played. */
export interface ScriptStage extends BrokerStage {
  /** Of the stage's group: the next record to handle, by partition, where it ever committed. */
  committed(topic: string): Promise<ReadonlyMap<number, number>>;
  /** Where the next record of each partition will be. */
  ends(topic: string): Promise<ReadonlyMap<number, number>>;
  /** `kill` ends it at once; `shut-down` lets it hand over first. Resolves once it is gone. */
  stopBroker(broker: number, how: "kill" | "shut-down"): Promise<void>;
  /** With what it had. Resolves when it is coming back. */
  startBroker(broker: number): Promise<void>;
}
