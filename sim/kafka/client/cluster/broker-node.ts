import type { KafkaPort } from "../../protocol/kafka-port.ts";
import type { KafkaReply, ReplyOf, RequestKind, RequestOf } from "../../protocol/protocol.ts";
import { ConnectionClosed } from "../ground/kafka-error.ts";
import { shareCall } from "../ground/share-call.ts";
import { Connection, type ConnectionLimits, type ConnectionPlace } from "./connection.ts";

/** kafkajs's allowance for the network where a request waits at the broker for its own time. */
const NETWORK_DELAY_MS = 5_000;

/**
 * A broker as its client sees it (kafkajs's src/broker): two connections, so that a long poll holds
 * up nothing else.
 */
export class BrokerNode {
  readonly port: KafkaPort;
  /** Unknown of a broker that was given by its address only. */
  nodeId: number | undefined;
  readonly #requests: Connection;
  readonly #fetches: Connection;
  /** Settles once the connection for requests stands. @throws ConnectionFailed */
  readonly connect: () => Promise<void>;

  constructor(parts: {
    readonly place: ConnectionPlace;
    readonly port: KafkaPort;
    readonly nodeId?: number;
    readonly limits: ConnectionLimits;
  }) {
    this.port = parts.port;
    this.nodeId = parts.nodeId;
    this.#requests = new Connection(parts.place, parts.port, parts.limits);
    this.#fetches = new Connection(parts.place, parts.port, parts.limits);
    this.connect = shareCall(async () => {
      if (!this.isConnected) {
        await this.#requests.connect();
      }
    });
  }

  get isConnected(): boolean {
    return this.#requests.isConnected || this.#fetches.isConnected;
  }

  /**
   * Connects if need be. Errors of the broker are part of the reply.
   *
   * @throws ConnectionFailed, ConnectionClosed, RequestTimedOut
   */
  async ask<Kind extends RequestKind>(
    kind: Kind,
    request: RequestOf<Kind>,
    options: { readonly waitsMs?: number } = {},
  ): Promise<ReplyOf<Kind>> {
    const connection = kind === "fetch" ? this.#fetches : this.#requests;
    const { waitsMs } = options;
    const timeoutMs = waitsMs === undefined ? 0 : waitsMs + NETWORK_DELAY_MS;
    try {
      if (!connection.isConnected) {
        await connection.connect();
      }
      const reply = await connection.ask(request, timeoutMs);
      if (!answers(kind, reply)) {
        throw new Error(`a ${kind} request was answered with ${reply.kind}`);
      }
      return reply;
    } catch (error) {
      if (error instanceof ConnectionClosed) {
        await this.disconnect();
      }
      throw error;
    }
  }

  /** Waits for what was asked, then hangs up. */
  async disconnect(): Promise<void> {
    await Promise.all([this.#requests.disconnect(), this.#fetches.disconnect()]);
  }
}

function answers<Kind extends RequestKind>(kind: Kind, reply: KafkaReply): reply is ReplyOf<Kind> {
  return reply.kind === kind;
}
