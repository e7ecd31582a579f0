import type { Kernel } from "../kernel/kernel.ts";
import { NotSimulated } from "../kernel/not-simulated.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";
import { ConnectionLost, ConnectionRefused, ConnectionTimedOut } from "./connection-error.ts";
import { LOCAL_LATENCY, type Latency } from "./latency.ts";
import { Link } from "./link.ts";
import { NetworkFaults } from "./network-faults.ts";
import type { Port } from "./protocol.ts";
import { CONNECT_GIVEN_UP_MS } from "./retransmission.ts";
import { StreamEnd } from "./stream-end.ts";
import type { Speaker, Stream, StreamListener } from "./stream.ts";

/** A server that listens. */
export interface Listener {
  /** Takes no more connections; those that stand go on. */
  refuse(): void;
  /** Goes down: connections break, new ones are refused, what is on its way here is lost. */
  close(): void;
}

/**
 * The only way between processes and servers. Messages are passed as they are: nobody may change
 * one.
 */
export interface Network {
  /**
   * Accepts connections at a port; `accept` says who listens at the server's end of each. With an
   * owner the server is that process's and goes down with it. Without one it is a plain state
   * machine, whose handling of a message settles no promise and starts no async function
   * (`settlesNothing` of `Kernel.schedule`). An address may be listened on again once its server is
   * closed.
   */
  listen<ToServer, ToClient>(
    port: Port<ToServer, ToClient>,
    accept: Speaker<ToClient, ToServer>,
    owner?: SimulatedProcess,
  ): Listener;
  /**
   * Settles with who listens at the client's end, which `speak` says before anything can arrive
   * there. The end goes down with its process.
   *
   * @throws ConnectionRefused when nobody listens there; ConnectionTimedOut when nobody answered
   *   within `timeoutMs`, or within 127 s, when the operating system gives up; ConnectionLost when
   *   it broke before it stood
   */
  connect<ToServer, ToClient, Client extends StreamListener<ToClient>>(
    ends: ConnectEnds<ToServer, ToClient>,
    speak: (stream: Stream<ToServer>) => Client,
  ): Promise<Client>;
}

/** The network itself, and what can be done to it. */
export interface FaultyNetwork extends Network {
  readonly faults: NetworkFaults;
}

/** Who connects to what, and for how long it tries. */
export interface ConnectEnds<in out ToServer, in out ToClient> {
  readonly from: SimulatedProcess;
  readonly port: Port<ToServer, ToClient>;
  readonly timeoutMs?: number;
}

interface Server {
  /** Of its protocol, for messages. */
  readonly speaks: string;
  /** Undefined for a plain state machine. */
  readonly owner: SimulatedProcess | undefined;
  readonly ends: Set<{ close(): void }>;
}

/** A network that works until something is done to it: messages take their time, and ends die. */
export function createNetwork(options: { kernel: Kernel; latency?: Latency }): FaultyNetwork {
  return new SimulatedNetwork(options.kernel, options.latency ?? LOCAL_LATENCY);
}

class SimulatedNetwork implements FaultyNetwork {
  readonly faults: NetworkFaults;
  readonly #kernel: Kernel;
  /** By address. */
  readonly #servers = new Map<string, Server>();
  readonly #connectionCounts = new Map<string, number>();

  constructor(kernel: Kernel, latency: Latency) {
    this.#kernel = kernel;
    this.faults = new NetworkFaults(kernel, latency);
  }

  listen<ToServer, ToClient>(
    { address, protocol }: Port<ToServer, ToClient>,
    accept: Speaker<ToClient, ToServer>,
    owner?: SimulatedProcess,
  ): Listener {
    if (this.#servers.has(address)) {
      throw new Error(`${address} is already listened on`);
    }
    if (owner?.isRunning === false) {
      throw new Error(`${owner.name} is dead and cannot listen`);
    }
    const server: Server = { speaks: protocol.name, owner, ends: new Set() };
    this.#servers.set(address, server);
    protocol.setAcceptor(server, accept);
    const refuse = (): void => {
      if (this.#servers.get(address) === server) {
        this.#servers.delete(address);
      }
    };
    const close = (): void => {
      refuse();
      stopListening?.();
      for (const end of server.ends) {
        end.close();
      }
    };
    const stopListening = owner?.onExit(close);
    return { refuse, close };
  }

  connect<ToServer, ToClient, Client extends StreamListener<ToClient>>(
    { from, port, timeoutMs = CONNECT_GIVEN_UP_MS }: ConnectEnds<ToServer, ToClient>,
    speak: (stream: Stream<ToServer>) => Client,
  ): Promise<Client> {
    const name = this.#nameConnection(from, port.address);
    return from.promise<Client>(`a connection to ${port.address}`, (resolve, reject) => {
      const route = this.faults.routeOf(from.name, port.address);
      const link = new Link({ kernel: this.#kernel, name, route });
      const { trace } = this.#kernel;
      const { tell } = port.protocol;
      const end = new StreamEnd<ToServer, ToClient>({ name, client: from.name, link, trace, tell });
      const failAfterMs = Math.min(timeoutMs, CONNECT_GIVEN_UP_MS);
      const timer = from.after(failAfterMs, () => {
        end.close();
        reject(new ConnectionTimedOut(name));
      });
      end.open({
        owner: from,
        settlesNothing: false,
        onClosed: from.onExit(() => end.close()),
      });
      // Until it stands, all that it can hear is that it broke.
      end.listen({
        onMessage() {},
        onEnd() {
          timer.cancel();
          reject(new ConnectionLost({ connection: name, sent: false }));
        },
      });
      link.onReset((side) => (side === "client" ? end.end() : end.other.end()));
      const beAccepted = (): void => {
        timer.cancel();
        if (end.isOpen) {
          const client = speak(end);
          end.listen(client);
          resolve(client);
        }
      };
      const beRefused = (): void => {
        timer.cancel();
        end.close();
        link.forget();
        reject(new ConnectionRefused(name));
      };
      link.sendCallback(link.toServer, "connect", () => {
        const server = this.#servers.get(port.address);
        if (server === undefined || route.refuses) {
          link.sendCallback(link.toClient, "refuse", beRefused);
          return;
        }
        // Sent first, so that what the server says without being asked comes behind it.
        link.sendCallback(link.toClient, "accept", beAccepted);
        acceptConnection(server, port, end.other);
      });
    });
  }

  #nameConnection(from: SimulatedProcess, to: string): string {
    const ends = `${from.name}.${from.incarnation}/${to}`;
    const ordinal = (this.#connectionCounts.get(ends) ?? 0) + 1;
    this.#connectionCounts.set(ends, ordinal);
    return `${ends}#${ordinal}`;
  }
}

function acceptConnection<ToServer, ToClient>(
  server: Server,
  { address, protocol }: Port<ToServer, ToClient>,
  end: StreamEnd<ToClient, ToServer>,
): void {
  const speak = protocol.acceptorOf(server);
  if (speak === undefined) {
    throw new NotSimulated(`${protocol.name} spoken to ${server.speaks}`, address);
  }
  server.ends.add(end);
  end.open({
    owner: server.owner,
    settlesNothing: server.owner === undefined,
    onClosed: () => server.ends.delete(end),
  });
  end.listen(speak(end));
}
