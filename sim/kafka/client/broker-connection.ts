import type { SimulatedProcess } from "../../kernel/simulated-process.ts";
import { ConnectionLost, ConnectionRefused } from "../../network/connection-error.ts";
import type { NetworkConnection } from "../../network/connection.ts";
import type { Network } from "../../network/network.ts";
import { parseReply } from "../protocol/protocol-codec.ts";
import type { ReplyOf, RequestKind, RequestOf } from "../protocol/protocol.ts";

/** Where a client lives and whom it talks to. */
export interface ClientPlace {
  readonly network: Network;
  readonly process: SimulatedProcess;
  /** Names of brokers, tried in this order. */
  readonly servers: readonly string[];
}

/** A client's line to a broker: connects when first needed, and again after it was lost. */
export class BrokerConnection {
  readonly #place: ClientPlace;
  #connection: NetworkConnection | undefined;

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

  async #connect(): Promise<NetworkConnection> {
    const { network, process: from, servers } = this.#place;
    let refusal: unknown;
    for (const to of servers) {
      try {
        this.#connection = await network.connect({ from, to });
        return this.#connection;
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  }
}

function askOver<Kind extends RequestKind>(
  connection: NetworkConnection,
  kind: Kind,
  request: RequestOf<Kind>,
): Promise<ReplyOf<Kind>> {
  return connection.request(request).then((reply) => parseReply(kind, reply));
}

/** Whether it is worth another attempt later, on a new connection. */
export function isConnectionError(error: unknown): error is ConnectionLost | ConnectionRefused {
  return error instanceof ConnectionLost || error instanceof ConnectionRefused;
}
