import type { SimulatedProcess } from "../../kernel/simulated-process.ts";
import { ConnectionLost, ConnectionRefused } from "../../network/connection-error.ts";
import type { Network } from "../../network/network.ts";
import {
  connectRequestClient,
  type RequestClient,
} from "../../network/request-reply/request-client.ts";
import type { KafkaPort } from "../protocol/kafka-port.ts";
import type {
  KafkaReply,
  KafkaRequest,
  ReplyOf,
  RequestKind,
  RequestOf,
} from "../protocol/protocol.ts";

type KafkaConnection = RequestClient<KafkaRequest, KafkaReply>;

/** Where a client lives and whom it talks to. */
export interface ClientPlace {
  readonly network: Network;
  readonly process: SimulatedProcess;
  /** Of brokers, tried in this order. */
  readonly servers: readonly KafkaPort[];
}

/** A client's line to a broker: connects when first needed, and again after it was lost. */
export class BrokerConnection {
  readonly #place: ClientPlace;
  #connection: KafkaConnection | undefined;

  constructor(place: ClientPlace) {
    this.#place = place;
  }

  /** @throws ConnectionRefused, ConnectionLost; errors of the broker are part of the reply */
  ask<Kind extends RequestKind>(kind: Kind, request: RequestOf<Kind>): Promise<ReplyOf<Kind>> {
    if (this.#connection?.isOpen === true) {
      return askOver(this.#connection, kind, request);
    }
    return this.#connect().then((connection) => askOver(connection, kind, request));
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #connect(): Promise<KafkaConnection> {
    const { network, process: from, servers } = this.#place;
    let refusal: unknown;
    for (const port of servers) {
      try {
        this.#connection = await connectRequestClient(network, { from, port });
        return this.#connection;
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  }
}

function askOver<Kind extends RequestKind>(
  connection: KafkaConnection,
  kind: Kind,
  request: RequestOf<Kind>,
): Promise<ReplyOf<Kind>> {
  return connection.request(request).then((reply) => {
    if (!answers(kind, reply)) {
      throw new Error(`a ${kind} request was answered with ${reply.kind}`);
    }
    return reply;
  });
}

function answers<Kind extends RequestKind>(kind: Kind, reply: KafkaReply): reply is ReplyOf<Kind> {
  return reply.kind === kind;
}

/** Whether it is worth another attempt later, on a new connection. */
export function isConnectionError(error: unknown): error is ConnectionLost | ConnectionRefused {
  return error instanceof ConnectionLost || error instanceof ConnectionRefused;
}
