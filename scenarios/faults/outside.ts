import Type from "typebox";
import { KAFKA_SETTINGS } from "../../system/ports/kafka-settings.ts";
import { databaseResource, KAFKA } from "./effect-name.ts";
import { OUTAGE_MS_MAX } from "./trigger.ts";

/** The servers that a fault can strike: databases of the services that clients ask, and Kafka. */
export const FAULTY_DATABASES = [databaseResource("payment"), databaseResource("wallet")] as const;
export const FAULTY_SERVERS = [...FAULTY_DATABASES, KAFKA] as const;

/** The two ends of a process's links: its servers, and its own clients. */
export const LINK_ENDS = [...FAULTY_SERVERS, "clients"] as const;

export type FaultyDatabase = (typeof FAULTY_DATABASES)[number];
export type LinkEnd = (typeof LINK_ENDS)[number];

/** The tables that somebody may lock, beside those who work there. */
export const LOCKED_TABLES = ["payments", "wallets", "inbox", "outbox"] as const;

/** Whether the service of a database has the table. */
export function isTableOf(server: FaultyDatabase, table: (typeof LOCKED_TABLES)[number]): boolean {
  const other = { "payment-db": "wallets", "wallet-db": "payments" }[server];
  return table !== other;
}

/** When it begins, in whole milliseconds after the load begins. */
export const beginning = { atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }) };

/** When it begins, and how long it lasts. */
export const span = { ...beginning, lastsMs: Type.Integer({ minimum: 1, maximum: OUTAGE_MS_MAX }) };

/** The link of one process to one of its servers, or to all of its clients. */
export const link = {
  process: Type.String({ maxLength: 100 }),
  to: Type.Enum([...LINK_ENDS]),
};

/** Which messages of a link are concerned, seen from the process. */
export const direction = { direction: Type.Enum(["both", "out", "in"]) };

export type LinkDirection = "both" | "out" | "in";

/** The link as the subject of a sentence: `Its link to kafka`. */
export function linkWords(to: LinkEnd): string {
  return to === "clients" ? "The link of its clients" : `Its link to ${to}`;
}

export function directionWords(way: LinkDirection): string {
  return { both: "both ways", out: "for what it sends", in: "for what comes to it" }[way];
}

/**
 * How long what waits for a server may take to notice that it is there again: a request of the
 * Kafka client that will not be answered, its next connection, its delays between attempts.
 */
export const RECOVERY_MS =
  KAFKA_SETTINGS.requestMsMax +
  KAFKA_SETTINGS.connectMsMax +
  KAFKA_SETTINGS.retry.countMax * KAFKA_SETTINGS.retry.delayMsMax;
