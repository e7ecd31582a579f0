import { tellWhole } from "../kernel/trace-data.ts";
import type { ProtocolData, Speaker } from "./stream.ts";

/**
 * What a server and its clients say to each other: the types of the messages each way. Servers and
 * clients meet by address, at run time; that both mean the same types is known because both name
 * the same protocol, and nothing has to be asserted.
 */
export class Protocol<in out ToServer, in out ToClient> {
  /** For messages: `Kafka`. */
  readonly name: string;
  /** What goes into the trace of each message. */
  readonly tell: ProtocolData<ToServer, ToClient>;
  /** Kept here and not in the network, which knows servers of every protocol and so of no type. */
  readonly #acceptors = new WeakMap<object, Acceptor<ToServer, ToClient>>();

  /** Without `tell` the trace takes in the whole of each message. */
  constructor(name: string, tell: ProtocolData<ToServer, ToClient> = WHOLE) {
    this.name = name;
    this.tell = tell;
  }

  /** The port of that address where this protocol is spoken. */
  at(address: string): Port<ToServer, ToClient> {
    return { address, protocol: this };
  }

  /** For the network: `server` speaks this protocol, and treats its connections so. */
  setAcceptor(server: object, accept: Acceptor<ToServer, ToClient>): void {
    this.#acceptors.set(server, accept);
  }

  /** For the network: undefined for a server that speaks another protocol. */
  acceptorOf(server: object): Acceptor<ToServer, ToClient> | undefined {
    return this.#acceptors.get(server);
  }
}

const WHOLE = { toServer: tellWhole, toClient: tellWhole };

/** Where a server listens, and what is spoken there. Two ports of one address are the same. */
export interface Port<in out ToServer, in out ToClient> {
  readonly address: string;
  readonly protocol: Protocol<ToServer, ToClient>;
}

/** What a server does with each connection. */
type Acceptor<ToServer, ToClient> = Speaker<ToClient, ToServer>;
