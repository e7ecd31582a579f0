import type { Broker, Producer } from "../../system/ports/broker.ts";
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

/** Where a claim about a cluster of three brokers is checked, or a script is played. */
export interface ClusterStage extends BrokerStage {
  /** Replicated on all three, with settings under Kafka's names. */
  createTopic(partitions: number, settings?: Readonly<Record<string, string>>): Promise<string>;
  /** As Kafka's client numbers its batches, so that a repetition is known. */
  idempotentProducer(client: StageClient): Promise<Producer>;
  leaderOf(topic: string, partition: number): Promise<number>;
  /** Of the stage's group: the next record to handle, by partition, where it ever committed. */
  committed(topic: string): Promise<ReadonlyMap<number, number>>;
  /** Where the next record of each partition will be. */
  ends(topic: string): Promise<ReadonlyMap<number, number>>;
  /** Those of the first partition before that offset. */
  deleteRecords(topic: string, before: number): Promise<void>;
  /** `kill` ends it at once; `shut-down` lets it hand over first. Resolves once it is gone. */
  stopBroker(broker: number, how: "kill" | "shut-down"): Promise<void>;
  /** With what it had. Resolves when it is coming back. */
  startBroker(broker: number): Promise<void>;
  /** What brokers say on the client's connections does not arrive, until they are lost. */
  holdReplies(client: StageClient): Promise<void>;
  /** Those that stand break; new ones are as good as any. */
  loseConnections(client: StageClient): Promise<void>;
  /** No connection of the client comes about, until it is admitted again. */
  refuse(client: StageClient): Promise<void>;
  admit(client: StageClient): Promise<void>;
}
