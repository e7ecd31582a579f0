import type { KafkaErrorCode } from "../../protocol/error-code.ts";

/** Kafka's name of an error, in a reply that carries one. */
export type RefusalCode = Exclude<KafkaErrorCode, "NONE">;

/**
 * What a client fails with, told apart as kafkajs tells its errors apart by name, because what it
 * does next depends on it.
 */
export abstract class ClientError extends Error {
  /** Whether kafkajs's retries try again after it. */
  abstract readonly retriable: boolean;
}

/** The broker answered with an error (KafkaJSProtocolError). */
export class KafkaError extends ClientError {
  override readonly name: string = "KafkaError";
  readonly code: RefusalCode;
  readonly retriable: boolean;

  constructor(code: RefusalCode, request: string) {
    super(`${code} (${request})`);
    this.code = code;
    this.retriable = RETRIABLE_CODES.has(code);
  }
}

/** As kafkajs's table of protocol errors has them (src/protocol/error.js). */
const RETRIABLE_CODES: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "UNKNOWN_TOPIC_OR_PARTITION",
  "LEADER_NOT_AVAILABLE",
  "NOT_LEADER_OR_FOLLOWER",
  "REQUEST_TIMED_OUT",
  "COORDINATOR_LOAD_IN_PROGRESS",
  "COORDINATOR_NOT_AVAILABLE",
  "NOT_COORDINATOR",
  "NOT_ENOUGH_REPLICAS",
  "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
]);

/** The answers after which a member joins its group again, under the name that it has. */
const REBALANCE_CODES: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "REBALANCE_IN_PROGRESS",
  "NOT_COORDINATOR",
  "ILLEGAL_GENERATION",
]);

/** Whether the group has moved on (kafkajs's `isRebalancing`). */
export function isRebalancing(error: unknown): error is KafkaError {
  return error instanceof KafkaError && REBALANCE_CODES.has(error.code);
}

/** Whether the broker answered with this error. */
export function isRefusal(error: unknown, ...codes: readonly RefusalCode[]): error is KafkaError {
  return error instanceof KafkaError && codes.includes(error.code);
}

/** A fetch asked for an offset that the log does not have (KafkaJSOffsetOutOfRange). */
export class OffsetOutOfRange extends KafkaError {
  override readonly name = "OffsetOutOfRange";
  readonly topic: string;
  readonly partition: number;

  constructor({ topic, partition }: { readonly topic: string; readonly partition: number }) {
    super("OFFSET_OUT_OF_RANGE", `fetch of ${topic}/${partition}`);
    this.topic = topic;
    this.partition = partition;
  }
}

/**
 * No connection could be had: refused, or not within its time, or lost before the request left
 * (KafkaJSConnectionError).
 */
export class ConnectionFailed extends ClientError {
  override readonly name = "ConnectionFailed";
  readonly retriable = true;
  /** Undefined where nobody answered. */
  readonly code: "ECONNREFUSED" | undefined;

  constructor(reason: string, code?: "ECONNREFUSED") {
    super(reason);
    this.code = code;
  }
}

/** The broker hung up while requests were under way (KafkaJSConnectionClosedError). */
export class ConnectionClosed extends ClientError {
  override readonly name = "ConnectionClosed";
  readonly retriable = true;
  /** Of the broker. */
  readonly address: string;

  constructor(address: string) {
    super(`closed connection to ${address}`);
    this.address = address;
  }
}

/** No reply in time; what was asked for may have been done (KafkaJSRequestTimeoutError). */
export class RequestTimedOut extends ClientError {
  override readonly name = "RequestTimedOut";
  readonly retriable = true;

  constructor(request: string) {
    super(`request ${request} timed out`);
  }
}

/** A broker that the metadata does not list (KafkaJSBrokerNotFound). */
export class BrokerNotFound extends ClientError {
  override readonly name = "BrokerNotFound";
  readonly retriable = true;
}

/** The metadata knows no broker at all (KafkaJSNoBrokerAvailableError). */
export class NoBrokerAvailable extends ClientError {
  override readonly name = "NoBrokerAvailable";
  readonly retriable = true;

  constructor() {
    super("no broker available");
  }
}

/** A topic of which the metadata says nothing (KafkaJSMetadataNotLoaded and its like). */
export class MetadataNotLoaded extends ClientError {
  override readonly name = "MetadataNotLoaded";
  readonly retriable = true;
}

/** A topic got partitions that nobody was given (KafkaJSStaleTopicMetadataAssignment). */
export class StaleAssignment extends ClientError {
  override readonly name = "StaleAssignment";
  readonly retriable = true;
}

/** The group moved on while a member joined: it has to join once more. */
export class JoinAgain extends ClientError {
  override readonly name = "JoinAgain";
  readonly retriable = true;

  constructor(cause: Error) {
    super(cause.message);
  }
}

/** A use of the client that it refuses, or an error that its retries passed on as final. */
export class NotRetriable extends ClientError {
  override readonly name = "NotRetriable";
  readonly retriable = false;
}

/** The last retry failed as well (KafkaJSNumberOfRetriesExceeded). */
export class RetriesExceeded extends ClientError {
  override readonly name = "RetriesExceeded";
  readonly retriable = false;
  /** The delay that the next retry would have had. */
  readonly delayMs: number;

  constructor(cause: Error, delayMs: number) {
    super(cause.message, { cause });
    this.delayMs = delayMs;
  }
}

/**
 * What a handler of messages threw. kafkajs calls an error with the name of a language error a bug,
 * and tries all others again.
 */
export class HandlerFailed extends ClientError {
  override readonly name = "HandlerFailed";
  readonly retriable: boolean;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : "the message handler failed", { cause });
    this.retriable = !(cause instanceof Error && UNRECOVERABLE_NAMES.has(cause.name));
  }
}

const UNRECOVERABLE_NAMES: ReadonlySet<string> = new Set([
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
]);

/** @throws KafkaError that a reply carries, if it carries one */
export function throwOnError(error: KafkaErrorCode, request: string): void {
  if (error !== "NONE") {
    throw new KafkaError(error, request);
  }
}
